//! What a Rust guest wrote to stderr when it panicked.

use crate::model::diagnostic::Place;

/// A panic's message and where it was, as the guest's own output tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Panic {
    pub message: String,
    pub place: Option<Place>,
}

/// The last panic in these lines of stderr:
///
/// ```text
/// thread '<unnamed>' panicked at core-logic/src/lib.rs:12:9:
/// index out of bounds: the len is 3 but the index is 99
/// note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
/// ```
pub(crate) fn find(stderr: &[String]) -> Option<Panic> {
    let at = stderr.iter().rposition(|line| line.starts_with("thread '") && line.contains(" panicked at "))?;
    let place = stderr.get(at)?.split_once(" panicked at ")?.1.trim_end_matches(':');
    let message: Vec<&str> = stderr
        .iter()
        .skip(at + 1)
        .map(String::as_str)
        .take_while(|line| !line.starts_with("note: ") && !line.starts_with("stack backtrace:"))
        .collect();
    let message = message.join("\n").trim().to_string();
    Some(Panic { message, place: parse(place) })
}

/// `src/lib.rs:12:9`.
fn parse(text: &str) -> Option<Place> {
    let (rest, column) = text.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    Some(Place { file: file.into(), line: line.parse().ok()?, column: column.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use crate::run::faults::panics::*;

    #[test]
    fn the_message_is_what_stands_between_the_head_and_the_note() {
        let stderr = [
            "something else",
            "",
            "thread '<unnamed>' (1) panicked at core-logic/src/lib.rs:12:9:",
            "two lines",
            "of message",
            "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
        ]
        .map(String::from);
        let panic = find(&stderr).unwrap();
        assert_eq!(panic.message, "two lines\nof message");
        assert_eq!(panic.place.unwrap().to_string(), "core-logic/src/lib.rs:12:9");
        assert_eq!(find(&stderr[..2]), None);
        assert_eq!(find(&["thread 'main' panicked at nowhere".into()]).unwrap().place, None);
    }
}
