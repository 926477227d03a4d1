//! Which part of a source text is what, by syntect's grammars and our own for WIT, WAC and TOML.
//!
//! Every line's state is kept: after an edit only the lines that read otherwise are parsed again. Grammars are unpacked
//! at the first file that needs them. Nothing here is quick enough for the loop.

mod scopes;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use syntect::dumps::from_uncompressed_data;
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};

use crate::model::code::{Piece, Text, Tint};

/// WIT, WAC and TOML, made of `assets/grammars/` by the test `grammars_are_packed`. A set of its own: merging into the
/// large one would take half a second.
const OWN: &[u8] = include_bytes!("../../assets/grammars.packdump");

/// Longer lines are not parsed (bytes), nor files of more lines: nobody reads them for their colours.
const LONGEST_LINE: usize = 4_096;
const MOST_LINES: usize = 30_000;

/// The state between two lines.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    parser: ParseState,
    scopes: ScopeStack,
}

/// The lines of one text, as far as they are parsed.
#[derive(Clone, Debug)]
pub struct Painted {
    text: Arc<Text>,
    lines: Vec<Arc<[Piece]>>,
    /// The state before each line, and after the last: one more than lines.
    states: Vec<State>,
}

impl Painted {
    pub(crate) fn text(&self) -> &Arc<Text> {
        &self.text
    }

    /// The pieces of a line; empty where it is not parsed, or reads otherwise than `text` does.
    pub fn line(&self, text: &Text, line: usize) -> &[Piece] {
        let same = self.text.lines.get(line).is_some_and(|l| text.lines.get(line) == Some(l));
        if same { self.lines.get(line).map_or(&[], |pieces| pieces) } else { &[] }
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.lines.len() == self.text.lines.len()
    }
}

/// The grammars.
#[derive(Debug, Default)]
pub struct Highlighter {
    own: OnceLock<SyntaxSet>,
    common: OnceLock<SyntaxSet>,
    table: OnceLock<scopes::Table>,
}

impl Highlighter {
    /// Parses `text` up to line `until`; what `before` (of an older text, or of less of this one) knows already is taken
    /// from it. `None` where no grammar knows such a file, or it is too long.
    pub fn paint(&self, path: &Path, text: &Arc<Text>, before: Option<&Painted>, until: usize) -> Option<Painted> {
        if text.lines.len() > MOST_LINES {
            return None;
        }
        let (set, syntax) = self.grammar(path)?;
        let table = self.table.get_or_init(scopes::Table::default);
        let start = State { parser: ParseState::new(syntax), scopes: ScopeStack::new() };
        let mut painted = Painted { text: Arc::clone(text), lines: Vec::new(), states: vec![start] };
        let mut tail = None;
        if let Some(before) = before {
            let known = before.text.common_start(text).min(before.lines.len());
            painted.lines.extend(before.lines.iter().take(known).cloned());
            painted.states = before.states.iter().take(known + 1).cloned().collect();
            let alike = before.text.common_end(text).min(text.lines.len() - known.min(text.lines.len()));
            tail = Some((before, alike));
        }
        let mut state = painted.states.last().cloned()?;
        while painted.lines.len() < text.lines.len().min(until) {
            let index = painted.lines.len();
            if let Some((before, alike)) = tail
                && index >= text.lines.len() - alike
                && let Some(old) = (index + before.text.lines.len()).checked_sub(text.lines.len())
                && old < before.lines.len()
                && before.states.get(old) == Some(&state)
            {
                // From here on both read the same, as far as the older one was read.
                painted.lines.extend(before.lines.iter().skip(old).cloned());
                painted.states.extend(before.states.iter().skip(old + 1).cloned());
                state = painted.states.last().cloned()?;
                tail = None;
                continue;
            }
            let pieces = line(set, table, &mut state, text.lines.get(index)?);
            painted.lines.push(pieces.into());
            painted.states.push(state.clone());
        }
        Some(painted)
    }

    fn grammar(&self, path: &Path) -> Option<(&SyntaxSet, &SyntaxReference)> {
        let extension = path.extension().and_then(|e| e.to_str())?;
        let own = self.own.get_or_init(|| from_uncompressed_data(OWN).unwrap_or_default());
        if let Some(syntax) = own.find_syntax_by_extension(extension) {
            return Some((own, syntax));
        }
        let common = self.common.get_or_init(SyntaxSet::load_defaults_newlines);
        common.find_syntax_by_extension(extension).map(|syntax| (common, syntax))
    }
}

/// Parses one line and moves the state behind it.
fn line(set: &SyntaxSet, table: &scopes::Table, state: &mut State, text: &str) -> Vec<Piece> {
    if text.len() > LONGEST_LINE {
        return Vec::new();
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let mut push = |end: usize, tint: Tint| {
        let end = u32::try_from(end.min(text.len())).unwrap_or(u32::MAX);
        match pieces.last_mut() {
            Some(last) if last.end >= end => {}
            Some(last) if last.tint == tint => last.end = end,
            _ if end == 0 => {}
            _ => pieces.push(Piece { end, tint }),
        }
    };
    // The grammars are made for lines with their ends.
    let Ok(operations) = state.parser.parse_line(&format!("{text}\n"), set) else { return Vec::new() };
    for (at, operation) in operations {
        push(at, table.tint(&state.scopes));
        if state.scopes.apply(&operation).is_err() {
            return Vec::new();
        }
    }
    push(text.len(), table.tint(&state.scopes));
    pieces
}

#[cfg(test)]
mod tests {
    use crate::highlight::*;

    fn shown(path: &str, text: &str) -> Vec<(String, Tint)> {
        let text = Arc::new(Text::new(text));
        let painted = Highlighter::default().paint(Path::new(path), &text, None, usize::MAX).unwrap();
        assert!(painted.is_whole());
        let mut all = Vec::new();
        for (index, line) in text.lines.iter().enumerate() {
            let mut from = 0;
            for piece in painted.line(&text, index) {
                let end = piece.end as usize;
                let word = line[from..end].trim();
                if !word.is_empty() && piece.tint != Tint::Plain {
                    all.push((word.to_owned(), piece.tint));
                }
                from = end;
            }
        }
        all
    }

    /// The grammars, as they are packed; `STUDIO_BLESS=1` packs them again.
    #[test]
    fn grammars_are_packed() {
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
        let mut builder = syntect::parsing::SyntaxSetBuilder::new();
        builder.add_from_folder(assets.join("grammars"), true).unwrap();
        let file = assets.join("grammars.packdump");
        if std::env::var_os("STUDIO_BLESS").is_some() {
            syntect::dumps::dump_to_uncompressed_file(&builder.build(), &file).unwrap();
            return;
        }
        let set: SyntaxSet = from_uncompressed_data(&std::fs::read(&file).unwrap()).unwrap();
        let have = format!("{:?}", set.syntaxes());
        assert_eq!(have, format!("{:?}", builder.build().syntaxes()), "STUDIO_BLESS=1 cargo test grammars_are_packed");
    }

    #[test]
    fn wit_is_known_word_by_word() {
        let text = "package cyber:core@1.0.0;\n\n/// Logs.\ninterface log-handler {\n  enum level { info, error }\n  \
                    log: func(msg: string, severity: level) -> result<u32>;\n}\nworld app {\n  @since(version = 0.2.0)\n  \
                    import wasi:cli/stdout@0.2.3;\n}";
        let shown = shown("x.wit", text);
        let tint = |word: &str| shown.iter().find(|(w, _)| w == word).map(|(_, t)| *t);
        for (word, wanted) in [
            ("package", Tint::Keyword),
            ("/// Logs.", Tint::Comment),
            ("interface", Tint::Keyword),
            ("log-handler", Tint::Type),
            ("log", Tint::Function),
            ("func", Tint::Keyword),
            ("msg", Tint::Name),
            ("string", Tint::Type),
            ("u32", Tint::Type),
            ("import", Tint::Keyword),
            ("0.2.3", Tint::Number),
        ] {
            assert_eq!(tint(word), Some(wanted), "{word}: {shown:?}");
        }
        assert!(shown.iter().any(|(w, t)| w.starts_with("@since") && *t == Tint::Attribute), "{shown:?}");
    }

    #[test]
    fn wac_rust_and_toml_are_known() {
        let wac = shown("x.wac", "// top\nlet web = new site:web { greetings: greeter.greetings, ... };\nexport web;");
        assert!(
            wac.contains(&("// top".into(), Tint::Comment)) && wac.contains(&("new".into(), Tint::Keyword)),
            "{wac:?}"
        );
        assert!(
            wac.contains(&("site:web".into(), Tint::Type)) && wac.contains(&("web".into(), Tint::Function)),
            "{wac:?}"
        );
        let rust = shown("x.rs", "#[allow(dead_code)]\nfn main() { let s = \"x\"; /* no */ println!(\"{}\", 12); }");
        for wanted in [("fn", Tint::Keyword), ("main", Tint::Function), ("\"x\"", Tint::Text), ("12", Tint::Number)] {
            assert!(rust.contains(&(wanted.0.into(), wanted.1)), "{wanted:?}: {rust:?}");
        }
        let toml = shown("Cargo.toml", "[package]\nname = \"x\" # why\n");
        assert!(
            toml.contains(&("package".into(), Tint::Heading)) && toml.contains(&("# why".into(), Tint::Comment)),
            "{toml:?}"
        );
        let text = Arc::new(Text::new("x"));
        assert!(Highlighter::default().paint(Path::new("x.unknown"), &text, None, 9).is_none());
    }

    #[test]
    fn a_comment_runs_over_lines_and_nests() {
        let shown = shown("x.wit", "/* a\n/* b */ c\nd */ interface x {}");
        assert_eq!(shown.iter().filter(|(_, t)| *t == Tint::Comment).count(), 3, "{shown:?}");
        assert!(shown.contains(&("interface".into(), Tint::Keyword)));
    }

    #[test]
    fn after_an_edit_all_reads_as_if_it_were_parsed_anew() {
        let highlighter = Highlighter::default();
        let path = Path::new("x.rs");
        let base: Vec<String> = (0..60).map(|n| format!("fn f{n}() {{ let s = \"{n}\"; }}")).collect();
        let text = |lines: &[String]| Arc::new(Text::new(&lines.join("\n")));
        let edits: [fn(&mut Vec<String>); 5] = [
            |lines| lines[30].push_str(" // more"),
            |lines| lines.insert(10, "/* open".into()),
            |lines| drop(lines.drain(20..25)),
            |lines| lines.clear(),
            |lines| lines.truncate(7),
        ];
        let first = highlighter.paint(path, &text(&base), None, usize::MAX).unwrap();
        for (n, edit) in edits.into_iter().enumerate() {
            let mut lines = base.clone();
            edit(&mut lines);
            let now = text(&lines);
            let again = highlighter.paint(path, &now, Some(&first), usize::MAX).unwrap();
            let anew = highlighter.paint(path, &now, None, usize::MAX).unwrap();
            let other = again.lines.iter().zip(&anew.lines).position(|(a, b)| a != b);
            assert_eq!((other, again.lines.len()), (None, anew.lines.len()), "edit {n}");
            assert_eq!(again.states, anew.states);
        }
        let half = highlighter.paint(path, first.text(), None, 20).unwrap();
        assert!(!half.is_whole());
        let rest = highlighter.paint(path, first.text(), Some(&half), usize::MAX).unwrap();
        assert_eq!(rest.lines, first.lines);
    }
}
