//! Messages that came and are not answered yet.

use std::collections::{HashSet, VecDeque};

use lsp_server::{Message, RequestId};
use lsp_types::NumberOrString;
use lsp_types::notification::{Cancel, Notification as _};

/// In the order they came; which requests were taken back is known before they are looked at.
#[derive(Default)]
pub(super) struct Queue {
    waiting: VecDeque<Message>,
    cancelled: HashSet<RequestId>,
}

impl Queue {
    pub(super) fn push(&mut self, message: Message) {
        if let Message::Notification(notification) = &message
            && notification.method == Cancel::METHOD
        {
            let params = serde_json::from_value::<lsp_types::CancelParams>(notification.params.clone());
            let id = params.ok().map(|params| match params.id {
                NumberOrString::Number(number) => RequestId::from(number),
                NumberOrString::String(text) => RequestId::from(text),
            });
            // One that is answered by now needs no memory.
            let waits = |id: &RequestId| self.waiting.iter().any(|m| matches!(m, Message::Request(r) if r.id == *id));
            self.cancelled.extend(id.filter(waits));
            return;
        }
        self.waiting.push_back(message);
    }

    pub(super) fn pop(&mut self) -> Option<Message> {
        self.waiting.pop_front()
    }

    /// Whether a request that was popped is to be answered at all.
    pub(super) fn is_cancelled(&mut self, id: &RequestId) -> bool {
        self.cancelled.remove(id)
    }
}

#[cfg(test)]
mod tests {
    use lsp_server::{Notification, Request};

    use crate::lsp::queue::*;

    #[test]
    fn a_request_that_is_taken_back_before_its_turn_is_known() {
        let request = |id: i32| Message::Request(Request::new(id.into(), "x".into(), ()));
        let cancel =
            |id: i32| Message::Notification(Notification::new(Cancel::METHOD.into(), serde_json::json!({ "id": id })));
        let mut queue = Queue::default();
        for message in [cancel(1), request(1), request(2), cancel(2)] {
            queue.push(message);
        }
        let mut answered = Vec::new();
        while let Some(Message::Request(request)) = queue.pop() {
            let cancelled = queue.is_cancelled(&request.id);
            answered.push((request.id, cancelled));
        }
        assert_eq!(answered, [(1.into(), false), (2.into(), true)]);
        assert!(queue.cancelled.is_empty());
    }
}
