//! `src/lib.rs:14:9` inside a line: where a panic, a backtrace or a compiler points.

use crate::log::plain::plain_text;
use crate::model::diagnostic::Place;

/// The first place that a line names.
pub(crate) fn place(line: &str) -> Option<Place> {
    let text = plain_text(line);
    let is_border =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | ')' | '<' | '>' | '[' | ']' | ',');
    text.split(is_border).find_map(of_word)
}

fn of_word(word: &str) -> Option<Place> {
    let word = word.trim_end_matches([':', '.', ';', '!', '?']);
    let (rest, last) = word.rsplit_once(':')?;
    let last = number(last)?;
    let (file, line, column) = match rest.rsplit_once(':').and_then(|(file, line)| Some((file, number(line)?))) {
        Some((file, line)) => (file, line, last),
        None => (rest, last, 0),
    };
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let (stem, extension) = name.rsplit_once('.')?;
    let is_word = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    // `1.2:3` and `example.com:80` are no files: a host has no folder, and no source ends so.
    let is_source = extension.chars().any(char::is_alphabetic) && extension.len() <= 5 && is_word(extension);
    let known = matches!(
        extension,
        "rs" | "wit" | "wac" | "wat" | "toml" | "c" | "h" | "cpp" | "go" | "py" | "js" | "ts" | "zig"
    );
    let address = file.contains("://") || (!known && !file.contains(['/', '\\']));
    (is_source && is_word(stem) && !address && line > 0).then(|| Place { file: file.into(), line, column })
}

fn number(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) { None } else { text.parse().ok() }
}

#[cfg(test)]
mod tests {
    use crate::log::place::*;

    fn found(line: &str) -> Option<String> {
        place(line).map(|p| p.to_string())
    }

    #[test]
    fn panics_backtraces_and_compilers() {
        for (line, wanted) in [
            ("thread 'main' (1) panicked at core-logic/src/lib.rs:14:9:", "core-logic/src/lib.rs:14:9"),
            ("             at ./src/main.rs:4:5", "./src/main.rs:4:5"),
            ("  --> src/lib.rs:3:1", "src/lib.rs:3:1"),
            ("\x1b[1msrc/lib.rs\x1b[0m:3: oops", "src/lib.rs:3"),
            ("see (wit/world.wit:7).", "wit/world.wit:7"),
            ("at C:\\x\\src\\lib.rs:2:3", "C:\\x\\src\\lib.rs:2:3"),
        ] {
            assert_eq!(found(line).as_deref(), Some(wanted), "{line}");
        }
    }

    #[test]
    fn addresses_times_and_versions_are_none() {
        for line in [
            "http://127.0.0.1:8080",
            "example.com:80",
            "127.0.0.1:8080",
            "12:01:07.220",
            "a:1",
            "",
            ":1",
            "x.rs:0",
            "log.rs",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
    }
}
