//! Which lines are wanted: a few words that say it, and the search for a word in what is left.

use regex::{Regex, RegexBuilder};

use crate::log::plain::plain_text;
use crate::log::{Line, STUDIO, Stream};

/// How bad a line calls itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
}

impl Level {
    /// Of a line's first words: `[WARN] x`, `2026-01-02T03:04:05Z ERROR x`, `thread 'main' panicked at`.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let start: String = plain_text(head(text, STRUCTURED)).into_owned();
        if let Some(level) = Self::of_field(&start) {
            return Some(level);
        }
        let start = head(&start, 96);
        if start.starts_with("thread '") && start.contains("panicked at") {
            return Some(Self::Error);
        }
        start.split(|c: char| !c.is_alphanumeric() && c != '_').take(12).find_map(Self::word)
    }

    /// Of a structured line: `"level":"error"` of JSON, `level=error` of logfmt.
    fn of_field(text: &str) -> Option<Self> {
        LEVEL_FIELDS.iter().find_map(|name| {
            text.match_indices(name).find_map(|(at, _)| {
                let is_whole =
                    !text.get(..at)?.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
                let rest = text.get(at + name.len()..)?;
                let quoted = rest.strip_prefix('"').map(str::trim_start).and_then(|rest| rest.strip_prefix(':'));
                let value = quoted.or_else(|| rest.strip_prefix('='))?.trim_start().trim_start_matches('"');
                let end = value.find(|c: char| !c.is_alphabetic()).unwrap_or(value.len());
                is_whole.then(|| Self::named(value.get(..end)?)).flatten()
            })
        })
    }

    /// A level by its name, as loggers write it: in capitals, or with a colon in what is asked for.
    fn word(word: &str) -> Option<Self> {
        if word.len() < 4 || word.chars().any(char::is_lowercase) {
            return None;
        }
        Self::named(word)
    }

    pub(crate) fn named(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "error" | "err" | "critical" | "fatal" | "panic" => Some(Self::Error),
            "warn" | "warning" => Some(Self::Warn),
            "info" => Some(Self::Info),
            "debug" => Some(Self::Debug),
            "trace" => Some(Self::Trace),
            _ => None,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// Bytes of a line in which its level is looked for where it is a field with a name.
const STRUCTURED: usize = 512;

/// What loggers call that field.
const LEVEL_FIELDS: [&str; 3] = ["level", "lvl", "severity"];

fn head(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// Text to look for: capitals count only where some are written; `/…/` is a regular expression.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    regex: Regex,
    is_regex: bool,
}

impl Pattern {
    /// # Errors
    /// Why a regular expression is none.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text.strip_prefix('/').filter(|rest| !rest.is_empty()) {
            Some(rest) => Self::regex(rest.strip_suffix('/').unwrap_or(rest)),
            None => Self::regex_of(&regex::escape(text), text, false),
        }
    }

    /// # Errors
    /// The same.
    pub(crate) fn regex(text: &str) -> Result<Self, String> {
        Self::regex_of(text, text, true)
    }

    fn regex_of(pattern: &str, typed: &str, is_regex: bool) -> Result<Self, String> {
        // In `\S` and the like the capital is no letter of the text.
        let mut letters = typed.chars();
        let mut capital = false;
        while let Some(c) = letters.next() {
            if c == '\\' {
                letters.next();
            } else {
                capital |= c.is_uppercase();
            }
        }
        let made = RegexBuilder::new(pattern).case_insensitive(!capital).size_limit(1 << 20).build();
        made.map(|regex| Self { regex, is_regex }).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "this expression is too large".to_owned(),
            // The first lines draw the expression and point into it; the last says what is wrong.
            other => {
                let text = other.to_string();
                text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
            }
        })
    }

    /// Whether a line as a guest wrote it says this.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(&plain_text(text))
    }

    /// Where it is in a plain text, in bytes; empty matches are none.
    pub(crate) fn places(&self, plain: &str) -> Vec<(usize, usize)> {
        self.regex.find_iter(plain).map(|m| (m.start(), m.end())).filter(|(start, end)| start < end).collect()
    }
}

#[derive(Clone, Debug)]
enum Term {
    Node(String),
    /// At least as bad.
    Level(Level),
    Stream(Stream),
    /// Written for that request.
    Request(u64),
    Text(Pattern),
}

/// What is written in the filter: every word must be true of a line, one behind `-` must not.
///
/// `node:logger` `level:warn` `stream:stderr` `request:7` `word` `"two words"` `/reg(ular)?/`
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    text: String,
    terms: Vec<(bool, Term)>,
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Filter {
    /// # Errors
    /// What is wrong with a word, as a sentence.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let terms = words(text).into_iter().filter_map(|word| {
            let (wanted, rest) = match word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
                Some(rest) => (false, rest),
                None => (true, word.as_str()),
            };
            (!rest.is_empty()).then(|| term(rest).map(|term| (wanted, term)))
        });
        Ok(Self { text: text.trim().to_owned(), terms: terms.collect::<Result<_, _>>()? })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The text of what means something in another run too: requests are counted anew in each.
    pub(crate) fn lasting(&self) -> String {
        if !self.terms.iter().any(|(_, term)| matches!(term, Term::Request(_))) {
            return self.text.clone();
        }
        let lasts = |word: &&str| !word.trim_start_matches('-').starts_with("request:");
        self.text.split_whitespace().filter(lasts).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Lines of studio's own about the whole program (a run begins, a mark) stay: they divide the others. Those about one
    /// request or one node are filtered like any other.
    pub(crate) fn wants(&self, line: &Line) -> bool {
        let divides = line.stream == Stream::Studio && &*line.node == STUDIO && line.request.is_none();
        divides || self.matches(line)
    }

    /// Whether every word is true of a line, whoever wrote it.
    pub(crate) fn matches(&self, line: &Line) -> bool {
        self.terms.iter().all(|(wanted, term)| term.is_true(line) == *wanted)
    }

    /// The texts and expressions that are looked for.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.terms.iter().filter_map(|(wanted, term)| match term {
            Term::Text(pattern) if *wanted => Some(pattern),
            _ => None,
        })
    }

    /// What its words are, in one word.
    pub(crate) fn kind(&self) -> &'static str {
        let is_regex = |term: &Term| matches!(term, Term::Text(pattern) if pattern.is_regex);
        if self.terms.iter().any(|(_, term)| is_regex(term)) {
            "regex"
        } else if self.terms.iter().all(|(_, term)| matches!(term, Term::Text(_))) {
            "text"
        } else {
            "fields"
        }
    }

    /// The same filter with every `key:` word replaced by this one.
    pub(crate) fn with(&self, key: &str, value: Option<&str>) -> String {
        let prefix = format!("{key}:");
        let others = words(&self.text).into_iter().filter(|word| !word.starts_with(&prefix)).map(|word| {
            let (minus, body) = word.strip_prefix('-').map_or(("", word.as_str()), |body| ("-", body));
            if body.contains(' ') && !body.starts_with('/') { format!("{minus}\"{body}\"") } else { word }
        });
        others.chain(value.map(|v| format!("{prefix}{v}"))).collect::<Vec<_>>().join(" ")
    }

    /// The level that lines must have at least.
    pub(crate) fn level(&self) -> Option<Level> {
        self.terms.iter().find_map(|(wanted, term)| match term {
            Term::Level(level) if *wanted => Some(*level),
            _ => None,
        })
    }
}

impl Term {
    fn is_true(&self, line: &Line) -> bool {
        match self {
            Self::Node(name) => line.node.to_lowercase().starts_with(name.as_str()),
            Self::Level(least) => Level::of(&line.text).is_some_and(|level| level >= *least),
            Self::Stream(stream) => line.stream == *stream,
            Self::Request(request) => line.request == Some(*request),
            Self::Text(pattern) => pattern.is_in(&line.text),
        }
    }
}

fn term(word: &str) -> Result<Term, String> {
    match word.split_once(':') {
        Some(("node", name)) => Ok(Term::Node(name.to_lowercase())),
        Some(("level", name)) => Level::named(name)
            .map(Term::Level)
            .ok_or_else(|| format!("unknown level `{name}`; expected one of trace, debug, info, warn, error")),
        Some(("stream", "stdout" | "out")) => Ok(Term::Stream(Stream::Stdout)),
        Some(("stream", "stderr" | "err")) => Ok(Term::Stream(Stream::Stderr)),
        Some(("request", number)) => number
            .parse()
            .map(Term::Request)
            .map_err(|_| format!("invalid request number `{number}`; enter in the Requests tab filters by one")),
        Some(("stream", name)) => Err(format!("unknown stream `{name}`; expected stdout or stderr")),
        _ => Pattern::parse(word).map(Term::Text),
    }
}

/// Words; quotes keep spaces, and so does `/…/` up to its last slash before a space.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let sign = usize::from(rest.starts_with('-'));
        let body = rest.get(sign..).unwrap_or_default();
        let minus = if sign == 1 { "-" } else { "" };
        let (word, after) = if let Some(quoted) = body.strip_prefix('"') {
            let end = quoted.find('"').unwrap_or(quoted.len());
            (format!("{minus}{}", &quoted[..end]), quoted.get(end + 1..).unwrap_or_default())
        } else if let Some(expression) = body.strip_prefix('/') {
            let mut ends = expression.match_indices('/').map(|(at, _)| at);
            let closes = |at: &usize| expression.get(at + 1..).is_none_or(|r| r.is_empty() || r.starts_with(' '));
            let end = ends.find(closes).unwrap_or(expression.len());
            (format!("{minus}/{}/", &expression[..end]), expression.get(end + 1..).unwrap_or_default())
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            (rest[..end].to_owned(), &rest[end..])
        };
        words.push(word);
        rest = after.trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use crate::log::filter::*;
    use std::time::SystemTime;

    fn line(node: &str, stream: Stream, text: &str) -> Line {
        Line {
            node: node.into(),
            stream,
            text: text.into(),
            raw: None,
            goes_on: false,
            time: SystemTime::UNIX_EPOCH,
            generation: 1,
            request: None,
        }
    }

    fn wants(filter: &str, text: &str) -> bool {
        Filter::parse(filter).unwrap().wants(&line("core-logic", Stream::Stderr, text))
    }

    #[test]
    fn levels_of_structured_lines_are_levels() {
        for (line, level) in [
            (r#"{"time":"2026-01-02T03:04:05Z","level":"error","msg":"no"}"#, Some(Level::Error)),
            (r#"{"msg":"INFO is not its level", "severity" : "WARNING"}"#, Some(Level::Warn)),
            (r#"time=2026-01-02T03:04:05Z level=warn msg="it is late""#, Some(Level::Warn)),
            (r#"lvl="debug" caller=main.rs"#, Some(Level::Debug)),
            ("log_level=error is how it was started", None),
            ("level=high water", None),
            ("[WARN] level: error", Some(Level::Warn)),
        ] {
            assert_eq!(Level::of(line), level, "{line}");
        }
    }

    #[test]
    fn every_word_must_be_true() {
        assert!(wants("", "anything"));
        assert!(wants("shake RETRY", "RETRY the handshake"));
        assert!(!wants("shake RETRY", "retry the handshake"), "capitals count where some are written");
        assert!(wants("shake retry", "RETRY the handshake"));
        assert!(!wants("shake -retry", "RETRY the handshake"));
        assert!(wants("\"the hand\"", "retry the handshake") && !wants("\"hand the\"", "retry the handshake"));
        assert!(wants("node:core stream:stderr", "x") && !wants("node:logger", "x") && !wants("-node:core", "x"));
        assert!(!wants("stream:out", "x"));
        assert!(wants("/h.nd[a-z]+ in \\d s/ now", "the handshake in 5 s, NOW"));
        assert!(!wants("-/^the \\S+/", "the handshake"));
        assert!(wants("a-b", "a-b") && wants("-", "-x"), "a minus alone, or inside, is text");
    }

    #[test]
    fn escapes_do_not_hide_a_word() {
        assert!(wants("handshake", "hand\x1b[31mshake\x1b[0m"));
        assert!(!wants("31m", "hand\x1b[31mshake"));
    }

    #[test]
    fn levels_as_loggers_write_them() {
        for (text, level) in [
            ("[WARN] x", Some(Level::Warn)),
            ("\x1b[31mERROR\x1b[0m x", Some(Level::Error)),
            ("2026-01-02T03:04:05.678Z  INFO a::b: x", Some(Level::Info)),
            ("[CRITICAL ERROR] >> x", Some(Level::Error)),
            ("thread 'main' panicked at src/lib.rs:3:5:", Some(Level::Error)),
            ("no error here", None),
            ("", None),
        ] {
            assert_eq!(Level::of(text), level, "{text:?}");
        }
        assert!(wants("level:warn", "ERROR: x") && !wants("level:warn", "INFO x") && !wants("level:warn", "x"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let said = |text: &str| Filter::parse(text).unwrap_err();
        assert_eq!(said("/a(/"), "unclosed group");
        assert_eq!(said("level:loud"), "unknown level `loud`; expected one of trace, debug, info, warn, error");
        assert_eq!(said("stream:x"), "unknown stream `x`; expected stdout or stderr");
        assert_eq!(said(&format!("/{}/", "(a{999}){999}")), "this expression is too large");
    }

    #[test]
    fn one_word_is_changed_and_the_others_stay() {
        let filter = Filter::parse("level:warn \"two words\" /a b/ -x").unwrap();
        assert_eq!(filter.with("level", Some("error")), "\"two words\" /a b/ -x level:error");
        assert_eq!(filter.with("level", None), "\"two words\" /a b/ -x");
        assert_eq!(filter.level(), Some(Level::Warn));
    }

    #[test]
    fn the_lines_of_one_request() {
        let filter = Filter::parse("request:7").unwrap();
        let of = |stream, request| Line { request, ..line("web", stream, "x") };
        assert!(filter.wants(&of(Stream::Stdout, Some(7))) && !filter.wants(&of(Stream::Stdout, Some(8))));
        assert!(!filter.wants(&of(Stream::Stdout, None)));
        let of_studio = |request| Line { request, ..line(STUDIO, Stream::Studio, "x") };
        assert!(
            filter.wants(&of_studio(None)) && filter.wants(&of_studio(Some(7))) && !filter.wants(&of_studio(Some(8)))
        );
        assert!(Filter::parse("request:x").unwrap_err().contains("invalid request number"));
    }

    #[test]
    fn boundaries_of_runs_stay_and_requests_are_filtered_by_their_text() {
        assert!(Filter::parse("nothing").unwrap().wants(&line(STUDIO, Stream::Studio, "run 2")));
        assert!(!Filter::parse("node:web").unwrap().wants(&line("logger", Stream::Studio, "denied: http=x.org")));
        let request = Line { request: Some(7), ..line("studio", Stream::Studio, "GET /cart → 200 in 3 ms") };
        for (filter, wanted) in [
            ("/cart", true),
            ("cart", true),
            ("nothing", false),
            ("-cart", false),
            ("node:web", false),
            ("request:7 cart", true),
        ] {
            assert_eq!(Filter::parse(filter).unwrap().wants(&request), wanted, "{filter}");
        }
    }

    #[test]
    fn what_is_said_of_one_run_does_not_last() {
        for (filter, lasting) in [
            ("level:warn cart", "level:warn cart"),
            ("\"two  words\"", "\"two  words\""),
            ("request:3", ""),
            ("node:web -request:3 cart", "node:web cart"),
        ] {
            assert_eq!(Filter::parse(filter).unwrap().lasting(), lasting);
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        arbtest::arbtest(|u| {
            let (filter, text): (String, String) = (u.arbitrary()?, u.arbitrary()?);
            if let Ok(filter) = Filter::parse(&filter) {
                filter.wants(&line("n", Stream::Stdout, &text));
                let _ = Filter::parse(&filter.with("level", Some("warn")));
            }
            Ok(())
        });
    }
}
