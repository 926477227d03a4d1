//! A program's turn to be compiled.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use crate::log::Stream;
use crate::model::graph::ENTRY;
use crate::run::engine::compile_pool::{CompilePool, Counted};
use crate::run::output::tap::{Pipe, Tap};

/// How long a program may wait to be compiled before the log says why.
const PLACE_IS_LATE: Duration = Duration::from_secs(2);
const WAITS_FOR_A_PLACE: &str = "waits to be compiled: earlier programs that were replaced are each still in a very large function, \
                                 which can't be interrupted\n";

/// A place among the programs that are compiled; the log says so where it takes long to come.
pub(super) async fn place(pool: &CompilePool, tap: &Arc<Tap>) -> Counted {
    let mut place = pin!(pool.place());
    if let Ok(place) = tokio::time::timeout(PLACE_IS_LATE, &mut place).await {
        return place;
    }
    // Of no generation: what a generation prints is reported when it has begun.
    let pipe = Pipe::new(Arc::clone(tap), ENTRY.into(), Stream::Studio, 0);
    pipe.write(WAITS_FOR_A_PLACE.as_bytes());
    place.await
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Handle;
    use tokio::sync::mpsc;

    use crate::run::RunEvent;
    use crate::run::place::*;

    /// Of what a log says next, the lines.
    async fn next(events: &mut mpsc::Receiver<RunEvent>) -> Vec<String> {
        match events.recv().await {
            Some(RunEvent::Output(lines)) => lines.iter().map(|line| line.text.clone()).collect(),
            other => panic!("no lines: {other:?}"),
        }
    }

    #[tokio::test]
    async fn a_program_that_waits_for_others_says_so_and_has_its_turn() {
        let (sender, mut events) = mpsc::channel(8);
        let (pool, tap) = (Arc::new(CompilePool::default()), Tap::new(sender, Handle::current()));
        let mut held = Vec::new();
        // All that there are: what is free comes at once, without a word.
        while let Ok(place) = tokio::time::timeout(PLACE_IS_LATE / 4, pool.place()).await {
            held.push(place);
        }
        assert!(held.len() > 1);
        let waiting = {
            let (pool, tap) = (Arc::clone(&pool), Arc::clone(&tap));
            tokio::spawn(async move { place(&pool, &tap).await })
        };
        assert_eq!(next(&mut events).await, [WAITS_FOR_A_PLACE.trim_end()]);
        assert!(!waiting.is_finished(), "it goes on waiting");
        held.pop();
        let last = waiting.await.unwrap();
        held.pop();
        drop(place(&pool, &tap).await);
        drop((last, held));
        assert!(events.try_recv().is_err(), "said once");
    }
}
