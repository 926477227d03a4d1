//! HTTP requests that were answered: a bounded ring, newest last.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

/// One request, told when the head of its answer is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Counted from 1 over the whole session; lines that were written for it carry the same number.
    pub id: u64,
    /// The generation that answered.
    pub generation: u64,
    pub method: String,
    /// With the query.
    pub path: String,
    pub status: u16,
    /// From the last byte of its head to the head of its answer, waiting for its turn included.
    pub took: Duration,
    /// When it came.
    pub time: SystemTime,
}

/// Requests kept. Far more than a person looks through, and a few hundred kilobytes.
pub(crate) const KEPT: usize = 2_000;

/// What was answered last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests {
    kept: VecDeque<Request>,
    /// All that ever came, those that were never told included.
    total: u64,
}

impl Requests {
    pub(crate) fn push(&mut self, request: Request) {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(request);
        self.total += 1;
    }

    /// Counts requests that nobody could be told of.
    pub(crate) fn lost(&mut self, requests: u64) {
        self.total += requests;
    }

    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Requests that came and are not kept.
    pub(crate) fn dropped(&self) -> u64 {
        self.total - self.kept.len() as u64
    }

    /// The n-th, the newest first.
    pub(crate) fn get(&self, index: usize) -> Option<&Request> {
        self.kept.iter().rev().nth(index)
    }

    /// Where the one with this number stands, the newest first; the newest where it is kept no more, or for `None`.
    pub(crate) fn index(&self, id: Option<u64>) -> usize {
        id.and_then(|id| self.iter().position(|r| r.id == id)).unwrap_or(0)
    }

    /// The newest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Request> + ExactSizeIterator {
        self.kept.iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use crate::model::requests::*;

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

    #[test]
    fn keeps_the_newest_and_counts_all() {
        let mut requests = Requests::default();
        for id in 1..=KEPT as u64 + 5 {
            requests.push(request(id));
        }
        requests.lost(2);
        assert_eq!(requests.len(), KEPT);
        assert_eq!(requests.get(0).unwrap().id, KEPT as u64 + 5);
        assert_eq!(requests.iter().next_back().unwrap().id, 6);
        assert_eq!((requests.index(None), requests.index(Some(6)), requests.index(Some(5))), (0, KEPT - 1, 0));
        assert_eq!((requests.total(), requests.dropped()), (KEPT as u64 + 7, 7));
    }
}
