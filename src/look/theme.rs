//! Colours by role, made of a theme for what the terminal can show.
//!
//! The terminal's own foreground and background are left as they are until somebody chooses a theme by its name.

use ratatui::style::{Color, Modifier, Style};

use crate::look::indexed;
use crate::look::sheet::{Ink, Sheet};
use crate::look::themes::Themes;

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// 24 bits a colour.
    #[default]
    True,
    /// The 256 of xterm.
    Indexed,
    /// The terminal's own sixteen.
    Sixteen,
    /// No colours; text attributes alone.
    Mono,
}

/// Whether a theme has to be read on a dark background or on a light one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// Light text on a dark background.
    #[default]
    Dark,
    /// Dark text on a light background.
    Light,
}

/// One style a role.
#[derive(Clone, Debug)]
pub struct Theme {
    pub(crate) depth: Depth,
    /// What text and background become where nothing else is said; `None` leaves the terminal's own.
    pub background: Option<Style>,
    pub(crate) text: Style,
    /// Beside the point, and still to be read.
    pub(crate) muted: Style,
    /// Frames and rules.
    pub(crate) faint: Style,
    pub(crate) strong: Style,
    /// The focused pane's frame and title, keys.
    pub accent: Style,
    pub(crate) good: Style,
    pub(crate) warn: Style,
    pub(crate) bad: Style,
    /// What is older than the sources.
    pub(crate) stale: Style,
    pub(crate) selection: Style,
    /// The selected row where its pane has not the focus.
    pub(crate) selection_idle: Style,
    /// What a search found.
    pub(crate) found: Style,
    /// A key on its badge, where it asks to be pressed.
    pub(crate) button: Style,
    /// Control sequences made harmless.
    pub(crate) control: Style,
    nodes: Vec<Style>,
}

impl Theme {
    /// Ours, as the terminal is: its own text and background stay.
    pub fn new(depth: Depth, background: Background) -> Self {
        let name = if background == Background::Dark { "dark" } else { "light" };
        let sheet = Themes::default().sheet(name).unwrap_or_default();
        Self { background: None, ..Self::of(depth, &sheet) }
    }

    /// A theme as a file has it, with its own background. Where there are few colours, they are the terminal's own.
    pub(crate) fn of(depth: Depth, sheet: &Sheet) -> Self {
        match depth {
            Depth::True | Depth::Indexed => Self::painted(depth, sheet),
            Depth::Sixteen => Self::sixteen(),
            Depth::Mono => Self::mono(),
        }
    }

    fn painted(depth: Depth, sheet: &Sheet) -> Self {
        let sheet = &if depth == Depth::Indexed { indexed::reduced(sheet) } else { sheet.clone() };
        let color = |rgb: u32| {
            let [_, r, g, b] = rgb.to_be_bytes();
            if depth == Depth::True { Color::Rgb(r, g, b) } else { Color::Indexed(indexed::nearest([r, g, b])) }
        };
        let style = |ink: &Ink| Style {
            fg: ink.fg.map(color),
            bg: ink.bg.map(color),
            ..Style::new().add_modifier(ink.modifiers)
        };
        let role = |name: &str| style(&sheet.role(name));
        Self {
            depth,
            background: Some(style(&sheet.screen)),
            text: role("text"),
            muted: role("muted"),
            faint: role("faint"),
            strong: role("strong"),
            accent: role("accent"),
            good: role("good"),
            warn: role("warn"),
            bad: role("bad"),
            stale: role("stale"),
            selection: role("selection"),
            selection_idle: role("selection-idle"),
            found: role("found"),
            button: role("button"),
            control: role("control"),
            nodes: sheet.nodes.iter().map(style).collect(),
        }
    }

    /// The terminal's own sixteen, whatever the user made of them.
    fn sixteen() -> Self {
        let fg = |color| Style::new().fg(color);
        Self {
            depth: Depth::Sixteen,
            background: None,
            text: Style::new(),
            muted: Style::new().add_modifier(Modifier::DIM),
            faint: fg(Color::DarkGray),
            strong: Style::new().add_modifier(Modifier::BOLD),
            accent: fg(Color::Cyan),
            good: fg(Color::Green),
            warn: fg(Color::Yellow),
            bad: fg(Color::Red),
            stale: Style::new().add_modifier(Modifier::DIM),
            selection: Style::new().add_modifier(Modifier::REVERSED),
            selection_idle: Style::new().add_modifier(Modifier::BOLD),
            found: Style::new().fg(Color::Black).bg(Color::Yellow),
            button: fg(Color::Cyan).add_modifier(Modifier::BOLD),
            control: fg(Color::Yellow),
            nodes: [Color::Blue, Color::Yellow, Color::Green, Color::Magenta, Color::Cyan, Color::LightRed]
                .map(fg)
                .to_vec(),
        }
    }

    fn mono() -> Self {
        let with = |modifier| Style::new().add_modifier(modifier);
        Self {
            depth: Depth::Mono,
            background: None,
            text: Style::new(),
            muted: Style::new(),
            faint: with(Modifier::DIM),
            strong: with(Modifier::BOLD),
            accent: with(Modifier::BOLD),
            good: Style::new(),
            warn: with(Modifier::BOLD),
            bad: with(Modifier::BOLD),
            stale: with(Modifier::DIM),
            selection: with(Modifier::REVERSED),
            selection_idle: with(Modifier::UNDERLINED),
            found: with(Modifier::REVERSED),
            button: with(Modifier::BOLD),
            control: with(Modifier::UNDERLINED),
            nodes: vec![Style::new()],
        }
    }

    /// The colour of the n-th node.
    pub(crate) fn node(&self, index: usize) -> Style {
        self.nodes.get(index % self.nodes.len().max(1)).copied().unwrap_or(self.text)
    }

    /// A guest's own colour, as far as this terminal and the user's wishes go.
    pub(crate) fn guest(&self, style: Style) -> Style {
        let fit = |color: Color| match (self.depth, color) {
            (Depth::Mono, _) | (Depth::Sixteen, Color::Rgb(..) | Color::Indexed(16..)) => None,
            (Depth::Indexed, Color::Rgb(r, g, b)) => Some(Color::Indexed(indexed::nearest([r, g, b]))),
            (_, color) => Some(color),
        };
        Style { fg: style.fg.and_then(fit), bg: style.bg.and_then(fit), ..style }
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::new(Depth::True, Background::Dark)
    }
}

#[cfg(test)]
mod tests {
    use crate::look::theme::*;

    #[test]
    fn no_colour_where_none_is_wanted() {
        let theme = Theme::new(Depth::Mono, Background::Dark);
        let styles = [theme.text, theme.muted, theme.accent, theme.bad, theme.selection, theme.node(3)];
        assert!(styles.iter().all(|s| s.fg.is_none() && s.bg.is_none()));
        let guest = theme.guest(Style::new().fg(Color::Red).add_modifier(Modifier::BOLD));
        assert_eq!(guest, Style::new().add_modifier(Modifier::BOLD));
    }
}
