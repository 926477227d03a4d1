//! Lines selected by keys or the mouse, and what is done with them: copied, written to a file, opened where they point.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::app::runs;
use crate::files::write::create_named;
use crate::log::clock::Zone;
use crate::log::plain::{cells, plain};
use crate::log::{Line, Stream};
use crate::model::columns;
use crate::model::columns::Part;
use crate::model::diagnostic::Place;
use crate::model::outline::OutlineFiles;
use crate::tui::effect::Effect;
use crate::tui::overlay::{Ask, Overlay, Prompt};
use crate::tui::pane::output::logs::{look_at, scroll, sight};
use crate::tui::state::State;

/// Begins a selection at the line that is meant, or the last one in sight; ends it where there is one.
pub(crate) fn toggle(state: &mut State) {
    (state.view.log.drawn, state.view.log.dragged) = (None, false);
    if state.view.log.anchor.take().is_some() {
        return;
    }
    let (_, last) = sight(state);
    let line = state.view.log.at.or_else(|| state.shown().number(last));
    (state.view.log.at, state.view.log.anchor) = (line, line);
}

/// Moves the end of the selection by lines, and begins one where there is none.
pub(crate) fn extend(state: &mut State, by: isize) {
    if state.view.log.anchor.is_none() {
        return toggle(state);
    }
    let Some(at) = state.view.log.at else { return };
    let shown = state.shown();
    let last = shown.len().saturating_sub(1);
    let place = shown.position(at).min(last).saturating_add_signed(by).min(last);
    if let Some(number) = shown.number(place) {
        state.view.log.at = Some(number);
        look_at(state, number);
    }
}

/// The button went down on a line. On its text, a drag selects characters; on what stands before it, whole lines.
pub(crate) fn press(state: &mut State, number: u64, column: u16, row: u16) {
    let grabbed = state.view.hits.log_text(column, row);
    let log = &mut state.view.log;
    (log.anchor, log.at, log.grabbed, log.drawn) = (None, Some(number), grabbed, None);
}

/// The mouse went from where it was pressed to this place.
pub(crate) fn drag(state: &mut State, column: u16, row: u16) {
    let area = state.view.hits.log.area;
    let Some(from) = state.view.log.anchor.or(state.view.log.at) else { return };
    // What is selected must not run away.
    if state.view.log.top.is_none() {
        let (first, _) = sight(state);
        state.view.log.top = state.shown().number(first);
    }
    (state.view.log.anchor, state.view.log.dragged) = (Some(from), true);
    if row < area.y {
        scroll(state, -1);
    } else if row >= area.bottom() {
        scroll(state, 1);
    }
    let inside = row.clamp(area.y, area.bottom().saturating_sub(1).max(area.y));
    let (first, last) = sight(state);
    // What has just come in past the edge is not on the last frame.
    let number = state.view.hits.log_line(inside).filter(|_| inside == row).or_else(|| {
        let shown = state.shown();
        if row <= area.y { shown.number(first) } else { shown.number(last) }
    });
    let at = number.unwrap_or(from);
    state.view.log.at = Some(at);
    let Some(grabbed) = state.view.log.grabbed.filter(|(line, _)| *line == from) else { return };
    // Past the edge, and below the last line, the pointer has no column of its own.
    let end = match state.view.hits.log_text_near(column, inside) {
        Some(end) if end.0 == at && inside == row => end,
        _ if at < from || at == from && row < area.y => (at, 0),
        _ => (at, usize::MAX),
    };
    state.view.log.drawn = Some(Part { anchor: grabbed, at: end });
}

/// The lines that are meant: those selected, else the one.
fn meant(state: &State) -> Option<(u64, u64)> {
    // After a search, the match that is the nearest to what is in sight.
    let found = || {
        let found = &state.view.log.search.as_ref()?.found;
        let (_, last) = sight(state);
        let behind = state.shown().number(last).map_or(found.len(), |last| found.position(last + 1));
        behind.checked_sub(1).and_then(|at| found.get(at)).or_else(|| found.get(behind))
    };
    let one = state.view.log.at.or_else(found);
    state.view.log.selection().or_else(|| one.map(|at| (at, at)))
}

pub(crate) fn can_copy(state: &State) -> bool {
    meant(state).is_some()
}

pub(crate) fn copy(state: &mut State, now: Instant) -> Vec<Effect> {
    let Some((first, last)) = meant(state) else { return Vec::new() };
    if let Some(part) = state.view.log.part() {
        let shown = state.shown();
        let taken = shown
            .between(first, last)
            .filter_map(|(number, line)| Some(columns::between(cells(&line.text), part.of_line(number)?)));
        let text = taken.collect::<Vec<_>>().join("\n");
        (state.view.log.anchor, state.view.log.drawn) = (None, None);
        state.view.flash(format!("{} characters copied", text.chars().count()), now);
        return vec![Effect::Copy(text)];
    }
    let lines: Vec<String> = state.shown().between(first, last).map(|(_, line)| plain(&line.text)).collect();
    let matched = state.view.log.search.as_ref().is_some_and(|search| search.found.holds(first));
    let message = match lines.len() {
        1 if matched => "the line of the match copied".to_owned(),
        1 => "one line copied".to_owned(),
        lines => format!("{lines} lines copied"),
    };
    state.view.log.anchor = None;
    state.view.flash(message, now);
    vec![Effect::Copy(lines.join("\n"))]
}

/// Asks for the file that the lines are written to.
pub(crate) fn ask_export(state: &mut State, now: Instant) {
    let seconds = state.app.time_of(now).duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    let name = if state.app.project.name.is_empty() { "studio" } else { &state.app.project.name };
    let file = state.view.temporary.join(format!("{name}-{seconds}.log"));
    let (count, what) = match state.view.log.selection() {
        Some((first, last)) => (state.shown().between(first, last).count(), "selected"),
        None if state.view.log.filter.is_empty() => (state.shown().len(), "of the log"),
        None => (state.shown().len(), "that the filter shows"),
    };
    let hint = format!("enter writes the {count} lines {what}; a file that exists is not overwritten");
    let prompt = Prompt::new("Write the log to", hint, file.to_string_lossy(), Ask::LogFile);
    state.view.overlays.push(Overlay::Prompt(prompt));
}

/// # Errors
/// What is wrong with the path.
pub(crate) fn export(state: &State, path: &str) -> Result<Vec<Effect>, String> {
    if path.trim().is_empty() {
        return Err("a file needs a name".into());
    }
    let path = state.app.project.root.join(path.trim());
    let (first, last) = state.view.log.selection().unwrap_or((0, u64::MAX));
    let lines = state.shown().between(first, last).filter_map(|(number, _)| state.app.log.shared(number)).collect();
    Ok(vec![Effect::Export { path, lines, zone: state.view.zone.clone() }])
}

/// Writes lines to a new file, one as `12:01:07.220 logger stderr | text`, without what would have a terminal do something.
///
/// # Errors
/// Where there is a file already, or it can't be written.
pub(crate) fn write(path: &Path, lines: &[Arc<Line>], zone: &Zone) -> io::Result<()> {
    let mut text = Vec::new();
    for line in lines {
        let stream = match line.stream {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
            Stream::Studio => "",
        };
        let time = zone.clock(line.time);
        writeln!(text, "{time} {} {stream} | {}", line.node, plain(&line.text))?;
    }
    // The user named the file, wherever that is.
    Ok(create_named(path, &text)?)
}

/// The file was written, or not.
pub(crate) fn exported(state: &mut State, path: &Path, result: Result<usize, String>, at: Instant) {
    match result {
        Ok(lines) => state.view.flash(format!("{lines} lines written to {}", path.display()), at),
        Err(error) => {
            let message = format!("the log was not written to {}: {error}", path.display());
            state.view.flash(message.clone(), at);
            runs::log_line(&mut state.app, message, at);
        }
    }
}

/// A line of one's own in the log, to find a moment again.
pub(crate) fn mark(state: &mut State, now: Instant) {
    runs::log_line(&mut state.app, "mark".into(), now);
}

/// Where the line that is meant points, or the newest in sight that points somewhere.
pub(crate) fn place(state: &State) -> Option<Place> {
    let of = |line: &Line| crate::log::place::place(&line.text).map(|place| resolved(state, line, &place));
    if let Some(at) = state.view.log.at {
        return of(state.app.log.numbered(at)?);
    }
    let ((first, last), shown) = (sight(state), state.shown());
    (first..=last).rev().filter_map(|position| shown.line(position)).find_map(|(_, line)| of(line))
}

/// The denial that is meant: the line with the cursor, or the newest in sight that is one.
pub(crate) fn denial(state: &State) -> Option<&Line> {
    let is_denial =
        |line: &Line| line.stream == Stream::Studio && line.text.strip_prefix(&denied_prefix(&line.node)).is_some();
    if let Some(at) = state.view.log.at {
        return state.app.log.numbered(at).filter(|line| is_denial(line));
    }
    let ((first, last), shown) = (sight(state), state.shown());
    (first..=last).rev().filter_map(|position| shown.line(position)).map(|(_, line)| line).find(|line| is_denial(line))
}

/// How studio's own line about a denial of this node begins.
pub(crate) fn denied_prefix(node: &str) -> String {
    format!("`{node}` was denied ")
}

/// The file that a guest means: compilers write paths from the workspace's or the package's folder.
fn resolved(state: &State, line: &Line, place: &Place) -> Place {
    let file: PathBuf = place.file.components().filter(|c| !matches!(c, std::path::Component::CurDir)).collect();
    let component = state.app.graph.node(&line.node).and_then(|n| n.component.as_deref()).unwrap_or(&line.node);
    let files = state.outline.components.get(component).into_iter().flat_map(OutlineFiles::all);
    let all = state.outline.components.values().flat_map(OutlineFiles::all);
    let known = files.chain(all).find(|known| known.ends_with(&file));
    let inside =
        state.app.project.component(component).filter(|_| file.starts_with("src")).map(|c| c.folder.join(&file));
    Place { file: known.cloned().or(inside).unwrap_or(file), ..place.clone() }
}
