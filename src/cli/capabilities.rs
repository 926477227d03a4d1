//! What this terminal can show and do, as far as the environment tells: nothing is asked of it.

use crate::build::toolchain;
use crate::cli::doctor::Check;
use crate::look::{Depth, Look};
use crate::tui::jobs::clipboard::Tool;
use crate::tui::terminal as tty;

/// Below this nothing useful fits.
const SMALLEST: (u16, u16) = crate::tui::screen::layout::SMALLEST;

pub(super) fn checks(variable: impl Fn(&str) -> Option<String>, size: Option<(u16, u16)>) -> Vec<Check> {
    let look = Look::detect(&variable, false);
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let term = set("TERM").unwrap_or_else(|| "unset".into());
    let inside = if set("TMUX").is_some() {
        Some("tmux")
    } else if set("STY").is_some() {
        Some("screen")
    } else {
        None
    };
    let note = |name, detail: String, fix: Option<&str>| Check { name, ok: true, detail, fix: fix.map(str::to_owned) };
    let ssh = if set("SSH_TTY").is_some() || set("SSH_CONNECTION").is_some() { ", over ssh" } else { "" };
    let program = set("TERM_PROGRAM").map(|program| format!(", {program}")).unwrap_or_default();
    let within = inside.map(|name| format!(", inside {name}")).unwrap_or_default();
    let small = size.is_some_and(|(columns, rows)| columns < SMALLEST.0 || rows < SMALLEST.1);
    let measured = size.map_or_else(|| "no terminal".into(), |(columns, rows)| format!("{columns}×{rows}"));
    let (colours, colour_fix) = match look.theme.depth {
        Depth::True => ("truecolor", None),
        Depth::Indexed if inside == Some("tmux") => {
            ("256", Some("for truecolor: `set -ag terminal-features ',*:RGB'` in ~/.tmux.conf"))
        }
        Depth::Indexed => ("256", Some("if the terminal supports more: export COLORTERM=truecolor")),
        Depth::Sixteen => ("16", Some("if the terminal supports more: export TERM=xterm-256color")),
        Depth::Mono if set("NO_COLOR").is_some() => ("none (NO_COLOR is set)", None),
        Depth::Mono => ("none", Some("if the terminal supports colours: export TERM=xterm-256color")),
    };
    let ascii = look.glyphs.is_ascii();
    let keys = tty::has_kitty_keyboard(&variable);
    let console = matches!(term.as_str(), "linux" | "dumb") || term.starts_with("vt");
    let path = set("PATH").unwrap_or_default();
    let tool = Tool::find(&variable, |program| toolchain::is_on(path.as_ref(), program));
    let apple = set("TERM_PROGRAM").as_deref() == Some("Apple_Terminal");
    vec![
        note("terminal", format!("{term}{program}{within}{ssh}"), None),
        Check {
            name: "size",
            ok: !small,
            detail: measured,
            fix: small.then(|| format!("studio needs {}×{}", SMALLEST.0, SMALLEST.1)),
        },
        note("colours", colours.into(), colour_fix),
        note(
            "glyphs",
            if ascii { "ASCII".into() } else { "unicode".into() },
            (ascii && !console).then_some("for Unicode glyphs, set a UTF-8 locale, for example `export LANG=C.UTF-8`"),
        ),
        note(
            "keyboard",
            if keys { "kitty keyboard protocol".into() } else { "standard".into() },
            (!keys && inside == Some("tmux"))
                .then_some("tmux waits after esc: `set -sg escape-time 10` in ~/.tmux.conf"),
        ),
        note(
            "clipboard",
            match (tool, console || apple) {
                (None, true) => "not available".into(),
                (None, false) => "terminal (OSC 52)".into(),
                (Some(tool), true) => tool.program.to_string(),
                (Some(tool), false) => format!("terminal (OSC 52) and {}", tool.program),
            },
            match inside {
                _ if tool.is_some() => None,
                _ if apple => {
                    Some("this terminal has no OSC 52; `m` releases the mouse to the terminal's own selection")
                }
                Some("tmux") => Some("add `set -s set-clipboard on` to ~/.tmux.conf"),
                Some(_) => {
                    Some("screen does not support OSC 52; `m` releases the mouse to the terminal's own selection")
                }
                None => None,
            },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use crate::cli::capabilities::*;

    fn printed(variables: &[(&str, &str)], size: Option<(u16, u16)>) -> String {
        let ask = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        let line = |c: Check| {
            format!("{} {}: {}{}\n", c.ok, c.name, c.detail, c.fix.map(|f| format!(" → {f}")).unwrap_or_default())
        };
        checks(ask, size).into_iter().map(line).collect()
    }

    #[test]
    fn what_it_can_do_and_how_to_fix_the_rest() {
        let good = printed(&[("TERM", "xterm-kitty"), ("LANG", "C.UTF-8")], Some((120, 36)));
        assert!(!good.contains('→') && good.contains("truecolor") && good.contains("unicode"), "{good}");
        let tmux = printed(&[("TERM", "screen-256color"), ("TMUX", "/tmp/x"), ("LANG", "C.UTF-8")], Some((50, 10)));
        for part in
            ["inside tmux", "terminal-features", "set-clipboard", "escape-time", "false size: 50×10 → studio needs 60"]
        {
            assert!(tmux.contains(part), "{part}: {tmux}");
        }
        let plain = printed(&[("TERM", "xterm"), ("LANG", "C"), ("NO_COLOR", "1")], None);
        assert!(plain.contains("NO_COLOR is set") && plain.contains("no terminal"), "{plain}");
    }
}
