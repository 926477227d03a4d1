//! What lies over the panes and has the keys: the help, lists to choose from, questions to answer, grants, plans and
//! explanations. The last one opened is on top; `esc` closes it.

pub(crate) mod back;
pub(crate) mod draw;
pub(crate) mod explanation;
pub(crate) mod field;
pub(crate) mod grants;
pub(crate) mod help;
pub(crate) mod menu;
pub(crate) mod messages;
pub(crate) mod new;
pub(crate) mod picker;
pub(crate) mod plan;
pub(crate) mod prompt;
pub(crate) mod stack;
#[cfg(test)]
mod stack_tests;
pub(crate) mod table;
pub(crate) mod themes;
#[cfg(test)]
mod themes_tests;
pub(crate) mod trust;
pub(crate) mod verb;

use std::time::Instant;

pub(crate) use field::Field;
pub(crate) use help::Help;
pub(crate) use picker::{Choice, Item, Picker};
pub(crate) use prompt::{Ask, Prompt};
pub(crate) use stack::{Overlays, Owner, OwnerKind};

use crate::app::pipeline;
use crate::tui::act::act;
use crate::tui::command::{Command, Context, commands};
use crate::tui::effect::{Effect, of_app};
use crate::tui::keymap::Key;
use crate::tui::pane::graph::wiring;
use crate::tui::pane::graph::wiring::{Explaining, Plan};
use crate::tui::pane::output::logs;
use crate::tui::pane::source::search;
use crate::tui::state::State;

#[derive(Clone, Debug)]
pub(crate) enum Overlay {
    Help(Help),
    Picker(Picker),
    Prompt(Prompt),
    Grants(grants::Panel),
    /// Wires that are proposed. It lies over the output alone: the panes stay in use.
    Plan(Plan),
    /// Why two ports fit or not.
    Explanation(Box<Explaining>),
}

impl Overlay {
    /// The contexts that keys are asked of while this is on top, innermost first.
    pub(crate) fn contexts(&self) -> &'static [Context] {
        match self {
            Self::Help(_) => &[Context::Help, Context::Everywhere],
            Self::Picker(_) => &[Context::Picker, Context::Everywhere],
            Self::Prompt(_) => &[Context::Prompt, Context::Everywhere],
            Self::Grants(_) => &[Context::Grants, Context::Everywhere],
            Self::Plan(_) => &[Context::Plan, Context::Panes, Context::Everywhere],
            Self::Explanation(_) => &[Context::Explanation, Context::Everywhere],
        }
    }

    /// Whether neither keys nor the mouse reach the panes below.
    pub(crate) fn covers_panes(&self) -> bool {
        !matches!(self, Self::Plan(_))
    }

    /// Whether a command may be done while this is on top: its own, and those that move in it, close it, or leave the
    /// program.
    ///
    /// # Errors
    /// What is to be closed first.
    pub(crate) fn allows(&self, command: Command) -> Result<(), &'static str> {
        let everywhere = matches!(
            command,
            Command::Back
                | Command::Help
                | Command::Messages
                | Command::Quit
                | Command::Suspend
                | Command::Redraw
                | Command::ReleaseMouse
                | Command::SavePicture
                | Command::Up
                | Command::Down
                | Command::PageUp
                | Command::PageDown
                | Command::Top
                | Command::Bottom
        );
        let (own, reason) = match self {
            Self::Help(_) => (matches!(command, Command::Do), "close the help first (esc)"),
            Self::Picker(_) | Self::Prompt(_) => (matches!(command, Command::Accept), "answer this first (esc closes)"),
            Self::Grants(_) => (
                matches!(command, Command::Accept | Command::AddGrant | Command::Revoke),
                "close the grants first (esc)",
            ),
            Self::Explanation(_) => {
                (matches!(command, Command::ApplyFix | Command::Undo), "close the explanation first (esc)")
            }
            Self::Plan(_) => (true, ""),
        };
        if everywhere || own { Ok(()) } else { Err(reason) }
    }

    /// Whether it is a list of commands: the help, the palette, a menu.
    fn lists_commands(&self) -> bool {
        matches!(self, Self::Help(_)) || self.offers(|choice| matches!(choice, Choice::Command(_)))
    }

    /// Whether it is a list with such a choice.
    fn offers(&self, is_such: impl Fn(&Choice) -> bool) -> bool {
        matches!(self, Self::Picker(picker) if picker.items().iter().any(|item| is_such(&item.choice)))
    }

    /// The text that is typed into it, where there is one.
    fn field(&mut self) -> Option<&mut Field> {
        match self {
            Self::Picker(picker) => Some(&mut picker.query),
            Self::Prompt(prompt) => Some(&mut prompt.field),
            Self::Help(help) => Some(&mut help.query),
            Self::Grants(_) | Self::Plan(_) | Self::Explanation(_) => None,
        }
    }

    /// What follows from a change of the text.
    fn typed(&mut self) {
        match self {
            Self::Picker(picker) => picker.search(),
            Self::Prompt(prompt) => prompt.trouble = None,
            Self::Help(help) => help.selected = 0,
            Self::Grants(_) | Self::Plan(_) | Self::Explanation(_) => {}
        }
    }
}

/// A key that types or edits goes into the top overlay's text; `false` where there is none, or for any other key.
pub(crate) fn type_key(state: &mut State, key: Key) -> bool {
    let Some(overlay) = state.view.overlays.top_mut() else { return false };
    // The key that opened the help closes it, until something is searched for.
    if matches!(overlay, Overlay::Help(help) if help.query.text().is_empty()) && key.typed() == Some('?') {
        state.view.overlays.pop();
        return true;
    }
    let Some(field) = overlay.field() else { return false };
    let before = field.text().len();
    let taken = field.take(key);
    if taken && (before != field.text().len() || key.typed().is_some()) {
        overlay.typed();
    }
    taken
}

/// Pasted text goes there too; `false` where no overlay covers the panes.
pub(crate) fn paste(state: &mut State, text: &str, at: Instant) -> bool {
    let Some(overlay) = state.view.overlays.top_mut() else { return false };
    let Some(field) = overlay.field() else { return overlay.covers_panes() };
    match field.paste(text) {
        Ok(()) => overlay.typed(),
        Err(sentence) => state.view.flash(sentence, at),
    }
    true
}

/// Up or down in the top overlay; `false` where the panes are moved in.
pub(crate) fn step(state: &mut State, by: isize) -> bool {
    match state.view.overlays.top_mut() {
        Some(Overlay::Picker(picker)) => picker.step(by),
        Some(Overlay::Prompt(_)) => {}
        Some(Overlay::Grants(_)) => grants::step(state, by),
        Some(Overlay::Help(_)) => help::step(state, by),
        Some(Overlay::Explanation(_)) if by.abs() == 1 => explanation::step(state, by),
        Some(Overlay::Explanation(_)) => explanation::scroll(state, by),
        Some(Overlay::Plan(_)) if by.abs() == 1 => plan::step(state, by),
        Some(Overlay::Plan(_)) => return false,
        None => return false,
    }
    true
}

/// The wheel over the top overlay; `false` where it scrolls the panes.
pub(crate) fn wheel(state: &mut State, by: isize) -> bool {
    match state.view.overlays.top() {
        Some(Overlay::Explanation(_)) => explanation::scroll(state, by),
        Some(Overlay::Plan(_)) | None => return false,
        Some(_) => return step(state, by),
    }
    true
}

/// Closes the top overlay; `None` where there is none.
pub(crate) fn close(state: &mut State) -> Option<Vec<Effect>> {
    if matches!(state.view.overlays.top()?, Overlay::Plan(_)) {
        return Some(plan::drop_it(state));
    }
    state.view.overlays.pop();
    Some(Vec::new())
}

/// Takes the selected item, or the text as the answer.
pub(crate) fn accept(state: &mut State, now: Instant) -> Vec<Effect> {
    match state.view.overlays.top() {
        Some(Overlay::Picker(picker)) => {
            let Some(choice) = picker.chosen().map(|item| item.choice.clone()) else { return Vec::new() };
            if !matches!(choice, Choice::Command(_)) {
                state.view.overlays.pop();
            }
            choose(state, &choice, now)
        }
        Some(Overlay::Prompt(prompt)) => {
            let prompt = prompt.clone();
            // What the answer is for lies below the prompt.
            state.view.overlays.pop();
            match answer(state, &prompt) {
                Ok(effects) => effects,
                Err(trouble) => {
                    let again = Prompt { trouble: Some(trouble), ..prompt };
                    state.view.overlays.push(Overlay::Prompt(again));
                    Vec::new()
                }
            }
        }
        Some(Overlay::Grants(_)) => grants::take(state),
        Some(Overlay::Help(_) | Overlay::Plan(_) | Overlay::Explanation(_)) | None => Vec::new(),
    }
}

/// Does a command that was chosen in a list of commands: the lists are closed, and what lies below them has the say.
pub(crate) fn chosen(state: &mut State, command: Command, now: Instant) -> Vec<Effect> {
    state.view.overlays.close_command_lists();
    if let Err(reason) = state.owner().allows(command) {
        state.view.flash(reason, now);
        return Vec::new();
    }
    act(state, command, now)
}

fn choose(state: &mut State, choice: &Choice, now: Instant) -> Vec<Effect> {
    match choice {
        Choice::Command(command) => chosen(state, *command, now),
        Choice::Generation(generation) => back::to(state, *generation, now),
        Choice::Theme(name) => themes::choose(state, name.as_deref()),
        Choice::Edit { label, changes } => wiring::add::chosen(state, label, changes),
        Choice::Decide { from, wire } => plan::decide(state, from, wire.as_ref()),
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
        Ask::Rename => wiring::commands::rename(state, prompt.field.text()),
        Ask::NewFolder(template) => new::make(state, template, prompt.field.text()),
        Ask::Arguments => {
            let words = shell_words::split(prompt.field.text());
            state.app.options.args = words.map_err(|_| "a quote is not closed".to_owned())?;
            Ok(of_app(pipeline::rerun(&mut state.app)))
        }
        Ask::SearchSource => search::begin(state, prompt.field.text()).map(|()| Vec::new()),
        Ask::LogFile => logs::select::export(state, prompt.field.text()),
        Ask::Grant => grants::answer(state, prompt.field.text(), false),
        Ask::EditGrant => grants::answer(state, prompt.field.text(), true),
    }
}

/// The palette: every command with its key, and why it can't be done where it can't.
pub(crate) fn palette(state: &mut State) {
    let row = |spec: &crate::tui::command::Spec| Item {
        name: spec.name.into(),
        detail: spec.doc.into(),
        key: state.view.keymap.keys(spec.command).next().map(|(_, key)| key.to_string()).unwrap_or_default(),
        refused: spec.command.enabled(state).err().map(str::to_owned),
        choice: Choice::Command(spec.command),
    };
    let useful = |spec: &&crate::tui::command::Spec| {
        !matches!(
            spec.command,
            Command::Accept
                | Command::Do
                | Command::Palette
                | Command::AddGrant
                | Command::Revoke
                | Command::AllowTrust
        )
    };
    let mut specs: Vec<_> = commands().filter(useful).collect();
    specs.sort_by_key(|spec| spec.rank);
    let items: Vec<Item> = specs.into_iter().map(row).collect();
    let rest = help::found(state, "").len().saturating_sub(items.len());
    let mut picker = Picker::new("Commands", "No matching command.", items);
    picker.note = format!("; ? lists {rest} more, of lists and questions");
    state.view.overlays.push(Overlay::Picker(picker));
}

/// Asks whose lines the log shows.
pub(crate) fn ask_log_node(state: &mut State) {
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
    state.view.overlays.push(Overlay::Picker(Picker::new("Show the lines of", "No matching component.", items)));
}

/// Asks for the program's arguments.
pub(crate) fn ask_arguments(state: &mut State) {
    let args =
        if state.app.options.args.is_empty() { &state.app.project.settings.args } else { &state.app.options.args };
    let hint = "enter runs the program with these until studio quits; quotes keep spaces; studio.toml is not changed";
    let prompt = Prompt::new("Program arguments", hint, shell_words::join(args), Ask::Arguments);
    state.view.overlays.push(Overlay::Prompt(prompt));
}

#[cfg(test)]
mod tests {
    #[test]
    fn arguments_are_split_as_a_shell_would_and_written_back() {
        let split = |text: &str| shell_words::split(text).unwrap();
        assert_eq!(split("a  b"), ["a", "b"]);
        assert_eq!(split(r#"--name "two words" '' a\ b"#), ["--name", "two words", "", "a b"]);
        for word in ["plain", "two words", "", "q\"uote", "back\\slash"] {
            assert_eq!(split(&shell_words::join([word])), [word]);
        }
    }
}
