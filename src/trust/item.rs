//! One thing of a folder that runs on the user's machine. Pure.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What kind of thing it is, in the order of the question: what redirects the toolchain first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// A `.cargo/config.toml` that applies, or a file that one includes.
    CargoConfig,
    /// A `rust-toolchain.toml` that applies.
    Toolchain,
    /// `[components.NAME] command` of `studio.toml`.
    Command,
    /// A file of the folder that a configuration or a command names as a program.
    Program,
    /// A folder that cargo is run in.
    Workspace,
    /// A package from outside the folder, or from another checkout inside it.
    Package,
    BuildScript,
    /// A package whose macros run in the compiler.
    ProcMacro,
    /// What `studio.toml` lets a node, or the whole run, do.
    Grant,
}

/// One of the things that run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    /// Absolute path of the file or folder that says so.
    pub place: PathBuf,
    /// Which of several things in that place; empty where there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What it says, for a person: a line each, without control characters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) details: Vec<String>,
    /// Of its content; see [`Kind::compares_content`].
    pub digest: String,
}

/// The digest of what cannot be read: it equals nothing, itself included.
pub(super) const UNREADABLE: &str = "unreadable";

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::CargoConfig => "cargo configuration",
            Self::Toolchain => "toolchain",
            Self::Command => "build command",
            Self::Program => "program",
            Self::Workspace => "cargo build",
            Self::Package => "package from elsewhere",
            Self::BuildScript => "build script",
            Self::ProcMacro => "procedural macros",
            Self::Grant => "grant",
        }
    }

    /// Whether another content is a change. `opening`: the folder is being opened. While it is open, what its own
    /// programs hold is the user's to edit, like every other source.
    pub(crate) const fn compares_content(self, opening: bool) -> bool {
        match self {
            Self::BuildScript | Self::Program | Self::Grant => opening,
            _ => true,
        }
    }

    /// Whether one that was not there before is a change. What names a program is compared always; the file itself may
    /// come with an edit or a build.
    pub(crate) const fn compares_presence(self, opening: bool) -> bool {
        match self {
            Self::Program | Self::Grant => opening,
            _ => true,
        }
    }
}

impl Item {
    pub(crate) fn new(kind: Kind, place: impl Into<PathBuf>, digest: impl Into<String>) -> Self {
        Self { kind, place: place.into(), name: String::new(), details: Vec::new(), digest: digest.into() }
    }

    #[must_use]
    pub(crate) fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    #[must_use]
    pub(crate) fn detail(mut self, detail: &str) -> Self {
        self.details.push(shown(detail));
        self
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        (self.kind, &self.place, &self.name) == (other.kind, &other.place, &other.name)
    }

    /// Whether the content is the same, as far as anybody can know.
    pub(crate) fn holds_the_same(&self, other: &Self) -> bool {
        self.digest == other.digest && self.digest != UNREADABLE
    }

    /// What it is and where, in a line; paths below `root` are shown relative to it.
    pub(crate) fn title(&self, root: &Path) -> String {
        let path = self.place.strip_prefix(root).unwrap_or(&self.place);
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        if self.kind == Kind::Grant {
            let who = if matches!(self.name.as_str(), "" | "studio.toml") {
                "the whole run".to_owned()
            } else {
                format!("`{}`", shown(&self.name))
            };
            return format!("what {who} may do: {}", shown(&path.display().to_string()));
        }
        let of = if self.name.is_empty() { String::new() } else { format!(" `{}`", shown(&self.name)) };
        format!("{}{of}: {}", self.kind.name(), shown(&path.display().to_string()))
    }
}

/// Text of somebody else, with everything written out that a terminal would not show as itself.
pub(crate) fn shown(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().flat_map(|c| if hidden(c) { c.escape_unicode().collect() } else { vec![c] }).collect()
}

#[cfg(test)]
mod tests {
    use crate::trust::item::*;

    #[test]
    fn hidden_characters_are_written_out() {
        assert_eq!(shown("a\x1b[2J\u{202e}b\n"), "a\\u{1b}[2J\\u{202e}b\\u{a}");
        assert_eq!(shown("日本 ü"), "日本 ü");
    }

    #[test]
    fn what_cannot_be_read_is_never_the_same() {
        let item = Item::new(Kind::CargoConfig, "/p/.cargo/config.toml", UNREADABLE);
        assert!(!item.holds_the_same(&item.clone()));
    }
}
