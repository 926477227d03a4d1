//! Writes what a node may do into `studio.toml`.

use std::io::ErrorKind;

use super::effect::GrantChange;
use crate::config::grants::{with, without};
use crate::folders::write_whole;

/// What was done, for a person.
///
/// # Errors
/// Why the file is as it was.
pub fn change(change: &GrantChange) -> Result<String, String> {
    let GrantChange { file, node, grant, revoke } = change;
    let mut text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) if e.kind() == ErrorKind::NotFound => String::new(),
        Err(e) => return Err(format!("studio.toml can't be read: {e}")),
    };
    let mut done = Vec::new();
    if let Some(capability) = revoke
        && let Some(new) = without(&text, node, capability)?
    {
        text = new;
        done.push(format!("revoked {capability}"));
    }
    if let Some(capability) = grant
        && let Some(new) = with(&text, node, capability)?
    {
        text = new;
        done.push(format!("granted {capability}"));
    }
    if done.is_empty() {
        return Ok(format!("{node}: nothing to change"));
    }
    write_whole(file, text.as_bytes()).map_err(|e| format!("studio.toml can't be written: {e}"))?;
    Ok(format!("{node}: {}", done.join(", ")))
}
