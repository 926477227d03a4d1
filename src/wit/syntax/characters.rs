//! Characters that WIT does not allow in comments and strings, and escapes that mean none.

use std::ops::Range;

use crate::wit::problem::{Code, Problem};
use crate::wit::syntax::SyntaxKind;
use crate::wit::syntax::lexer::Token;

/// What is wrong inside the comments and strings of a text.
pub(super) fn problems(text: &str, tokens: &[Token]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut at = 0;
    for token in tokens {
        let (start, end) = (at, at + token.len);
        at = end;
        let Some(text) = text.get(start..end) else { continue };
        match token.kind {
            SyntaxKind::LineComment | SyntaxKind::BlockComment if text.bytes().any(is_suspicious) => {
                problems.extend(text.char_indices().filter(|(_, c)| is_forbidden(*c)).map(|(at, c)| {
                    let range = start + at..start + at + c.len_utf8();
                    forbidden(range, c)
                }));
            }
            SyntaxKind::StringLiteral => problems.extend(string(text).err().map(|(range, message)| {
                Problem::error(Code::Character, start + range.start..start + range.end, message)
            })),
            _ => {}
        }
    }
    problems
}

fn is_suspicious(byte: u8) -> bool {
    !byte.is_ascii() || (byte.is_ascii_control() && !matches!(byte, b'\n' | b'\r' | b'\t'))
}

/// As wit-parser judges: what controls the terminal or the direction of writing, and what Unicode itself gave up.
fn is_forbidden(c: char) -> bool {
    match c {
        '\n' | '\r' | '\t' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{149}' | '\u{673}' | '\u{f77}' | '\u{f79}' | '\u{17a3}' | '\u{17a4}' | '\u{17b4}' | '\u{17b5}' => true,
        c => c.is_control(),
    }
}

fn forbidden(range: Range<usize>, c: char) -> Problem {
    let message = format!("the character `{}` is not allowed in WIT, not even here", c.escape_default());
    Problem::error(Code::Character, range.clone(), message).fixed_by("remove it", range, "")
}

/// Whether the string `text`, with its quotes, means something; else where it does not, and why.
fn string(text: &str) -> Result<(), (Range<usize>, String)> {
    let mut bytes = Vec::new();
    let inner = text.len().saturating_sub(1);
    let mut chars = text.char_indices().skip(1).take_while(|(at, _)| *at < inner);
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            if is_forbidden(c) || matches!(c, '\r' | '\t') {
                return Err((at..at + c.len_utf8(), format!("a string cannot hold `{}` itself", c.escape_default())));
            }
            bytes.extend(c.to_string().bytes());
            continue;
        }
        let no = |c: char| (at..at + 1 + c.len_utf8(), format!("`\\{}` is not an escape of WIT", c.escape_default()));
        let Some((_, c)) = chars.next() else { return Err((at..inner, "this escape is cut off".into())) };
        match c {
            '"' | '\'' | '\\' => bytes.push(c as u8),
            't' => bytes.push(b'\t'),
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            'u' => {
                let rest = text.get(at + 2..inner).unwrap_or_default();
                let digits = rest.strip_prefix('{').and_then(|rest| Some(rest.split_once('}')?.0));
                let value = digits.and_then(hexadecimal).and_then(char::from_u32);
                let (Some(digits), Some(value)) = (digits, value) else {
                    return Err((
                        at..at + 2,
                        "after `\\u` a character stands in hexadecimal, as in `\\u{1f980}`".into(),
                    ));
                };
                bytes.extend(value.to_string().bytes());
                // `{`, the digits, `}`
                let _ = chars.by_ref().take(digits.chars().count() + 2).count();
            }
            c => {
                let low = chars.next().map(|(_, c)| c);
                match c.to_digit(16).zip(low.and_then(|low| low.to_digit(16))) {
                    Some((high, low)) => bytes.extend(u8::try_from(high * 16 + low).ok()),
                    None => return Err(no(c)),
                }
            }
        }
    }
    match String::from_utf8(bytes) {
        Ok(_) => Ok(()),
        Err(_) => Err((0..text.len(), "the bytes of this string are not UTF-8".into())),
    }
}

/// The number that digits mean, which `_` may part but not end.
fn hexadecimal(digits: &str) -> Option<u32> {
    if digits.starts_with('_') || digits.ends_with('_') {
        return None;
    }
    u32::from_str_radix(&digits.replace('_', ""), 16).ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_string_is_what_wit_parser_takes_for_one() {
        let strings = [
            r#""""#,
            r#""a""#,
            r#""\"\'\\\t\n\r""#,
            r#""\u{41}""#,
            r#""\u{1_f980}""#,
            r#""\u{_1}""#,
            r#""\u{1_}""#,
            r#""\u{}""#,
            r#""\u41""#,
            r#""\u{d800}""#,
            r#""\u{fffffff1}""#,
            r#""\41""#,
            r#""\4""#,
            r#""\4g""#,
            r#""\ff""#,
            r#""\c3\a9""#,
            r#""\x""#,
            r#""\é""#,
            "\"é\"",
            "\"\t\"",
            "\"\u{7f}\"",
            "\"\u{202e}\"",
            r#""\u{41""#,
        ];
        for string in strings {
            let text = format!("package a:b; @external-id({string})\ninterface i {{}}");
            let theirs = wit_parser::UnresolvedPackageGroup::parse("s.wit", &text).is_ok();
            let ours = super::string(string);
            assert_eq!(ours.is_ok(), theirs, "{string}: {ours:?}");
        }
    }
}
