//! Text of an open file, selected by the mouse and copied.

use std::time::Instant;

use crate::model::code::cells;
use crate::model::columns;
use crate::model::columns::Part;
use crate::tui::effect::Effect;
use crate::tui::pane::source;
use crate::tui::state::State;
use crate::tui::view::Pane;

/// The button went down on a line.
pub(crate) fn press(state: &mut State, column: u16, row: u16) {
    let grabbed = state.view.hits.source_text(column, row);
    if let Some(file) = state.view.source.file_mut() {
        (file.grabbed, file.part) = (grabbed, None);
    }
}

/// The pointer went on with the button down; past the edge the text comes along.
pub(crate) fn drag(state: &mut State, column: u16, row: u16) {
    let area = state.view.hits.body(Pane::Source);
    if row < area.y {
        source::scroll(state, -1);
    } else if row >= area.bottom() {
        source::scroll(state, 1);
    }
    let inside = row.clamp(area.y, area.bottom().saturating_sub(1).max(area.y));
    let at = state.view.hits.source_text_near(column, inside);
    if let Some(file) = state.view.source.file_mut()
        && let (Some(anchor), Some(at)) = (file.grabbed, at)
    {
        file.part = Some(Part { anchor, at });
    }
}

pub(crate) fn can_copy(state: &State) -> bool {
    state.view.source.file().is_some_and(|f| f.text.is_some())
}

/// Copies what is selected, or else the line with the cursor.
pub(crate) fn copy(state: &mut State, now: Instant) -> Vec<Effect> {
    let Some(file) = state.view.source.file_mut() else { return Vec::new() };
    let Some(text) = &file.text else { return Vec::new() };
    let (copied, message) = match file.part.take() {
        Some(part) => {
            let (first, last) = (part.anchor.0.min(part.at.0), part.anchor.0.max(part.at.0));
            let taken = (first..=last).filter_map(|line| {
                let text = text.lines.get(usize::try_from(line).ok()?)?;
                Some(columns::between(cells(text), part.of_line(line)?))
            });
            let copied = taken.collect::<Vec<_>>().join("\n");
            let message = format!("{} characters copied", copied.chars().count());
            (copied, message)
        }
        None => (text.lines.get(file.line).map(ToString::to_string).unwrap_or_default(), "one line copied".into()),
    };
    state.view.flash(message, now);
    vec![Effect::Copy(copied)]
}

/// Lets go of what is selected, or else of the search.
pub(crate) fn back(state: &mut State) -> bool {
    let in_source = state.view.focus == Pane::Source;
    let file = state.view.source.file_mut().filter(|_| in_source);
    file.is_some_and(|file| file.part.take().is_some() || file.search.take().is_some())
}
