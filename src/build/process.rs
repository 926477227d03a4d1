//! A program and everything it starts, as one thing that can be ended whole.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

/// How long a tree may take to end by itself once it is asked to.
const GRACE: Duration = Duration::from_millis(500);
/// How long a killed tree is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long output is waited for once the program has ended.
const STRAGGLERS: Duration = Duration::from_millis(200);
/// A longer line of output is cut here: what follows is no message for a person.
const MAX_LINE: usize = 16 * 1024 * 1024;

/// Where a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Out,
    Err,
}

/// A running program, leader of a process group of its own; dropping it kills the group.
#[derive(Debug)]
pub(super) struct Tree {
    child: Box<dyn ChildWrapper>,
    /// The group's number, which is its leader's.
    #[cfg(unix)]
    group: Option<rustix::process::Pid>,
    lines: mpsc::Receiver<(Stream, String)>,
    ended: bool,
}

impl Tree {
    /// Starts it with nothing to read, its output as lines.
    pub(super) fn spawn(mut command: Command) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut command = CommandWrap::from(command);
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);
        command.wrap(KillOnDrop);
        let mut child = command.spawn()?;
        let (sender, lines) = mpsc::channel(256);
        if let Some(out) = child.stdout().take() {
            tokio::spawn(read_lines(out, Stream::Out, sender.clone()));
        }
        if let Some(err) = child.stderr().take() {
            tokio::spawn(read_lines(err, Stream::Err, sender));
        }
        Ok(Self {
            #[cfg(unix)]
            group: child.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?)),
            child,
            lines,
            ended: false,
        })
    }

    /// The next line of either stream; `None` once both are closed, or shortly after the program's end where something
    /// that it left behind (a compiler cache's server) holds them open.
    pub(super) async fn line(&mut self) -> Option<(Stream, String)> {
        if !self.ended {
            tokio::select! {
                biased;
                line = self.lines.recv() => return line,
                _ = self.child.wait() => self.ended = true,
            }
        }
        timeout(STRAGGLERS, self.lines.recv()).await.ok().flatten()
    }

    /// Waits for the program's end. Call it when [`Self::line`] gave `None`, or output may be lost.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Ends the whole tree, and returns when nothing of it runs any more.
    ///
    /// First it is asked: cargo and rustc leave their caches whole that way.
    pub(super) async fn end(&mut self) {
        #[cfg(unix)]
        {
            const SIGTERM: i32 = 15;
            if self.child.signal(SIGTERM).is_ok() && self.is_gone_within(GRACE).await {
                return;
            }
        }
        let _ = self.child.start_kill();
        if !self.is_gone_within(PATIENCE).await {
            tracing::warn!("a build's process group outlived SIGKILL");
        }
    }

    async fn is_gone_within(&mut self, time: Duration) -> bool {
        let deadline = Instant::now() + time;
        // Reaps the leader; grandchildren are their own parents' or init's to reap.
        if timeout(time, self.child.inner_mut().wait()).await.is_err() {
            return false;
        }
        let mut pause = Duration::from_millis(1);
        while self.group_runs() {
            if Instant::now() >= deadline {
                return false;
            }
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(20));
        }
        true
    }

    #[cfg(unix)]
    fn group_runs(&self) -> bool {
        let Some(group) = self.group else { return false };
        rustix::process::test_kill_process_group(group).is_ok() && !only_zombies(group)
    }

    #[cfg(not(unix))]
    fn group_runs(&self) -> bool {
        false
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        if !matches!(self.child.inner_mut().try_wait(), Ok(Some(_))) {
            let _ = self.child.start_kill();
        }
    }
}

/// Whether what is left of the group has ended and only waits to be reaped, which in a container nobody may do.
#[cfg(target_os = "linux")]
fn only_zombies(group: rustix::process::Pid) -> bool {
    let Ok(processes) = std::fs::read_dir("/proc") else { return false };
    let group = group.as_raw_nonzero().get().to_string();
    !processes.flatten().any(|process| {
        let Ok(stat) = std::fs::read_to_string(process.path().join("stat")) else { return false };
        // `pid (name) state ppid pgrp …`; the name may hold anything, so begin after its last parenthesis.
        let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let state = fields.next().unwrap_or_default();
        fields.nth(1) == Some(group.as_str()) && !matches!(state, "Z" | "X")
    })
}

#[cfg(all(unix, not(target_os = "linux")))]
fn only_zombies(_: rustix::process::Pid) -> bool {
    false
}

async fn read_lines(source: impl AsyncRead + Unpin, stream: Stream, lines: mpsc::Sender<(Stream, String)>) {
    let mut reader = BufReader::with_capacity(64 * 1024, source);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_until(b'\n', &mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        while buffer.last().is_some_and(|b| *b == b'\n' || *b == b'\r') {
            buffer.pop();
        }
        buffer.truncate(MAX_LINE);
        if lines.send((stream, String::from_utf8_lossy(&buffer).into_owned())).await.is_err() {
            return;
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use crate::build::process::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn runs(pid: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let state = stat.rsplit(')').next().unwrap_or_default().split_whitespace().next();
        state.is_some_and(|s| s != "Z" && s != "X")
    }

    #[tokio::test]
    async fn lines_of_both_streams_and_the_end() {
        let mut tree = Tree::spawn(shell("echo out; echo err >&2; printf last; exit 3")).unwrap();
        let mut lines = Vec::new();
        while let Some(line) = tree.line().await {
            lines.push(line);
        }
        lines.sort_by_key(|(_, text)| text.clone());
        let text: Vec<_> = lines.iter().map(|(s, t)| (*s == Stream::Out, t.as_str())).collect();
        assert_eq!(text, [(false, "err"), (true, "last"), (true, "out")]);
        assert_eq!(tree.wait().await.unwrap().code(), Some(3));
    }

    #[tokio::test]
    async fn ending_takes_grandchildren_along_even_deaf_ones() {
        let script = "sh -c 'trap \"\" TERM; sleep 60 & echo $!; echo $$; wait' & wait";
        let mut tree = Tree::spawn(shell(script)).unwrap();
        let (_, sleeper) = tree.line().await.unwrap();
        let (_, deaf) = tree.line().await.unwrap();
        assert!(runs(&sleeper) && runs(&deaf));
        tree.end().await;
        assert!(!runs(&sleeper) && !runs(&deaf));
    }

    #[tokio::test]
    async fn ending_what_has_ended_is_quick_and_harmless() {
        let mut tree = Tree::spawn(shell("true")).unwrap();
        while tree.line().await.is_some() {}
        tree.wait().await.unwrap();
        let start = Instant::now();
        tree.end().await;
        assert!(start.elapsed() < GRACE);
    }
}
