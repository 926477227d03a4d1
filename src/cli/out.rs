//! Where the verbs print, and nobody else: every line goes through [`visible`], so no name, value, path or message of a
//! stranger's is obeyed by the terminal or begins a line of its own.
//!
//! Only a guest's own output stays byte for byte, and only where stdout is not a terminal. A reader that went away
//! (`studio graph | head`) ends the output, not the program; any other write that fails makes the program end with
//! [`crate::cli::ENVIRONMENT`], whatever the verb found out.

use std::io::{self, IsTerminal as _, Write};
use std::panic::PanicHookInfo;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use parking_lot::Mutex;

use crate::files::write::write_named;
use crate::log::{GOES_ON, Line};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::visible::{Colours, escaped_json, visible, visible_output};

static READER_GONE: AtomicBool = AtomicBool::new(false);
/// The first write that failed, in one sentence.
static FAILED: Mutex<Option<String>> = Mutex::new(None);

/// Whether nothing more can be printed: whoever read our output has left, or it cannot be written.
pub(super) fn is_over() -> bool {
    READER_GONE.load(Ordering::Relaxed) || FAILED.lock().is_some()
}

/// The sentence for output that could not be written, where that happened.
pub(super) fn failure() -> Option<String> {
    let _ = check("stdout", io::stdout().lock().flush());
    FAILED.lock().clone()
}

/// Whether a person sits at both ends.
pub(super) fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Whether a guest's bytes go to a terminal, where a control sequence could do harm.
pub(super) fn shows_guests() -> bool {
    io::stdout().is_terminal()
}

/// Keeps what went wrong with a write.
fn check(stream: &str, written: io::Result<()>) -> io::Result<()> {
    let Err(error) = &written else { return Ok(()) };
    if error.kind() == io::ErrorKind::BrokenPipe {
        READER_GONE.store(true, Ordering::Relaxed);
    } else {
        let mut failed = FAILED.lock();
        failed.get_or_insert_with(|| format!("cannot write to {stream}: {error}"));
    }
    written
}

fn put(text: &str) {
    let _ = check("stdout", writeln!(io::stdout().lock(), "{text}"));
}

fn put_error(text: &str) {
    end_guest_line();
    // A stderr that is gone has nobody to tell, and keeps nothing from being done.
    if let Err(error) = writeln!(io::stderr().lock(), "{text}")
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let _ = check("stderr", Err(error));
    }
}

/// Writes a whole text that studio itself made to a file, or to stdout where the name is `-`.
///
/// # Errors
/// Where the file cannot be written.
pub(super) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if path == Path::new("-") {
        block(text.trim_end());
        return Ok(());
    }
    write_named(path, text.as_bytes()).with_context(|| format!("cannot write `{}`", path.display()))
}

/// One line on stdout, whatever `text` holds.
pub(super) fn line(text: &str) {
    put(&visible(text));
}

/// One line on stderr, whatever `text` holds.
pub(super) fn error_line(text: &str) {
    put_error(&visible(text));
}

/// A question on stderr, on whose line the answer is typed.
pub(super) fn prompt(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let asked = write!(stderr, "{}", visible(text)).and_then(|()| stderr.flush());
    let _ = check("stderr", asked);
}

/// Text of several lines that studio itself made: values in it are to be [`visible`] or quoted already, since their line
/// breaks would be taken for ours.
pub(super) fn block(text: &str) {
    text.lines().for_each(line);
}

/// The line of a guest's that stands on stdout without its end.
static UNFINISHED: Mutex<Option<Line>> = Mutex::new(None);

/// A line that a guest wrote, on stdout, behind its node's name; what stands there of it already is not repeated. On a
/// terminal each part of a line that goes on stands in a row of its own, and says so; elsewhere they are one line again.
pub(super) fn guest_line(line: &Line, terminal: bool) {
    let mut unfinished = UNFINISHED.lock();
    let mut written = rest_of(line, unfinished.as_ref(), terminal);
    let goes_on = line.goes_on && !terminal;
    if !goes_on {
        if line.goes_on {
            written.extend_from_slice(GOES_ON.as_bytes());
        }
        written.push(b'\n');
    }
    put_bytes(&written);
    *unfinished = goes_on.then(|| line.clone());
}

/// The same for a line that has no end yet.
pub(super) fn unfinished_guest_line(line: &Line, terminal: bool) {
    let mut unfinished = UNFINISHED.lock();
    put_bytes(&rest_of(line, unfinished.as_ref(), terminal));
    *unfinished = Some(Line { goes_on: false, ..line.clone() });
}

/// What is to be written of a line where `begun` has no end yet.
fn rest_of(line: &Line, begun: Option<&Line>, terminal: bool) -> Vec<u8> {
    let shown = |line: &Line, from: usize| match terminal {
        true => visible_output(line.text.get(from..).unwrap_or_default(), Colours::LeftOut).into_owned().into_bytes(),
        false => line.bytes().get(from..).unwrap_or_default().to_vec(),
    };
    let begin = |before: &str| [before.as_bytes(), visible(&line.node).as_bytes(), b" | ", &shown(line, 0)].concat();
    match begun {
        None => begin(""),
        // Its next part.
        Some(begun) if begun.goes_on && line.same_stream(begun) => shown(line, 0),
        Some(begun) if !begun.goes_on && line.continues(begun) => {
            shown(line, if terminal { begun.text.len() } else { begun.bytes().len() })
        }
        Some(_) => begin("\n"),
    }
}

/// Ends a guest's line that has no end yet: what is written now is another's. Only a terminal shows both together.
fn end_guest_line() {
    if shows_guests() && UNFINISHED.lock().take().is_some() {
        put_bytes(b"\n");
    }
}

fn put_bytes(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    let _ = check("stdout", out.write_all(bytes).and_then(|()| out.flush()));
}

/// Bytes that studio itself made, on stdout, whole or not at all: half a script is worse than none.
pub(super) fn bytes(bytes: &[u8]) {
    put_bytes(bytes);
}

/// Whether stderr is a terminal whose user wants colours (<https://no-color.org>).
fn colours() -> Colours {
    let wanted = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    if wanted { Colours::Kept } else { Colours::LeftOut }
}

pub(super) fn json(value: &serde_json::Value) {
    put(&escaped_json(value.to_string()));
}

/// What clap says of a command line: help on stdout, errors on stderr.
pub(super) fn usage(error: &clap::Error) {
    let (text, terminal) = if error.use_stderr() {
        (error.render(), colours() == Colours::Kept)
    } else {
        (error.render(), io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()))
    };
    let colours = if terminal { Colours::Kept } else { Colours::LeftOut };
    for line in text.ansi().to_string().trim_end().lines() {
        let line = visible_output(line, colours);
        if error.use_stderr() { put_error(&line) } else { put(&line) }
    }
}

/// What a panic that nobody caught says, in one line, and its backtrace where `RUST_BACKTRACE` asks for one.
pub fn panicked(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("for an unknown reason");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    error_line(&format!("studio: panicked at {place}: {message}; this is a bug in studio"));
    let trace = std::backtrace::Backtrace::capture();
    if trace.status() == std::backtrace::BacktraceStatus::Captured {
        trace.to_string().lines().for_each(error_line);
    }
}

/// A problem for a person, on stderr: rustc's own drawing where there is one.
pub(super) fn problem(p: &Diagnostic) {
    if let Some(rendered) = &p.rendered {
        for line in rendered.trim_end().lines() {
            put_error(&visible_output(line, colours()));
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
pub(super) fn problem_json(p: &Diagnostic) -> serde_json::Value {
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
        "fixes": p.fixes,
    })
}

#[cfg(test)]
mod tests {
    use crate::cli::out::*;
    use crate::model::diagnostic::{Edit, Fix, Origin, Place};

    #[test]
    fn a_problem_as_data_holds_what_would_fix_it() {
        let place = Place { file: "src/lib.rs".into(), line: 3, column: 7 };
        let mut problem = Diagnostic::error(Origin::Rust, "no variant `Inf`");
        let edit = Edit { place, range: 40..43, text: "Info".into() };
        problem.fixes.push(Fix { title: "write `Info`".into(), edits: vec![edit], certain: true });
        let fix = serde_json::json!({
            "title": "write `Info`",
            "edits": [{
                "place": { "file": "src/lib.rs", "line": 3, "column": 7 },
                "range": { "start": 40, "end": 43 },
                "text": "Info",
            }],
            "certain": true,
        });
        assert_eq!(problem_json(&problem)["fixes"], serde_json::json!([fix]));
    }
}
