//! What a guest names (paths, hosts, header fields, looked-up names, panic messages, functions), made safe to print.
//!
//! A guest chooses these texts freely: a line break in one would be a line of studio's own in a log, a proposal or a
//! file, and an escape sequence a command to the terminal. Whatever such a text is put into, it goes through here.

use std::fmt::Write as _;

/// Characters that a person reads of one text.
const MOST: usize = 300;

/// Whether a character stands for itself and for nothing else: no control, no line or paragraph end, nothing that
/// changes the order or is not seen.
pub fn is_plain(c: char) -> bool {
    let unseen = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    !c.is_control() && !unseen
}

/// One line of at most 300 characters: what is not plain is written as in Rust's own string literals, `\n` or `\u{1b}`.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(MOST));
    for (n, c) in text.chars().enumerate() {
        if n == MOST {
            line.push('…');
            break;
        }
        push(&mut line, c);
    }
    line
}

/// As [`one_line`], however long it is.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    text.chars().for_each(|c| push(&mut clean, c));
    clean
}

fn push(line: &mut String, c: char) {
    if is_plain(c) {
        line.push(c);
    } else {
        // Writing into a String never fails.
        let _ = write!(line, "{}", c.escape_default());
    }
}

/// One word of a command line, as every POSIX shell reads it.
pub(crate) fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "=.:/-_,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use crate::model::guest_text::*;

    #[test]
    fn one_line_whatever_was_named() {
        for (text, shown) in [
            ("data/ü", "data/ü"),
            ("a\nclock = \"real\"", "a\\nclock = \"real\""),
            ("\u{1b}]0;x\u{7}", "\\u{1b}]0;x\\u{7}"),
            ("a\u{2028}b\u{85}c\u{202e}d", "a\\u{2028}b\\u{85}c\\u{202e}d"),
            ("\u{200b}\u{feff}", "\\u{200b}\\u{feff}"),
        ] {
            assert_eq!(one_line(text), shown);
        }
        assert_eq!(one_line(&"x".repeat(10_000)).chars().count(), MOST + 1);
        assert_eq!(clean(&"x".repeat(10_000)).len(), 10_000);
    }

    #[test]
    fn words_are_what_a_shell_takes_for_one() {
        for (word, quoted) in [
            ("files=data:rw,size=1GiB", "files=data:rw,size=1GiB"),
            ("", "''"),
            ("a b", "'a b'"),
            ("$(reboot)", "'$(reboot)'"),
            ("it's", "'it'\\''s'"),
            ("`x`", "'`x`'"),
        ] {
            assert_eq!(shell_word(word), quoted);
        }
    }
}
