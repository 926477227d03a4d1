//! Components that are simply there as files, and the packages that compositions name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::discover::scan::Scan;
use crate::files;
use crate::files::Kind;
use crate::inspect::is_composition;
use crate::model::project::{BuildKind, Component};

/// Every `.wasm` and `.wat` of the folder but what the user's own commands and `studio compose` write.
pub fn components(root: &Path, scan: &Scan, outputs: &BTreeSet<PathBuf>) -> Vec<Component> {
    let is_part = |file: &&PathBuf| !outputs.contains(*file) && (dependency_name(file).is_some() || !is_output(file));
    scan.wasm.iter().filter(is_part).filter_map(|file| component(root, file)).collect()
}

/// Whether `studio compose` wrote this file: it would be taken for one more component of the project.
fn is_output(file: &Path) -> bool {
    file.extension().is_some_and(|e| e == "wasm")
        && files::read(file, Kind::Wasm).is_ok_and(|bytes| is_composition(&bytes))
}

fn component(root: &Path, file: &Path) -> Option<Component> {
    let name = file.file_stem()?.to_string_lossy().into_owned();
    Some(Component {
        packages: dependency_name(file).into_iter().collect(),
        build_kind: BuildKind::File(file.to_owned()),
        folder: file.parent().unwrap_or(root).to_owned(),
        path_dependencies: Vec::new(),
        wit: None,
        declared: None,
        name,
    })
}

/// `ns:name` of `…/deps/ns/name.wasm`, as the wac CLI finds packages.
fn dependency_name(file: &Path) -> Option<String> {
    let name = file.file_stem()?.to_str()?;
    let namespace = file.parent()?;
    if namespace.parent()?.file_name()? != "deps" {
        return None;
    }
    Some(format!("{}:{name}", namespace.file_name()?.to_str()?))
}

/// The packages (`ns:name`, versions left out) that compositions instantiate, broken ones included as far as they go.
pub fn packages_named(compositions: &[PathBuf]) -> BTreeSet<String> {
    let texts = compositions.iter().filter_map(|c| files::text(c, Kind::Composition).ok());
    texts.flat_map(|text| instantiated(&text)).collect()
}

/// What follows the word `new`. A scan rather than a parse, for a composition being written is often broken.
fn instantiated(text: &str) -> Vec<String> {
    let code: String = text.lines().map(|l| l.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let words: Vec<&str> = code.split_whitespace().collect();
    let package = |word: &str| {
        let end = word.find(|c: char| !(c.is_ascii_alphanumeric() || "-:".contains(c))).unwrap_or(word.len());
        word.get(..end).filter(|p| p.contains(':')).map(str::to_owned)
    };
    words.windows(2).filter(|w| w.first() == Some(&"new")).filter_map(|w| package(w.get(1)?)).collect()
}

#[cfg(test)]
mod tests {
    use crate::discover::wasm_files::*;

    #[test]
    fn instantiations_are_seen_in_broken_text_too() {
        let text = "package a:b;\n// new no:comment\nlet x = new cyber:core@1.0.0 { ... };\nlet y = new\n  my:app{ x: ";
        assert_eq!(instantiated(text), ["cyber:core", "my:app"]);
    }

    #[test]
    fn packages_of_deps_are_named_as_the_wac_cli_names_them() {
        assert_eq!(dependency_name(Path::new("/p/deps/cyber/core.wasm")).as_deref(), Some("cyber:core"));
        assert_eq!(dependency_name(Path::new("/p/lib/cyber/core.wasm")), None);
    }
}
