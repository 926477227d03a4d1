//! The theme that was chosen, kept in the user's settings.

use std::path::Path;

use crate::files;
use crate::files::write::write_named;
use crate::files::{Folder, Kind};
use crate::tui::settings;

/// Writes the choice into the settings, whatever else stands there.
///
/// # Errors
/// What keeps it from being written, as a sentence.
pub(crate) fn save(folder: Option<&Path>, name: &str) -> Result<(), String> {
    let folder = folder.ok_or("there is no home folder to save the theme in")?;
    let path = folder.join(settings::FILE);
    let told = |error: &dyn std::fmt::Display| format!("the theme was not saved in {}: {error}", path.display());
    let text = match files::text(&path, Kind::Settings) {
        Ok(text) => text,
        Err(error) if error.is_missing() => String::new(),
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
    // The user's own folder: a link there leads to where he keeps his settings.
    Folder::create(folder).map_err(|e| told(&e))?;
    write_named(&path, document.to_string().as_bytes()).map_err(|e| told(&e))
}
