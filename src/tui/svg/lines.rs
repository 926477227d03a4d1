//! Lines and blocks, drawn as shapes: a font's own leave gaps where its lines are lower than ours.
//!
//! Coordinates are eighths of a pixel, in which every edge that is needed is a whole number.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::tui::svg::colours::{Rgb, mixed};
use crate::tui::svg::{HEIGHT, Hex, WIDTH};

/// Of a cell, in eighths of a pixel.
const WIDE: i32 = WIDTH * 8;
const HIGH: i32 = HEIGHT * 8;

/// Strokes, in eighths of a pixel: odd numbers of pixels, for the middle of a cell is that of a pixel.
const LIGHT: i32 = 8;
const HEAVY: i32 = 24;

/// How far the two lines of a double one are from the middle.
const APART: i32 = 8;

/// The lines from U+2500 on: up, right, down, left; 1 is light, 2 heavy, 3 double.
const ARMS: &[u8; 16 * 32] = b"\
    0101020210102020010102021010202001010202101020200110021001200220\
    0011001200210022110012002100220010011002200120021110121021101120\
    2120221012202220101110122011102120212012102220220111011202110212\
    0121012202210222110111021201120221012102220122021111111212111212\
    2111112121212112221111221221221212222122222122220101020210102020\
    0303303003100130033000130031003313003100330010033001300313103130\
    3330101330313033031301310333130331013303131331313333011000111001\
    1100000000000000000110000100001000022000020000200201102001022010";

/// Strokes of one colour and width in one direction, by the line they are on: from and to.
type Strokes = BTreeMap<(Rgb, i32, i32), Vec<(i32, i32)>>;

/// The lines and blocks of a picture; what touches is drawn in one piece.
#[derive(Default)]
pub(crate) struct Lines {
    level: Strokes,
    upright: Strokes,
    /// What is neither: arcs and diagonals.
    bent: BTreeMap<Rgb, String>,
    blocks: BTreeMap<Rgb, String>,
}

impl Lines {
    /// A level line across cells, so many pixels below their upper edge: under or through text.
    pub(crate) fn rule(&mut self, (column, row): (i32, i32), cells: i32, pixels: i32, ink: Rgb) {
        let y = row * HIGH + pixels * 8 + LIGHT / 2;
        self.level.entry((ink, LIGHT, y)).or_default().push((column * WIDE, (column + cells) * WIDE));
    }

    /// Draws a character, where it is a line or a block.
    pub(crate) fn add(&mut self, symbol: char, (column, row): (i32, i32), ink: Rgb, background: Rgb) -> bool {
        let at = (column * WIDE, row * HIGH);
        match symbol {
            '╭' | '╮' | '╰' | '╯' => self.arc(symbol, at, ink),
            '╱' | '╲' | '╳' => self.diagonals(symbol, at, ink),
            '\u{2500}'..='\u{257f}' => self.line(symbol, at, ink),
            '\u{2580}'..='\u{259f}' => self.block(symbol, at, ink, background),
            _ => return false,
        }
        true
    }

    fn line(&mut self, symbol: char, (x, y): (i32, i32), ink: Rgb) {
        let [up, right, down, left] = arms_of(symbol);
        if let Some(dashes) = dashes(symbol) {
            let level = right > 0;
            let (size, gap) = if level { (WIDE, 8) } else { (HIGH, 16) };
            for n in 0..dashes {
                let (from, to) = (size * n / dashes + gap / 2, size * (n + 1) / dashes - gap / 2);
                if level {
                    self.stroke_level(ink, right, y + HIGH / 2, (x + from, x + to));
                } else {
                    self.stroke_upright(ink, up, x + WIDE / 2, (y + from, y + to));
                }
            }
            return;
        }
        for (side, arm, across) in [(1, right, (up, down)), (-1, left, (up, down))] {
            let opposite = if side > 0 { left } else { right };
            for (lane, end) in ends(arm, opposite, across) {
                // From the edge to just short of the middle, or past it.
                let (edge, end) = (x + WIDE / 2 + side * WIDE / 2, x + WIDE / 2 + side * end);
                self.stroke_level(ink, arm, y + HIGH / 2 + lane, (edge.min(end), edge.max(end)));
            }
        }
        for (side, arm, across) in [(1, down, (left, right)), (-1, up, (left, right))] {
            let opposite = if side > 0 { up } else { down };
            for (lane, end) in ends(arm, opposite, across) {
                let (edge, end) = (y + HIGH / 2 + side * HIGH / 2, y + HIGH / 2 + side * end);
                self.stroke_upright(ink, arm, x + WIDE / 2 + lane, (edge.min(end), edge.max(end)));
            }
        }
    }

    fn stroke_level(&mut self, ink: Rgb, arm: u8, y: i32, span: (i32, i32)) {
        self.level.entry((ink, width(arm), y)).or_default().push(span);
    }

    fn stroke_upright(&mut self, ink: Rgb, arm: u8, x: i32, span: (i32, i32)) {
        self.upright.entry((ink, width(arm), x)).or_default().push(span);
    }

    /// A rounded corner: straight down from the middle's height, and level at the edge.
    fn arc(&mut self, symbol: char, (x, y): (i32, i32), ink: Rgb) {
        let [up, right, ..] = arms_of(symbol);
        let (middle_x, middle_y) = (x + WIDE / 2, y + HIGH / 2);
        let (end_y, bend_y) = if up > 0 { (y, middle_y - WIDE / 2) } else { (y + HIGH, middle_y + WIDE / 2) };
        let end_x = if right > 0 { x + WIDE } else { x };
        let path = self.bent.entry(ink).or_default();
        let _ = write!(
            path,
            "M{mx} {}V{}Q{mx} {my} {} {my}",
            Px(end_y),
            Px(bend_y),
            Px(end_x),
            mx = Px(middle_x),
            my = Px(middle_y)
        );
    }

    fn diagonals(&mut self, symbol: char, (x, y): (i32, i32), ink: Rgb) {
        let path = self.bent.entry(ink).or_default();
        if symbol != '╲' {
            let _ = write!(path, "M{} {}L{} {}", Px(x), Px(y + HIGH), Px(x + WIDE), Px(y));
        }
        if symbol != '╱' {
            let _ = write!(path, "M{} {}L{} {}", Px(x), Px(y), Px(x + WIDE), Px(y + HIGH));
        }
    }

    fn block(&mut self, symbol: char, (x, y): (i32, i32), ink: Rgb, background: Rgb) {
        let nth = u32::from(symbol) - 0x2580;
        // Eighths of the cell: left, upper, right and lower edge.
        let part = i32::try_from(nth).unwrap_or(0);
        let (mut ink, mut areas) = (ink, Vec::new());
        match nth {
            0 => areas.push((0, 0, 8, 4)),
            1..=8 => areas.push((0, 8 - part, 8, 8)),
            9..=15 => areas.push((0, 0, 16 - part, 8)),
            16 => areas.push((4, 0, 8, 8)),
            17..=19 => {
                ink =
                    mixed(ink, background, [3, 5, 7].get(usize::try_from(nth - 17).unwrap_or(0)).copied().unwrap_or(5));
                areas.push((0, 0, 8, 8));
            }
            20 => areas.push((0, 0, 8, 1)),
            21 => areas.push((7, 0, 8, 8)),
            _ => {
                // Quarters: upper left, upper right, lower left, lower right.
                let quarters: u8 = match symbol {
                    '▖' => 0b0010,
                    '▗' => 0b0001,
                    '▘' => 0b1000,
                    '▙' => 0b1011,
                    '▚' => 0b1001,
                    '▛' => 0b1110,
                    '▜' => 0b1101,
                    '▝' => 0b0100,
                    '▞' => 0b0110,
                    _ => 0b0111,
                };
                let places = [(0b1000, 0, 0), (0b0100, 4, 0), (0b0010, 0, 4), (0b0001, 4, 4)];
                let there = places.iter().filter(|(bit, ..)| quarters & bit != 0);
                areas.extend(there.map(|(_, left, top)| (*left, *top, left + 4, top + 4)));
            }
        }
        let path = self.blocks.entry(ink).or_default();
        for (left, top, right, bottom) in areas {
            let (from, to) = (x + left * WIDTH, x + right * WIDTH);
            let (upper, lower) = (y + top * HEIGHT, y + bottom * HEIGHT);
            let _ = write!(path, "M{0} {1}H{2}V{3}H{0}Z", Px(from), Px(upper), Px(to), Px(lower));
        }
    }

    /// All of it as SVG.
    pub(crate) fn write(self, out: &mut String) {
        for (ink, path) in self.blocks {
            let _ = writeln!(out, "<path fill=\"{}\" d=\"{path}\"/>", Hex(ink));
        }
        let mut paths: BTreeMap<(Rgb, i32), String> = BTreeMap::new();
        for ((ink, width, y), spans) in self.level {
            let path = paths.entry((ink, width)).or_default();
            for (from, to) in joined(spans) {
                let _ = write!(path, "M{} {}H{}", Px(from), Px(y), Px(to));
            }
        }
        for ((ink, width, x), spans) in self.upright {
            let path = paths.entry((ink, width)).or_default();
            for (from, to) in joined(spans) {
                let _ = write!(path, "M{} {}V{}", Px(x), Px(from), Px(to));
            }
        }
        for (ink, bent) in self.bent {
            paths.entry((ink, LIGHT)).or_default().push_str(&bent);
        }
        for ((ink, width), path) in paths {
            let width = if width == LIGHT { String::new() } else { format!(" stroke-width=\"{}\"", Px(width)) };
            let _ = writeln!(out, "<path fill=\"none\" stroke=\"{}\"{width} d=\"{path}\"/>", Hex(ink));
        }
    }
}

/// Up, right, down, left.
pub(crate) fn arms_of(symbol: char) -> [u8; 4] {
    let place = usize::try_from(u32::from(symbol) - 0x2500).unwrap_or(0) * 4;
    let digits = ARMS.get(place..place + 4).and_then(|digits| <[u8; 4]>::try_from(digits).ok());
    digits.unwrap_or(*b"0000").map(|digit| digit - b'0')
}

/// Into how many dashes a line is cut.
fn dashes(symbol: char) -> Option<i32> {
    match symbol {
        '╌'..='╏' => Some(2),
        '┄'..='┇' => Some(3),
        '┈'..='┋' => Some(4),
        _ => None,
    }
}

fn width(arm: u8) -> i32 {
    if arm == 2 { HEAVY } else { LIGHT }
}

/// The lines of an arm: how far each is from the arm's middle, and where it ends, counted from the cell's middle towards
/// the arm's edge. `across` are the arms to its sides: where lanes are less than 0, and more.
fn ends(arm: u8, opposite: u8, across: (u8, u8)) -> Vec<(i32, i32)> {
    let is_double = |arm: u8| arm == 3;
    // Past the middle by half of what is met there: the corner is whole.
    let met = [across.0, across.1].into_iter().filter(|a| *a > 0).map(|a| width(a) / 2).max().unwrap_or(0);
    match arm {
        0 => Vec::new(),
        3 => {
            let lane = |beside: u8, other: u8| match beside {
                3 => APART - LIGHT / 2,
                // It goes round the outside of what turns off on the other side.
                0 if is_double(other) && opposite == 0 => -APART - LIGHT / 2,
                0 => -met * i32::from(opposite == 0),
                _ => -met,
            };
            vec![(-APART, lane(across.0, across.1)), (APART, lane(across.1, across.0))]
        }
        _ => vec![(
            0,
            match (is_double(across.0), is_double(across.1), opposite) {
                (true, true, 0) => APART,
                (true, _, 0) | (_, true, 0) => -APART - LIGHT / 2,
                (.., 0) => -met,
                _ => 0,
            },
        )],
    }
}

/// Spans that touch as one.
fn joined(mut spans: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
    spans.sort_unstable();
    let mut joined: Vec<(i32, i32)> = Vec::new();
    for (from, to) in spans {
        match joined.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// Eighths of a pixel, written as pixels.
struct Px(i32);

impl std::fmt::Display for Px {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        const PARTS: [&str; 8] = ["", ".125", ".25", ".375", ".5", ".625", ".75", ".875"];
        let part = usize::try_from(self.0.rem_euclid(8)).ok().and_then(|n| PARTS.get(n)).copied().unwrap_or("");
        write!(f, "{}{part}", self.0.div_euclid(8))
    }
}
