//! Past messages of the footer, with their times: what went too fast, or was cut, can be read whole.

use std::collections::VecDeque;
use std::time::Instant;

use crate::tui::overlay::{Choice, Item, Overlay, Picker};
use crate::tui::state::State;

/// So many are kept; the oldest make room.
const MOST: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub at: Instant,
    pub text: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Messages {
    kept: VecDeque<Message>,
    /// Those that made room.
    dropped: usize,
}

impl Messages {
    pub(crate) fn push(&mut self, text: &str, at: Instant) {
        // The same again is one message, at its last time.
        if let Some(last) = self.kept.back_mut().filter(|last| last.text == text) {
            last.at = at;
            return;
        }
        if self.kept.len() == MOST {
            self.kept.pop_front();
            self.dropped += 1;
        }
        self.kept.push_back(Message { at, text: text.to_owned() });
    }

    /// The newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Message> {
        self.kept.iter().rev()
    }
}

/// Lists them, the newest first; choosing one copies it.
pub(crate) fn show(state: &mut State) {
    if state.view.overlays.top().is_some_and(|top| top.offers(|choice| matches!(choice, Choice::Text(_)))) {
        return;
    }
    let row = |message: &Message| Item {
        name: state.view.zone.clock_seconds(state.app.time_of(message.at)),
        detail: message.text.clone(),
        key: String::new(),
        refused: None,
        choice: Choice::Text(message.text.clone()),
    };
    let items: Vec<Item> = state.view.messages.newest().map(row).collect();
    let title = match state.view.messages.dropped {
        0 => "Messages".to_owned(),
        dropped => format!("Messages (and {dropped} older ones dropped)"),
    };
    let nothing = if items.is_empty() { "No messages yet." } else { "No matching message." };
    let picker = Picker::new(title, nothing, items);
    state.view.overlays.push(Overlay::Picker(picker));
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::tui::overlay::messages::*;

    #[test]
    fn the_oldest_make_room_and_are_counted() {
        let (mut messages, now) = (Messages::default(), Instant::now());
        for n in 0..MOST + 3 {
            messages.push(&n.to_string(), now);
        }
        assert_eq!((messages.kept.len(), messages.dropped), (MOST, 3));
        let newest = (MOST + 2).to_string();
        messages.push(&newest, now + Duration::from_secs(1));
        assert_eq!((messages.kept.len(), messages.dropped), (MOST, 3), "the same again");
        assert_eq!(messages.newest().next().unwrap(), &Message { at: now + Duration::from_secs(1), text: newest });
    }
}
