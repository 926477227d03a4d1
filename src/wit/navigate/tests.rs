use std::path::PathBuf;

use crate::wit::navigate::*;
use crate::wit::problem::edited;
use crate::wit::sources::{Source, Sources};

const MAIN: &str = "package my:app@1.0.0;

/// What is kept.
interface types {
  /// A row of it.
  record row { id: u64, name: string }
  resource table { rows: func() -> list<row>; }
}

interface store {
  use types.{row, table as shelf};
  use dep:log/sink@0.1.0.{level};
  put: func(row: row, into: borrow<shelf>, how: level) -> result<row>;
}

world app {
  import store;
  import dep:log/sink@0.1.0;
  export run: func();
}
";
const DEP: &str = "package dep:log@0.1.0;\ninterface sink {\n  // How bad.\n  enum level { low, high }\n  log: func(level: level);\n}\nworld all { import sink; }\n";

fn sources() -> Sources {
    let mut sources = Sources::default();
    sources.push(vec![Source::new(PathBuf::from("app.wit"), MAIN.into())]);
    sources.push(vec![Source::new(PathBuf::from("deps/log.wit"), DEP.into())]);
    sources
}

const FILE: FileId = FileId { group: 0, file: 0 };

/// Where the `n`th `text` of the first file stands.
fn at(text: &str, n: usize) -> usize {
    MAIN.match_indices(text).nth(n).unwrap_or_else(|| panic!("no {text}")).0
}

/// The line in which something is declared, cut at its name.
fn declared(at: usize) -> String {
    let sources = sources();
    let Some(found) = definition(&sources, FILE, at) else { return "nothing".into() };
    let text = &sources.get(found.file).unwrap().text;
    let line = text[..found.range.start].rfind('\n').map_or(0, |at| at + 1);
    text[line..found.range.end].trim().to_owned()
}

#[test]
fn a_name_leads_to_its_declaration() {
    assert_eq!(declared(at("list<row>", 0) + 5), "record row");
    assert_eq!(declared(at("types.{", 0)), "interface types");
    assert_eq!(declared(at("{row, ", 0) + 1), "record row");
    assert_eq!(declared(at("table as", 0)), "resource table");
    assert_eq!(declared(at("row: row", 0) + 5), "record row");
    assert_eq!(declared(at("<shelf>", 0) + 1), "use types.{row, table as shelf");
    assert_eq!(declared(at("how: level", 0) + 5), "enum level");
    assert_eq!(declared(at("import store", 0) + 8), "interface store");
    assert_eq!(declared(at("sink@0.1.0;", 0)), "interface sink");
    assert_eq!(declared(at("dep:log", 0) + 5), "package dep:log");
    assert_eq!(declared(at("record", 0)), "nothing");
}

#[test]
fn a_declaration_knows_who_names_it() {
    let sources = sources();
    let texts = |at: usize| -> Vec<(usize, usize)> {
        references(&sources, FILE, at).into_iter().map(|found| (found.file.group, found.range.start)).collect()
    };
    let (declaration, list) = (at("record row", 0) + 7, at("list<row>", 0) + 5);
    let all = [
        (0, declaration),
        (0, list),
        (0, at("{row, ", 0) + 1),
        (0, at("row: row", 0) + 5),
        (0, at("result<row>", 0) + 7),
    ];
    assert_eq!(texts(list), all);
    assert_eq!(texts(declaration), all);
    assert_eq!(texts(at("how: level", 0) + 5).len(), 4, "those of the dependency too");
    assert_eq!(texts(at("world", 0)), []);
}

#[test]
fn a_rename_reaches_every_name_and_nothing_else() {
    let sources = sources();
    let renamed = |at: usize, name: &str| {
        let edits: Vec<_> = rename(&sources, FILE, at, name)?
            .into_iter()
            .filter(|(file, _)| *file == FILE)
            .map(|(_, edit)| edit)
            .collect();
        Ok::<String, RenameError>(edited(MAIN, &edits))
    };
    let text = renamed(at("list<row>", 0) + 5, "entry").unwrap();
    assert_eq!(text.matches("entry").count(), 5);
    assert!(text.contains("put: func(row: entry, into"), "{text}");
    assert!(renamed(at("list<row>", 0) + 5, "list").unwrap().contains("list<%list>"));
    assert_eq!(renamed(at("list<row>", 0) + 5, "myRow"), Err(RenameError::NoName("myRow".into())));
    assert_eq!(renamed(at("world", 0), "x"), Err(RenameError::Nothing));
    assert_eq!(renamed(at("dep:log", 0), "x"), Err(RenameError::Package));
}

#[test]
fn a_name_says_what_it_is() {
    let sources = sources();
    let row = hover(&sources, FILE, at("list<row>", 0) + 5).unwrap();
    assert_eq!((row.code.as_str(), row.docs.as_str()), ("record row { id: u64, name: string }", "A row of it."));
    assert_eq!(row.place, "my:app/types@1.0.0");
    let level = hover(&sources, FILE, at("how: level", 0) + 5).unwrap();
    assert_eq!(
        (level.code.as_str(), level.docs.as_str(), level.place.as_str()),
        ("enum level { low, high }", "How bad.", "dep:log/sink@0.1.0")
    );
    let types = hover(&sources, FILE, at("types.{", 0)).unwrap();
    assert_eq!(
        (types.code.as_str(), types.docs.as_str(), types.place.as_str()),
        ("interface types", "What is kept.", "my:app@1.0.0")
    );
    assert_eq!(hover(&sources, FILE, 0), None);
}

/// What completes `text` at `|`, put in place of the world.
fn completed(text: &str) -> Vec<String> {
    let mut sources = sources();
    let text = MAIN[..at("world app", 0)].to_owned() + text;
    let at = text.find('|').unwrap();
    sources.replace(FILE, Source::new(PathBuf::from("app.wit"), text.replace('|', "")));
    completions(&sources, FILE, at).into_iter().map(|completion| completion.text).collect()
}

#[test]
fn what_could_stand_there_is_offered() {
    assert_eq!(completed("interface i { use types.{|} }"), ["row", "table"]);
    assert_eq!(completed("interface i { use types.{row, t|} f: func(); }"), ["row", "table"]);
    let types = completed("interface i { use types.{row}; f: func(a: |); }");
    assert!(
        types.contains(&"row".into()) && types.contains(&"string".into()) && !types.contains(&"table".into()),
        "{types:?}"
    );
    let types = completed("interface i { record mine {} f: func() -> m| }");
    assert!(types.contains(&"mine".into()), "{types:?}");
    assert_eq!(completed("world w { import | }"), ["dep:log/sink@0.1.0", "store", "types"]);
    assert_eq!(completed("world w { include |; } world v {}"), ["dep:log/all@0.1.0", "v", "w"]);
    assert_eq!(completed("interface i { r| }"), ["enum", "flags", "record", "resource", "type", "use", "variant"]);
    assert_eq!(completed("interface i { f: | }"), ["async func", "func"]);
    assert!(completed("world w { i| }").contains(&"import".into()));
    assert_eq!(completed("w|"), ["interface", "package", "use", "world"]);
    assert_eq!(completed("interface i { @s| f: func(); }").len(), 3);
    assert_eq!(completed("interface i { // r|\n }"), [""; 0]);
}

#[test]
fn a_file_has_an_outline() {
    let source = Source::new(PathBuf::from("app.wit"), MAIN.into());
    let names: Vec<_> =
        symbols(&source.parsed).into_iter().map(|symbol| (symbol.name, symbol.kind, symbol.children.len())).collect();
    let expected = [
        ("my:app@1.0.0", SymbolKind::Package, 0),
        ("types", SymbolKind::Interface, 2),
        ("store", SymbolKind::Interface, 1),
        ("app", SymbolKind::World, 3),
    ];
    assert_eq!(names, expected.map(|(name, kind, children)| (name.to_owned(), kind, children)));
    let words = tokens(&source.parsed);
    let is =
        |text: &str, n: usize, kind, declared| words.contains(&(at(text, n)..at(text, n) + text.len(), kind, declared));
    assert!(is("record", 0, SymbolKind::Keyword, false) && is("store", 0, SymbolKind::Interface, true));
    assert!(is("u64", 0, SymbolKind::Keyword, false) && is("level", 0, SymbolKind::Type, false));
    assert_eq!(folds(&source.parsed).len(), 3);
}
