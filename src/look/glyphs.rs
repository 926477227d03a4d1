//! The signs of the screen, in Unicode and in ASCII: one column each (two for some in ASCII), none without a word or a name
//! beside it.

use ratatui::symbols::border;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glyphs {
    pub border: border::Set<'static>,
    pub rule: &'static str,
    /// Before the title of the focused pane.
    pub focus: &'static str,
    pub ok: &'static str,
    pub bad: &'static str,
    pub warning: &'static str,
    pub note: &'static str,
    pub queued: &'static str,
    pub building: &'static str,
    pub idle: &'static str,
    pub prebuilt: &'static str,
    pub run: &'static str,
    pub ended: &'static str,
    pub stale: &'static str,
    pub wired: &'static str,
    pub unwired: &'static str,
    pub host: &'static str,
    pub arrow: &'static str,
    pub dot: &'static str,
    pub more: &'static str,
    pub prompt: &'static str,
    /// Between a log line's head and its text, for stdout and stderr.
    pub stdout: &'static str,
    pub stderr: &'static str,
    /// One a node, over and over.
    pub nodes: [&'static str; 12],
    pub dash: &'static str,
    pub times: &'static str,
    /// Left, up, down, right.
    pub directions: [&'static str; 4],
}

impl Glyphs {
    pub const fn unicode() -> Self {
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

    pub const fn ascii() -> Self {
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

    pub fn is_ascii(&self) -> bool {
        self.more == "~"
    }

    /// The sign of the n-th node.
    pub fn node(&self, index: usize) -> &'static str {
        self.nodes.get(index % self.nodes.len()).copied().unwrap_or(self.wired)
    }
}

impl Default for Glyphs {
    fn default() -> Self {
        Self::unicode()
    }
}
