//! A system that gives no more open files: the one sentence for it, and its next step.

use std::io;

/// What to do about it.
pub(crate) const HELP: &str = "Close what holds many (connections, other programs), or allow more with `ulimit -n` and start \
                        studio again.";

/// Whether the error says that this process (`EMFILE`) or the whole system (`ENFILE`) has as many files open as it may.
pub(crate) fn is_exhausted(error: &io::Error) -> bool {
    cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24))
}

/// Whether not even this process's own files are left, whatever else the error may mean.
pub(crate) fn are_none_left() -> bool {
    std::fs::File::open(if cfg!(windows) { "NUL" } else { "/dev/null" }).is_err_and(|error| is_exhausted(&error))
}

/// The error as part of a sentence.
pub(crate) fn error_message(error: &io::Error) -> String {
    if is_exhausted(error) {
        return "studio has as many files open as the system allows; allow more with `ulimit -n`".into();
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use crate::files::exhausted::*;

    #[test]
    #[cfg(unix)]
    fn the_sentence_names_the_next_step() {
        assert!(error_message(&io::Error::from_raw_os_error(24)).contains("ulimit -n"));
        assert!(!error_message(&io::Error::from_raw_os_error(2)).contains("ulimit"));
        assert!(!are_none_left());
    }
}
