//! What a guest's line says, without the sequences that would have a terminal do something.

use std::borrow::Cow;

/// The same without copying, where there is nothing to leave out.
pub fn plain_text(line: &str) -> Cow<'_, str> {
    let is_plain = |b: u8| b >= 0x20 && b < 0x7f || b == b'\t';
    if line.bytes().all(is_plain) { Cow::Borrowed(line) } else { Cow::Owned(plain(line)) }
}

/// The plain text of a line, control sequences left out: for searching and copying.
pub fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let skip = if c == '\u{1b}' { escape(rest) } else { c.len_utf8() };
        let (one, after) = rest.split_at(skip);
        if c == '\t' || !c.is_control() {
            out.push_str(one);
        }
        rest = after;
    }
    out
}

/// Bytes of the escape sequence that `text` (which begins with ESC) begins with.
pub fn escape(text: &str) -> usize {
    let bytes = text.as_bytes();
    let until = |from: usize, is_part: fn(u8) -> bool| {
        bytes.iter().skip(from).position(|b| !is_part(*b)).map_or(bytes.len(), |n| n + from)
    };
    match bytes.get(1) {
        // CSI: parameters, intermediates, one final byte.
        Some(b'[') => {
            let parameters = until(2, |b| (0x30..=0x3f).contains(&b));
            let end = until(parameters, |b| (0x20..=0x2f).contains(&b));
            if bytes.get(end).is_some_and(|b| (0x40..=0x7e).contains(b)) { end + 1 } else { end }
        }
        // OSC, DCS, SOS, PM, APC: text up to BEL or ST.
        Some(b']' | b'P' | b'X' | b'^' | b'_') => {
            let end = until(2, |b| b != 0x07 && b != 0x1b);
            match (bytes.get(end), bytes.get(end + 1)) {
                (Some(0x07), _) => end + 1,
                (Some(0x1b), Some(b'\\')) => end + 2,
                _ => end,
            }
        }
        Some(0x20..=0x7e) => 2,
        _ => 1,
    }
}
