//! Escape sequences in text, as terminals read them.

/// Whether a sequence does nothing but colour.
pub(crate) fn is_colour(sequence: &str) -> bool {
    let parameters = sequence.strip_prefix("\u{1b}[").and_then(|rest| rest.strip_suffix('m'));
    parameters.is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit() || b == b';' || b == b':'))
}

/// Bytes of the escape sequence that `text` (which begins with ESC) begins with.
pub(crate) fn escape(text: &str) -> usize {
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
