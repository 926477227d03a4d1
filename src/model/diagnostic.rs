//! One problem, whoever found it: WIT, WAC, rustc, the composer, the engine.

use std::path::PathBuf;

use serde::Serialize;

/// How bad it is. Only `Error` makes a verb exit 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    Note,
}

/// Which part of the toolchain speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    Project,
    Toolchain,
    Wit,
    Rust,
    Wasm,
    Wac,
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

/// A replacement rustc (or studio) proposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    pub place: Place,
    /// Byte range in the file that `text` replaces.
    pub range: std::ops::Range<usize>,
    pub text: String,
    /// Whether it can be applied without a human reading it.
    pub(crate) certain: bool,
}

/// Something said beside the main message: a label, a note, a help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    pub message: String,
    pub place: Option<Place>,
}

/// A problem a person can act on. `message` is a sentence that names what is wrong; `help` the next step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    pub severity: Severity,
    pub origin: Origin,
    pub message: String,
    pub place: Option<Place>,
    /// The component or node it belongs to.
    pub component: Option<String>,
    /// The full interface name of the import or export it belongs to.
    pub port: Option<String>,
    pub remarks: Vec<Remark>,
    pub help: Option<String>,
    pub fixes: Vec<Fix>,
    /// The tool's own drawing of it (rustc's, colours included), where there is one.
    pub rendered: Option<String>,
}

impl Diagnostic {
    pub fn new(severity: Severity, origin: Origin, message: impl Into<String>) -> Self {
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

    pub fn error(origin: Origin, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, origin, message)
    }

    pub fn warning(origin: Origin, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, origin, message)
    }

    /// A panic in a stage, ours or a library's: `what` says what was being done, as in "while reading this component".
    pub(crate) fn broken_down(origin: Origin, what: &str, panic: &dyn std::fmt::Display) -> Self {
        let message = format!("studio failed {what}: {panic}");
        Self::error(origin, message).help("this is a bug in studio or a library of its; report it with this file")
    }

    #[must_use]
    pub fn at(mut self, file: impl Into<PathBuf>, line: u32, column: u32) -> Self {
        self.place = Some(Place { file: file.into(), line, column });
        self
    }

    #[must_use]
    pub fn component(mut self, name: impl Into<String>) -> Self {
        self.component = Some(name.into());
        self
    }

    #[must_use]
    pub fn port(mut self, name: impl Into<String>) -> Self {
        self.port = Some(name.into());
        self
    }

    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    #[must_use]
    pub fn remark(mut self, message: impl Into<String>, place: Option<Place>) -> Self {
        self.remarks.push(Remark { message: message.into(), place });
        self
    }

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
