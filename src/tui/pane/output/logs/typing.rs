//! A filter or a search while it is being typed, in the log's last row: every letter shows what it does.

use std::time::Instant;

use crate::app::effect::Effect as AppEffect;
use crate::app::runs;
use crate::app::state::RunStatus;
use crate::log::filter::Filter;
use crate::log::shown::Index;
use crate::model::entry::Entry;
use crate::run::{MOST_TYPED, Stdin};
use crate::tui::effect::Effect;
use crate::tui::keymap::Key;
use crate::tui::overlay::Field;
use crate::tui::pane::output::logs::{Search, keep_up, look_at, sight};
use crate::tui::state::State;

/// Lines of one paste that the log repeats.
const TOLD_LINES: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Filter,
    Search,
    /// Lines for the program that runs.
    Input,
}

#[derive(Clone, Debug)]
pub(crate) struct Typing {
    pub(crate) purpose: Purpose,
    pub(crate) field: Field,
    /// Why the text is not taken; what it was before it went wrong is still done.
    pub(crate) trouble: Option<String>,
    /// What there was before, for whoever backs out.
    before: Before,
}

#[derive(Clone, Debug)]
struct Before {
    filter: Filter,
    search: Option<Search>,
    top: Option<u64>,
    at: Option<u64>,
    /// The lines that were in sight: the search begins there.
    sight: (Option<u64>, Option<u64>),
}

pub(crate) fn begin(state: &mut State, purpose: Purpose) {
    let (first, last) = sight(state);
    let shown = state.shown();
    let sight = (shown.number(first), shown.number(last));
    let view = &mut state.view.log;
    let text = match purpose {
        Purpose::Filter => view.filter.text().to_owned(),
        Purpose::Search | Purpose::Input => String::new(),
    };
    let before = Before { filter: view.filter.clone(), search: view.search.clone(), top: view.top, at: view.at, sight };
    view.typing = Some(Typing { purpose, field: Field::new(text), trouble: None, before });
}

/// A key that types or edits goes into the text; `false` where none is typed, or for any other key.
pub(crate) fn type_key(state: &mut State, key: Key) -> bool {
    if !state.types_in_log() {
        return false;
    }
    let Some(typing) = &mut state.view.log.typing else { return false };
    let before = typing.field.text().to_owned();
    let taken = typing.field.take(key);
    if taken && typing.field.text() != before {
        changed(state);
    }
    taken
}

/// Pasted text: of one line where a filter or a search is typed; lines for a program are sent as they would be typed, up
/// to the last that has no end.
pub(crate) fn paste(state: &mut State, text: &str, at: Instant) -> Vec<Effect> {
    if !state.types_in_log() {
        return Vec::new();
    }
    let Some(typing) = &mut state.view.log.typing else { return Vec::new() };
    if typing.purpose == Purpose::Input {
        return paste_lines(state, text, at);
    }
    match typing.field.paste(text) {
        Ok(()) => changed(state),
        Err(sentence) => state.view.flash(sentence, at),
    }
    Vec::new()
}

fn paste_lines(state: &mut State, text: &str, at: Instant) -> Vec<Effect> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if text.len() > MOST_TYPED / 2 {
        let most = MOST_TYPED >> 11;
        state.view.flash(format!("not pasted: the text is longer than {most} KiB; use `studio run < FILE`"), at);
        return Vec::new();
    }
    let Some(typing) = &mut state.view.log.typing else { return Vec::new() };
    let Some((lines, rest)) = text.rsplit_once('\n') else {
        typing.field.insert(&text);
        return Vec::new();
    };
    if !can_type(state) {
        state.view.flash("no running program reads input", at);
        return Vec::new();
    }
    let Some(typing) = &mut state.view.log.typing else { return Vec::new() };
    // As typed: where the cursor is, with what stands behind it behind the last line.
    let (before, behind) = typing.field.halves();
    let (lines, rest) = (format!("{before}{lines}"), format!("{rest}{behind}"));
    typing.field = Field::default();
    typing.field.insert(&rest);
    let count = lines.split('\n').count();
    if count <= TOLD_LINES {
        lines.split('\n').for_each(|line| runs::log_line(&mut state.app, format!("typed: {line}"), at));
    } else {
        runs::log_line(&mut state.app, format!("typed: {count} lines, pasted"), at);
    }
    keep_up(state);
    vec![Effect::App(AppEffect::TypeInput(Some(lines + "\n")))]
}

/// Does what is written so far.
fn changed(state: &mut State) {
    let Some(typing) = &state.view.log.typing else { return };
    let (purpose, text, sight) = (typing.purpose, typing.field.text().to_owned(), typing.before.sight);
    let trouble = match purpose {
        Purpose::Input => Ok(()),
        Purpose::Filter => Filter::parse(&text).map(|filter| {
            state.view.log.filter_by(filter);
            keep_up(state);
        }),
        Purpose::Search if text.is_empty() => {
            state.view.log.search = None;
            Ok(())
        }
        Purpose::Search => Filter::parse(&text).map(|wanted| {
            state.view.log.search = Some(Search { wanted, found: Index::default(), seeks: Some(sight) });
            keep_up(state);
        }),
    };
    if let Some(typing) = &mut state.view.log.typing {
        typing.trouble = trouble.err();
    }
}

/// Until all lines were looked at, a better one may be found.
pub(crate) fn seek(state: &mut State) {
    let Some(search) = &mut state.view.log.search else { return };
    let Some(sight) = search.seeks else { return };
    if !search.found.is_behind(&state.app.log) {
        search.seeks = None;
    }
    nearest(state, sight);
}

/// The newest match that was in sight when the search began, else the nearest above, else the first below.
fn nearest(state: &mut State, (_, last): (Option<u64>, Option<u64>)) {
    let view = &mut state.view.log;
    let Some(found) = view.search.as_ref().map(|s| &s.found) else { return };
    let behind = last.map_or(found.len(), |last| found.position(last + 1));
    let number = behind.checked_sub(1).and_then(|p| found.get(p)).or_else(|| found.get(behind));
    view.anchor = None;
    view.at = number;
    if let Some(number) = number {
        look_at(state, number);
    }
}

/// Whether a command runs that could read what is typed.
pub(crate) fn can_type(state: &State) -> bool {
    let http = matches!(state.app.run.entry, Some(Entry::Http(_)));
    state.app.options.stdin == Stdin::Typed && !http && state.app.run.status == RunStatus::Running
}

/// Whether a command that can read has written the beginning of a line: a question, as a rule.
pub(crate) fn waits_for_input(state: &State) -> bool {
    can_type(state) && state.app.log.is_unfinished()
}

pub(crate) fn types_input(state: &State) -> bool {
    state.types_in_log() && state.view.log.typing.as_ref().is_some_and(|t| t.purpose == Purpose::Input)
}

/// The line goes to the program, and the next one may be typed; the log has it too.
pub(crate) fn send(state: &mut State, now: Instant) -> Vec<Effect> {
    if !can_type(state) {
        state.view.flash("no running program reads input", now);
        return Vec::new();
    }
    let Some(typing) = &mut state.view.log.typing else { return Vec::new() };
    let line = std::mem::take(&mut typing.field).text().to_owned();
    runs::log_line(&mut state.app, format!("typed: {line}"), now);
    keep_up(state);
    vec![Effect::App(AppEffect::TypeInput(Some(line + "\n")))]
}

/// Nothing follows what was typed.
pub(crate) fn end(state: &mut State) -> Vec<Effect> {
    cancel(state);
    vec![Effect::App(AppEffect::TypeInput(None))]
}

/// Keeps what was typed.
pub(crate) fn accept(state: &mut State) {
    // An empty search repeats the one before it.
    if let Some(typing) = state.view.log.typing.take()
        && typing.purpose == Purpose::Search
        && typing.field.text().is_empty()
        && state.view.log.search.is_none()
    {
        state.view.log.search = typing.before.search;
        keep_up(state);
    }
}

/// Back to what there was before; `false` where nothing was being typed.
pub(crate) fn cancel(state: &mut State) -> bool {
    let Some(typing) = state.view.log.typing.take() else { return false };
    let view = &mut state.view.log;
    if view.filter != typing.before.filter {
        view.filter_by(typing.before.filter);
    }
    (view.search, view.top, view.at) = (typing.before.search, typing.before.top, typing.before.at);
    keep_up(state);
    true
}
