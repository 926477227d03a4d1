//! Bytes as a guest writes them → lines.

use crate::log::MAX_LINE;

/// What stands at the end of a line that was cut.
pub(crate) const CUT: &str = " … (cut)";

/// The line that is still being written.
#[derive(Debug, Default)]
pub(crate) struct Partial {
    bytes: Vec<u8>,
    /// The line was too long and has been given out; the rest up to its end is dropped.
    skipping: bool,
    /// A carriage return came last: with a line feed it ends the line, with anything else it begins the line anew.
    returned: bool,
}

impl Partial {
    /// Adds `bytes`; every line they end is given to `line`, without its line end.
    pub(crate) fn push(&mut self, mut bytes: &[u8], mut line: impl FnMut(String)) {
        while let Some(end) = bytes.iter().position(|b| *b == b'\n') {
            let (head, tail) = bytes.split_at(end);
            bytes = tail.get(1..).unwrap_or_default();
            // Most lines come whole, and are copied once.
            let whole = head.len() <= MAX_LINE && !head.contains(&b'\r');
            if whole && self.bytes.is_empty() && !self.skipping && !self.returned {
                line(text(head));
                continue;
            }
            self.extend(head, &mut line);
            self.returned = false;
            if !std::mem::take(&mut self.skipping) {
                line(text(&self.bytes));
            }
            self.bytes.clear();
        }
        self.extend(bytes, &mut line);
    }

    /// The line that never got its end.
    pub(crate) fn finish(&mut self) -> Option<String> {
        (self.skipping, self.returned) = (false, false);
        (!self.bytes.is_empty()).then(|| text(&std::mem::take(&mut self.bytes)))
    }

    /// Whether a line was begun that has no end yet.
    pub(crate) fn is_begun(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// The line so far, where there is one, without a character of which only a part has come.
    pub(crate) fn so_far(&self) -> Option<String> {
        (!self.bytes.is_empty()).then(|| text(whole_characters(&self.bytes)))
    }

    /// Adds bytes of one line. What a lone carriage return goes back over is dropped, as a terminal would write over it:
    /// of a progress bar the last state stays.
    fn extend(&mut self, bytes: &[u8], line: &mut impl FnMut(String)) {
        let end = bytes.iter().rposition(|b| *b != b'\r').map_or(0, |last| last + 1);
        let (mut bytes, returns) = bytes.split_at(end);
        let again = bytes.iter().rposition(|b| *b == b'\r');
        if (self.returned && !bytes.is_empty()) || again.is_some() {
            self.bytes.clear();
            (self.skipping, self.returned) = (false, false);
            bytes = bytes.get(again.map_or(0, |at| at + 1)..).unwrap_or_default();
        }
        self.returned |= !returns.is_empty();
        if self.skipping {
            return;
        }
        let room = MAX_LINE - self.bytes.len().min(MAX_LINE);
        match bytes.get(..room) {
            Some(head) if bytes.len() > room => {
                self.bytes.extend_from_slice(head);
                let mut cut = text(whole_characters(&self.bytes));
                cut.push_str(CUT);
                line(cut);
                self.bytes.clear();
                self.skipping = true;
            }
            _ => self.bytes.extend_from_slice(bytes),
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Without the character that the end of `bytes` cuts in two.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(e) if e.error_len().is_none() => bytes.get(..e.valid_up_to()).unwrap_or(bytes),
        _ => bytes,
    }
}

#[cfg(test)]
mod tests {
    use crate::run::output::lines::*;

    fn lines(writes: &[&[u8]]) -> Vec<String> {
        let mut partial = Partial::default();
        let mut out = Vec::new();
        for write in writes {
            partial.push(write, |l| out.push(l));
        }
        out.extend(partial.finish());
        out
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
        let (long, cut) = (vec![b'x'; MAX_LINE + 1], format!("{}{CUT}", "x".repeat(MAX_LINE)));
        assert_eq!(lines(&[&long, b"\rdone\n"]), [cut.as_str(), "done"]);
    }

    #[test]
    fn the_line_so_far_has_no_half_characters() {
        let mut partial = Partial::default();
        partial.push(b"one\nname? \xc3", |_| {});
        assert_eq!(partial.so_far().as_deref(), Some("name? "));
        partial.push(b"\xbc", |_| {});
        assert_eq!(partial.so_far().as_deref(), Some("name? ü"));
        partial.push(b"\n", |_| {});
        assert_eq!(partial.so_far(), None);
    }

    #[test]
    fn an_overlong_line_is_cut_once_and_marked() {
        let long = vec![b'x'; MAX_LINE * 3];
        for writes in
            [vec![long.as_slice(), b"tail\nnext\n"], long.chunks(1000).chain([b"\nnext".as_slice()]).collect()]
        {
            let out = lines(&writes);
            assert_eq!(out.len(), 2);
            assert_eq!(out[0], format!("{}{CUT}", "x".repeat(MAX_LINE)));
            assert_eq!(out[1], "next");
        }
        let exact = vec![b'y'; MAX_LINE];
        assert_eq!(lines(&[&exact, b"\n"]), ["y".repeat(MAX_LINE)]);
        let umlauts = "ä".repeat(MAX_LINE);
        let out = lines(&[b"x", umlauts.as_bytes()]);
        assert!(out[0].ends_with(&format!("ä{CUT}")), "no half characters");
    }
}
