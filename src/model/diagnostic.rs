//! One problem, whoever found it: WIT, WAC, rustc, the composer, the engine.

use std::path::{Path, PathBuf};

use serde::Serialize;

/// How bad it is. Only `Error` makes a verb exit 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It keeps something from being read, built, composed or run.
    Error,
    /// The work goes on without it.
    Warning,
    /// Worth knowing; nothing has to be done.
    Note,
}

/// Which part of the toolchain speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The folder and its `studio.toml`, or studio itself.
    Project,
    /// What building needs and this machine lacks.
    Toolchain,
    /// The WIT of a component or an interface package.
    Wit,
    /// cargo and rustc.
    Rust,
    /// A component's bytes.
    Wasm,
    /// The text of a composition, or the composer's check of it.
    Wac,
    /// The engine, or a program that runs.
    Run,
}

/// A place in a text file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Place {
    /// Relative to the project's root where it lies inside it, absolute elsewhere.
    pub file: PathBuf,
    /// 1-based; 0 where only the file is known.
    pub line: u32,
    /// 1-based, counted in characters; 0 where only the line is known.
    pub column: u32,
}

/// What rustc or studio proposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What it does, as its finder says it.
    pub title: String,
    /// Replacements, apart from one another.
    pub edits: Vec<Edit>,
    /// Whether it can be applied without a human reading it.
    pub(crate) certain: bool,
}

/// New text in place of old, in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// Where `range` begins.
    pub place: Place,
    /// Bytes of the file that `text` replaces.
    pub range: std::ops::Range<usize>,
    /// What stands there once it is applied; empty where it only removes.
    pub text: String,
}

/// Something said beside the main message: a label, a note, a help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// As the tool says it, without its kind (`note:`).
    pub message: String,
    /// What it points at; `None` where it belongs to the whole.
    pub place: Option<Place>,
}

/// A problem a person can act on. `message` is a sentence that names what is wrong; `help` the next step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How bad it is, as its finder judges.
    pub severity: Severity,
    /// Whose words `message` is made of.
    pub origin: Origin,
    /// A sentence; may have several lines where a compiler wrote it.
    pub message: String,
    /// Where a person would look first; `None` where it is in no file.
    pub place: Option<Place>,
    /// The component or node it belongs to.
    pub component: Option<String>,
    /// The full interface name of the import or export it belongs to.
    pub port: Option<String>,
    /// In the order they are shown.
    pub remarks: Vec<Remark>,
    /// The next step, in plain words or as a command to type.
    pub help: Option<String>,
    /// Edits that the tool proposes.
    pub fixes: Vec<Fix>,
    /// The tool's own drawing of it (rustc's, colours included), where there is one.
    pub rendered: Option<String>,
}

impl Diagnostic {
    pub(crate) fn new(severity: Severity, origin: Origin, message: impl Into<String>) -> Self {
        Self {
            severity,
            origin,
            message: message.into(),
            place: None,
            component: None,
            port: None,
            remarks: Vec::new(),
            help: None,
            fixes: Vec::new(),
            rendered: None,
        }
    }

    pub(crate) fn error(origin: Origin, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, origin, message)
    }

    pub(crate) fn warning(origin: Origin, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, origin, message)
    }

    /// A panic in a stage, ours or a library's: `what` says what was being done, as in "while reading this component".
    pub(crate) fn broken_down(origin: Origin, what: &str, panic: &dyn std::fmt::Display) -> Self {
        let message = format!("studio failed {what}: {panic}");
        Self::error(origin, message).help("this is a bug in studio or a library of its; report it with this file")
    }

    #[must_use]
    pub(crate) fn at(mut self, file: impl Into<PathBuf>, line: u32, column: u32) -> Self {
        self.place = Some(Place { file: file.into(), line, column });
        self
    }

    #[must_use]
    pub(crate) fn component(mut self, name: impl Into<String>) -> Self {
        self.component = Some(name.into());
        self
    }

    #[must_use]
    pub(crate) fn port(mut self, name: impl Into<String>) -> Self {
        self.port = Some(name.into());
        self
    }

    /// Names every place inside `root` relative to it.
    pub(crate) fn relative_to(&mut self, root: &Path) {
        let remarks = self.remarks.iter_mut().filter_map(|remark| remark.place.as_mut());
        let edits = self.fixes.iter_mut().flat_map(|fix| &mut fix.edits).map(|edit| &mut edit.place);
        for place in self.place.iter_mut().chain(remarks).chain(edits) {
            if let Ok(inside) = place.file.strip_prefix(root) {
                place.file = inside.to_owned();
            }
        }
    }

    #[must_use]
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    #[must_use]
    pub(crate) fn remark(mut self, message: impl Into<String>, place: Option<Place>) -> Self {
        self.remarks.push(Remark { message: message.into(), place });
        self
    }

    /// Whether a verb that reports it exits 1.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file.display())?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if self.line > 0 && self.column > 0 {
            write!(f, ":{}", self.column)?;
        }
        Ok(())
    }
}

/// The line and column (both 1-based, columns in characters) of a byte offset. Offsets past the end give the last place.
pub(crate) fn line_column(text: &str, offset: usize) -> (u32, u32) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use crate::model::diagnostic::*;

    #[test]
    fn places_count_characters_from_one() {
        assert_eq!(line_column("añb\ncd", 0), (1, 1));
        assert_eq!(line_column("añb\ncd", 3), (1, 3));
        assert_eq!(line_column("añb\ncd", 2), (1, 2), "an offset inside a character is that character's");
        assert_eq!(line_column("añb\ncd", 5), (2, 1));
        assert_eq!(line_column("añb\ncd", 99), (2, 3));
    }
}
