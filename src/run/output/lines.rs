//! Bytes as a guest writes them → lines.

use crate::log::MAX_LINE;

/// A line, or a part of one that is longer than [`MAX_LINE`].
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    /// As it was written, where that is wanted and is no text.
    pub(crate) raw: Option<Vec<u8>>,
    /// No line end follows: the next piece is the next part of the same line.
    pub(crate) goes_on: bool,
}

/// The line that is still being written.
#[derive(Debug, Default)]
pub(crate) struct Partial {
    bytes: Vec<u8>,
    /// A carriage return came last: with a line feed it ends the line, with anything else it begins the line anew.
    returned: bool,
    /// Every byte is handed on as it was written.
    as_written: bool,
}

impl Partial {
    pub(crate) fn new(as_written: bool) -> Self {
        Self { as_written, ..Self::default() }
    }

    /// Adds `bytes`; every line they end is given to `line`, without its line end.
    pub(crate) fn push(&mut self, mut bytes: &[u8], mut line: impl FnMut(Piece)) {
        while let Some(end) = bytes.iter().position(|b| *b == b'\n') {
            let (head, tail) = bytes.split_at(end);
            bytes = tail.get(1..).unwrap_or_default();
            // Most lines come whole, and are copied once.
            let whole = head.len() <= MAX_LINE && (self.as_written || !head.contains(&b'\r'));
            if whole && self.bytes.is_empty() && !self.returned {
                line(self.piece(head, false));
                continue;
            }
            self.extend(head, &mut line);
            self.returned = false;
            line(self.piece(&self.bytes, false));
            self.bytes.clear();
        }
        self.extend(bytes, &mut line);
    }

    /// The line that never got its end.
    pub(crate) fn finish(&mut self) -> Option<Piece> {
        self.returned = false;
        let bytes = std::mem::take(&mut self.bytes);
        (!bytes.is_empty()).then(|| self.piece(&bytes, self.as_written))
    }

    /// Whether a line was begun that has no end yet.
    pub(crate) fn is_begun(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// The line so far, where there is one, without a character of which only a part has come.
    pub(crate) fn so_far(&self) -> Option<Piece> {
        (!self.bytes.is_empty()).then(|| self.piece(whole_characters(&self.bytes), true))
    }

    fn piece(&self, bytes: &[u8], goes_on: bool) -> Piece {
        let text = String::from_utf8_lossy(bytes);
        let is_text = matches!(text, std::borrow::Cow::Borrowed(_));
        let raw = (self.as_written && !is_text).then(|| bytes.to_vec());
        Piece { text: text.into_owned(), raw, goes_on }
    }

    /// Adds bytes of one line. What a lone carriage return goes back over is dropped, as a terminal would write over it:
    /// of a progress bar the last state stays.
    fn extend(&mut self, bytes: &[u8], line: &mut impl FnMut(Piece)) {
        if self.as_written {
            return self.append(bytes, line);
        }
        let end = bytes.iter().rposition(|b| *b != b'\r').map_or(0, |last| last + 1);
        let (mut bytes, returns) = bytes.split_at(end);
        let again = bytes.iter().rposition(|b| *b == b'\r');
        if (self.returned && !bytes.is_empty()) || again.is_some() {
            self.bytes.clear();
            self.returned = false;
            bytes = bytes.get(again.map_or(0, |at| at + 1)..).unwrap_or_default();
        }
        self.returned |= !returns.is_empty();
        self.append(bytes, line);
    }

    /// Keeps one line's length at most; what is more is given out as the parts of a line that goes on.
    fn append(&mut self, mut bytes: &[u8], line: &mut impl FnMut(Piece)) {
        while let Some((head, tail)) = bytes.split_at_checked(MAX_LINE - self.bytes.len().min(MAX_LINE))
            && !tail.is_empty()
        {
            self.bytes.extend_from_slice(head);
            let whole = whole_characters(&self.bytes).len();
            let rest = self.bytes.split_off(whole);
            line(self.piece(&self.bytes, true));
            self.bytes = rest;
            bytes = tail;
        }
        self.bytes.extend_from_slice(bytes);
    }
}

/// Without the character that the end of `bytes` cuts in two.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    // A character has four bytes at most.
    let from = bytes.len().saturating_sub(4);
    let begins = |at: &usize| bytes.get(*at).is_some_and(|b| b & 0xc0 != 0x80);
    let last = (from..bytes.len()).rev().find(begins).unwrap_or(bytes.len());
    let (head, tail) = bytes.split_at(last);
    match std::str::from_utf8(tail) {
        Err(e) if e.error_len().is_none() => head,
        _ => bytes,
    }
}

#[cfg(test)]
mod tests {
    use crate::run::output::lines::*;

    fn pieces(as_written: bool, writes: &[&[u8]]) -> Vec<Piece> {
        let mut partial = Partial::new(as_written);
        let mut out = Vec::new();
        for write in writes {
            partial.push(write, |l| out.push(l));
            assert!(partial.bytes.len() <= MAX_LINE);
        }
        out.extend(partial.finish());
        out
    }

    /// What goes on is marked with a `+` at its end.
    fn lines(writes: &[&[u8]]) -> Vec<String> {
        let pieces = pieces(false, writes);
        pieces.into_iter().map(|p| if p.goes_on { p.text + "+" } else { p.text }).collect()
    }

    #[test]
    fn lines_are_put_together_over_writes() {
        assert_eq!(lines(&[b"a\nb", b"c\r\n", b"\n", b"rest"]), ["a", "bc", "", "rest"]);
        assert_eq!(lines(&[b"gr\xc3", b"\xbc\xc3\x9fe\n\xff\n"]), ["grüße", "\u{fffd}"]);
        assert!(lines(&[b""]).is_empty());
    }

    #[test]
    fn a_lone_carriage_return_begins_the_line_anew() {
        assert_eq!(lines(&[b"\r10%", b"\r 50%\r", b"100%\n", b"next\r\n"]), ["100%", "next"]);
        assert_eq!(lines(&[b"a\r", b"\nb\r\r", b"\nc\r"]), ["a", "b", "c"], "line ends in parts");
        assert_eq!(lines(&[b"\r\n\r", b"\n"]), ["", ""]);
        // A bar that is drawn for long is no long line.
        let bar = b"\rstill at it".repeat(MAX_LINE);
        assert_eq!(lines(&[&bar, b"\rdone\n"]), ["done"]);
        let (long, part) = (vec![b'x'; MAX_LINE + 1], format!("{}+", "x".repeat(MAX_LINE)));
        assert_eq!(lines(&[&long, b"\rdone\n"]), [part.as_str(), "done"]);
    }

    #[test]
    fn the_line_so_far_has_no_half_characters() {
        let mut partial = Partial::default();
        partial.push(b"one\nname? \xc3", |_| {});
        assert_eq!(partial.so_far().unwrap().text, "name? ");
        partial.push(b"\xbc", |_| {});
        assert_eq!(partial.so_far().unwrap().text, "name? ü");
        partial.push(b"\n", |_| {});
        assert_eq!(partial.so_far(), None);
    }

    #[test]
    fn an_overlong_line_goes_on_in_parts() {
        let long = vec![b'x'; MAX_LINE * 3];
        let part = format!("{}+", "x".repeat(MAX_LINE));
        for writes in
            [vec![long.as_slice(), b"tail\nnext\n"], long.chunks(1000).chain([b"tail\nnext".as_slice()]).collect()]
        {
            let whole = "x".repeat(MAX_LINE);
            assert_eq!(lines(&writes), [&part, &part, &part, "tail", "next"].map(str::to_owned), "{}", whole.len());
        }
        let exact = vec![b'y'; MAX_LINE];
        assert_eq!(lines(&[&exact, b"\n"]), ["y".repeat(MAX_LINE)]);
        let umlauts = "ä".repeat(MAX_LINE);
        let out = lines(&[b"x", umlauts.as_bytes()]);
        assert!(out[0].ends_with("ä+"), "no half characters");
    }

    #[test]
    fn what_is_wanted_as_written_loses_no_byte() {
        let all: Vec<u8> = (0..=255).collect();
        let long = all.repeat(MAX_LINE / 100);
        for writes in [vec![long.as_slice(), b"\r\n", b"\r50%\r", b"100%"], vec![b"a\r\n\n", &all, b"\n"]] {
            let mut written = Vec::new();
            for piece in pieces(true, &writes) {
                written.extend(piece.raw.unwrap_or_else(|| piece.text.into_bytes()));
                if !piece.goes_on {
                    written.push(b'\n');
                }
            }
            assert!(written == writes.concat());
        }
    }
}
