//! The way to the clipboard: through the terminal (OSC 52), or by a program of the desktop.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;

use crate::build::toolchain;

/// How the user wants it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Clipboard {
    /// Through the terminal, and by a program too where one is at hand: many terminals pass nothing on.
    #[default]
    Auto,
    /// By a program alone.
    Native,
    /// Through the terminal alone.
    Osc52,
}

impl Clipboard {
    pub(crate) const NAMES: [(&'static str, Self); 3] =
        [("auto", Self::Auto), ("native", Self::Native), ("osc52", Self::Osc52)];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(n, _)| *n == name).map(|(_, this)| *this)
    }
}

/// What to do where a program is wanted and there is none.
pub(crate) const NO_PROGRAM: &str = "nothing was copied: there is no wl-copy, xclip, xsel, pbcopy or clip.exe for this display; \
                              install one, or set `clipboard = \"osc52\"`";

/// A program that takes what is copied on its standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tool {
    pub program: &'static str,
    pub arguments: &'static [&'static str],
}

/// A program stuck for longer is given up: an X server may be gone.
const PATIENCE: Duration = Duration::from_secs(3);

impl Tool {
    /// The one for here, going by the environment; `has` says whether a program is there. Over ssh the desktop is
    /// another machine's; only tmux reaches it from there.
    pub(crate) fn find(variable: impl Fn(&str) -> Option<String>, has: impl Fn(&str) -> bool) -> Option<Self> {
        let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        let local = !["SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT"].into_iter().any(set);
        let windows = cfg!(windows) || set("WSL_DISTRO_NAME");
        let known: [(bool, &'static str, &'static [&'static str]); 6] = [
            (local && set("WAYLAND_DISPLAY"), "wl-copy", &[]),
            (local && set("DISPLAY"), "xclip", &["-selection", "clipboard"]),
            (local && set("DISPLAY"), "xsel", &["--clipboard", "--input"]),
            (local, "pbcopy", &[]),
            (local && windows, "clip.exe", &[]),
            (set("TMUX"), "tmux", &["load-buffer", "-w", "-"]),
        ];
        let found = known.into_iter().find(|(fits, program, _)| *fits && has(program));
        found.map(|(_, program, arguments)| Self { program, arguments })
    }

    /// What is here.
    pub(crate) fn here() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Self::find(|name| std::env::var(name).ok(), |program| toolchain::is_on(&path, program))
    }

    /// Hands the text over.
    ///
    /// # Errors
    /// Why it did not take it, as a sentence.
    pub(crate) async fn copy(self, text: &str) -> Result<(), String> {
        let failed = |reason: String| format!("{} failed to copy: {reason}", self.program);
        let mut child = tokio::process::Command::new(self.program)
            .args(self.arguments)
            .envs(crate::trust::absolute_path())
            .stdin(Stdio::piped())
            // They stay in the background as long as what they hold is theirs, and keep what they were given.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let bytes = self.encoded(text);
        let work = async {
            if let Some(mut into) = child.stdin.take() {
                into.write_all(&bytes).await?;
                into.shutdown().await?;
            }
            child.wait().await
        };
        match tokio::time::timeout(PATIENCE, work).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(failed(format!("it ended with {status}"))),
            Ok(Err(error)) => Err(failed(error.to_string())),
            Err(_) => Err(failed("it does not exit".into())),
        }
    }

    fn encoded(self, text: &str) -> Vec<u8> {
        // It takes anything else for the code page of the console.
        if self.program == "clip.exe" {
            return text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        }
        text.as_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use crate::tui::jobs::clipboard::*;

    #[test]
    fn the_program_is_the_displays() {
        let find = |set: &[&str], there: &[&str]| {
            let variable = |name: &str| set.contains(&name).then(|| "x".to_owned());
            Tool::find(variable, |program| there.contains(&program)).map_or("none", |tool| tool.program)
        };
        let all = ["wl-copy", "xclip", "xsel", "pbcopy", "clip.exe", "tmux"];
        assert_eq!(find(&["WAYLAND_DISPLAY", "DISPLAY", "TMUX"], &all), "wl-copy");
        assert_eq!(find(&["WAYLAND_DISPLAY", "DISPLAY"], &["xsel"]), "xsel");
        assert_eq!(find(&["DISPLAY"], &all), "xclip");
        assert_eq!(find(&["WSL_DISTRO_NAME"], &["clip.exe"]), "clip.exe");
        assert_eq!(
            find(&[], &["wl-copy", "xclip", "tmux", "clip.exe"]),
            if cfg!(windows) { "clip.exe" } else { "none" }
        );
        assert_eq!(find(&["DISPLAY", "SSH_TTY"], &all), "none", "that display is not where the user sits");
        assert_eq!(find(&["DISPLAY", "SSH_TTY", "TMUX"], &all), "tmux");
    }

    #[test]
    fn windows_is_given_its_own_letters() {
        let tool = Tool { program: "clip.exe", arguments: &[] };
        assert_eq!(tool.encoded("ä"), [0xe4, 0]);
        assert_eq!(Tool { program: "xsel", ..tool }.encoded("ä"), "ä".as_bytes());
    }
}
