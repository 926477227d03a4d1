//! The signs of the screen, in Unicode and in ASCII: one column each (two for some in ASCII), none without a word or a name
//! beside it.

use ratatui::symbols::border;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glyphs {
    pub(crate) border: border::Set<'static>,
    pub(crate) rule: &'static str,
    /// Before the title of the focused pane.
    pub(crate) focus: &'static str,
    pub(crate) ok: &'static str,
    pub(crate) bad: &'static str,
    pub(crate) warning: &'static str,
    pub(crate) note: &'static str,
    pub(crate) queued: &'static str,
    pub(crate) building: &'static str,
    pub(crate) idle: &'static str,
    pub(crate) prebuilt: &'static str,
    pub(crate) run: &'static str,
    pub(crate) ended: &'static str,
    pub(crate) stale: &'static str,
    pub(crate) wired: &'static str,
    pub(crate) unwired: &'static str,
    pub(crate) host: &'static str,
    pub(crate) arrow: &'static str,
    pub(crate) dot: &'static str,
    pub(crate) more: &'static str,
    pub(crate) prompt: &'static str,
    /// Between a log line's head and its text, for stdout and stderr.
    pub(crate) stdout: &'static str,
    pub stderr: &'static str,
    /// One a node, over and over.
    pub(crate) nodes: [&'static str; 12],
    pub(crate) dash: &'static str,
    pub(crate) times: &'static str,
    /// Left, up, down, right.
    pub(crate) directions: [&'static str; 4],
}

impl Glyphs {
    pub(crate) const fn unicode() -> Self {
        Self {
            border: border::ROUNDED,
            rule: "─",
            focus: "▸",
            ok: "✔",
            bad: "✘",
            warning: "▲",
            note: "◆",
            queued: "◌",
            building: "◐",
            idle: "○",
            prebuilt: "◇",
            run: "►",
            ended: "■",
            stale: "≈",
            wired: "●",
            unwired: "○",
            host: "◍",
            arrow: "→",
            dot: "·",
            more: "…",
            prompt: "❯",
            stdout: "│",
            stderr: "┃",
            nodes: ["●", "◆", "▲", "■", "◗", "✦", "▼", "★", "◐", "✚", "◈", "▮"],
            dash: "–",
            times: "×",
            directions: ["←", "↑", "↓", "→"],
        }
    }

    pub(crate) const fn ascii() -> Self {
        Self {
            border: border::Set {
                top_left: "+",
                top_right: "+",
                bottom_left: "+",
                bottom_right: "+",
                vertical_left: "|",
                vertical_right: "|",
                horizontal_top: "-",
                horizontal_bottom: "-",
            },
            rule: "-",
            focus: ">",
            ok: "ok",
            bad: "x",
            warning: "!",
            note: "i",
            queued: ".",
            building: "*",
            idle: "o",
            prebuilt: "=",
            run: ">",
            ended: "#",
            stale: "~",
            wired: "*",
            unwired: "o",
            host: "@",
            arrow: "->",
            dot: "-",
            more: "~",
            prompt: ">",
            stdout: "|",
            stderr: "!",
            nodes: ["*", "#", "^", "=", "%", "+", "&", "@", "$", "!", "?", "/"],
            dash: "-",
            times: "x",
            directions: ["<", "^", "v", ">"],
        }
    }

    pub(crate) fn is_ascii(&self) -> bool {
        self.more == "~"
    }

    /// The sign of the n-th node.
    pub(crate) fn node(&self, index: usize) -> &'static str {
        self.nodes.get(index % self.nodes.len()).copied().unwrap_or(self.wired)
    }
}

impl Default for Glyphs {
    fn default() -> Self {
        Self::unicode()
    }
}
