//! Text measured in columns, and figures as people read them.

use std::borrow::Cow;
use std::time::Duration;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns that `text` takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Rows and columns are 16 bits on a screen; what is more does not fit anyway.
pub(crate) fn cells(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// At most `columns` of `text`, its end cut off and marked with `more`.
pub(crate) fn fit<'a>(text: &'a str, columns: usize, more: &str) -> Cow<'a, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let room = columns.saturating_sub(width(more));
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += width(grapheme);
        if used > room {
            break;
        }
        kept.push_str(grapheme);
    }
    if columns > 0 {
        kept.push_str(more);
    }
    Cow::Owned(kept)
}

/// At most `columns` of `text`, its start cut off and marked: for paths, whose end tells more.
pub(crate) fn fit_end<'a>(text: &'a str, columns: usize, more: &str) -> Cow<'a, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let room = columns.saturating_sub(width(more));
    let mut used = 0;
    let mut start = text.len();
    for (index, grapheme) in text.grapheme_indices(true).rev() {
        used += width(grapheme);
        if used > room {
            break;
        }
        start = index;
    }
    let mark = if columns > 0 { more } else { "" };
    Cow::Owned(format!("{mark}{}", text.get(start..).unwrap_or("")))
}

/// Words of `text` in lines of at most `columns`.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && width(&line) + 1 + width(word) > columns {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            while width(&line) > columns {
                let head = fit(&line, columns, "").into_owned();
                if head.is_empty() {
                    break; // a character wider than the line
                }
                line.drain(..head.len());
                lines.push(head);
            }
        }
        lines.push(line);
    }
    lines
}

/// `41 µs`, `9 ms`, `0.21 s`, `12.4 s`, `2 min 5 s`.
pub(crate) fn time(d: Duration) -> String {
    match d.as_micros() {
        us @ 0..1_000 => format!("{us} µs"),
        us @ 1_000..100_000 => format!("{} ms", (us + 500) / 1_000),
        100_000..10_000_000 => format!("{:.2} s", d.as_secs_f64()),
        10_000_000..60_000_000 => format!("{:.1} s", d.as_secs_f64()),
        _ => format!("{} min {} s", d.as_secs() / 60, d.as_secs() % 60),
    }
}

/// Seconds and tenths, for what is being counted; whole seconds where nothing is to move.
pub(crate) fn elapsed(d: Duration, still: bool) -> String {
    if d.as_secs() < 60 && still {
        format!("{} s", d.as_secs())
    } else if d.as_secs() < 60 {
        format!("{}.{} s", d.as_secs(), d.subsec_millis() / 100)
    } else {
        format!("{} min {} s", d.as_secs() / 60, d.as_secs() % 60)
    }
}

/// `1 error`, `3 errors`.
pub(crate) fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

#[cfg(test)]
mod tests {
    use crate::tui::screen::text::*;

    #[test]
    fn cut_by_columns_not_by_bytes() {
        assert_eq!(fit("core-logic", 10, "…"), "core-logic");
        assert_eq!(fit("core-logic", 6, "…"), "core-…");
        assert_eq!(fit("日本語", 4, "…"), "日…");
        assert_eq!(fit("abc", 0, "…"), "");
        assert_eq!(fit_end("crates/core/src/lib.rs", 10, "…"), "…rc/lib.rs");
        assert_eq!(fit_end("日本語", 4, "…"), "…語");
    }

    #[test]
    fn wrapping_never_loses_or_loops() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("日本", 1), ["日本"]);
        assert_eq!(wrap("a\n\nb", 9), ["a", "", "b"]);
    }

    #[test]
    fn figures() {
        let ms = Duration::from_millis;
        assert_eq!(
            [ms(9), ms(210), ms(1_200), ms(12_400), ms(125_000)].map(time),
            ["9 ms", "0.21 s", "1.20 s", "12.4 s", "2 min 5 s"]
        );
        assert_eq!(elapsed(ms(1_290), false), "1.2 s");
        assert_eq!(elapsed(ms(1_290), true), "1 s");
    }
}
