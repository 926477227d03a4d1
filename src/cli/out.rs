//! Where the verbs print. A reader that went away (`studio graph | head`) ends the output, not the program.

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::model::diagnostic::{Diagnostic, Severity};

static READER_GONE: AtomicBool = AtomicBool::new(false);

/// Whether whoever read our output has left.
pub fn reader_is_gone() -> bool {
    READER_GONE.load(Ordering::Relaxed)
}

pub fn line(text: &str) {
    if let Err(e) = writeln!(std::io::stdout().lock(), "{text}")
        && e.kind() == std::io::ErrorKind::BrokenPipe
    {
        READER_GONE.store(true, Ordering::Relaxed);
    }
}

pub fn error_line(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Whether stderr is a terminal whose user wants colours (<https://no-color.org>).
fn colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

pub fn json(value: &serde_json::Value) {
    line(&value.to_string());
}

/// A problem for a person, on stderr: rustc's own drawing where there is one.
pub fn problem(p: &Diagnostic) {
    if let Some(rendered) = &p.rendered {
        for line in rendered.trim_end().lines() {
            if colours() { error_line(line) } else { error_line(&crate::ui::guest::plain(line)) }
        }
        return;
    }
    let word = match p.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    error_line(&format!("{word}: {}", p.message));
    if let Some(place) = &p.place {
        error_line(&format!("  --> {place}"));
    }
    for remark in &p.remarks {
        match &remark.place {
            Some(place) => error_line(&format!("  note: {} ({place})", remark.message)),
            None => error_line(&format!("  note: {}", remark.message)),
        }
    }
    if let Some(help) = &p.help {
        error_line(&format!("  help: {help}"));
    }
}

/// The same as data.
pub fn problem_json(p: &Diagnostic) -> serde_json::Value {
    serde_json::json!({
        "severity": p.severity,
        "origin": p.origin,
        "file": p.place.as_ref().map(|l| &l.file),
        "line": p.place.as_ref().map(|l| l.line),
        "column": p.place.as_ref().map(|l| l.column),
        "component": p.component,
        "port": p.port,
        "message": p.message,
        "help": p.help,
    })
}

/// A size as people say it.
pub fn size(bytes: usize) -> String {
    #[allow(clippy::cast_precision_loss)] // sizes of files: far below 2^52
    let kib = bytes as f64 / 1024.0;
    if kib < 1024.0 { format!("{kib:.1} KiB") } else { format!("{:.1} MiB", kib / 1024.0) }
}
