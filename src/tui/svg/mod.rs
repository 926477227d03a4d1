//! A screen as a picture: the terminal's cells, written as SVG.
//!
//! Every cell stands where the terminal has it, whatever font a viewer takes: words are set to the width of their cells,
//! anything that a font may lack or draw wider stands in the middle of its own. No fonts, no scripts, nothing from outside;
//! the same cells are the same bytes.

pub(crate) mod colours;
pub(crate) mod lines;
#[cfg(test)]
mod svg_tests;

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Modifier;

pub(crate) use colours::Colours;

use crate::tui::screen::text;
use colours::{Rgb, mixed};
use lines::Lines;

/// Of a cell, in pixels; both odd, for a line one pixel wide goes through the middle.
pub(crate) const WIDTH: i32 = 9;
pub(crate) const HEIGHT: i32 = 19;

/// The size of the font whose letters are as wide as a cell, and where they stand in it.
const FONT: i32 = 15;
const BASELINE: i32 = 14;

const FAMILY: &str = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/// The picture of these cells. `title` is what a reader is told who does not see it.
pub(crate) fn picture(buffer: &Buffer, colours: &Colours, title: &str) -> String {
    let (columns, rows) = (i32::from(buffer.area.width), i32::from(buffer.area.height));
    let (width, height) = (columns * WIDTH, rows * HEIGHT);
    let mut backgrounds = String::new();
    let (mut lines, mut words) = (Lines::default(), Words::default());
    for row in 0..rows {
        let mut grounded: Option<(i32, i32, Rgb)> = None;
        let mut column = 0;
        while column < columns {
            let Some(cell) = cell(buffer, column, row) else { break };
            let cells = i32::from(text::cells(text::width(cell.symbol()).max(1))).min(columns - column);
            let ink = Ink::of(cell, colours);
            match &mut grounded {
                Some((_, end, background)) if *end == column && *background == ink.background => *end += cells,
                _ => {
                    background(&mut backgrounds, grounded.take(), row, colours);
                    grounded = Some((column, column + cells, ink.background));
                }
            }
            if cell.modifier.contains(Modifier::UNDERLINED) {
                lines.rule((column, row), cells, BASELINE + 2, ink.text);
            }
            if cell.modifier.contains(Modifier::CROSSED_OUT) {
                lines.rule((column, row), cells, HEIGHT / 2, ink.text);
            }
            let symbol = shown(cell);
            let mut chars = symbol.chars();
            let alone = chars.next().filter(|_| chars.next().is_none());
            if symbol.trim().is_empty() {
                // Between words, and not a word.
            } else if !alone.is_some_and(|c| lines.add(c, (column, row), ink.text, ink.background)) {
                words.add(&symbol, alone.is_some_and(is_plain), (column, row), cells, ink);
            }
            column += cells;
        }
        background(&mut backgrounds, grounded, row, colours);
        words.end();
    }
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{FAMILY}\" font-size=\"{FONT}\">\n<title>"
    );
    escape(&mut out, &clean(title));
    let _ = writeln!(out, "</title>\n<path fill=\"{}\" d=\"M0 0H{width}V{height}H0Z\"/>", Hex(colours.background));
    out.push_str(&backgrounds);
    lines.write(&mut out);
    out.push_str(&words.out);
    out.push_str("</svg>\n");
    out
}

fn cell(buffer: &Buffer, column: i32, row: i32) -> Option<&Cell> {
    let (x, y) = (u16::try_from(column).ok()?, u16::try_from(row).ok()?);
    buffer.cell((buffer.area.x.checked_add(x)?, buffer.area.y.checked_add(y)?))
}

/// What stands behind some cells of a row, where it is not what stands behind all.
fn background(out: &mut String, run: Option<(i32, i32, Rgb)>, row: i32, colours: &Colours) {
    let Some((from, to, background)) = run.filter(|(.., background)| *background != colours.background) else { return };
    let (x, y, end) = (from * WIDTH, row * HEIGHT, to * WIDTH);
    let _ = writeln!(out, "<path fill=\"{}\" d=\"M{x} {y}H{end}V{}H{x}Z\"/>", Hex(background), y + HEIGHT);
}

/// How a cell's text looks.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ink {
    text: Rgb,
    background: Rgb,
    bold: bool,
    italic: bool,
}

impl Ink {
    fn of(cell: &Cell, colours: &Colours) -> Self {
        let mut text = colours.resolve(cell.fg, colours.text);
        let mut background = colours.resolve(cell.bg, colours.background);
        if cell.modifier.contains(Modifier::DIM) {
            text = mixed(text, background, 6);
        }
        if cell.modifier.contains(Modifier::REVERSED) {
            std::mem::swap(&mut text, &mut background);
        }
        let has = |modifier| cell.modifier.contains(modifier);
        Self { text, background, bold: has(Modifier::BOLD), italic: has(Modifier::ITALIC) }
    }

    /// Whether letters of both can stand in one word.
    fn writes_like(self, other: Self) -> bool {
        Self { background: other.background, ..self } == other
    }
}

/// Text, in pieces that each know their place.
#[derive(Default)]
struct Words {
    out: String,
    word: Option<Word>,
}

/// Letters that every font of the family has, each as wide as a cell.
struct Word {
    text: String,
    row: i32,
    from: i32,
    to: i32,
    ink: Ink,
}

impl Words {
    fn add(&mut self, symbol: &str, plain: bool, (column, row): (i32, i32), cells: i32, ink: Ink) {
        if !plain {
            self.end();
            // In the middle of its cells: a font that stands in may draw it wider or narrower.
            let middle = f64::from(column * WIDTH) + f64::from(cells * WIDTH) / 2.0;
            let _ = write!(self.out, "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\"", row * HEIGHT + BASELINE);
            self.piece(symbol, ink, None);
            return;
        }
        match &mut self.word {
            // One blank is as wide as a letter; more of them would be one.
            Some(word) if word.row == row && column <= word.to + 1 && word.ink.writes_like(ink) => {
                if column > word.to {
                    word.text.push(' ');
                }
                word.text.push_str(symbol);
                word.to = column + cells;
            }
            _ => {
                self.end();
                self.word = Some(Word { text: symbol.to_owned(), row, from: column, to: column + cells, ink });
            }
        }
    }

    fn end(&mut self) {
        let Some(word) = self.word.take() else { return };
        let cells = word.to - word.from;
        let _ = write!(self.out, "<text x=\"{}\" y=\"{}\"", word.from * WIDTH, word.row * HEIGHT + BASELINE);
        self.piece(&word.text, word.ink, Some(cells * WIDTH).filter(|_| cells > 1));
    }

    fn piece(&mut self, text: &str, ink: Ink, width: Option<i32>) {
        let _ = write!(self.out, " fill=\"{}\"", Hex(ink.text));
        if ink.bold {
            self.out.push_str(" font-weight=\"bold\"");
        }
        if ink.italic {
            self.out.push_str(" font-style=\"italic\"");
        }
        if let Some(width) = width {
            let _ = write!(self.out, " textLength=\"{width}\"");
        }
        self.out.push('>');
        escape(&mut self.out, text);
        self.out.push_str("</text>\n");
    }
}

/// What a cell shows.
fn shown(cell: &Cell) -> String {
    if cell.modifier.contains(Modifier::HIDDEN) { String::new() } else { clean(cell.symbol()) }
}

/// Without what XML cannot hold, and what would have a viewer move text.
fn clean(text: &str) -> String {
    let is_mover =
        |c: &char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let kept = |c: char| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c };
    text.chars().filter(|c| !is_mover(c)).map(kept).collect()
}

/// Whether every font has it, as wide as any letter; without the soft hyphen, which is none.
fn is_plain(c: char) -> bool {
    matches!(c, '!'..='~' | '\u{a1}'..='\u{24f}') && c != '\u{ad}'
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

/// A colour as SVG has it.
struct Hex(Rgb);

impl std::fmt::Display for Hex {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}
