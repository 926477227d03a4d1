//! The user's settings: `config.toml` of the user's folder.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use crate::model::diagnostic::Diagnostic;
use crate::tui::jobs::clipboard::Clipboard;
use crate::tui::overlay::themes;
use crate::tui::state::State;

/// The file's name in the user's folder.
pub(crate) const FILE: &str = "config.toml";

/// All there are, for who misspells one.
const KNOWN: &str = "theme, ascii, reduced-motion and clipboard";

/// Takes the settings in; `None` where the file is gone.
pub(crate) fn changed(state: &mut State, text: Option<&str>, file: &Path) -> Vec<Diagnostic> {
    let text = text.unwrap_or_default();
    let problem = |at: usize, message: String| themes::problem(text, file, at, message);
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let told = |e: &toml::de::Error| {
            let message = e.message().trim().lines().collect::<Vec<_>>().join(", ");
            problem(e.span().map_or(0, |span| span.start), format!("{FILE}: {message}."))
        };
        return errors.iter().map(told).collect();
    }
    let mut problems = Vec::new();
    let (mut theme, mut ascii, mut still, mut clipboard) = (None, false, false, Clipboard::default());
    for (key, value) in table.get_ref() {
        let (name, at) = (key.get_ref().as_ref(), value.span().start);
        let mut wrong = |is: &str| problems.push(problem(at, format!("Invalid value for `{name}`: expected {is}.")));
        match (name, value.get_ref()) {
            ("theme", DeValue::String(name)) => theme = Some((name.to_string(), at)),
            ("theme", _) => wrong("the name of a theme"),
            ("ascii", DeValue::Boolean(wanted)) => ascii = *wanted,
            ("reduced-motion", DeValue::Boolean(wanted)) => still = *wanted,
            ("ascii" | "reduced-motion", _) => wrong("true or false"),
            ("clipboard", DeValue::String(name)) if Clipboard::named(name).is_some() => {
                clipboard = Clipboard::named(name).unwrap_or_default();
            }
            ("clipboard", _) => wrong("\"auto\", \"native\" or \"osc52\""),
            (other, _) => {
                problems.push(problem(key.span().start, format!("Unknown setting `{other}`; expected {KNOWN}.")));
            }
        }
    }
    state.view.clipboard = clipboard;
    state.view.look.use_ascii(ascii);
    state.view.look.keep_still(still);
    if let Some((name, at)) = themes::named(state, theme) {
        let known: Vec<String> = state.view.look.themes.names().into_iter().map(|(name, _)| name).collect();
        problems.push(problem(at, format!("unknown theme `{name}`; expected auto, {}.", known.join(", "))));
    }
    problems
}
