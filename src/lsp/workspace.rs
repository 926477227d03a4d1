//! What the editor has open, and the packages that it belongs to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lsp_server::Notification;
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument, DidSaveTextDocument,
    Notification as _,
};
use lsp_types::{
    Diagnostic, DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    TextDocumentContentChangeEvent,
};

use crate::inspect::sources;
use crate::lsp::convert;
use crate::lsp::position::{Encoding, byte};
use crate::wit::problem::{Edit, Problem};
use crate::wit::sources::{FileId, Source, Sources};

/// A text that an editor sends is no larger than a file that is read.
const MOST_BYTES: usize = 4 << 20;

/// One editor's view.
pub(super) struct Workspace {
    roots: Vec<PathBuf>,
    pub(super) encoding: Encoding,
    open: BTreeMap<PathBuf, Open>,
    /// The packages that were looked at, by their folder or file.
    packages: BTreeMap<PathBuf, Sources>,
    /// Packages whose problems may be others than were sent.
    stale: BTreeSet<PathBuf>,
    /// Which files of a package were said to have problems.
    told: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
}

struct Open {
    version: i32,
    source: Source,
}

/// A file's problems, for the editor.
pub(super) type News = (PathBuf, Option<i32>, Vec<Diagnostic>);

impl Workspace {
    pub(super) fn new(roots: Vec<PathBuf>, encoding: Encoding) -> Self {
        Self {
            roots,
            encoding,
            open: BTreeMap::new(),
            packages: BTreeMap::new(),
            stale: BTreeSet::new(),
            told: BTreeMap::new(),
        }
    }

    /// Takes in what the editor says; what cannot be read changes nothing.
    pub(super) fn notified(&mut self, notification: &Notification) {
        let params = notification.params.clone();
        match notification.method.as_str() {
            DidOpenTextDocument::METHOD => {
                let Ok(params) = serde_json::from_value::<DidOpenTextDocumentParams>(params) else { return };
                let document = params.text_document;
                if let Some(path) = convert::path(&document.uri).filter(|path| is_wit(path)) {
                    self.put(&path, document.version, document.text);
                }
            }
            DidChangeTextDocument::METHOD => {
                if let Ok(params) = serde_json::from_value(params) {
                    self.changed(params);
                }
            }
            DidCloseTextDocument::METHOD => {
                let Ok(params) = serde_json::from_value::<DidCloseTextDocumentParams>(params) else { return };
                if let Some(path) = convert::path(&params.text_document.uri)
                    && self.open.remove(&path).is_some()
                {
                    self.forget(&path);
                }
            }
            // Files that are not open may be others now.
            DidSaveTextDocument::METHOD | DidChangeWatchedFiles::METHOD => {
                self.stale.extend(std::mem::take(&mut self.packages).into_keys());
            }
            _ => {}
        }
    }

    fn put(&mut self, path: &Path, version: i32, text: String) {
        if text.len() > MOST_BYTES {
            return;
        }
        self.open.insert(path.to_owned(), Open { version, source: Source::new(path.to_owned(), text) });
        self.forget(path);
    }

    fn changed(&mut self, params: DidChangeTextDocumentParams) {
        let Some(path) = convert::path(&params.text_document.uri) else { return };
        let encoding = self.encoding;
        let Some(open) = self.open.get_mut(&path) else { return };
        open.version = params.text_document.version;
        for TextDocumentContentChangeEvent { range, text, .. } in params.content_changes {
            let old = &open.source.text;
            let bytes =
                range.map_or(0..old.len(), |range| byte(old, range.start, encoding)..byte(old, range.end, encoding));
            if bytes.start <= bytes.end && old.len() - bytes.len() + text.len() <= MOST_BYTES {
                open.source = open.source.edited(&Edit { range: bytes, text });
            }
        }
        let source = open.source.clone();
        for (wit, package) in &mut self.packages {
            if let Some(file) = package.find(&path) {
                package.replace(file, source.clone());
                self.stale.insert(wit.clone());
            }
        }
        self.stale.insert(package_of(&path));
    }

    /// Has the packages of a file read again.
    fn forget(&mut self, path: &Path) {
        let of_it: Vec<PathBuf> = self
            .packages
            .iter()
            .filter(|(_, package)| package.find(path).is_some())
            .map(|(wit, _)| wit.clone())
            .collect();
        for wit in of_it {
            self.packages.remove(&wit);
            self.stale.insert(wit);
        }
        self.stale.insert(package_of(path));
    }

    /// The text of an open file.
    pub(super) fn source(&self, path: &Path) -> Option<&Source> {
        self.open.get(path).map(|open| &open.source)
    }

    /// The package that a file belongs to with all that it uses, and which of its files it is.
    pub(super) fn package(&mut self, path: &Path) -> Option<(&Sources, FileId)> {
        let wit = package_of(path);
        let sources = self.read(&wit)?;
        let file = sources.find(path)?;
        Some((sources, file))
    }

    fn read(&mut self, wit: &Path) -> Option<&Sources> {
        if !self.packages.contains_key(wit) {
            let root = self.roots.iter().find(|root| wit.starts_with(root));
            let root = root.map_or(wit, PathBuf::as_path);
            let open = &self.open;
            let mut read =
                sources(root, wit, |path| open.get(path).map(|open| open.source.clone())).unwrap_or_default();
            // What is not written yet is no file.
            for (path, open) in open.iter().filter(|(path, _)| package_of(path) == wit) {
                if read.find(path).is_none() {
                    read.push(vec![open.source.clone()]);
                }
            }
            self.packages.insert(wit.to_owned(), read);
        }
        self.packages.get(wit)
    }

    /// The problems of a file, which is open.
    pub(super) fn problems(&mut self, path: &Path) -> Vec<Problem> {
        let Some((sources, file)) = self.package(path) else { return Vec::new() };
        let at = sources.iter().position(|(id, _)| id == file).unwrap_or_default();
        sources.problems().into_iter().nth(at).unwrap_or_default()
    }

    /// The problems of all files whose packages changed.
    pub(super) fn news(&mut self) -> Vec<News> {
        let mut news = Vec::new();
        for wit in std::mem::take(&mut self.stale) {
            let encoding = self.encoding;
            let is_open = self.open.keys().any(|path| package_of(path) == wit);
            let mut found: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
            // Of what nobody looks at nothing is said.
            if is_open && let Some(sources) = self.read(&wit) {
                for ((_, source), problems) in sources.iter().zip(sources.problems()) {
                    let diagnostics =
                        problems.iter().map(|problem| convert::diagnostic(&source.text, problem, encoding));
                    found.insert(source.path.clone(), diagnostics.collect());
                }
            } else {
                self.packages.remove(&wit);
            }
            let told: BTreeSet<PathBuf> =
                found.iter().filter(|(_, all)| !all.is_empty()).map(|(path, _)| path.clone()).collect();
            let before = self.told.insert(wit, told).unwrap_or_default();
            for path in &before {
                found.entry(path.clone()).or_default();
            }
            for (path, diagnostics) in found {
                let version = self.open.get(&path).map(|open| open.version);
                if version.is_some() || !diagnostics.is_empty() || before.contains(&path) {
                    news.push((path, version, diagnostics));
                }
            }
        }
        news
    }
}

fn is_wit(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "wit")
}

/// Where the package lies that a file is looked at with: its folder, or that above the `deps` in which it lies.
fn package_of(path: &Path) -> PathBuf {
    let folder = path.parent().unwrap_or(path);
    let is_deps = |folder: &Path| folder.file_name().is_some_and(|name| name == "deps");
    let above = folder.parent();
    let deps = if is_deps(folder) { Some(folder) } else { above.filter(|above| is_deps(above)) };
    deps.and_then(Path::parent).unwrap_or(folder).to_owned()
}

#[cfg(test)]
mod tests {
    use crate::lsp::workspace::*;

    #[test]
    fn a_file_is_looked_at_with_the_package_that_uses_it() {
        for (file, package) in [
            ("/p/wit/world.wit", "/p/wit"),
            ("/p/wit/deps/io.wit", "/p/wit"),
            ("/p/wit/deps/io/streams.wit", "/p/wit"),
            ("/p/a.wit", "/p"),
        ] {
            assert_eq!(package_of(Path::new(file)), Path::new(package), "{file}");
        }
    }
}
