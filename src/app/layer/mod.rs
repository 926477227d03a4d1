//! What lies over the panes and has the keys: lists to choose from and questions to answer. The last one opened is on
//! top; `esc` takes it away.

pub mod field;
pub mod grants;
pub mod picker;
pub mod prompt;

use std::time::Instant;

pub use field::Field;
pub use picker::{Choice, Item, Picker};
pub use prompt::{Ask, Prompt};

use super::act::act;
use super::command::{COMMANDS, Command};
use super::effect::Effect;
use super::keymap::Key;
use super::logs;
use super::new;
use super::pipeline;
use super::state::State;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layer {
    Picker(Picker),
    Prompt(Prompt),
    Grants(grants::Panel),
}

impl Layer {
    /// The text that is typed into it, where there is one.
    fn field(&mut self) -> Option<&mut Field> {
        match self {
            Self::Picker(picker) => Some(&mut picker.query),
            Self::Prompt(prompt) => Some(&mut prompt.field),
            Self::Grants(_) => None,
        }
    }

    /// What follows from a change of the text.
    fn typed(&mut self) {
        match self {
            Self::Picker(picker) => picker.search(),
            Self::Prompt(prompt) => prompt.trouble = None,
            Self::Grants(_) => {}
        }
    }
}

/// A key that types or edits goes into the top layer's text; `false` where there is none, or for any other key.
pub fn type_key(state: &mut State, key: Key) -> bool {
    let Some(layer) = state.view.layers.last_mut() else { return false };
    let Some(field) = layer.field() else { return false };
    let before = field.text().len();
    let taken = field.take(key);
    if taken && (before != field.text().len() || key.typed().is_some()) {
        layer.typed();
    }
    taken
}

/// Pasted text goes there too.
pub fn paste(state: &mut State, text: &str) -> bool {
    let Some(layer) = state.view.layers.last_mut() else { return false };
    if let Some(field) = layer.field() {
        field.insert(text);
        layer.typed();
    }
    true
}

/// Up or down in the top layer; `false` where there is none.
pub fn step(state: &mut State, by: isize) -> bool {
    match state.view.layers.last_mut() {
        Some(Layer::Picker(picker)) => picker.step(by),
        Some(Layer::Prompt(_)) => {}
        Some(Layer::Grants(_)) => grants::step(state, by),
        None => return false,
    }
    true
}

/// Takes the selected item, or the text as the answer.
pub fn accept(state: &mut State, now: Instant) -> Vec<Effect> {
    match state.view.layers.pop() {
        Some(Layer::Picker(picker)) => {
            let Some(item) = picker.chosen().cloned() else {
                state.view.layers.push(Layer::Picker(picker));
                return Vec::new();
            };
            choose(state, &item.choice, now)
        }
        Some(Layer::Prompt(prompt)) => match answer(state, &prompt) {
            Ok(effects) => effects,
            Err(trouble) => {
                state.view.layers.push(Layer::Prompt(Prompt { trouble: Some(trouble), ..prompt }));
                Vec::new()
            }
        },
        Some(panel @ Layer::Grants(_)) => {
            state.view.layers.push(panel);
            grants::take(state)
        }
        None => Vec::new(),
    }
}

fn choose(state: &mut State, choice: &Choice, now: Instant) -> Vec<Effect> {
    match choice {
        Choice::Command(command) => act(state, *command, now),
        Choice::LogNode(node) => {
            logs::set_word(state, "node", node.as_deref());
            Vec::new()
        }
        Choice::Template(template) => {
            new::ask_folder(state, *template);
            Vec::new()
        }
        Choice::Text(text) => {
            state.view.flash("copied", now);
            vec![Effect::Copy(text.clone())]
        }
    }
}

/// # Errors
/// Why the answer is not taken.
fn answer(state: &mut State, prompt: &Prompt) -> Result<Vec<Effect>, String> {
    match prompt.ask {
        Ask::NewFolder(template) => new::make(state, template, prompt.field.text()),
        Ask::Arguments => {
            state.options.args = words(prompt.field.text())?;
            Ok(pipeline::rerun(state))
        }
        Ask::LogFile => logs::select::export(state, prompt.field.text()),
        Ask::Grant => grants::answer(state, prompt.field.text(), false),
        Ask::EditGrant => grants::answer(state, prompt.field.text(), true),
    }
}

/// The palette: every command with its key, and why it can't be done where it can't.
pub fn palette(state: &mut State) {
    let row = |spec: &super::command::Spec| Item {
        name: spec.name.into(),
        detail: spec.doc.into(),
        key: state.view.keymap.keys(spec.command).next().map(|(_, key)| key.to_string()).unwrap_or_default(),
        refused: spec.command.enabled(state).err().map(str::to_owned),
        choice: Choice::Command(spec.command),
    };
    let useful = |spec: &&super::command::Spec| {
        !matches!(spec.command, Command::Accept | Command::Do | Command::Palette | Command::AddGrant | Command::Revoke)
    };
    let items = COMMANDS.iter().filter(useful).map(row).collect();
    let picker = Picker::new("Commands", "No command is called that.", items);
    state.view.layers.push(Layer::Picker(picker));
}

/// Asks whose lines the log shows.
pub fn ask_log_node(state: &mut State) {
    let item = |name: &str, detail: &str, node: Option<String>| Item {
        name: name.into(),
        detail: detail.into(),
        key: String::new(),
        refused: None,
        choice: Choice::LogNode(node),
    };
    let all = item("all", "every component's lines", None);
    let nodes = state.speakers().into_iter().map(|name| item(name, "", Some(name.to_owned())));
    let items = std::iter::once(all).chain(nodes).collect();
    state.view.layers.push(Layer::Picker(Picker::new("Lines of", "No component is called that.", items)));
}

/// Asks for the program's arguments.
pub fn ask_arguments(state: &mut State) {
    let args = if state.options.args.is_empty() { &state.project.settings.args } else { &state.options.args };
    let text: Vec<String> = args.iter().map(|a| quoted(a)).collect();
    let hint = "enter runs it with these; quotes keep spaces; until studio ends (args in studio.toml stays)";
    let prompt = Prompt::new("Arguments of the program", hint, text.join(" "), Ask::Arguments);
    state.view.layers.push(Layer::Prompt(prompt));
}

fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || c == '"' || c == '\\');
    if plain { word.to_owned() } else { format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"")) }
}

/// Words as a shell would have them: quotes keep spaces, a backslash keeps the next letter.
fn words(text: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None::<char>);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', q) if q != Some('\'') => {
                let next = chars.next().ok_or("a backslash stands at the end")?;
                word.get_or_insert_default().push(next);
            }
            (c, Some(q)) if c == q => quote = None,
            (c, Some(_)) => word.get_or_insert_default().push(c),
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, None) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.map_or(Ok(words), |q| Err(format!("a {q} is not closed")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_split_as_a_shell_would_and_written_back() {
        let split = |text: &str| words(text).unwrap();
        assert_eq!(split("a  b"), ["a", "b"]);
        assert_eq!(split(r#"--name "two words" '' a\ b"#), ["--name", "two words", "", "a b"]);
        assert_eq!(words("\"open").unwrap_err(), "a \" is not closed");
        for word in ["plain", "two words", "", "q\"uote", "back\\slash"] {
            assert_eq!(split(&quoted(word)), [word]);
        }
    }
}
