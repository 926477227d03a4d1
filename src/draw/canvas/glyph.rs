//! Characters: of ports, of borders, and of wires from the directions in which they leave a cell.

use crate::draw::layout::PortState;

/// The four directions out of a cell, two bits each, which hold a [`weight`].
pub(crate) mod direction {
    pub(crate) const UP: u8 = 0;
    pub(crate) const RIGHT: u8 = 2;
    pub(crate) const DOWN: u8 = 4;
    pub(crate) const LEFT: u8 = 6;
}

/// How a wire is drawn; of two that share a stretch the greater one is seen.
pub(crate) mod weight {
    pub(crate) const NONE: u8 = 0;
    pub(crate) const DASHED: u8 = 1;
    pub(crate) const LIGHT: u8 = 2;
    pub(crate) const HEAVY: u8 = 3;
}

/// The weight in one direction.
pub(crate) const fn toward(mask: u8, direction: u8) -> u8 {
    (mask >> direction) & 3
}

/// A mask with one direction raised to at least `weight`.
pub(crate) const fn raised(mask: u8, direction: u8, weight: u8) -> u8 {
    if toward(mask, direction) >= weight { mask } else { mask & !(3 << direction) | weight << direction }
}

pub(crate) struct Glyphs {
    ascii: bool,
    /// Upper left, upper right, lower left, lower right.
    pub(crate) corners: [char; 4],
    pub level: char,
    pub(crate) upright: char,
    pub(crate) dashed_level: char,
    pub(crate) dashed_upright: char,
    pub(crate) ellipsis: char,
    pub(crate) arrow: char,
    pub(crate) times: char,
}

pub(crate) const UNICODE: Glyphs = Glyphs {
    ascii: false,
    corners: ['╭', '╮', '╰', '╯'],
    level: '─',
    upright: '│',
    dashed_level: '┄',
    dashed_upright: '┆',
    ellipsis: '…',
    arrow: '→',
    times: '×',
};

pub(crate) const ASCII: Glyphs = Glyphs {
    ascii: true,
    corners: ['+', '+', '+', '+'],
    level: '-',
    upright: '|',
    dashed_level: '.',
    dashed_upright: ':',
    ellipsis: '~',
    arrow: '>',
    times: 'x',
};

/// Light and heavy lines by their weight (none, light, heavy) up + 3 × right + 9 × down + 27 × left.
#[rustfmt::skip]
const LINES: [char; 81] = [
    ' ', '╵', '╹', '╶', '╰', '┖', '╺', '┕', '┗',
    '╷', '│', '╿', '╭', '├', '┞', '┍', '┝', '┡',
    '╻', '╽', '┃', '┎', '┟', '┠', '┏', '┢', '┣',
    '╴', '╯', '┚', '─', '┴', '┸', '╼', '┶', '┺',
    '╮', '┤', '┦', '┬', '┼', '╀', '┮', '┾', '╄',
    '┒', '┧', '┨', '┰', '╁', '╂', '┲', '╆', '╊',
    '╸', '┙', '┛', '╾', '┵', '┹', '━', '┷', '┻',
    '┑', '┥', '┩', '┭', '┽', '╃', '┯', '┿', '╇',
    '┓', '┪', '┫', '┱', '╅', '╉', '┳', '╈', '╋',
];

impl Glyphs {
    pub(crate) fn port(&self, state: PortState) -> char {
        let (unicode, ascii) = match state {
            PortState::Wired | PortState::Host => ('●', '*'),
            PortState::Needed | PortState::Open => ('○', 'o'),
            PortState::Free => ('◌', '.'),
            PortState::Mismatch => ('✘', 'x'),
        };
        if self.ascii { ascii } else { unicode }
    }

    /// Our own signs in this set; letters of names are left alone.
    pub(crate) fn sign(&self, c: char) -> char {
        match c {
            '…' => self.ellipsis,
            '→' => self.arrow,
            '×' => self.times,
            '·' if self.ascii => ':',
            c => c,
        }
    }

    /// The character of a cell that wires leave in these directions; `joined` where all four belong to one port.
    pub(crate) fn line(&self, mask: u8, joined: bool) -> char {
        use direction::{DOWN, LEFT, RIGHT, UP};
        let [up, right, down, left] = [UP, RIGHT, DOWN, LEFT].map(|d| toward(mask, d));
        let (level, upright) = (left.min(right), up.min(down));
        if level > 0 && upright > 0 && !joined && (level == weight::DASHED) != (upright == weight::DASHED) {
            // A dashed wire passes under a solid one.
            let kept = if level > upright { 0b1100_1100 } else { 0b0011_0011 };
            return self.line(mask & kept, false);
        }
        let dashed = [up, right, down, left].iter().all(|w| *w <= weight::DASHED);
        match (up + down > 0, left + right > 0) {
            (false, true) if dashed => self.dashed_level,
            (true, false) if dashed => self.dashed_upright,
            (false, true) if self.ascii => {
                if level == weight::HEAVY {
                    '='
                } else {
                    '-'
                }
            }
            (true, false) if self.ascii => {
                if upright == weight::HEAVY {
                    '#'
                } else {
                    '|'
                }
            }
            (true, true) if self.ascii && level > 0 && upright > 0 && !joined => '|',
            (true, true) if self.ascii => '+',
            (true, true) if joined && level > 0 && upright > 0 => '╋',
            _ => {
                // Light and dashed are the same from here on: there are no dashed corners.
                let line = |w: u8| usize::from(w > 0) + usize::from(w == weight::HEAVY);
                let nth = line(up) + 3 * line(right) + 9 * line(down) + 27 * line(left);
                LINES[nth]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::draw::canvas::glyph::*;
    use direction::{DOWN, LEFT, RIGHT, UP};
    use weight::{DASHED, HEAVY, LIGHT};

    fn line(directions: &[(u8, u8)], joined: bool) -> (char, char) {
        let mask = directions.iter().fold(0, |mask, (d, w)| raised(mask, *d, *w));
        (UNICODE.line(mask, joined), ASCII.line(mask, joined))
    }

    #[test]
    fn lines_corners_and_junctions() {
        assert_eq!(line(&[(LEFT, LIGHT), (RIGHT, LIGHT)], false), ('─', '-'));
        assert_eq!(line(&[(RIGHT, LIGHT), (DOWN, LIGHT)], false), ('╭', '+'));
        assert_eq!(line(&[(UP, LIGHT), (DOWN, LIGHT), (RIGHT, LIGHT)], false), ('├', '+'));
        assert_eq!(line(&[(UP, HEAVY), (DOWN, HEAVY), (RIGHT, LIGHT)], false), ('┠', '+'));
        assert_eq!(line(&[(UP, DASHED), (DOWN, DASHED)], false), ('┆', ':'));
    }

    #[test]
    fn a_crossing_is_no_join() {
        let light = [(UP, LIGHT), (DOWN, LIGHT), (LEFT, LIGHT), (RIGHT, LIGHT)];
        assert_eq!(line(&light, false), ('┼', '|'));
        assert_eq!(line(&light, true), ('╋', '+'));
        let under = [(UP, LIGHT), (DOWN, LIGHT), (LEFT, DASHED), (RIGHT, DASHED)];
        assert_eq!(line(&under, false), ('│', '|'), "the dashed wire passes under the solid one");
    }

    #[test]
    fn the_table_has_every_line() {
        assert_eq!(LINES.into_iter().collect::<std::collections::BTreeSet<_>>().len(), 81);
    }
}
