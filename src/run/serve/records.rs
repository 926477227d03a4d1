//! Answered requests on their way to whoever shows them: in batches, and never holding an answer back.
//!
//! A server answers faster than a screen is drawn. The first request is told at once, those that follow at most every
//! [`PACE`]; where nobody takes them the oldest are given up, and counted.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::model::requests::Request;
use crate::run::RunEvent;
use crate::run::output::tap::Tap;

/// Least time between two batches.
const PACE: Duration = Duration::from_millis(8);
/// Requests that may wait to be told.
const FULL: usize = 4_096;

pub(crate) struct Records {
    tap: Arc<Tap>,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    requests: VecDeque<Request>,
    lost: u64,
    left: Option<Instant>,
    /// A task will tell what waits.
    scheduled: bool,
}

impl Records {
    pub(crate) fn new(tap: Arc<Tap>) -> Arc<Self> {
        Arc::new(Self { tap, waiting: Mutex::default() })
    }

    /// Never waits.
    pub(crate) fn push(self: &Arc<Self>, request: Request) {
        let mut waiting = self.waiting.lock();
        if waiting.requests.len() == FULL {
            waiting.requests.pop_front();
            waiting.lost += 1;
        }
        waiting.requests.push_back(request);
        if !std::mem::replace(&mut waiting.scheduled, true) {
            let at = waiting.left.map(|left| left + PACE);
            drop(waiting);
            let records = Arc::clone(self);
            self.tap.handle().spawn(async move {
                if let Some(at) = at {
                    tokio::time::sleep_until(at).await;
                }
                records.flush().await;
            });
        }
    }

    async fn flush(&self) {
        // What the guest wrote for a request comes before the request.
        self.tap
            .send_with(|| {
                let mut waiting = self.waiting.lock();
                waiting.scheduled = false;
                waiting.left = Some(Instant::now());
                let lost = std::mem::take(&mut waiting.lost);
                RunEvent::Requests { served: std::mem::take(&mut waiting.requests).into(), lost }
            })
            .await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use crate::run::serve::records::*;
    use tokio::runtime::Handle;
    use tokio::sync::mpsc;

    fn request(id: u64) -> Request {
        Request {
            id,
            generation: 1,
            method: "GET".into(),
            path: "/".into(),
            status: 200,
            took: Duration::ZERO,
            time: SystemTime::UNIX_EPOCH,
        }
    }

    #[tokio::test]
    async fn nobody_is_held_back_and_what_is_given_up_is_counted() {
        let (tx, mut rx) = mpsc::channel(1);
        tx.try_send(RunEvent::Lost(0)).unwrap();
        let records = Records::new(Tap::new(tx, Handle::current()));
        let all = FULL as u64 + 10;
        for id in 1..=all {
            records.push(request(id));
        }
        assert!(matches!(rx.recv().await, Some(RunEvent::Lost(0))));
        let (mut seen, mut given_up) = (Vec::new(), 0);
        while seen.len() as u64 + given_up < all {
            match rx.recv().await.unwrap() {
                RunEvent::Requests { served, lost } => {
                    seen.extend(served.into_iter().map(|r| r.id));
                    given_up += lost;
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(given_up, 10);
        assert_eq!(seen, (11..=all).collect::<Vec<_>>(), "the newest, in order");
        records.push(request(all + 1));
        match rx.recv().await.unwrap() {
            RunEvent::Requests { served, lost: 0 } => assert_eq!(served[0].id, all + 1),
            other => panic!("{other:?}"),
        }
    }
}
