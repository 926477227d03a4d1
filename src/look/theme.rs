//! Colours by role. The one place that names a colour.
//!
//! The terminal's own foreground and background are left as they are: they are what the user chose.

use ratatui::style::{Color, Modifier, Style};

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    #[default]
    True,
    /// The 256 of xterm.
    Indexed,
    Sixteen,
    Mono,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    #[default]
    Dark,
    Light,
}

/// One style a role.
#[derive(Clone, Debug)]
pub struct Theme {
    pub depth: Depth,
    pub text: Style,
    /// Beside the point, and still to be read.
    pub muted: Style,
    /// Frames and rules.
    pub faint: Style,
    pub strong: Style,
    /// The focused pane's frame and title, keys.
    pub accent: Style,
    pub good: Style,
    pub warn: Style,
    pub bad: Style,
    /// What is older than the sources.
    pub stale: Style,
    pub selection: Style,
    /// The selected row where its pane has not the focus.
    pub selection_idle: Style,
    /// What a search found.
    pub found: Style,
    /// A key on its badge, where it asks to be pressed.
    pub button: Style,
    /// Control sequences made harmless.
    pub control: Style,
    nodes: Vec<Style>,
}

struct Palette {
    muted: u32,
    faint: u32,
    accent: u32,
    good: u32,
    warn: u32,
    bad: u32,
    selection: u32,
    selection_idle: u32,
    found: (u32, u32),
    nodes: [u32; 6],
}

const DARK: Palette = Palette {
    muted: 0x8d_96a3,
    faint: 0x4b_5563,
    accent: 0x6c_b6ff,
    good: 0x7e_c699,
    warn: 0xe3_b866,
    bad: 0xf4_7067,
    selection: 0x2b_3a4f,
    selection_idle: 0x23_2932,
    found: (0x1b_1f24, 0xe3_b866),
    nodes: [0x7c_b7ff, 0xf0_a868, 0x8f_d694, 0xd2_a8ff, 0x76_d7d0, 0xf0_98c0],
};

const LIGHT: Palette = Palette {
    muted: 0x5b_6470,
    faint: 0xb4_bcc6,
    accent: 0x09_58c2,
    good: 0x1a_7f37,
    warn: 0x8f_5f00,
    bad: 0xc6_2730,
    selection: 0xd4_e5fa,
    selection_idle: 0xec_eff3,
    found: (0x1b_1f24, 0xf6_d365),
    nodes: [0x0b_57b8, 0xa8_4f08, 0x23_7a35, 0x74_3cc0, 0x0d_6f72, 0xae_2a6c],
};

impl Theme {
    pub fn new(depth: Depth, background: Background) -> Self {
        match depth {
            Depth::True | Depth::Indexed => {
                Self::painted(depth, if background == Background::Dark { &DARK } else { &LIGHT })
            }
            Depth::Sixteen => Self::sixteen(),
            Depth::Mono => Self::mono(),
        }
    }

    fn painted(depth: Depth, palette: &Palette) -> Self {
        let color = |rgb: u32| {
            let [_, r, g, b] = rgb.to_be_bytes();
            if depth == Depth::True { Color::Rgb(r, g, b) } else { Color::Indexed(nearest(r, g, b)) }
        };
        let fg = |rgb| Style::new().fg(color(rgb));
        Self {
            depth,
            text: Style::new(),
            muted: fg(palette.muted),
            faint: fg(palette.faint),
            strong: Style::new().add_modifier(Modifier::BOLD),
            accent: fg(palette.accent),
            good: fg(palette.good),
            warn: fg(palette.warn),
            bad: fg(palette.bad),
            stale: fg(palette.muted),
            selection: Style::new().bg(color(palette.selection)),
            selection_idle: Style::new().bg(color(palette.selection_idle)),
            found: fg(palette.found.0).bg(color(palette.found.1)),
            button: fg(palette.accent).add_modifier(Modifier::BOLD),
            control: fg(palette.warn),
            nodes: palette.nodes.iter().map(|n| fg(*n)).collect(),
        }
    }

    /// The terminal's own sixteen, whatever the user made of them.
    fn sixteen() -> Self {
        let fg = |color| Style::new().fg(color);
        Self {
            depth: Depth::Sixteen,
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
    pub fn node(&self, index: usize) -> Style {
        self.nodes.get(index % self.nodes.len().max(1)).copied().unwrap_or(self.text)
    }

    /// A guest's own colour, as far as this terminal and the user's wishes go.
    pub fn guest(&self, style: Style) -> Style {
        let fit = |color: Color| match (self.depth, color) {
            (Depth::Mono, _) | (Depth::Sixteen, Color::Rgb(..) | Color::Indexed(16..)) => None,
            (Depth::Indexed, Color::Rgb(r, g, b)) => Some(Color::Indexed(nearest(r, g, b))),
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

/// The nearest of xterm's 256: of the 6×6×6 cube or of the 24 greys.
fn nearest(r: u8, g: u8, b: u8) -> u8 {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let distance = |a: [u8; 3]| -> u32 { a.iter().zip([r, g, b]).map(|(x, y)| u32::from(x.abs_diff(y)).pow(2)).sum() };
    let cube = (0..216u8).map(|i| {
        let level = |n: u8| LEVELS.get(usize::from(n % 6)).copied().unwrap_or(0);
        (16 + i, [level(i / 36), level(i / 6), level(i)])
    });
    let greys = (0..24u8).map(|i| (232 + i, [8 + i * 10; 3]));
    cube.chain(greys).min_by_key(|(_, color)| distance(*color)).map_or(7, |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_of_256_is_itself_where_there_is_one() {
        assert_eq!(nearest(0, 0, 0), 16);
        assert_eq!(nearest(255, 255, 255), 231);
        assert_eq!(nearest(95, 135, 175), 67);
        assert_eq!(nearest(9, 8, 7), 232);
    }

    #[test]
    fn no_colour_where_none_is_wanted() {
        let theme = Theme::new(Depth::Mono, Background::Dark);
        let styles = [theme.text, theme.muted, theme.accent, theme.bad, theme.selection, theme.node(3)];
        assert!(styles.iter().all(|s| s.fg.is_none() && s.bg.is_none()));
        let guest = theme.guest(Style::new().fg(Color::Red).add_modifier(Modifier::BOLD));
        assert_eq!(guest, Style::new().add_modifier(Modifier::BOLD));
    }
}
