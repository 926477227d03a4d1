//! What is written on the boxes: short names that stay distinct, measured in cells and clipped to fit.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthChar;

use crate::draw::geometry::cells;
use crate::model::port::{InterfaceName, short};

/// How many cells a character takes. Control and zero-width characters take none and are never drawn: a file name may
/// hold an escape sequence.
pub(crate) fn char_width(c: char) -> i32 {
    // Nearly all are ASCII: no look-up for those.
    if matches!(c, ' '..='~') { 1 } else { cells(c.width().unwrap_or(0)) }
}

/// How many cells a text takes.
pub(crate) fn text_width(text: &str) -> i32 {
    text.chars().map(char_width).sum()
}

/// `text` in at most `width` cells; what is cut off is told by `…`.
pub(crate) fn clip(text: &str, width: i32) -> String {
    if text_width(text) <= width {
        return text.chars().filter(|c| char_width(*c) > 0).collect();
    }
    let mut left = width - 1;
    let mut clipped: String = text
        .chars()
        .filter(|c| char_width(*c) > 0)
        .take_while(|c| {
            left -= char_width(*c);
            left >= 0
        })
        .collect();
    if width > 0 {
        clipped.push('…');
    }
    clipped
}

/// `text` in at most `width` cells, its middle left out: names of one family differ at their ends.
pub(crate) fn shorten(text: &str, width: i32) -> String {
    let all = text_width(text);
    if all <= width || width < 3 {
        return clip(text, width);
    }
    let mut end = 0;
    let head = |c: &char| {
        end += char_width(*c);
        end <= width / 2
    };
    let start: String = text.chars().take_while(head).collect();
    let tail = width - 1 - text_width(&start);
    let mut passed = 0;
    let middle = |c: &char| {
        let at = passed;
        passed += char_width(*c);
        at < all - tail
    };
    let rest: String = text.chars().skip_while(middle).collect();
    format!("{start}…{rest}").chars().filter(|c| char_width(*c) > 0).collect()
}

/// The shortest names that tell these ports apart: `types` alone, but `http/types` beside `filesystem/types`, and the
/// full names where even those agree (two versions of one interface).
pub(crate) fn distinct(names: &[&str]) -> Vec<String> {
    let shorter: [fn(&str) -> String; 2] = [|name| short(name).to_owned(), |name| with_package(name)];
    let mut labels: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
    let mut open: Vec<usize> = (0..names.len()).collect();
    for shorten in shorter {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for name in names {
            *seen.entry(shorten(name)).or_default() += 1;
        }
        open.retain(|&i| {
            let label = shorten(names[i]);
            let unique = seen.get(&label) == Some(&1);
            if unique {
                labels[i] = label;
            }
            !unique
        });
    }
    labels
}

fn with_package(name: &str) -> String {
    match InterfaceName::parse(name) {
        Some(n) => format!("{}/{}", n.package, n.interface),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::draw::layout::label::*;

    #[test]
    fn clipped_by_cells_not_by_characters() {
        assert_eq!(clip("logger", 6), "logger");
        assert_eq!(clip("logger", 4), "log…");
        assert_eq!(clip("日本語", 5), "日本…");
        assert_eq!(clip("日本語", 4), "日…", "half a wide character is never drawn");
        assert_eq!(clip("a\u{1b}[31mb", 9), "a[31mb", "the escape character takes no cell");
        assert_eq!(clip("logger", 0), "");
    }

    #[test]
    fn a_long_name_keeps_both_its_ends() {
        assert_eq!(shorten("session-store-api", 17), "session-store-api");
        assert_eq!(shorten("session-store-api", 10), "sessi…-api");
        assert_eq!(shorten("日本語日本語", 7), "日…本語", "never wider than it may be");
        assert_eq!(shorten("logger", 2), "l…");
    }

    #[test]
    fn short_as_long_as_distinct() {
        let names = ["wasi:http/types@0.2.3", "wasi:filesystem/types@0.2.3", "a:b/c@1.0.0", "a:b/c@2.0.0", "run"];
        assert_eq!(distinct(&names), ["http/types", "filesystem/types", "a:b/c@1.0.0", "a:b/c@2.0.0", "run"]);
    }
}
