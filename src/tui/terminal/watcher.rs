//! A small process that gives the terminal back where we could not: after `kill -9`, an abort, a failed allocation, a
//! stack that ran over (docs/decisions/007-terminal-restored-by.md).
//!
//! It is `/bin/sh`, started after the first frame, with a pipe from us as its input. The pipe's lines say whether the
//! terminal is ours; at its end, which the system sees to however we end, the terminal is restored if it was.

#[cfg(unix)]
mod unix {
    use std::io::Write as _;
    use std::os::unix::process::CommandExt as _;
    use std::process::{ChildStdin, Command, Stdio};
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering};

    use parking_lot::Mutex;
    use rustix::termios::{InputModes, LocalModes, OutputModes, Termios, tcgetattr};

    use crate::tui::terminal::{FLAGS, TAKEN, leaving};

    /// Ignores what ends or stops a process of a terminal's background: it outlives the shell's job. The modes are set
    /// only where they are still ours: a shell that was faster has its own, and `opost` is off in no shell's.
    const SCRIPT: &str = "trap '' HUP INT QUIT TERM TSTP TTIN TTOU PIPE ALRM USR1 USR2
exec 3>&1
state=taken
while read -r word; do state=$word; done
[ \"$state\" = taken ] || exit 0
printf %s \"$1\"
shift
case $(stty -a <&3) in *-opost*) stty \"$@\" <&3 ;; esac";

    /// The modes that the terminal had before it was ours.
    static MODES: OnceLock<Vec<&'static str>> = OnceLock::new();
    static STARTED: AtomicBool = AtomicBool::new(false);
    static PIPE: Mutex<Option<ChildStdin>> = Mutex::new(None);

    /// To be called before raw mode; the first time counts.
    pub(crate) fn remember_modes() {
        if MODES.get().is_none()
            && let Ok(termios) = tcgetattr(std::io::stdout())
        {
            let _ = MODES.set(modes(&termios));
        }
    }

    /// What raw mode takes away, as `stty` takes it back.
    fn modes(termios: &Termios) -> Vec<&'static str> {
        let input = [
            (InputModes::BRKINT, "brkint"),
            (InputModes::ICRNL, "icrnl"),
            (InputModes::INLCR, "inlcr"),
            (InputModes::IGNCR, "igncr"),
            (InputModes::ISTRIP, "istrip"),
            (InputModes::PARMRK, "parmrk"),
            (InputModes::IGNBRK, "ignbrk"),
            (InputModes::IXON, "ixon"),
        ];
        let local = [
            (LocalModes::ECHO, "echo"),
            (LocalModes::ECHONL, "echonl"),
            (LocalModes::ICANON, "icanon"),
            (LocalModes::ISIG, "isig"),
            (LocalModes::IEXTEN, "iexten"),
        ];
        let input = input.into_iter().filter(|(mode, _)| termios.input_modes.contains(*mode)).map(|(_, word)| word);
        let local = local.into_iter().filter(|(mode, _)| termios.local_modes.contains(*mode)).map(|(_, word)| word);
        let output = termios.output_modes.contains(OutputModes::OPOST).then_some("opost");
        input.chain(local).chain(output).collect()
    }

    /// Starts it, once, on a thread of its own: making a process takes a millisecond. Where there is no `sh`, nobody
    /// watches.
    pub(crate) fn start() {
        if !TAKEN.load(Ordering::SeqCst) || STARTED.swap(true, Ordering::SeqCst) {
            return;
        }
        let Some(modes) = MODES.get() else { return };
        let leave = String::from_utf8(leaving(FLAGS.load(Ordering::SeqCst))).unwrap_or_default();
        std::thread::spawn(move || {
            let child = Command::new("/bin/sh")
                .args(["-c", SCRIPT, "studio-terminal", &leave])
                .args(modes)
                // Nothing of the folder's, and no group of ours that a signal is sent to.
                .current_dir("/")
                .env_clear()
                .env("PATH", "/usr/bin:/bin:/run/current-system/sw/bin")
                .process_group(0)
                .stdin(Stdio::piped())
                .stdout(Stdio::inherit())
                .stderr(Stdio::null())
                .spawn();
            let pipe = child.ok().and_then(|mut child| child.stdin.take());
            *PIPE.lock() = pipe;
            // It may have been given back, or be taken again, meanwhile.
            set_taken(TAKEN.load(Ordering::SeqCst));
        });
    }

    /// Whether the terminal is ours from now on.
    pub(crate) fn set_taken(taken: bool) {
        let mut pipe = PIPE.lock();
        if let Some(sink) = &mut *pipe
            && sink.write_all(if taken { b"taken\n" } else { b"given\n" }).is_err()
        {
            *pipe = None;
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_script_is_one_that_sh_reads() {
            let checked = Command::new("/bin/sh").args(["-n", "-c", SCRIPT]).output().unwrap();
            assert!(checked.status.success() && checked.stderr.is_empty(), "{checked:?}");
        }
    }
}

#[cfg(not(unix))]
mod other {
    pub(crate) fn remember_modes() {}
    pub(crate) fn start() {}
    pub(crate) fn set_taken(_: bool) {}
}

#[cfg(not(unix))]
pub(crate) use other::{remember_modes, set_taken, start};
#[cfg(unix)]
pub(crate) use unix::{remember_modes, set_taken, start};
