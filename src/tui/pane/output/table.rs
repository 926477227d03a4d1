//! Commands of the requests, beside those that every pane has.

use crate::tui::command::Context::{Problems, Requests};
use crate::tui::command::{Command, Group, row, unless};
use crate::tui::pane::general::show;
use crate::tui::pane::output::logs;
use crate::tui::view::Tab;

pub(crate) const GROUP: Group = Group {
    title: "Problems and requests",
    contexts: &[Problems, Requests],
    rows: &[row(Command::RequestLines, "request-lines", "lines", "show the lines of this request alone")
        .keys(&[(Requests, "enter")])
        .rank(19)
        .when(|state| unless(state.app.requests.is_empty(), "there is no request yet"))
        .does(|state, _| {
            let selected = state.app.requests.get(state.app.requests.index(state.view.request));
            if let Some(id) = selected.map(|request| request.id) {
                logs::set_word(state, "request", Some(&id.to_string()));
                show(state, Tab::Logs);
            }
            Vec::new()
        })],
};
