//! The themes there are: ours, and those of the user's folder.

use std::collections::BTreeMap;

use crate::look::sheet::{Fault, Sheet};

const OURS: [(&str, &str); 14] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("catppuccin-latte", include_str!("../../themes/catppuccin-latte.toml")),
    ("catppuccin-mocha", include_str!("../../themes/catppuccin-mocha.toml")),
    ("gruvbox-dark", include_str!("../../themes/gruvbox-dark.toml")),
    ("gruvbox-light", include_str!("../../themes/gruvbox-light.toml")),
    ("nord", include_str!("../../themes/nord.toml")),
    ("rose-pine", include_str!("../../themes/rose-pine.toml")),
    ("rose-pine-dawn", include_str!("../../themes/rose-pine-dawn.toml")),
    ("solarized-dark", include_str!("../../themes/solarized-dark.toml")),
    ("solarized-light", include_str!("../../themes/solarized-light.toml")),
    ("tokyo-night", include_str!("../../themes/tokyo-night.toml")),
    ("tokyo-night-day", include_str!("../../themes/tokyo-night-day.toml")),
];

/// Themes by name. The user's come before ours of the same name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Themes {
    /// The last good reading of each.
    user: BTreeMap<String, Sheet>,
}

impl Themes {
    /// Every name, ours first, and whether it is the user's.
    pub(crate) fn names(&self) -> Vec<(String, bool)> {
        let ours = OURS.iter().map(|(name, _)| ((*name).to_owned(), self.user.contains_key(*name)));
        let theirs = self.user.keys().filter(|name| !OURS.iter().any(|(ours, _)| ours == name));
        ours.chain(theirs.map(|name| (name.clone(), true))).collect()
    }

    pub(crate) fn sheet(&self, name: &str) -> Option<Sheet> {
        self.user.get(name).cloned().or_else(|| ours(name))
    }

    /// Takes a user's theme in. Where it is broken, its last good reading stays.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(&mut self, name: &str, text: &str) -> Result<(), Vec<Fault>> {
        let sheet = Sheet::parse(text, |parent| if parent == name { ours(parent) } else { self.sheet(parent) })?;
        self.user.insert(name.to_owned(), sheet);
        Ok(())
    }

    pub(crate) fn forget(&mut self, name: &str) {
        self.user.remove(name);
    }
}

fn ours(name: &str) -> Option<Sheet> {
    let (_, text) = OURS.iter().find(|(ours, _)| *ours == name)?;
    // A test reads all of them, so this ends: only the first two inherit nothing.
    Sheet::parse(text, ours).ok()
}
