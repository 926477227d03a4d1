//! How large a file may be, by what it is.

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `studio.toml`, `.cargo/config.toml`, and what the user wrote for studio: keys, settings, themes.
    Settings,
    /// `Cargo.toml`.
    Manifest,
    /// `Cargo.lock`.
    Lock,
    /// `.gitignore`, `.ignore`, `.git/info/exclude`.
    Ignore,
    /// WIT text, and a WIT package as wasm.
    Wit,
    /// A `.wac`.
    Composition,
    /// Rust.
    Source,
    /// A component.
    Wasm,
    /// A script or an executable that a command names: its digest is taken.
    Program,
    /// What studio itself wrote to remember something.
    State,
    /// A file of the system's or of the toolchain's.
    System,
}

/// Largest sizes in bytes. Each leaves room for ten times what the templates, fixtures and dependencies of this project
/// have, and none can fill a machine's memory, whatever becomes of the text.
const LIMITS: [(Kind, u64, &str); 11] = [
    (Kind::Settings, 1 << 20, "settings"),         // written by hand
    (Kind::Manifest, 1 << 20, "a manifest"),       // written by hand, and all of a folder are kept
    (Kind::Lock, 16 << 20, "a lock file"),         // some 80,000 packages
    (Kind::Ignore, 256 << 10, "ignore rules"),     // each line costs a pattern that is compiled
    (Kind::Wit, 4 << 20, "WIT"),                   // parsed it takes sixty times as much memory
    (Kind::Composition, 2 << 20, "a composition"), // some 40,000 lines
    (Kind::Source, 32 << 20, "a source file"),     // bindings are generated, and may be long
    (Kind::Wasm, 256 << 20, "a component"),        // with all its debug information
    (Kind::Program, 256 << 20, "a program"),       // with all its debug information
    (Kind::State, 4 << 20, "what studio remembers"),
    (Kind::System, 1 << 20, "a file of the system"),
];

impl Kind {
    /// The most bytes that are read.
    pub(crate) fn limit(self) -> u64 {
        self.row().1
    }

    /// What it is called in a sentence.
    pub(crate) fn name(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (Self, u64, &'static str) {
        // Every kind has a row; a test holds it.
        LIMITS.iter().copied().find(|(kind, ..)| *kind == self).unwrap_or((self, 0, "a file"))
    }
}

#[cfg(test)]
mod tests {
    use crate::files::kind::*;

    #[test]
    fn every_kind_has_a_limit() {
        use Kind::{Composition, Ignore, Lock, Manifest, Program, Settings, Source, State, System, Wasm, Wit};
        for kind in [Settings, Manifest, Lock, Ignore, Wit, Composition, Source, Wasm, Program, State, System] {
            assert!(kind.limit() > 0, "{kind:?}");
        }
    }
}
