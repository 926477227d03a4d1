//! Writes what a node may do into `studio.toml`.

use crate::app::effect::GrantChange;
use crate::config;
use crate::config::grants::{with, without};
use crate::files;
use crate::files::{Folder, Kind, Links};
use crate::grants::Capability;

/// What was done, for a person.
///
/// # Errors
/// Why the file is as it was.
pub(crate) fn change(change: &GrantChange) -> Result<String, String> {
    let GrantChange { file, node, grant, revoke } = change;
    let mut text = match files::text(file, Kind::Settings) {
        Ok(text) => text,
        Err(e) if e.is_missing() => String::new(),
        Err(e) => return Err(format!("studio.toml can't be read: {e}")),
    };
    let root = file.parent().unwrap_or(file);
    if let Some(Capability::Files(folder)) = grant
        && !root.join(&folder.host).is_dir()
    {
        let shown = folder.host.display();
        return Err(format!("{node}: not granted: there is no folder `{shown}` here; create it first"));
    }
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
    let folder = Folder::open(file.parent().unwrap_or(file));
    let written = folder.and_then(|folder| folder.write(file, text.as_bytes(), Links::Inside));
    written.map_err(|e| format!("studio.toml can't be written: {e}"))?;
    let sources = config::parse(&text, file).map(|config| config.granted.sources).unwrap_or_default();
    let covered = grant.as_ref().is_some_and(|grant| config::covered(root, grant, &sources).is_some());
    let note = if covered { "; sources stay read-only (g)" } else { "" };
    Ok(format!("{node}: {}{note}", done.join(", ")))
}

#[cfg(test)]
mod tests {
    use crate::app::edit::grants::*;

    #[test]
    fn a_folder_that_does_not_exist_is_not_granted() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join(config::FILE);
        let grant = |capability: &str| {
            let grant = Some(capability.parse().unwrap());
            change(&GrantChange { file: file.clone(), node: "a".into(), grant, revoke: None })
        };
        let refused = grant("files=data:rw").unwrap_err();
        assert_eq!(refused, "a: not granted: there is no folder `data` here; create it first");
        assert!(!file.exists());
        std::fs::create_dir(root.path().join("data")).unwrap();
        assert_eq!(grant("files=data:rw").unwrap(), "a: granted files=data:rw");
    }
}
