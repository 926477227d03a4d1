//! How many files and sockets this process may have open at a time, and that guests leave some of them.

use std::sync::LazyLock;

/// What studio asks the system for, so that connections and guests leave enough for everything else.
#[cfg(unix)]
const WANTED: u64 = 8192;

static LIMIT: LazyLock<usize> = LazyLock::new(ask);

/// How many there may be.
pub fn limit() -> usize {
    *LIMIT
}

/// Whether a guest may have another: those beyond three quarters of all are for studio itself and for connections.
///
/// The system gives out the lowest number that is free, so a number tells how many there are.
#[cfg(unix)]
pub(super) fn for_guests() -> bool {
    use std::os::fd::AsRawFd as _;
    let number = std::fs::File::open("/dev/null").map(|file| file.as_raw_fd());
    number.is_ok_and(|number| usize::try_from(number).is_ok_and(|number| number < limit() / 4 * 3))
}

#[cfg(not(unix))]
pub(crate) fn for_guests() -> bool {
    true
}

#[cfg(unix)]
fn ask() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(WANTED, |most| most.min(WANTED));
    let current = limit.current.unwrap_or(u64::MAX);
    let raised = current < wanted && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit }).is_ok();
    usize::try_from(if raised { wanted } else { current }).unwrap_or(usize::MAX)
}

#[cfg(not(unix))]
fn ask() -> usize {
    usize::MAX
}
