//! What this terminal can show and do, as far as the environment tells: nothing is asked of it.

use crate::build::toolchain;
use crate::cli::doctor::Check;
use crate::look::{Depth, Look};
use crate::tui::jobs::clipboard::Tool;
use crate::tui::terminal as tty;

/// Below this nothing useful fits.
const SMALLEST: (u16, u16) = crate::tui::screen::layout::SMALLEST;

pub fn checks(variable: impl Fn(&str) -> Option<String>, size: Option<(u16, u16)>) -> Vec<Check> {
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
            ("256", Some("for all colours: `set -ag terminal-features ',*:RGB'` in ~/.tmux.conf"))
        }
        Depth::Indexed => ("256", Some("if the terminal knows more: export COLORTERM=truecolor")),
        Depth::Sixteen => ("16", Some("if the terminal knows more: export TERM=xterm-256color")),
        Depth::Mono if set("NO_COLOR").is_some() => ("none, as NO_COLOR asks", None),
        Depth::Mono => ("none", Some("if the terminal knows colours: export TERM=xterm-256color")),
    };
    let ascii = look.glyphs.is_ascii();
    let keys = tty::tells_keys_apart(&variable);
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
            fix: small.then(|| format!("studio needs {} columns and {} rows", SMALLEST.0, SMALLEST.1)),
        },
        note("colours", colours.into(), colour_fix),
        note(
            "glyphs",
            if ascii { "ASCII".into() } else { "unicode".into() },
            (ascii && !console).then_some("for the drawn ones: a UTF-8 locale, for example export LANG=C.UTF-8"),
        ),
        note(
            "keyboard",
            if keys { "kitty's protocol: esc and ctrl are told apart at once".into() } else { "as ever".into() },
            (!keys && inside == Some("tmux"))
                .then_some("tmux waits after esc: `set -sg escape-time 10` in ~/.tmux.conf"),
        ),
        note(
            "clipboard",
            match (tool, console || apple) {
                (None, true) => "not reached from here".into(),
                (None, false) => "by the terminal (OSC 52)".into(),
                (Some(tool), true) => format!("by {}", tool.program),
                (Some(tool), false) => format!("by the terminal (OSC 52) and {}", tool.program),
            },
            match inside {
                _ if tool.is_some() => None,
                _ if apple => Some("this terminal knows no OSC 52; `m` lets the mouse go, so that it selects itself"),
                Some("tmux") => Some("tmux passes it on with `set -s set-clipboard on` in ~/.tmux.conf"),
                Some(_) => Some("screen passes none of it on; `m` lets the mouse go, so that the terminal selects"),
                None => None,
            },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use crate::cli::capabilities::*;

    fn told(variables: &[(&str, &str)], size: Option<(u16, u16)>) -> String {
        let ask = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        let line = |c: Check| {
            format!("{} {}: {}{}\n", c.ok, c.name, c.detail, c.fix.map(|f| format!(" → {f}")).unwrap_or_default())
        };
        checks(ask, size).into_iter().map(line).collect()
    }

    #[test]
    fn what_it_can_do_and_what_would_mend_it() {
        let good = told(&[("TERM", "xterm-kitty"), ("LANG", "C.UTF-8")], Some((120, 36)));
        assert!(!good.contains('→') && good.contains("truecolor") && good.contains("unicode"), "{good}");
        let tmux = told(&[("TERM", "screen-256color"), ("TMUX", "/tmp/x"), ("LANG", "C.UTF-8")], Some((50, 10)));
        for part in
            ["inside tmux", "terminal-features", "set-clipboard", "escape-time", "false size: 50×10 → studio needs 60"]
        {
            assert!(tmux.contains(part), "{part}: {tmux}");
        }
        let plain = told(&[("TERM", "xterm"), ("LANG", "C"), ("NO_COLOR", "1")], None);
        assert!(plain.contains("as NO_COLOR asks") && plain.contains("no terminal"), "{plain}");
    }
}
