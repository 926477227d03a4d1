//! Text from outside (guests, compilers), made safe to show: colours are parsed, tabs expanded, wide characters
//! measured, and every other control sequence is written out instead of obeyed.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

pub(crate) use crate::log::plain::plain;
use crate::log::plain::{TAB, is_named, is_one};
use crate::look::Theme;
use crate::model::escape::{escape, is_colour};
use crate::model::visible::{name, written};

/// One row's worth of a line: its columns `from..from + width`, and whether there is more to the right.
///
/// Only what is in sight is looked at, so a line may be as long as it likes.
pub(crate) fn row(line: &str, from: usize, width: usize, base: Style, theme: &Theme) -> (Vec<Span<'static>>, bool) {
    let mut row = Row { from, to: from + width, column: 0, spans: Vec::new(), cut: false };
    let mut style = base;
    let mut rest = line.trim_end_matches(['\r', '\n']);
    while !rest.is_empty() && !row.cut {
        let plain = rest.find(|c: char| c.is_control()).unwrap_or(rest.len());
        let (text, after) = rest.split_at(plain);
        row.text(text, style, theme);
        rest = after;
        let Some(control) = rest.chars().next() else { break };
        if control == '\u{1b}' {
            let (sequence, after) = rest.split_at(escape(rest));
            match sgr(sequence) {
                Some(codes) => style = apply(&codes, style, base, theme),
                None => row.written_out(sequence, theme.control),
            }
            rest = after;
        } else {
            let (one, after) = rest.split_at(control.len_utf8());
            if control == '\t' {
                row.push(&" ".repeat(TAB - row.column % TAB), style);
            } else {
                row.written_out(one, theme.control);
            }
            rest = after;
        }
    }
    (row.spans, row.cut)
}

struct Row {
    from: usize,
    to: usize,
    /// Where the next character goes, counted from the line's start.
    column: usize,
    spans: Vec<Span<'static>>,
    cut: bool,
}

impl Row {
    fn text(&mut self, text: &str, style: Style, theme: &Theme) {
        for grapheme in text.graphemes(true) {
            if self.cut {
                return;
            }
            if is_one(grapheme) {
                self.place(grapheme, grapheme.width(), style);
            } else {
                for c in grapheme.chars() {
                    if is_named(c) {
                        self.push(&name(c), theme.control);
                    } else {
                        self.push(c.encode_utf8(&mut [0; 4]), style);
                    }
                    if self.cut {
                        return;
                    }
                }
            }
        }
    }

    /// A control sequence, as `less` shows it: `^[[2J`.
    fn written_out(&mut self, sequence: &str, style: Style) {
        for c in sequence.chars() {
            self.push(&written(c), style);
            if self.cut {
                return;
            }
        }
    }

    fn push(&mut self, text: &str, style: Style) {
        for grapheme in text.graphemes(true) {
            self.place(grapheme, grapheme.width(), style);
        }
    }

    fn place(&mut self, grapheme: &str, width: usize, style: Style) {
        let (start, end) = (self.column, self.column + width);
        self.column = end;
        if end > self.to {
            self.cut = true;
        }
        if end <= self.from || self.cut {
            return;
        }
        // Half of a wide character stands outside on the left: a space keeps the columns.
        let shown = if start < self.from { " " } else { grapheme };
        match self.spans.last_mut() {
            Some(span) if span.style == style => span.content.to_mut().push_str(shown),
            _ => self.spans.push(Span::styled(shown.to_owned(), style)),
        }
    }
}

/// The parameters of a colour sequence, `None` for any other.
fn sgr(sequence: &str) -> Option<Vec<Vec<u16>>> {
    if !is_colour(sequence) {
        return None;
    }
    let parameters = sequence.strip_prefix("\u{1b}[")?.strip_suffix('m')?;
    let number = |n: &str| if n.is_empty() { 0 } else { n.parse().unwrap_or(u16::MAX) };
    Some(parameters.split(';').map(|p| p.split(':').map(number).collect()).collect())
}

fn apply(codes: &[Vec<u16>], before: Style, base: Style, theme: &Theme) -> Style {
    let mut style = before;
    let mut codes = codes.iter();
    while let Some(code) = codes.next() {
        let first = code.first().copied().unwrap_or(0);
        match first {
            0 => style = base,
            1 => style = style.add_modifier(Modifier::BOLD),
            2 => style = style.add_modifier(Modifier::DIM),
            3 => style = style.add_modifier(Modifier::ITALIC),
            4 => style = style.add_modifier(Modifier::UNDERLINED),
            7 => style = style.add_modifier(Modifier::REVERSED),
            9 => style = style.add_modifier(Modifier::CROSSED_OUT),
            22 => style = style.remove_modifier(Modifier::BOLD | Modifier::DIM),
            23 => style = style.remove_modifier(Modifier::ITALIC),
            24 => style = style.remove_modifier(Modifier::UNDERLINED),
            27 => style = style.remove_modifier(Modifier::REVERSED),
            29 => style = style.remove_modifier(Modifier::CROSSED_OUT),
            30..=37 => style.fg = Some(ansi(first - 30)),
            40..=47 => style.bg = Some(ansi(first - 40)),
            90..=97 => style.fg = Some(ansi(first - 82)),
            100..=107 => style.bg = Some(ansi(first - 92)),
            39 => style.fg = base.fg,
            49 => style.bg = base.bg,
            38 | 48 => {
                let color = if code.len() > 1 { extended(code.get(1..).unwrap_or(&[])) } else { following(&mut codes) };
                if first == 38 { style.fg = color.or(style.fg) } else { style.bg = color.or(style.bg) }
            }
            // Blinking and hidden text, fonts, and what nobody knows: no.
            _ => {}
        }
    }
    theme.guest(style)
}

fn ansi(n: u16) -> Color {
    Color::Indexed(u8::try_from(n).unwrap_or(7))
}

fn byte(n: u16) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

/// `5:n` or `2:[space]:r:g:b`.
fn extended(parameters: &[u16]) -> Option<Color> {
    match parameters {
        [5, n] => Some(Color::Indexed(byte(*n))),
        [2, r, g, b] | [2, _, r, g, b, ..] => Some(Color::Rgb(byte(*r), byte(*g), byte(*b))),
        _ => None,
    }
}

/// The same spread over several parameters: `38;5;n`, `38;2;r;g;b`.
fn following<'a>(codes: &mut impl Iterator<Item = &'a Vec<u16>>) -> Option<Color> {
    let mut next = || codes.next().and_then(|c| c.first().copied());
    match next()? {
        5 => Some(Color::Indexed(byte(next()?))),
        2 => Some(Color::Rgb(byte(next()?), byte(next()?), byte(next()?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::model::visible::invisible;
    use crate::tui::screen::guest::*;

    fn shown(line: &str) -> String {
        let (spans, _) = row(line, 0, 200, Style::new(), &Theme::default());
        spans.iter().map(|s| s.content.as_ref()).collect()
    }

    /// (what a guest writes, what is shown)
    const HOSTILE: [(&str, &str); 31] = [
        ("\x1b[2J\x1b[H", "^[[2J^[[H"),
        ("\x1b[?1049l", "^[[?1049l"),
        ("\x1b[?1003h", "^[[?1003h"),
        ("\x1b[6n", "^[[6n"),
        ("\x1b[>0q", "^[[>0q"),
        ("\x1b[3;5r", "^[[3;5r"),
        ("\x1b[8m hidden \x1b[5m blinking", " hidden  blinking"),
        ("\x1bc", "^[c"),
        ("\x1b#8", "^[#8"),
        ("\x1b(0lqqk", "^[(0lqqk"),
        ("\x1b]0;a title\x07after", "^[]0;a title^Gafter"),
        ("\x1b]52;c;ZXZpbA==\x1b\\after", "^[]52;c;ZXZpbA==^[\\after"),
        ("\x1b]8;;http://evil\x1b\\link", "^[]8;;http://evil^[\\link"),
        ("\x1bP$q\"p\x1b\\x", "^[P$q\"p^[\\x"),
        ("\x1b_Gf=100;AAAA\x1b\\x", "^[_Gf=100;AAAA^[\\x"),
        ("\x1b]0;never ended", "^[]0;never ended"),
        ("\x1b[", "^[["),
        ("\x1b[31", "^[[31"),
        ("\x1b", "^["),
        ("\x1b\x1b[31mred", "^[red"),
        ("\x1b[31;9999999999mstill text", "still text"),
        ("\x1b[38;2mno colour", "no colour"),
        ("\u{9b}2J", "<U+009B>2J"),
        ("\u{90}\u{9d}", "<U+0090><U+009D>"),
        ("a\rb\x08c\x07\x0b\x0c\x00", "a^Mb^Hc^G^K^L^@"),
        ("\x0e\x0f\x7f", "^N^O^?"),
        ("user\u{202e}nimda", "user<U+202E>nimda"),
        ("a\u{200b}b\u{2066}c\u{feff}", "a<U+200B>b<U+2066>c<U+FEFF>"),
        ("\u{301}first", "<U+0301>first"),
        ("line\r\n", "line"),
        ("tag\u{e0041}", "tag<U+E0041>"),
    ];

    #[test]
    fn hostile_sequences_are_written_out() {
        for (line, wanted) in HOSTILE {
            assert_eq!(shown(line), wanted, "{line:?}");
        }
    }

    #[test]
    fn columns_are_counted_as_they_are_shown() {
        use crate::log::plain::cells;
        use crate::model::columns::between;
        let holds = |line: &str| {
            let counted: usize = cells(line).iter().map(|(_, wide)| wide).sum();
            assert_eq!(counted, shown(line).width(), "{line:?}");
            assert_eq!(between(cells(line), (0, usize::MAX)), plain(line.trim_end_matches(['\r', '\n'])), "{line:?}");
        };
        for line in HOSTILE.iter().map(|(line, _)| *line).chain(["日本語 a\tb", "\x1b[31mred\x1b[0m x", "e\u{301}🧑‍🚀z"])
        {
            holds(line);
        }
        arbtest::arbtest(|u| {
            holds(u.arbitrary()?);
            Ok(())
        });
    }

    #[test]
    fn nothing_that_is_shown_is_a_control_character() {
        arbtest::arbtest(|u| {
            let line: String = u.arbitrary()?;
            assert!(!shown(&line).chars().any(|c| c.is_control() || invisible(c)), "{line:?}");
            Ok(())
        });
    }

    #[test]
    fn what_a_terminal_would_take_for_keys_or_another_screen_is_written_out() {
        for (line, wanted) in [
            ("\x1b[201~rm -rf /", "^[[201~rm -rf /"),
            ("\x1b[?1049hx", "^[[?1049hx"),
            ("\x1b[10;10Hx\x1b[A", "^[[10;10Hx^[[A"),
            ("\x1b^pm\x1b\\x", "^[^pm^[\\x"),
            ("\x1bXsos\x07x", "^[Xsos^Gx"),
            ("\u{84}\u{85}\u{8d}", "<U+0084><U+0085><U+008D>"),
        ] {
            assert_eq!(shown(line), wanted, "{line:?}");
        }
        let invalid = String::from_utf8_lossy(b"a\xff\xc3(b");
        assert_eq!(shown(&invalid), "a\u{fffd}\u{fffd}(b");
    }

    #[test]
    fn of_a_line_without_end_only_what_is_in_sight_is_looked_at() {
        let floods = ["x".repeat(1 << 20), "\u{200b}".repeat(1 << 18), "\u{301}".repeat(1 << 18)];
        for line in floods {
            let (spans, more) = row(&line, 0, 80, Style::new(), &Theme::default());
            assert!(more && spans.iter().map(Span::width).sum::<usize>() <= 80);
        }
    }

    #[test]
    fn piled_up_marks_stay_in_their_row() {
        let zalgo = format!("a{}b", "\u{301}".repeat(40));
        assert_eq!(shown(&zalgo).matches("<U+0301>").count(), 24, "cut at the row's end, written out");
    }

    #[test]
    fn colours_are_parsed_and_end_with_their_line() {
        let (spans, _) =
            row("\x1b[1;31mred\x1b[0m \x1b[38;5;208mo\x1b[38:2::1:2:3mx", 0, 80, Style::new(), &Theme::default());
        let style = |n: usize| spans.get(n).map(|s| s.style).unwrap_or_default();
        assert_eq!(style(0), Style::new().fg(Color::Indexed(1)).add_modifier(Modifier::BOLD));
        assert_eq!(style(1), Style::new());
        assert_eq!(style(2), Style::new().fg(Color::Indexed(208)));
        assert_eq!(style(3), Style::new().fg(Color::Rgb(1, 2, 3)));
    }

    #[test]
    fn tabs_and_wide_characters_keep_the_columns() {
        assert_eq!(shown("a\tb"), "a       b");
        let theme = Theme::default();
        let part = |from, width| {
            let (spans, more) = row("日本語x", from, width, Style::new(), &theme);
            (spans.iter().map(|s| s.content.as_ref()).collect::<String>(), more)
        };
        assert_eq!(part(0, 7), ("日本語x".into(), false));
        assert_eq!(part(0, 5), ("日本".into(), true));
        assert_eq!(part(1, 5), (" 本語".into(), true));
    }

    #[test]
    fn plain_text_for_the_clipboard() {
        assert_eq!(plain("\x1b[31mred\x1b[0m\tand\x07 \x1b]0;t\x07more"), "red\tand more");
    }
}
