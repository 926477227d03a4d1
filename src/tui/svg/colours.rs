//! What colours a picture has where a terminal would have its own.

use ratatui::style::Color;

use crate::look::{Background, Look, contrast};

/// Red, green and blue.
pub(crate) type Rgb = [u8; 3];

/// The colours of a terminal: what cells without a colour wear, and its sixteen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colours {
    pub text: Rgb,
    pub(crate) background: Rgb,
    sixteen: [Rgb; 16],
}

/// Readable on a dark background, in the order of the terminal's numbers.
const DARK: Colours = Colours {
    text: hex(0xe6_edf3),
    background: hex(0x0d_1117),
    sixteen: palette([
        0x24_292f, 0xff_7b72, 0x3f_b950, 0xd2_9922, 0x58_a6ff, 0xbc_8cff, 0x39_c5cf, 0xb1_bac4, 0x6e_7681, 0xff_a198,
        0x56_d364, 0xe3_b341, 0x79_c0ff, 0xd2_a8ff, 0x56_d4dd, 0xff_ffff,
    ]),
};

/// The same on a light one.
const LIGHT: Colours = Colours {
    text: hex(0x1b_1f24),
    background: hex(0xff_ffff),
    sixteen: palette([
        0x1b_1f24, 0xcf_222e, 0x11_6329, 0xb0_8000, 0x09_69da, 0x82_50df, 0x1b_7c83, 0x6e_7781, 0x57_606a, 0xa4_0e26,
        0x1a_7f37, 0x9a_6700, 0x21_8bff, 0xa4_75f9, 0x31_92aa, 0x8c_959f,
    ]),
};

impl Colours {
    pub(crate) const fn of_ground(background: Background) -> Self {
        match background {
            Background::Dark => DARK,
            Background::Light => LIGHT,
        }
    }

    /// As this look is meant: on the background of its theme, else of the terminal.
    pub(crate) fn of(look: &Look) -> Self {
        let own = Self::of_ground(look.background());
        let Some(style) = look.theme.background else { return own };
        let (text, background) = (style.fg.unwrap_or(Color::Reset), style.bg.unwrap_or(Color::Reset));
        let background = own.resolve(background, own.background);
        let like = if contrast::is_light(background) { LIGHT } else { DARK };
        Self { text: like.resolve(text, like.text), background, ..like }
    }

    /// A cell's colour; `own` is what it has where nothing was said.
    pub(crate) fn resolve(&self, color: Color, own: Rgb) -> Rgb {
        let number = match color {
            Color::Reset => return own,
            Color::Rgb(r, g, b) => return [r, g, b],
            Color::Indexed(number) => number,
            Color::Black => 0,
            Color::Red => 1,
            Color::Green => 2,
            Color::Yellow => 3,
            Color::Blue => 4,
            Color::Magenta => 5,
            Color::Cyan => 6,
            Color::Gray => 7,
            Color::DarkGray => 8,
            Color::LightRed => 9,
            Color::LightGreen => 10,
            Color::LightYellow => 11,
            Color::LightBlue => 12,
            Color::LightMagenta => 13,
            Color::LightCyan => 14,
            Color::White => 15,
        };
        match number {
            0..=15 => self.sixteen.get(usize::from(number)).copied().unwrap_or(own),
            16..=231 => {
                // A cube of six steps each way.
                let step = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
                let place = number - 16;
                [step(place / 36), step(place / 6 % 6), step(place % 6)]
            }
            232..=255 => [8 + 10 * (number - 232); 3],
        }
    }
}

/// `share` tenths of one colour, the rest of another.
pub(crate) fn mixed(one: Rgb, other: Rgb, share: u16) -> Rgb {
    let mut mixed = other;
    for (byte, more) in mixed.iter_mut().zip(one) {
        let sum = (u16::from(more) * share + u16::from(*byte) * (10 - share) + 5) / 10;
        *byte = u8::try_from(sum).unwrap_or(u8::MAX);
    }
    mixed
}

const fn hex(rgb: u32) -> Rgb {
    let [_, r, g, b] = rgb.to_be_bytes();
    [r, g, b]
}

const fn palette(colours: [u32; 16]) -> [Rgb; 16] {
    let mut palette = [[0; 3]; 16];
    let mut place = 0;
    while place < palette.len() {
        palette[place] = hex(colours[place]);
        place += 1;
    }
    palette
}

#[cfg(test)]
mod tests {
    use crate::look::{Depth, Theme, themes::Themes};
    use crate::tui::svg::colours::*;

    #[test]
    fn the_256_are_xterms() {
        let indexed = |n| DARK.resolve(Color::Indexed(n), [1, 2, 3]);
        assert_eq!([16, 67, 231].map(indexed), [[0; 3], [95, 135, 175], [255; 3]]);
        assert_eq!([232, 255].map(indexed), [[8; 3], [238; 3]]);
        assert_eq!(indexed(12), DARK.resolve(Color::LightBlue, [0; 3]));
        assert_eq!(DARK.resolve(Color::Reset, [1, 2, 3]), [1, 2, 3]);
    }

    #[test]
    fn what_has_a_colour_can_be_read() {
        let number = |rgb: Rgb| u32::from_be_bytes([0, rgb[0], rgb[1], rgb[2]]);
        for colours in [DARK, LIGHT] {
            let ratio = |rgb| contrast::ratio(number(rgb), number(colours.background));
            assert!(ratio(colours.text) >= contrast::TEXT);
            for (n, colour) in colours.sixteen.iter().enumerate().filter(|(n, _)| !matches!(n, 0 | 15)) {
                assert!(ratio(*colour) >= 2.9, "{n} has {}", ratio(*colour));
            }
            // What a search found is black on yellow.
            assert!(contrast::ratio(number(colours.sixteen[0]), number(colours.sixteen[3])) >= contrast::TEXT);
        }
    }

    #[test]
    fn a_theme_brings_its_own_ground() {
        let mut look = Look::default();
        assert_eq!(Colours::of(&look), DARK);
        look.theme = Theme::of(Depth::True, &Themes::default().sheet("light").unwrap());
        assert_eq!(Colours::of(&look), LIGHT);
        assert_eq!(mixed([255; 3], [0; 3], 6), [153; 3]);
    }
}
