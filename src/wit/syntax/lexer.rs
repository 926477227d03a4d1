//! WIT text → tokens, as wit-parser cuts it, but without ever failing: what no token begins with is
//! [`SyntaxKind::Unknown`].

use crate::wit::syntax::SyntaxKind;

/// One token: its kind and its length in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub(crate) kind: SyntaxKind,
    pub(crate) len: usize,
}

/// Cuts `text` into tokens. Their lengths add up to the text's. The byte order mark counts as space where `is_start`.
pub(super) fn tokens(text: &str, is_start: bool) -> Vec<Token> {
    // Measured over WASI's WIT: a token has four bytes on average.
    let mut tokens = Vec::with_capacity(text.len() / 4 + 1);
    let mut rest = text;
    if is_start && let Some(after) = rest.strip_prefix('\u{feff}') {
        tokens.push(Token { kind: SyntaxKind::Whitespace, len: rest.len() - after.len() });
        rest = after;
    }
    while let Some(first) = rest.chars().next() {
        let (kind, len) = token(rest, first);
        match tokens.last_mut() {
            Some(Token { kind: SyntaxKind::Whitespace, len: before }) if kind == SyntaxKind::Whitespace => {
                *before += len;
            }
            _ => tokens.push(Token { kind, len }),
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    tokens
}

/// The token that `text`, which begins with `first`, begins with.
fn token(text: &str, first: char) -> (SyntaxKind, usize) {
    use SyntaxKind as K;
    let next = |c: char| text.get(first.len_utf8()..).is_some_and(|rest| rest.starts_with(c));
    let kind = match first {
        ' ' | '\t' | '\n' => return (K::Whitespace, length(text, |c| matches!(c, ' ' | '\t' | '\n'))),
        '\r' if next('\n') => return (K::Whitespace, 2),
        '/' if next('/') => return (K::LineComment, line_comment(text)),
        '/' if next('*') => return block_comment(text),
        '"' => return string(text),
        '-' if next('>') => return (K::Arrow, 2),
        '%' => return (K::ExplicitIdent, 1 + word(text.get(1..).unwrap_or_default())),
        '=' => K::Equals,
        ',' => K::Comma,
        ':' => K::Colon,
        '.' => K::Period,
        ';' => K::Semicolon,
        '(' => K::LeftParen,
        ')' => K::RightParen,
        '{' => K::LeftBrace,
        '}' => K::RightBrace,
        '<' => K::LessThan,
        '>' => K::GreaterThan,
        '*' => K::Star,
        '@' => K::At,
        '/' => K::Slash,
        '+' => K::Plus,
        '-' => K::Minus,
        '0'..='9' => return (K::Integer, length(text, |c| c.is_ascii_digit())),
        _ => match word(text) {
            0 => K::Unknown,
            len => return (text.get(..len).and_then(K::keyword).unwrap_or(K::Ident), len),
        },
    };
    (kind, first.len_utf8())
}

fn length(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// The length of the word that `text` begins with; 0 where it begins with none.
fn word(text: &str) -> usize {
    let begins = |c: char| unicode_ident::is_xid_start(c) || c == '_';
    if !text.starts_with(begins) {
        return 0;
    }
    length(text, |c| unicode_ident::is_xid_continue(c) || c == '-')
}

/// Without its line break, and without the carriage return before that.
fn line_comment(text: &str) -> usize {
    let line = text.split('\n').next().unwrap_or_default();
    if line.len() < text.len() { line.strip_suffix('\r').unwrap_or(line).len() } else { line.len() }
}

fn block_comment(text: &str) -> (SyntaxKind, usize) {
    let (mut depth, mut at) = (0_usize, 0);
    let bytes = text.as_bytes();
    while let Some(pair) = bytes.get(at..at + 2) {
        match pair {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return (SyntaxKind::BlockComment, at);
        }
    }
    (SyntaxKind::Unknown, text.len())
}

/// A string that does not end ends with its line.
fn string(text: &str) -> (SyntaxKind, usize) {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return (SyntaxKind::Unknown, at),
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return (SyntaxKind::StringLiteral, at + 1),
            _ => {}
        }
    }
    (SyntaxKind::Unknown, text.len())
}

#[cfg(test)]
mod tests {
    use crate::wit::syntax::lexer::*;

    fn cut(text: &str) -> Vec<(SyntaxKind, String)> {
        let mut at = 0;
        let piece = |token: Token| {
            let piece = text[at..at + token.len].to_owned();
            at += token.len;
            (token.kind, piece)
        };
        tokens(text, true).into_iter().map(piece).collect()
    }

    fn kinds(text: &str) -> Vec<SyntaxKind> {
        cut(text).into_iter().map(|(kind, _)| kind).collect()
    }

    #[test]
    fn every_byte_belongs_to_one_token() {
        let texts =
            ["", "\u{feff}a", "a\r\n\r b", "é%%-_x 1.0.0-rc.1", "/* /* */", "\"a\\\"b\" \"open\nx", "// a\r\nb", "🦀"];
        for text in texts {
            assert_eq!(cut(text).into_iter().map(|(_, piece)| piece).collect::<String>(), text);
        }
    }

    #[test]
    fn words_names_and_marks_are_told_apart() {
        use SyntaxKind::*;
        assert_eq!(
            kinds("list list-a %list _"),
            [ListKw, Whitespace, Ident, Whitespace, ExplicitIdent, Whitespace, Underscore]
        );
        assert_eq!(kinds("->-"), [Arrow, Minus]);
        assert_eq!(kinds("1.0.0-rc-1"), [Integer, Period, Integer, Period, Integer, Minus, Ident]);
        assert_eq!(kinds("a\u{feff}"), [Ident, Unknown]);
        assert_eq!(kinds("a\rb"), [Ident, Unknown, Ident]);
    }

    #[test]
    fn comments_end_where_they_say() {
        use SyntaxKind::*;
        assert_eq!(kinds("/* a /* b */ c */x"), [BlockComment, Ident]);
        assert_eq!(kinds("/* a"), [Unknown]);
        assert_eq!(cut("// a\r\nb")[0], (LineComment, "// a".to_owned()));
        assert_eq!(cut("//")[0], (LineComment, "//".to_owned()));
    }

    #[test]
    fn a_string_that_does_not_end_ends_with_its_line() {
        use SyntaxKind::*;
        assert_eq!(cut("\"a\\\"b\"")[0], (StringLiteral, "\"a\\\"b\"".to_owned()));
        assert_eq!(kinds("\"a\nb"), [Unknown, Whitespace, Ident]);
    }
}
