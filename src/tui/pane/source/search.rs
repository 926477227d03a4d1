//! A text that is looked for in an open file.

use crate::log::filter::Pattern;
use crate::model::code::Text;
use crate::tui::command::Reason;
use crate::tui::overlay::{Ask, Overlay, Prompt};
use crate::tui::pane::source::{SourceFile, go_to};
use crate::tui::state::State;

/// What is looked for in one file, and the lines that hold it, from 0.
#[derive(Clone, Debug)]
pub(crate) struct SourceSearch {
    pub(crate) pattern: Pattern,
    pub(crate) lines: Vec<usize>,
}

impl SourceSearch {
    fn new(pattern: Pattern, text: Option<&Text>) -> Self {
        let lines = text.map(|text| &text.lines).into_iter().flatten().enumerate();
        let lines = lines.filter(|(_, line)| pattern.is_in(line)).map(|(index, _)| index).collect();
        Self { pattern, lines }
    }
}

/// Asks what to look for.
pub(crate) fn ask(state: &mut State) {
    let Some(file) = state.view.source.file() else { return };
    let title = format!("Search in {}", file.name());
    let hint = "a text, or /regex/; enter goes to the next match, n and N to others, esc ends the search";
    state.view.overlays.push(Overlay::Prompt(Prompt::new(title, hint, "", Ask::SearchSource)));
}

/// Looks for it, from the cursor on.
///
/// # Errors
/// Why it is no expression, or that no line matches.
pub(crate) fn begin(state: &mut State, text: &str) -> Result<(), String> {
    let Some(file) = state.view.source.file_mut() else { return Ok(()) };
    if text.is_empty() {
        file.search = None;
        return Ok(());
    }
    let search = SourceSearch::new(Pattern::parse(text)?, file.text.as_deref());
    let next = search.lines.iter().find(|line| **line >= file.line).or(search.lines.first()).copied();
    let Some(line) = next else { return Err("no line matches".into()) };
    file.search = Some(search);
    go_to(state, line);
    Ok(())
}

/// The file is another one now.
pub(crate) fn again(file: &mut SourceFile) {
    let text = file.text.clone();
    file.search = file.search.take().map(|search| SourceSearch::new(search.pattern, text.as_deref()));
}

/// To the next line that matches, or the one before; around at the ends. `false` where nothing is looked for.
pub(crate) fn step(state: &mut State, back: bool) -> bool {
    let Some((search, at)) = searched(state) else { return false };
    let next = if back {
        search.lines.iter().rev().find(|line| **line < at).or(search.lines.last())
    } else {
        search.lines.iter().find(|line| **line > at).or(search.lines.first())
    };
    if let Some(line) = next.copied() {
        go_to(state, line);
    }
    true
}

/// What is looked for in the file that shows, and the line with the cursor.
pub(crate) fn searched(state: &State) -> Option<(&SourceSearch, usize)> {
    let file = state.view.source.file()?;
    file.search.as_ref().map(|search| (search, file.line))
}

/// # Errors
/// That nothing is looked for in the file, or not found.
pub(crate) fn has_match(state: &State) -> Reason {
    match searched(state) {
        None => Err("no search in this file yet (/ starts one)"),
        Some((search, _)) => crate::tui::command::unless(search.lines.is_empty(), "no line matches"),
    }
}
