//! The threads that everything waits on.

use tokio::runtime::{Builder, Runtime};

use crate::guard;
use crate::run;

/// Why there are none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RuntimeError {
    #[error("cannot start the runtime: {0}")]
    System(#[from] std::io::Error),
    /// tokio asserts that it gets the files it needs to hear signals.
    #[error("cannot start the runtime: {0}; the system lets this process open {1} files: allow more with `ulimit -n`")]
    Files(guard::Panicked, usize),
    #[error("the system lets this process have {0} open files, and studio needs {LEAST}: allow more with `ulimit -n`")]
    TooFew(usize),
}

/// With fewer open files, reading keys, watching and building fail in the middle of their work: a build alone has twenty.
const LEAST: usize = 64;

/// Asks the system for as many open files as it gives, and starts the threads.
///
/// # Errors
/// Where the system has no threads or no files for them.
pub(crate) fn start() -> Result<Runtime, RuntimeError> {
    let files = run::open_files();
    if files < LEAST {
        return Err(RuntimeError::TooFew(files));
    }
    let built = guard::caught(|| Builder::new_multi_thread().enable_all().build());
    Ok(built.map_err(|panicked| RuntimeError::Files(panicked, files))??)
}
