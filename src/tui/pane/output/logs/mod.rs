//! The log as it is looked at: what of it shows, where it stands, what is searched and selected in it.

pub(crate) mod draw;
pub(crate) mod draw_bar;
pub(crate) mod marked;
pub(crate) mod select;
pub(crate) mod table;
#[cfg(test)]
mod tests;
pub(crate) mod typing;

use std::time::{Instant, SystemTime};

use crate::log::filter::{Filter, Level};
use crate::log::shown::{Index, Shown};
use crate::model::columns::Part;
use crate::tui::overlay::Owner;
use crate::tui::state::State;
use crate::tui::view::{Pane, Tab};
pub(crate) use typing::{Purpose, Typing};

/// Which time stands before a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Times {
    /// The time of day.
    #[default]
    Clock,
    /// Since the run began that wrote it.
    Run,
    /// Since the line before it that shows.
    Delta,
    Off,
}

impl Times {
    #[must_use]
    pub(crate) const fn next(self) -> Self {
        match self {
            Self::Clock => Self::Run,
            Self::Run => Self::Delta,
            Self::Delta => Self::Off,
            Self::Off => Self::Clock,
        }
    }

    pub(crate) const fn description(self) -> &'static str {
        match self {
            Self::Clock => "times of day",
            Self::Run => "times since the run began",
            Self::Delta => "times since the line before",
            Self::Off => "no times",
        }
    }
}

/// A text that is looked for, and the lines that show and hold it.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    pub(crate) wanted: Filter,
    pub(crate) found: Index,
    /// What was in sight when it was typed, until the line that is meant is known.
    seeks: Option<(Option<u64>, Option<u64>)>,
}

/// Where the log stands. Lines are named by their number since the session began, so that lines falling out of the
/// ring move nothing on the screen.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogView {
    /// The line at the top of the pane; `None` follows the newest.
    pub(crate) top: Option<u64>,
    /// First column shown.
    pub column: usize,
    pub(crate) wrap: bool,
    pub(crate) times: Times,
    pub filter: Filter,
    wanted: Index,
    pub(crate) search: Option<Search>,
    /// The line that is meant: clicked on, found, or the moving end of a selection.
    pub at: Option<u64>,
    /// The other end of a selection.
    pub(crate) anchor: Option<u64>,
    /// Where in a line's text the button went down, and the part of the log drawn from there. It counts as long as
    /// its lines are those that are selected.
    pub(crate) grabbed: Option<(u64, usize)>,
    pub(crate) drawn: Option<Part>,
    /// The mouse made the selection.
    pub(crate) dragged: bool,
    pub(crate) typing: Option<Typing>,
    /// When each run wrote its first line, the newest last.
    begins: Vec<(u64, SystemTime)>,
    /// The first line that was not looked at for that.
    next: u64,
}

/// Runs whose beginning is remembered.
const RUNS: usize = 1_000;

/// Puts all lines out of sight.
pub(crate) fn clear(state: &mut State, now: Instant) {
    let lines = state.app.log.clear();
    state.view.log.start_over();
    state.view.flash(format!("{} cleared; u restores them", counted(lines)), now);
}

/// Brings back the lines that were cleared.
pub(crate) fn bring_back(state: &mut State, now: Instant) {
    let lines = state.app.log.bring_back();
    state.view.log.start_over();
    state.view.flash(format!("{} restored", counted(lines)), now);
}

fn counted(lines: usize) -> String {
    if lines == 1 { "1 line".into() } else { format!("{lines} lines") }
}

impl LogView {
    /// The first and last line selected.
    pub(crate) fn selection(&self) -> Option<(u64, u64)> {
        let (anchor, at) = (self.anchor?, self.at?);
        Some((anchor.min(at), anchor.max(at)))
    }

    /// What is selected by characters, not by lines.
    pub(crate) fn part(&self) -> Option<Part> {
        self.drawn.filter(|part| self.anchor == Some(part.anchor.0) && self.at == Some(part.at.0))
    }

    pub(crate) fn begin_of(&self, generation: u64) -> Option<SystemTime> {
        let at = self.begins.binary_search_by_key(&generation, |(g, _)| *g).ok()?;
        self.begins.get(at).map(|(_, time)| *time)
    }

    /// Other lines are there; how they are looked at stays.
    fn start_over(&mut self) {
        (self.top, self.column, self.at, self.anchor) = (None, 0, None, None);
        self.filter_by(self.filter.clone());
    }

    /// Shows other lines from now on.
    pub(crate) fn filter_by(&mut self, filter: Filter) {
        self.filter = filter;
        self.wanted = Index::default();
        if let Some(search) = &mut self.search {
            search.found = Index::default();
        }
    }
}

impl State {
    /// The lines of the log that show.
    pub(crate) fn shown(&self) -> Shown<'_> {
        let view = &self.view.log;
        Shown::new(&self.app.log, (!view.filter.is_empty()).then_some(&view.wanted))
    }

    /// Whether the log has the focus.
    pub(crate) fn in_logs(&self) -> bool {
        self.view.focus == Pane::Output && self.tab() == Tab::Logs
    }

    /// Whether older lines are still to be filtered or searched: the next event does more of it.
    pub(crate) fn looks_back(&self) -> bool {
        let view = &self.view.log;
        (!view.filter.is_empty() && view.wanted.is_behind(&self.app.log))
            || view.search.as_ref().is_some_and(|search| search.found.is_behind(&self.app.log))
    }

    /// Whether a filter or a search is being typed, and nothing lies over it.
    pub(crate) fn types_in_log(&self) -> bool {
        matches!(self.owner(), Owner::LogLine)
    }
}

/// Takes in the lines that came, and lets go of those that fell out. Every line is looked at once, those that were there
/// before a filter or a search some at a time.
pub(crate) fn keep_up(state: &mut State) {
    let (log, view) = (&state.app.log, &mut state.view.log);
    for number in view.next.max(log.first())..log.end() {
        let Some(line) = log.numbered(number) else { continue };
        if view.begins.last().is_none_or(|(generation, _)| *generation < line.generation) {
            view.begins.push((line.generation, line.time));
        }
    }
    view.next = log.end();
    let old = view.begins.len().saturating_sub(RUNS);
    view.begins.drain(..old);
    let filter = &view.filter;
    if !filter.is_empty() {
        view.wanted.follow(log, |line| filter.wants(line));
    }
    if let Some(search) = &mut view.search {
        search.found.follow(log, |line| filter.wants(line) && search.wanted.matches(line));
    }
    let gone = |number: &mut u64| *number < log.first();
    if view.at.take_if(gone).is_some() {
        view.anchor = None;
    }
    if let Some(anchor) = &mut view.anchor {
        *anchor = (*anchor).max(log.first());
    }
    typing::seek(state);
}

/// The position of the line at the top when the newest is at the bottom.
fn newest_top(state: &State) -> usize {
    let sight = state.view.hits.log;
    let len = state.shown().len();
    if state.view.log.wrap && sight.newest_rows > 0 {
        return len.saturating_sub(sight.newest_rows);
    }
    len.saturating_sub(usize::from(sight.height.max(1)))
}

/// Scrolling up stops following; reaching the last line follows again.
pub(crate) fn scroll(state: &mut State, by: isize) {
    let last_top = newest_top(state);
    let shown = state.shown();
    let top = state.view.log.top.map_or(last_top, |top| shown.position(top).min(last_top));
    let moved = top.saturating_add_signed(by).min(last_top);
    state.view.log.top = shown.number(moved).filter(|_| moved < last_top);
}

/// Brings a line into sight, with some of what stands around it.
fn look_at(state: &mut State, number: u64) {
    let last_top = newest_top(state);
    let shown = state.shown();
    let height = usize::from(state.view.hits.log.height.max(1));
    let top = state.view.log.top.map_or(last_top, |top| shown.position(top).min(last_top));
    let place = shown.position(number);
    let height = if state.view.log.wrap { (state.view.hits.log.lines.max(1)).min(height) } else { height };
    if (top..top + height).contains(&place) && (top < last_top || state.view.log.top.is_none()) {
        return;
    }
    let moved = place.saturating_sub(height / 3).min(last_top);
    state.view.log.top = shown.number(moved).filter(|_| moved < last_top);
}

/// The first and last position in sight.
fn sight(state: &State) -> (usize, usize) {
    let (last_top, shown) = (newest_top(state), state.shown());
    let top = state.view.log.top.map_or(last_top, |top| shown.position(top).min(last_top));
    let lines = state.view.hits.log.lines.max(1);
    (top, (top + lines - 1).min(shown.len().saturating_sub(1)))
}

/// To the next line found, or the one before; around at the ends.
pub(crate) fn next_match(state: &mut State, back: bool) {
    let (top, last) = sight(state);
    if let Some(search) = &mut state.view.log.search {
        search.seeks = None;
    }
    let shown = state.shown();
    let Some(search) = &state.view.log.search else { return };
    let count = search.found.len();
    let from = state.view.log.at;
    let position = match (from, back) {
        (Some(at), false) => search.found.position(at + 1),
        (Some(at), true) => search.found.position(at).checked_sub(1).unwrap_or(count),
        (None, false) => shown.number(top).map_or(0, |n| search.found.position(n)),
        (None, true) => {
            let behind = shown.number(last).map_or(count, |n| search.found.position(n + 1));
            behind.checked_sub(1).unwrap_or(count)
        }
    };
    let around = if back { count.saturating_sub(1) } else { 0 };
    if let Some(number) = search.found.get(position).or_else(|| search.found.get(around)) {
        state.view.log.at = Some(number);
        state.view.log.anchor = None;
        look_at(state, number);
    }
}

/// Which of the lines found is the one that is meant, from 1; and how many there are.
pub(crate) fn standing(view: &LogView) -> Option<(Option<usize>, usize)> {
    let search = view.search.as_ref()?;
    let here = view.at.filter(|at| search.found.holds(*at)).map(|at| search.found.position(at) + 1);
    Some((here, search.found.len()))
}

/// Shows only lines that are as bad as a warning, then an error, then all again.
pub(crate) fn next_level(state: &mut State) {
    let next = match state.view.log.filter.level() {
        None => Some(Level::Warn),
        Some(Level::Warn) => Some(Level::Error),
        Some(_) => None,
    };
    set_word(state, "level", next.map(Level::name));
}

/// Changes one `key:value` of the filter.
pub(crate) fn set_word(state: &mut State, key: &str, value: Option<&str>) {
    // Our own words always parse, and the others did before.
    if let Ok(filter) = Filter::parse(&state.view.log.filter.with(key, value)) {
        state.view.log.filter_by(filter);
        keep_up(state);
    }
}

/// One level out: what is selected, then the search, then the filter.
pub(crate) fn back(state: &mut State) -> bool {
    if !state.in_logs() {
        return false;
    }
    if typing::cancel(state) {
        return true;
    }
    let view = &mut state.view.log;
    if view.anchor.take().is_some() || view.search.take().is_some() || view.at.take().is_some() {
        return true;
    }
    if view.filter.is_empty() {
        return false;
    }
    view.filter_by(Filter::default());
    true
}

/// Whether `back` has anything to do here.
pub(crate) fn can_back_out(state: &State) -> bool {
    let view = &state.view.log;
    state.in_logs()
        && (view.typing.is_some()
            || view.anchor.is_some()
            || view.at.is_some()
            || view.search.is_some()
            || !view.filter.is_empty())
}
