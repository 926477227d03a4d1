//! Commands of the open source files.

use crate::tui::command::Context::Source;
use crate::tui::command::{Command, Group, Reason, row, unless};
use crate::tui::pane::source;
use crate::tui::pane::source::search;
use crate::tui::state::State;

pub(crate) const GROUP: Group = Group {
    title: "Source",
    contexts: &[Source],
    rows: &[
        row(Command::SearchSource, "search-source", "search", "search this file")
            .keys(&[(Source, "/")])
            .rank(32)
            .when(|state| unless(state.view.source.file().is_none_or(|f| f.text.is_none()), "the file is not read yet"))
            .does(|state, _| {
                search::ask(state);
                Vec::new()
            }),
        row(Command::NextProblem, "next-problem", "next", "move to the next match, or problem, of this file")
            .keys(&[(Source, "n")])
            .rank(31)
            .when(|state| {
                let file = state.view.source.file();
                let any = file.is_some_and(|f| source::problems(state, &f.path).next().is_some());
                unless(!any && search::searched(state).is_none(), "this file has no problems")
            })
            .does(|state, _| {
                if !search::step(state, false) {
                    source::next_problem(state);
                }
                Vec::new()
            }),
        row(Command::NextFile, "next-file", "next file", "show the next open file")
            .keys(&[(Source, "]")])
            .rank(32)
            .when(has_other)
            .does(|state, _| {
                source::turn(state, false);
                Vec::new()
            }),
        row(Command::PreviousFile, "previous-file", "", "show the previous open file")
            .keys(&[(Source, "[")])
            .when(has_other)
            .does(|state, _| {
                source::turn(state, true);
                Vec::new()
            }),
        row(Command::CloseFile, "close-file", "close", "close the file")
            .keys(&[(Source, "x")])
            .rank(33)
            .when(|state| unless(!state.view.source.is_open(), "no file is open (o opens one)"))
            .does(|state, _| {
                source::close(state);
                Vec::new()
            }),
    ],
};

fn has_other(state: &State) -> Reason {
    unless(state.view.source.files.len() < 2, "no other file is open")
}
