//! Spans of a line's text: marked where a search found something, cut at a column, folded into rows.

use ratatui::style::Style;
use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation;

use crate::log::filter::Pattern;
use crate::tui::screen::text;

type Spans = Vec<Span<'static>>;

/// Marks what a search found. It is looked for in the text as it shows.
pub(crate) fn found(spans: Spans, pattern: &Pattern, style: Style) -> Spans {
    let all: String = spans.iter().map(|s| s.content.as_ref()).collect();
    let places = pattern.places(&all);
    if places.is_empty() {
        return spans;
    }
    let mut out = Vec::new();
    let mut start = 0;
    for span in spans {
        let (from, to) = (start, start + span.content.len());
        let mut at = from;
        for (first, last) in places.iter().map(|(a, b)| ((*a).clamp(from, to), (*b).clamp(from, to))) {
            if first < last {
                push(&mut out, &all, at..first, span.style);
                push(&mut out, &all, first..last, span.style.patch(style));
                at = last;
            }
        }
        push(&mut out, &all, at..to, span.style);
        start = to;
    }
    out
}

fn push(out: &mut Spans, all: &str, range: std::ops::Range<usize>, style: Style) {
    if let Some(text) = all.get(range).filter(|text| !text.is_empty()) {
        out.push(Span::styled(text.to_owned(), style));
    }
}

/// What is right of a column. Half a wide character becomes a space.
pub(crate) fn from_column(spans: Spans, from: usize) -> Spans {
    if from == 0 {
        return spans;
    }
    let mut column = 0;
    let mut out = Vec::new();
    for span in spans {
        let mut kept = String::new();
        for grapheme in span.content.graphemes(true) {
            let start = column;
            column += text::width(grapheme);
            if start >= from {
                kept.push_str(grapheme);
            } else {
                kept.push_str(&" ".repeat(column.saturating_sub(from)));
            }
        }
        if !kept.is_empty() {
            out.push(Span::styled(kept, span.style));
        }
    }
    out
}

/// Rows of at most `width` columns; no character is cut in two.
pub(crate) fn wrapped(spans: Spans, width: usize) -> Vec<Spans> {
    let mut rows = vec![Spans::new()];
    let mut used = 0;
    for span in spans {
        let mut piece = String::new();
        for grapheme in span.content.graphemes(true) {
            let wide = text::width(grapheme);
            if used + wide > width && used > 0 {
                end_piece(&mut rows, &mut piece, span.style);
                rows.push(Spans::new());
                used = 0;
            }
            used += wide;
            piece.push_str(grapheme);
        }
        end_piece(&mut rows, &mut piece, span.style);
    }
    rows
}

fn end_piece(rows: &mut [Spans], piece: &mut String, style: Style) {
    if let Some(row) = rows.last_mut().filter(|_| !piece.is_empty()) {
        row.push(Span::styled(std::mem::take(piece), style));
    }
}

#[cfg(test)]
mod tests {
    use crate::tui::pane::output::logs::marked::*;
    use ratatui::style::{Color, Modifier};

    fn spans(parts: &[(&str, Color)]) -> Spans {
        parts.iter().map(|(text, color)| Span::styled((*text).to_owned(), Style::new().fg(*color))).collect()
    }

    fn texts(spans: &[Span]) -> Vec<String> {
        spans.iter().map(|s| s.content.to_string()).collect()
    }

    #[test]
    fn what_is_found_is_marked_over_colours() {
        let mark = Style::new().add_modifier(Modifier::REVERSED);
        let pattern = Pattern::parse("shake").unwrap();
        let out = found(spans(&[("the hands", Color::Red), ("hake", Color::Blue), (" x", Color::Red)]), &pattern, mark);
        assert_eq!(texts(&out), ["the hand", "s", "hake", " x"]);
        assert_eq!(out[1].style, Style::new().fg(Color::Red).add_modifier(Modifier::REVERSED));
        assert_eq!(out[2].style, Style::new().fg(Color::Blue).add_modifier(Modifier::REVERSED));
        assert_eq!(out[3].style, Style::new().fg(Color::Red));
    }

    #[test]
    fn rows_hold_whole_characters() {
        let rows = wrapped(spans(&[("a日本", Color::Red), ("語x", Color::Blue)]), 4);
        let rows: Vec<String> = rows.iter().map(|r| texts(r).concat()).collect();
        assert_eq!(rows, ["a日", "本語", "x"]);
        assert_eq!(wrapped(spans(&[("日", Color::Red)]), 1).len(), 1, "wider than the row, and still shown");
    }

    #[test]
    fn the_left_is_cut_off_by_columns() {
        assert_eq!(texts(&from_column(spans(&[("日本", Color::Red), ("語", Color::Blue)]), 3)), [" ", "語"]);
    }
}
