//! Source files that are open to be read: which, where, and what has been made of their text.

pub(crate) mod draw;
#[cfg(test)]
mod draw_tests;
pub(crate) mod search;
pub(crate) mod select;
pub(crate) mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::highlight::Painted;
use crate::model::code::Text;
use crate::model::columns::Part;
use crate::model::diagnostic::{Diagnostic, Place};
use crate::tui::effect::Effect;
use crate::tui::state::State;
use crate::tui::view::Pane;

/// Files open at a time; the one that was opened first makes room.
const MOST: usize = 12;

/// One open file.
#[derive(Clone, Debug, Default)]
pub struct SourceFile {
    /// Absolute.
    pub path: PathBuf,
    /// `None` until it is read.
    pub text: Option<Arc<Text>>,
    /// Why it cannot be shown.
    pub(crate) trouble: Option<String>,
    pub(crate) painted: Option<Arc<Painted>>,
    /// The line with the cursor, and the first line in sight; from 0.
    pub line: usize,
    pub(crate) top: usize,
    /// First column shown.
    pub column: usize,
    /// Where in the text the button went down, by line (from 0) and column, and what is selected from there.
    pub(crate) grabbed: Option<(u64, usize)>,
    pub(crate) part: Option<Part>,
    pub(crate) search: Option<search::SourceSearch>,
}

impl SourceFile {
    pub(crate) fn lines(&self) -> usize {
        self.text.as_ref().map_or(0, |t| t.lines.len())
    }

    pub(crate) fn name(&self) -> String {
        self.path.file_name().map_or_else(|| self.path.display().to_string(), |n| n.to_string_lossy().into_owned())
    }
}

/// The open files, and which of them shows.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    pub(crate) files: Vec<SourceFile>,
    pub(crate) shown: usize,
    /// Where the keys were before a file was opened.
    pub from: Pane,
}

impl Sources {
    pub(crate) fn file(&self) -> Option<&SourceFile> {
        self.files.get(self.shown)
    }

    pub(crate) fn file_mut(&mut self) -> Option<&mut SourceFile> {
        self.files.get_mut(self.shown)
    }

    /// What an open file is called: its name, and where another of that name is open the first folder that tells them
    /// apart too, as in `greeter/…/lib.rs`.
    pub(crate) fn title(&self, file: &SourceFile, root: &Path, more: &str) -> String {
        let folders = |file: &SourceFile| -> Vec<String> {
            let folder = file.path.parent().unwrap_or(&file.path);
            let folder = folder.strip_prefix(root).unwrap_or(folder);
            folder.iter().map(|part| part.to_string_lossy().into_owned()).collect()
        };
        let name = file.name();
        let others: Vec<_> =
            self.files.iter().filter(|f| f.path != file.path && f.name() == name).map(folders).collect();
        let own = folders(file);
        let tells = |at: &usize| others.iter().all(|other| other.get(*at) != own.get(*at));
        match (0..own.len()).find(tells) {
            _ if others.is_empty() => name,
            Some(at) if at + 1 == own.len() => format!("{}/{name}", own[at]),
            Some(at) => format!("{}/{more}/{name}", own[at]),
            None => [own, vec![name]].concat().join("/"),
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        !self.files.is_empty()
    }
}

/// What was read of a file.
pub(crate) type Reading = Result<Arc<Text>, String>;

/// Opens a file at a line, or goes there where it is open already.
pub fn open(state: &mut State, place: &Place) -> Vec<Effect> {
    let path = state.app.project.root.join(&place.file);
    if state.view.focus != Pane::Source {
        state.view.source.from = state.view.focus;
    }
    let sources = &mut state.view.source;
    if let Some(index) = sources.files.iter().position(|f| f.path == path) {
        sources.shown = index;
    } else {
        if sources.files.len() >= MOST {
            sources.files.remove(0);
        }
        sources.files.push(SourceFile { path: path.clone(), ..SourceFile::default() });
        sources.shown = sources.files.len() - 1;
    }
    state.view.focus(Pane::Source);
    if place.line > 0 {
        go_to(state, usize::try_from(place.line - 1).unwrap_or(0));
    }
    // It may have been written to since, in a folder that nobody watches.
    vec![Effect::Read(path)]
}

/// Puts the cursor on a line, with a third of the pane above it.
fn go_to(state: &mut State, line: usize) {
    let hits = &state.view.hits;
    // Where it does not show yet, it takes the graph's place.
    let height = usize::from(hits.body(Pane::Source).height.max(hits.body(Pane::Graph).height));
    if let Some(file) = state.view.source.file_mut() {
        file.line = line;
        file.top = line.saturating_sub(height / 3);
    }
}

/// Puts the cursor on a line that is in sight.
pub(crate) fn go_to_shown(state: &mut State, line: usize) {
    let top = state.view.hits.offsets.source;
    if let Some(file) = state.view.source.file_mut() {
        (file.line, file.top) = (line, top);
    }
}

/// Closes the file that shows.
pub(crate) fn close(state: &mut State) {
    let sources = &mut state.view.source;
    if sources.shown < sources.files.len() {
        sources.files.remove(sources.shown);
    }
    sources.shown = sources.shown.min(sources.files.len().saturating_sub(1));
    if sources.files.is_empty() {
        leave(state);
    }
}

/// Back to where the keys were.
pub(crate) fn leave(state: &mut State) {
    let from = if state.view.source.from == Pane::Source { Pane::Graph } else { state.view.source.from };
    state.view.focus(from);
    if state.view.source.files.is_empty() && state.view.upper == crate::tui::view::Upper::Source {
        state.view.upper = crate::tui::view::Upper::Graph;
    }
}

/// Shows another open file.
pub(crate) fn turn(state: &mut State, back: bool) {
    let sources = &mut state.view.source;
    let count = sources.files.len().max(1);
    sources.shown = (sources.shown + if back { count - 1 } else { 1 }) % count;
}

/// Moves the cursor; the view follows when it must.
pub(crate) fn step(state: &mut State, by: isize) {
    let top = state.view.hits.offsets.source;
    if let Some(file) = state.view.source.file_mut() {
        let last = file.lines().saturating_sub(1);
        file.line = file.line.min(last).saturating_add_signed(by).min(last);
        file.top = top;
    }
}

/// Moves the view; the cursor goes along when it would leave it.
pub(crate) fn scroll(state: &mut State, by: isize) {
    let (top, height) = (state.view.hits.offsets.source, usize::from(state.view.hits.body(Pane::Source).height.max(1)));
    if let Some(file) = state.view.source.file_mut() {
        file.top = top.saturating_add_signed(by).min(file.lines().saturating_sub(height));
        file.line = file.line.clamp(file.top, file.top + height - 1);
    }
}

pub(crate) fn sideways(state: &mut State, by: isize) {
    if let Some(file) = state.view.source.file_mut() {
        file.column = file.column.saturating_add_signed(by).min(1 << 20);
    }
}

/// The next problem of this file behind the cursor, or the first.
pub(crate) fn next_problem(state: &mut State) {
    let Some(file) = state.view.source.file() else { return };
    let mut lines: Vec<usize> = problems(state, &file.path).filter_map(line_of).collect();
    lines.sort_unstable();
    let next = lines.iter().find(|line| **line > file.line).or(lines.first()).copied();
    if let Some(line) = next {
        go_to(state, line);
    }
}

/// The problems that name this file, in no order.
pub(crate) fn problems<'a>(state: &'a State, path: &'a Path) -> impl Iterator<Item = &'a Diagnostic> {
    let names =
        move |p: &&Diagnostic| p.place.as_ref().is_some_and(|place| state.app.project.root.join(&place.file) == path);
    state.app.problems().into_iter().filter(names)
}

/// The line of a problem, from 0.
pub(crate) fn line_of(problem: &Diagnostic) -> Option<usize> {
    let line = problem.place.as_ref()?.line;
    usize::try_from(line.checked_sub(1)?).ok()
}

/// A file was read, for the first time or again.
pub fn read(state: &mut State, path: &Path, reading: Reading) -> Vec<Effect> {
    let Some(file) = state.view.source.files.iter_mut().find(|f| f.path == path) else { return Vec::new() };
    match reading {
        Ok(text) => {
            file.trouble = None;
            if file.text.as_ref() == Some(&text) {
                return Vec::new();
            }
            (file.part, file.grabbed) = (None, None);
            if let Some(before) = &file.text {
                // What is read stays under the eyes when lines above it come and go.
                let start = before.common_start(&text);
                if file.line >= start && before.lines.len() - before.common_end(&text) <= file.line {
                    let (old, new) = (before.lines.len(), text.lines.len());
                    file.line = (file.line + new).saturating_sub(old);
                    file.top = (file.top + new).saturating_sub(old);
                }
            }
            file.text = Some(Arc::clone(&text));
            search::again(file);
            file.line = file.line.min(text.lines.len().saturating_sub(1));
            let until = file.top + FIRST;
            vec![Effect::Highlight { path: path.to_owned(), text, before: file.painted.clone(), until }]
        }
        Err(trouble) => {
            (file.text, file.painted) = (None, None);
            file.trouble = Some(trouble);
            Vec::new()
        }
    }
}

/// Lines that are highlighted before the rest is begun: more than a screen has.
const FIRST: usize = 250;

/// Lines of a file were parsed.
pub fn painted(state: &mut State, path: &Path, painted: Arc<Painted>) {
    if let Some(file) = state.view.source.files.iter_mut().find(|f| f.path == path)
        && file.text.as_ref().is_some_and(|text| Arc::ptr_eq(text, painted.text()))
    {
        file.painted = Some(painted);
    }
}

/// Reads open files again that were written to.
pub(crate) fn changed(state: &State, paths: &[PathBuf]) -> Vec<Effect> {
    let open = state.view.source.files.iter().filter(|f| paths.contains(&f.path));
    open.map(|f| Effect::Read(f.path.clone())).collect()
}

#[cfg(test)]
mod tests {
    use crate::tui::pane::source::*;

    #[test]
    fn files_of_one_name_are_told_apart() {
        let files =
            ["/p/greeter/src/lib.rs", "/p/crates/logger/src/lib.rs", "/p/a/mod.rs", "/p/a/b/mod.rs", "/p/x.wac"]
                .map(|path| SourceFile { path: path.into(), ..SourceFile::default() });
        let sources = Sources { files: files.to_vec(), ..Sources::default() };
        let titles: Vec<_> = files.iter().map(|file| sources.title(file, Path::new("/p"), "…")).collect();
        assert_eq!(titles, ["greeter/…/lib.rs", "crates/…/lib.rs", "a/mod.rs", "b/mod.rs", "x.wac"]);
    }
}
