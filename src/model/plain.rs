//! What other people's parsers and encoders say, as far as a person can act on it.

/// Words of the binary format that are followed by a number nobody can look up.
const SPACES: [&str; 10] =
    ["type", "func", "function", "instance", "component", "module", "memory", "table", "global", "value"];

/// A message without the offset it ends with; `None` where what is left speaks of indices, offsets or arena ids, which
/// mean something to its author alone.
pub(crate) fn plain(message: &str) -> Option<&str> {
    let message = message.split(" (at offset ").next().unwrap_or_default().trim();
    let inner = ["Id {", "Id(", "ResourceId", "idx", "0x", "offset", "index", "indices"];
    if message.is_empty() || inner.iter().any(|i| message.contains(i)) {
        return None;
    }
    let mut before = "";
    for word in message.split_whitespace() {
        let number = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        if !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()) && SPACES.contains(&before) {
            return None;
        }
        before = word;
    }
    Some(message)
}

/// An error and its reasons in one line, [`plain`] ones alone.
pub(crate) fn reasons(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |e| e.source());
    let mut parts: Vec<String> = Vec::new();
    for part in chain.map(ToString::to_string).filter_map(|text| plain(&text).map(str::to_owned)) {
        if parts.last().is_none_or(|last| !last.ends_with(&part)) {
            parts.push(part);
        }
    }
    parts.join(": ")
}

#[cfg(test)]
mod tests {
    use crate::model::plain::*;

    #[test]
    fn numbers_without_a_name_are_left_out() {
        for message in [
            "unknown type 3: type index out of bounds",
            "expected ResourceId(Id { idx: 3 }), found u32",
            "unexpected byte at 0x1f",
            "instance 4 has no such export",
        ] {
            assert_eq!(plain(message), None, "{message}");
        }
        let said = "expected function parameter 1 to be named `a`, found name `b`";
        assert_eq!(plain(&format!("{said} (at offset 0x1f)")), Some(said));
        assert_eq!(plain("expected u32, found list<u8, 4>"), Some("expected u32, found list<u8, 4>"));
    }
}
