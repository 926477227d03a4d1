//! Commands of the log.

use crate::tui::command::Context::{LogLine, Logs, Source};
use crate::tui::command::{Command, Group, Reason, row, unless};
use crate::tui::overlay;
use crate::tui::overlay::grants;
use crate::tui::pane::output::logs::{self, Purpose, typing};
use crate::tui::pane::source::search;
use crate::tui::state::State;
use crate::tui::view::Pane;

pub(crate) const GROUP: Group = Group {
    title: "Logs",
    contexts: &[Logs, LogLine],
    rows: &[
        row(Command::Follow, "follow", "follow", "jump to the newest line and follow the log")
            .keys(&[(Logs, "end"), (Logs, "G")])
            .rank(34)
            .when(|state| unless(state.view.log.top.is_none(), "the log is already followed"))
            .does(|state, _| {
                state.view.log.top = None;
                Vec::new()
            }),
        row(Command::FilterLog, "filter-log", "filter", "show only lines that match")
            .keys(&[(Logs, "f")])
            .rank(47)
            .when(any)
            .does(|state, _| {
                typing::begin(state, Purpose::Filter);
                Vec::new()
            }),
        row(Command::SearchLog, "search-log", "search", "search the lines that show")
            .keys(&[(Logs, "/")])
            .rank(48)
            .when(any)
            .does(|state, _| {
                typing::begin(state, Purpose::Search);
                Vec::new()
            }),
        row(Command::NextMatch, "next-match", "next", "move to the next match")
            .keys(&[(Logs, "n")])
            .rank(49)
            .when(has_match)
            .does(|state, _| {
                logs::next_match(state, false);
                Vec::new()
            }),
        row(Command::PreviousMatch, "previous-match", "", "move to the previous match")
            .keys(&[(Logs, "N"), (Source, "N")])
            .when(|state| if state.view.focus == Pane::Source { search::has_match(state) } else { has_match(state) })
            .does(|state, _| {
                if state.view.focus != Pane::Source || !search::step(state, true) {
                    logs::next_match(state, true);
                }
                Vec::new()
            }),
        row(Command::ClearLog, "clear-log", "clear", "clear the log")
            .keys(&[(Logs, "x")])
            .rank(50)
            .when(|state| unless(state.app.log.is_empty(), "the log is empty"))
            .does(|state, now| {
                logs::clear(state, now);
                Vec::new()
            }),
        row(Command::BringBackLog, "restore-log", "restore", "restore the lines that were cleared")
            .keys(&[(Logs, "u")])
            .rank(51)
            .when(|state| unless(!state.app.log.is_cleared(), "nothing was cleared"))
            .does(|state, now| {
                logs::bring_back(state, now);
                Vec::new()
            }),
        row(Command::EndInput, "end-input", "end", "end the program's input")
            .keys(&[(LogLine, "ctrl-d")])
            .rank(52)
            .when(|state| unless(!typing::types_input(state), "no input is being typed (I starts)"))
            .does(|state, _| typing::end(state)),
        row(Command::LogLevel, "log-level", "level", "show warnings and errors, errors, or all")
            .keys(&[(Logs, "L")])
            .rank(53)
            .does(|state, _| {
                logs::next_level(state);
                Vec::new()
            }),
        row(Command::LogNode, "log-node", "", "show the lines of one component")
            .keys(&[(Logs, "c")])
            .when(|state| unless(state.speakers().is_empty(), "there is no graph yet"))
            .does(|state, _| {
                overlay::ask_log_node(state);
                Vec::new()
            }),
        row(Command::LogTimes, "log-times", "", "show the time of day, of the run, or none").keys(&[(Logs, "T")]).does(
            |state, now| {
                state.view.log.times = state.view.log.times.next();
                state.view.flash(state.view.log.times.description(), now);
                Vec::new()
            },
        ),
        row(Command::WrapLog, "wrap-log", "wrap", "wrap long lines, or cut them").keys(&[(Logs, "w")]).rank(54).does(
            |state, _| {
                state.view.log.wrap = !state.view.log.wrap;
                Vec::new()
            },
        ),
        row(Command::SelectLines, "select-lines", "select", "start to select lines, or stop")
            .keys(&[(Logs, "v")])
            .rank(55)
            .when(any)
            .does(|state, _| {
                logs::select::toggle(state);
                Vec::new()
            }),
        row(Command::SelectUp, "select-up", "", "select the line above")
            .keys(&[(Logs, "shift-up"), (Logs, "K")])
            .when(any)
            .does(|state, _| {
                logs::select::extend(state, -1);
                Vec::new()
            }),
        row(Command::SelectDown, "select-down", "", "select the line below")
            .keys(&[(Logs, "shift-down"), (Logs, "J")])
            .when(any)
            .does(|state, _| {
                logs::select::extend(state, 1);
                Vec::new()
            }),
        row(Command::ExportLog, "export-log", "", "write the lines that show to a file")
            .keys(&[(Logs, "E")])
            .when(any)
            .does(|state, now| {
                logs::select::ask_export(state, now);
                Vec::new()
            }),
        row(Command::GrantDenied, "grant-denied", "grant", "show what the node of this denial may do")
            .keys(&[(Logs, "a")])
            .rank(19)
            .when(|state| unless(logs::select::denial(state).is_none(), "no line in sight is a denial"))
            .does(|state, _| {
                grants::open_denied(state);
                Vec::new()
            }),
        row(Command::MarkLog, "mark-log", "mark", "put a mark into the log").keys(&[(Logs, "B")]).rank(56).does(
            |state, now| {
                logs::select::mark(state, now);
                Vec::new()
            },
        ),
    ],
};

fn any(state: &State) -> Reason {
    unless(state.app.log.is_empty(), "the log is empty")
}

fn has_match(state: &State) -> Reason {
    match &state.view.log.search {
        None => Err("no search yet (/ starts one)"),
        Some(search) => unless(search.found.is_empty(), "no line matches"),
    }
}
