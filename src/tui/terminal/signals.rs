//! The signals that a program with the screen must answer.

use std::time::Duration;

/// How long after a signal the loop may take to leave before the process ends without it: a loop that waits for a
/// terminal that is gone never leaves.
const GRACE: Duration = Duration::from_secs(3);

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// To end, with this exit code.
    End(u8),
    /// To go to the background.
    Suspend,
    /// Nothing any more: stopped before, and going on.
    Continue,
}

#[cfg(unix)]
mod unix {
    use std::task::{Context, Poll};

    use rustix::process::Signal as Number;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use crate::tui::terminal::signals::{GRACE, Heard};

    pub(crate) struct Signals {
        ends: Vec<(u8, Signal)>,
        suspend: Option<Signal>,
        goes_on: Option<Signal>,
    }

    /// All that would end the process and can be heard. An abort of our own is heard by nobody: [`crate::tui::terminal::watcher`]
    /// restores the terminal after it.
    const ENDS: [Number; 8] = [
        Number::TERM,
        Number::HUP,
        Number::INT,
        Number::QUIT,
        Number::ALARM,
        Number::USR1,
        Number::USR2,
        Number::ABORT,
    ];

    impl Signals {
        /// Hears nothing outside a runtime.
        pub(crate) fn listen() -> Self {
            let Ok(runtime) = tokio::runtime::Handle::try_current() else {
                return Self { ends: Vec::new(), suspend: None, goes_on: None };
            };
            let heard = |number: Number| signal(SignalKind::from_raw(number.as_raw())).ok();
            let mut ends = Vec::new();
            for number in ENDS {
                let code = u8::try_from(128 + number.as_raw()).unwrap_or(1);
                ends.extend(heard(number).map(|signal| (code, signal)));
                let Some(mut late) = heard(number) else { continue };
                runtime.spawn(async move {
                    late.recv().await;
                    tokio::time::sleep(GRACE).await;
                    crate::tui::terminal::restore();
                    std::process::exit(i32::from(code));
                });
            }
            Self { ends, suspend: heard(Number::TSTP), goes_on: heard(Number::CONT) }
        }

        pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Heard> {
            for (code, signal) in &mut self.ends {
                if signal.poll_recv(context).is_ready() {
                    return Poll::Ready(Heard::End(*code));
                }
            }
            for (signal, heard) in [(&mut self.goes_on, Heard::Continue), (&mut self.suspend, Heard::Suspend)] {
                if let Some(Poll::Ready(Some(()))) = signal.as_mut().map(|signal| signal.poll_recv(context)) {
                    return Poll::Ready(heard);
                }
            }
            Poll::Pending
        }
    }

    /// Stops this process and those that the same line of the shell started, `cargo run` for one; goes on with `fg`.
    pub(crate) fn stop() {
        // SIGTSTP is heard by us, and would come around again.
        let _ = rustix::process::kill_current_process_group(Number::STOP);
    }
}

#[cfg(not(unix))]
mod other {
    use std::task::{Context, Poll};

    use crate::tui::terminal::signals::Heard;

    pub(crate) struct Signals;

    impl Signals {
        pub(crate) fn listen() -> Self {
            Self
        }

        pub(crate) fn poll(&mut self, _: &mut Context<'_>) -> Poll<Heard> {
            Poll::Pending
        }
    }

    pub(crate) fn stop() {}
}

#[cfg(not(unix))]
pub(crate) use other::{Signals, stop};
#[cfg(unix)]
pub(crate) use unix::{Signals, stop};
