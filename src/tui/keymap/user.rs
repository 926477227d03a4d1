//! The user's `keys.toml`: what a row changes, and what is told where a row is wrong.
//!
//! ```toml
//! [graph]
//! "x" = "open"
//! "space f" = "fit-graph"   # one after the other
//! "d" = "no_op"             # nothing
//! ```

use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use crate::model::diagnostic::{Diagnostic, Origin, line_column};
use crate::tui::command::{Command, Context, commands};
use crate::tui::keymap::{Keymap, Keys, Row};

/// The file's name in the user's folder.
pub(crate) const FILE: &str = "keys.toml";

/// What takes a key away from a command.
const NOTHING: &str = "no_op";

impl Keymap {
    /// The command table's keys as the user changed them. Where a row is wrong the default stays, and a problem says
    /// what is wrong with it.
    pub(crate) fn from_user(text: &str, file: &Path) -> (Self, Vec<Diagnostic>) {
        let mut reader = Reader { text, file, problems: Vec::new(), rows: Vec::new() };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message().trim().lines().collect::<Vec<_>>().join(", ");
            reader.problem(at, format!("{FILE}: {message}."), "The default keys are used until this is fixed.");
        }
        if errors.is_empty() {
            reader.read(table.get_ref());
        }
        let mut keymap = Self::default();
        for (row, _) in &reader.rows {
            // One key of these begins the other: a press cannot be both.
            let taken = |old: &Row| {
                old.context == row.context
                    && (old.keys == row.keys || old.keys.begins(&row.keys) || row.keys.begins(&old.keys))
            };
            keymap.0.retain(|old| !taken(old));
        }
        let rows: Vec<Row> = std::mem::take(&mut reader.rows).into_iter().map(|(row, _)| row).collect();
        // The user's come first: they are the ones to be shown.
        keymap.0.splice(0..0, rows);
        (keymap, reader.problems)
    }
}

struct Reader<'a> {
    text: &'a str,
    file: &'a Path,
    problems: Vec<Diagnostic>,
    /// With the place each stands at.
    rows: Vec<(Row, usize)>,
}

impl Reader<'_> {
    fn problem(&mut self, offset: usize, message: String, help: &str) {
        let (line, column) = line_column(self.text, offset);
        let problem = Diagnostic::warning(Origin::Project, message).at(self.file, line, column).help(help);
        self.problems.push(problem);
    }

    fn read(&mut self, table: &DeTable) {
        let mut sections: Vec<_> = table.iter().collect();
        sections.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in sections {
            let context = Context::ALL.into_iter().find(|c| c.name() == name.get_ref().as_ref());
            let (Some(context), DeValue::Table(rows)) = (context, value.get_ref()) else {
                let known: Vec<&str> = Context::ALL.iter().map(|c| c.name()).collect();
                let message = format!("Unknown section `{}`.", name.get_ref());
                self.problem(name.span().start, message, &format!("Expected one of {}.", known.join(", ")));
                continue;
            };
            let mut rows: Vec<_> = rows.iter().collect();
            rows.sort_by_key(|(keys, _)| keys.span().start);
            for (keys, command) in rows {
                self.row(context, keys.get_ref(), keys.span(), command.get_ref(), command.span());
            }
        }
    }

    fn row(&mut self, context: Context, written: &str, at: Range<usize>, command: &DeValue, command_at: Range<usize>) {
        let keys = match Keys::parse(written) {
            Ok(keys) => keys,
            Err(word) => {
                let message =
                    if word.is_empty() { "A key is missing here.".into() } else { format!("Unknown key `{word}`.") };
                return self.problem(
                    at.start,
                    message,
                    "Keys are written as `x`, `G`, `ctrl-o`, `alt-1`, `f5`, `enter`, `space`; several with spaces between.",
                );
            }
        };
        let command = match command {
            DeValue::String(name) if name.as_ref() == NOTHING => None,
            DeValue::String(name) => {
                let Some(spec) = commands().find(|spec| spec.name == name.as_ref()) else {
                    let help = nearest(name).map_or_else(
                        || format!("`?` in studio lists them; `{NOTHING}` unbinds a key."),
                        |near| format!("Did you mean `{near}`? `{NOTHING}` unbinds a key."),
                    );
                    return self.problem(command_at.start, format!("Unknown command `{name}`."), &help);
                };
                Some(spec.command)
            }
            _ => {
                let help = "Write `\"KEY\" = \"COMMAND\"`.";
                return self.problem(command_at.start, format!("The command for `{written}` is not a string."), help);
            }
        };
        if context.types() && keys.as_slice().first().is_some_and(|key| key.typed().is_some()) {
            let message = format!("`{keys}` types text in `[{}]` and cannot be a command there.", context.name());
            return self.problem(at.start, message, "Use a key that types nothing: with ctrl, alt, or f1 to f24.");
        }
        if context == Context::Everywhere && keys.to_string() == "ctrl-c" && command != Some(Command::Quit) {
            let help = "Bind it in another section, for example [graph].";
            return self.problem(at.start, "`ctrl-c` always quits studio.".into(), help);
        }
        let clash = self.rows.iter().find(|(row, _)| {
            row.context == context && (row.keys == keys || row.keys.begins(&keys) || keys.begins(&row.keys))
        });
        if let Some((row, first)) = clash {
            let (line, _) = line_column(self.text, *first);
            let message = if row.keys == keys {
                format!("`{keys}` is already bound in `[{}]`.", context.name())
            } else {
                format!("`{keys}` and `{}` conflict: one begins with the other.", row.keys)
            };
            return self.problem(at.start, message, &format!("Line {line} binds it; this row is ignored."));
        }
        self.rows.push((Row { context, keys, command }, at.start));
    }
}

/// The command whose name shares the most of what was written.
fn nearest(name: &str) -> Option<&'static str> {
    let alike = |known: &str| known.split('-').filter(|word| name.split(['-', '_', ' ']).any(|w| w == *word)).count();
    let best = commands().max_by_key(|spec| alike(spec.name))?;
    (alike(best.name) > 0).then_some(best.name)
}

#[cfg(test)]
mod tests {
    use crate::tui::keymap::user::*;
    use crate::tui::keymap::{Key, Meaning};

    const GRAPH: [Context; 3] = [Context::Graph, Context::Panes, Context::Everywhere];

    fn read(text: &str) -> (Keymap, Vec<String>) {
        let (keymap, problems) = Keymap::from_user(text, Path::new("/u/keys.toml"));
        let told = problems.iter().map(|p| format!("{}: {}", p.place.as_ref().unwrap(), p.message)).collect();
        (keymap, told)
    }

    fn meaning(keymap: &Keymap, keys: &str) -> Meaning {
        let keys: Vec<Key> = keys.split(' ').map(|k| Key::parse(k).unwrap()).collect();
        keymap.meaning(&GRAPH, &keys)
    }

    #[test]
    fn a_row_changes_a_key_in_its_context_only() {
        let (keymap, told) = read("[graph]\nx = 'open'\nd = 'no_op'\nq = 'no_op'\n");
        assert_eq!(told, [""; 0]);
        assert_eq!(meaning(&keymap, "x"), Meaning::Command(Command::Open));
        assert_eq!(meaning(&keymap, "d"), Meaning::Nothing, "taken away");
        assert_eq!(meaning(&keymap, "q"), Meaning::Nothing, "also where it belongs to every pane");
        assert_eq!(
            keymap.meaning(&[Context::Logs, Context::Panes], &[Key::parse("q").unwrap()]),
            Meaning::Command(Command::Quit)
        );
        assert_eq!(keymap.keys(Command::Open).next().unwrap().1.to_string(), "x", "the user's own is shown first");
    }

    #[test]
    fn keys_one_after_the_other() {
        let (keymap, told) =
            read("[graph]\n'space f' = 'fit-graph'\n'space g c' = 'centre-graph'\n'space g d' = 'detail'\n");
        assert_eq!(told, [""; 0]);
        assert_eq!(meaning(&keymap, "space"), Meaning::Begun, "what the key did alone is given up");
        assert_eq!(meaning(&keymap, "space f"), Meaning::Command(Command::FitGraph));
        assert_eq!(meaning(&keymap, "space g"), Meaning::Begun);
        assert_eq!(meaning(&keymap, "space x"), Meaning::Nothing);
        let space = [Key::parse("space").unwrap()];
        let next: Vec<String> =
            keymap.following(&GRAPH, &space).iter().map(|(key, what)| format!("{key} {what:?}")).collect();
        assert_eq!(next, ["f Ok(FitGraph)", "g Err(2)"]);
        assert_eq!(keymap.key(&GRAPH, Command::FitGraph).unwrap().to_string(), "space f");
        let (keymap, _) = read("[graph]\n'g g' = 'top'\n");
        assert_eq!(meaning(&keymap, "g"), Meaning::Begun);
        assert_eq!(meaning(&keymap, "g g"), Meaning::Command(Command::Top));
    }

    #[test]
    fn what_is_wrong_is_told_at_its_line_and_the_rest_counts() {
        let (keymap, told) = read(
            "[graph]\nhyper-x = 'open'\nx = 'opne'\n'd' = 3\n'ctrl-O' = 'open'\n'ctrl-o' = 'zoom'\n'f' = 'zoom'\n\
             'f f' = 'jump'\n[grahp]\nx = 'open'\n[picker]\nx = 'open'\n[everywhere]\nctrl-c = 'no_op'\n[logs]\n'' = 'open'\n",
        );
        assert_eq!(
            told,
            [
                "/u/keys.toml:2:1: Unknown key `hyper-x`.",
                "/u/keys.toml:3:5: Unknown command `opne`.",
                "/u/keys.toml:4:7: The command for `d` is not a string.",
                "/u/keys.toml:6:1: `ctrl-o` is already bound in `[graph]`.",
                "/u/keys.toml:8:1: `f f` and `f` conflict: one begins with the other.",
                "/u/keys.toml:9:2: Unknown section `grahp`.",
                "/u/keys.toml:12:1: `x` types text in `[picker]` and cannot be a command there.",
                "/u/keys.toml:14:1: `ctrl-c` always quits studio.",
                "/u/keys.toml:16:1: A key is missing here.",
            ]
        );
        assert_eq!(meaning(&keymap, "d"), Meaning::Command(Command::Detail), "the default stays");
        assert_eq!(meaning(&keymap, "ctrl-o"), Meaning::Command(Command::Open));
        assert_eq!(nearest("fit_graf"), Some("fit-graph"));
    }

    #[test]
    fn a_file_that_is_no_toml_changes_nothing() {
        let (keymap, told) = read("[graph\nx = 'open'\n");
        assert_eq!(keymap, Keymap::default());
        assert!(told[0].starts_with("/u/keys.toml:1:"), "{told:?}");
    }
}
