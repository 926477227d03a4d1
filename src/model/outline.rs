//! The files of a project that a person reads, and where in them each interface is defined.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::model::diagnostic::Place;
use crate::model::port::InterfaceName;

/// Absolute paths inside, in the order they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Manifest, WIT and sources of each component, by its name.
    pub components: BTreeMap<String, OutlineFiles>,
    /// The WIT of each interface package, by its folder.
    pub interface_packages: BTreeMap<PathBuf, OutlineFiles>,
    /// `studio.toml`, where there is one.
    pub settings: Option<PathBuf>,
    /// The workspace's `Cargo.toml`, where it is no component's own.
    pub(crate) workspace: Option<PathBuf>,
    /// Where interfaces (`ns:package/interface`, without versions) and functions of worlds (`run`) are written down.
    pub(crate) definitions: BTreeMap<String, Vec<Place>>,
}

/// The files of one component or interface package: those that somebody writes, and after them those that are generated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutlineFiles {
    files: Vec<PathBuf>,
    written: usize,
}

impl OutlineFiles {
    pub fn new(files: Vec<PathBuf>, is_generated: impl Fn(&Path) -> bool) -> Self {
        let (generated, mut written): (Vec<PathBuf>, Vec<PathBuf>) = files.into_iter().partition(|f| is_generated(f));
        let count = written.len();
        written.extend(generated);
        Self { files: written, written: count }
    }

    pub fn all(&self) -> &[PathBuf] {
        &self.files
    }

    /// Without what is generated.
    pub fn written(&self) -> &[PathBuf] {
        self.files.get(..self.written).unwrap_or(&self.files)
    }

    pub(crate) fn generated(&self) -> &[PathBuf] {
        self.files.get(self.written..).unwrap_or_default()
    }
}

impl Outline {
    /// Where the interface or function of a port is written down, seen from the WIT of a component: in its own package
    /// before what it depends on, and that before all others.
    pub(crate) fn definition(&self, port: &str, wit: Option<&Path>) -> Option<&Place> {
        let name = match InterfaceName::parse(port) {
            Some(n) => format!("{}:{}/{}", n.namespace, n.package, n.interface),
            None => port.to_owned(),
        };
        let inside = |place: &Place| wit.is_some_and(|wit| place.file.starts_with(wit));
        let is_dependency = |place: &Place| place.file.components().any(|c| c.as_os_str() == "deps");
        // A function of some other world is another function.
        let fits = |place: &&Place| name.contains('/') || inside(place);
        self.definitions.get(&name)?.iter().filter(fits).min_by_key(|p| (!inside(p), is_dependency(p)))
    }
}

/// What one WIT file defines: names and lines (from 1), by a scan that broken text does not stop. `package` is that of
/// the file's folder, for files that name none.
pub(crate) fn definitions(text: &str, package: Option<&str>) -> Vec<(String, u32)> {
    let mut package = package.map(str::to_owned);
    let mut found = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let code = line.split("//").next().unwrap_or_default().trim();
        if let Some(name) = package_of(code) {
            package = Some(name);
        }
        let mut words = code.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '%' | ':' | '/')));
        match (words.next(), words.find(|w| !w.is_empty())) {
            (Some("interface"), Some(name)) => {
                if let Some(package) = &package {
                    found.push((format!("{package}/{}", name.trim_start_matches('%')), number));
                }
            }
            (Some("export" | "import"), Some(name)) => {
                let bare = name.trim_start_matches('%').trim_end_matches(':');
                if !bare.contains([':', '/']) && code.contains("func") {
                    found.push((bare.to_owned(), number));
                }
            }
            _ => {}
        }
    }
    found
}

/// `ns:name` of a `package` line.
pub(crate) fn package_of(line: &str) -> Option<String> {
    let name = line.trim().strip_prefix("package ")?.split([';', '@', '{', ' ']).next()?;
    name.contains(':').then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::model::outline::*;

    #[test]
    fn interfaces_and_functions_are_found_with_their_lines() {
        let text = "package cyber:core@1.0.0;\n// interface no {}\ninterface log-handler {\n}\nworld w {\n  export run: func();\n  \
                    export log-handler;\n  import wasi:cli/stdout@0.2.3;\n}\npackage a:b {\n  interface %type {}\n}";
        let found = definitions(text, None);
        let wanted = [("cyber:core/log-handler", 3), ("run", 6), ("a:b/type", 11)];
        assert_eq!(found, wanted.map(|(name, line)| (name.to_owned(), line)));
        assert_eq!(definitions("interface x {", Some("p:q")), [("p:q/x".to_owned(), 1)]);
    }

    #[test]
    fn a_components_own_definition_is_the_nearest() {
        let place = |file: &str| Place { file: file.into(), line: 3, column: 0 };
        let files = ["/p/b/wit/deps/core.wit", "/p/a/wit/deps/core.wit", "/p/core/wit/core.wit"];
        let definitions = BTreeMap::from([
            ("cyber:core/log".to_owned(), files.map(place).to_vec()),
            ("run".to_owned(), vec![place("/p/b/wit/world.wit")]),
        ]);
        let outline = Outline { definitions, ..Outline::default() };
        let found = |port: &str, wit: &str| outline.definition(port, Some(Path::new(wit))).map(|p| p.file.clone());
        assert_eq!(found("cyber:core/log@1.0.0", "/p/a/wit"), Some("/p/a/wit/deps/core.wit".into()));
        assert_eq!(found("cyber:core/log@1.0.0", "/p/x/wit"), Some("/p/core/wit/core.wit".into()), "not a copy of it");
        assert_eq!(found("run", "/p/a/wit"), None, "that is another world's");
        assert_eq!(found("run", "/p/b/wit"), Some("/p/b/wit/world.wit".into()));
    }
}
