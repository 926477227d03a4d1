//! The user's looks: the theme that the settings name, `themes/*.toml` of the user's folder, and the list that shows each
//! at once.

use std::path::Path;

use crate::look::Background;
use crate::model::diagnostic::{Diagnostic, Origin, line_column};
use crate::tui::effect::Effect;
use crate::tui::overlay::{Choice, Item, Overlay, Picker};
use crate::tui::state::State;

/// The folder of the user's themes in there.
pub(crate) const FOLDER: &str = "themes";

/// What a theme or the settings being wrong leaves.
const KEPT: &str = "The last good settings are used until this is fixed.";

/// What is wrong in one of the user's files, at its line.
pub(crate) fn problem(text: &str, file: &Path, at: usize, message: impl Into<String>) -> Diagnostic {
    let (line, column) = line_column(text, at);
    Diagnostic::warning(Origin::Project, message).at(file, line, column).help(KEPT)
}

/// Takes the theme that the settings name, and where in them; one that does not exist is given back.
pub(crate) fn named(state: &mut State, theme: Option<(String, usize)>) -> Option<(String, usize)> {
    let look = &mut state.view.look;
    match theme {
        Some((name, at)) if name != "auto" && look.themes.sheet(&name).is_none() => return Some((name, at)),
        theme => {
            look.chosen = theme.map(|(name, _)| name).filter(|name| name != "auto");
            look.show(look.chosen.clone());
        }
    }
    ask_background(state);
    None
}

/// Has the terminal asked whether it is dark or light, where that makes a difference.
pub(crate) fn ask_background(state: &mut State) {
    state.view.ask_background |= state.view.look.wants_background();
}

/// Takes a user's theme in. A broken one leaves its last good reading.
pub(crate) fn theme(state: &mut State, text: Option<&str>, file: &Path) -> Vec<Diagnostic> {
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
pub(crate) fn ask(state: &mut State) {
    let look = &state.view.look;
    let item = |name: &str, detail: &str, theme: Option<String>| Item {
        name: name.into(),
        detail: detail.into(),
        key: String::new(),
        refused: None,
        choice: Choice::Theme(theme),
    };
    let auto = item("auto", "as the terminal is", None);
    let background = |name: &str| match look.themes.sheet(name).map(|sheet| sheet.background) {
        Some(Background::Light) => "light",
        _ => "dark",
    };
    let detail =
        |name: &str, own| if own { format!("{}, yours", background(name)) } else { background(name).to_owned() };
    let named = look.themes.names().into_iter().map(|(name, own)| item(&name, &detail(&name, own), Some(name.clone())));
    let items: Vec<Item> = std::iter::once(auto).chain(named).collect();
    let selected = items.iter().position(|i| i.choice == Choice::Theme(look.chosen.clone())).unwrap_or(0);
    let mut picker = Picker::new("Theme", "No matching theme.", items);
    picker.selected = selected;
    state.view.overlays.push(Overlay::Picker(picker));
}

/// Keeps the theme that was chosen, in this session and in the user's settings.
pub(crate) fn choose(state: &mut State, name: Option<&str>) -> Vec<Effect> {
    state.view.look.chosen = name.map(str::to_owned);
    ask_background(state);
    vec![Effect::SaveTheme(name.unwrap_or("auto").to_owned())]
}

/// Shows the theme that is selected in a list, else the one that was chosen.
pub(crate) fn preview(state: &mut State) {
    let selected = match state.view.overlays.top() {
        Some(Overlay::Picker(picker)) => picker.chosen().and_then(|item| match &item.choice {
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
