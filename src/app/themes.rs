//! The user's looks: `config.toml` and `themes/*.toml` of the user's folder, and the list that shows each at once.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::effect::Effect;
use super::layer::{Choice, Item, Layer, Picker};
use super::state::State;
use crate::model::diagnostic::{Diagnostic, Origin, line_column};

/// The name of the user's settings in the user's folder.
pub const SETTINGS: &str = "config.toml";

/// The folder of the user's themes in there.
pub const FOLDER: &str = "themes";

/// What a theme or the settings being wrong leaves.
const KEPT: &str = "What was good last stays until this is mended.";

fn problem(text: &str, file: &Path, at: usize, message: impl Into<String>) -> Diagnostic {
    let (line, column) = line_column(text, at);
    Diagnostic::warning(Origin::Project, message).at(file, line, column).help(KEPT)
}

/// Takes the settings in; `None` where the file is gone.
pub fn settings(state: &mut State, text: Option<&str>, file: &Path) -> Vec<Diagnostic> {
    let text = text.unwrap_or_default();
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let told = |e: &toml::de::Error| {
            let message = e.message().trim().lines().collect::<Vec<_>>().join(", ");
            problem(text, file, e.span().map_or(0, |span| span.start), format!("{SETTINGS}: {message}."))
        };
        return errors.iter().map(told).collect();
    }
    let mut problems = Vec::new();
    let (mut theme, mut ascii) = (None, false);
    for (key, value) in table.get_ref() {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("theme", DeValue::String(name)) => theme = Some((name.to_string(), value.span().start)),
            ("theme", _) => problems.push(problem(text, file, value.span().start, "`theme` is the name of a theme.")),
            ("ascii", DeValue::Boolean(wanted)) => ascii = *wanted,
            ("ascii", _) => problems.push(problem(text, file, value.span().start, "`ascii` is true or false.")),
            (other, _) => {
                let message = format!("`{other}` is no setting; there is theme and ascii.");
                problems.push(problem(text, file, key.span().start, message));
            }
        }
    }
    let look = &mut state.view.look;
    look.use_ascii(ascii);
    match theme {
        Some((name, at)) if name != "auto" && look.themes.sheet(&name).is_none() => {
            let known: Vec<String> = look.themes.names().into_iter().map(|(name, _)| name).collect();
            let message = format!("there is no theme `{name}`; there is auto, {}.", known.join(", "));
            problems.push(problem(text, file, at, message));
        }
        theme => {
            look.chosen = theme.map(|(name, _)| name).filter(|name| name != "auto");
            look.show(look.chosen.clone());
        }
    }
    ask_ground(state);
    problems
}

/// Has the terminal asked whether it is dark or light, where that makes a difference.
pub fn ask_ground(state: &mut State) {
    state.view.ask_ground |= state.view.look.wants_ground();
}

/// Takes a user's theme in. A broken one leaves its last good reading.
pub fn theme(state: &mut State, text: Option<&str>, file: &Path) -> Vec<Diagnostic> {
    let Some(name) = file.file_stem().and_then(|name| name.to_str()) else { return Vec::new() };
    let look = &mut state.view.look;
    let mut told = Vec::new();
    if let Some(text) = text {
        let faults = look.themes.read(name, text).err().into_iter().flatten();
        told.extend(faults.map(|fault| problem(text, file, fault.at, fault.message)));
    } else {
        look.themes.forget(name);
    }
    look.show(look.shown.clone());
    told
}

/// Lists the themes; the one that is selected shows at once.
pub fn ask(state: &mut State) {
    let look = &state.view.look;
    let item = |name: &str, detail: &str, theme: Option<String>| Item {
        name: name.into(),
        detail: detail.into(),
        key: String::new(),
        refused: None,
        choice: Choice::Theme(theme),
    };
    let auto = item("auto", "dark or light, as the terminal is", None);
    let named = look
        .themes
        .names()
        .into_iter()
        .map(|(name, own)| item(&name, if own { "yours" } else { "" }, Some(name.clone())));
    let items: Vec<Item> = std::iter::once(auto).chain(named).collect();
    let selected = items.iter().position(|i| i.choice == Choice::Theme(look.chosen.clone())).unwrap_or(0);
    let mut picker = Picker::new("Theme", "No theme is called that.", items);
    picker.selected = selected;
    state.view.layers.push(Layer::Picker(picker));
}

/// Keeps the theme that was chosen, in this session and in the user's settings.
pub fn choose(state: &mut State, name: Option<&str>) -> Vec<Effect> {
    state.view.look.chosen = name.map(str::to_owned);
    ask_ground(state);
    vec![Effect::SaveTheme(name.unwrap_or("auto").to_owned())]
}

/// Shows the theme that is selected in a list, else the one that was chosen.
pub fn preview(state: &mut State) {
    let selected = match state.view.layers.last() {
        Some(Layer::Picker(picker)) => picker.chosen().and_then(|item| match &item.choice {
            Choice::Theme(name) => Some(name.clone()),
            _ => None,
        }),
        _ => None,
    };
    let wanted = selected.unwrap_or_else(|| state.view.look.chosen.clone());
    if wanted != state.view.look.shown {
        state.view.look.show(wanted);
    }
}

/// Writes the choice into the settings, whatever else stands there.
///
/// # Errors
/// What keeps it from being written, as a sentence.
pub fn save(folder: Option<&Path>, name: &str) -> Result<(), String> {
    let folder = folder.ok_or("there is no home to keep the theme in")?;
    let path = folder.join(SETTINGS);
    let told = |error: &dyn std::fmt::Display| format!("the theme is not kept in {}: {error}", path.display());
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(told(&error)),
    };
    let mut document: toml_edit::DocumentMut = text.parse().map_err(|_| told(&"it cannot be read as TOML"))?;
    match document.get_mut("theme").and_then(toml_edit::Item::as_value_mut) {
        // What stands around the value (a comment) stays.
        Some(value) => {
            let decor = value.decor().clone();
            *value = name.into();
            *value.decor_mut() = decor;
        }
        None => document["theme"] = toml_edit::value(name),
    }
    std::fs::create_dir_all(folder).map_err(|e| told(&e))?;
    crate::folders::write_whole(&path, document.to_string().as_bytes()).map_err(|e| told(&e))
}
