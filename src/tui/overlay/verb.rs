//! What `enter` does in the dialog on top, in one word for the footer.

use crate::tui::overlay::grants::{self, Row};
use crate::tui::overlay::{Ask, Choice, Overlay, Owner};
use crate::tui::pane::output::logs::Purpose;
use crate::tui::state::State;

pub(crate) fn accept(state: &State) -> &'static str {
    match state.owner() {
        Owner::Overlay(Overlay::Picker(picker)) => match picker.chosen().map(|item| &item.choice) {
            Some(Choice::Command(_)) => "do it",
            Some(Choice::Generation(_)) => "run",
            Some(Choice::Theme(_)) => "use",
            Some(Choice::Edit { .. }) => "add",
            Some(Choice::LogNode(_)) => "show",
            Some(Choice::Text(_)) => "copy",
            Some(Choice::Template(_)) => "use",
            Some(Choice::Decide { .. }) | None => "choose",
        },
        Owner::Overlay(Overlay::Prompt(prompt)) => match prompt.ask {
            Ask::Arguments => "run",
            Ask::Rename => "rename",
            Ask::SearchSource => "search",
            Ask::LogFile => "write",
            Ask::NewFolder(_) => "create",
            Ask::Grant => "grant",
            Ask::EditGrant => "change",
        },
        Owner::Overlay(Overlay::Grants(_)) => match grants::selected(state) {
            Some(Row::Granted { .. }) => "change",
            _ => "grant",
        },
        Owner::LogLine => match state.view.log.typing.as_ref().map(|typing| typing.purpose) {
            Some(Purpose::Filter) => "filter",
            Some(Purpose::Search) => "search",
            _ => "send",
        },
        _ => "accept",
    }
}
