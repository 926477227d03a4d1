//! What a person types for a program: its standard input where studio's own is the keyboard of the whole screen.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};

use parking_lot::{Mutex, MutexGuard};
use tokio::io::{AsyncRead, ReadBuf};
use wasmtime_wasi::cli::{IsTerminal, StdinStream};

/// Bytes that may wait to be read. Nobody types that much; a paste beyond it is not taken.
pub(crate) const MOST: usize = 1 << 20;

/// Shared by who types and everyone who reads.
#[derive(Clone, Default)]
pub(crate) struct Keyboard(Arc<Mutex<Typed>>);

#[derive(Default)]
struct Typed {
    bytes: VecDeque<u8>,
    ended: bool,
    readers: Vec<Waker>,
}

impl Keyboard {
    /// Adds to the input; never waits.
    pub(crate) fn put(&self, text: &str) {
        let mut typed = self.0.lock();
        if !typed.ended && typed.bytes.len() + text.len() <= MOST {
            typed.bytes.extend(text.as_bytes());
        }
        wake(typed);
    }

    /// Nothing follows what was typed so far.
    pub(crate) fn end(&self) {
        let mut typed = self.0.lock();
        typed.ended = true;
        wake(typed);
    }

    /// `waits` is called the first time that something is wanted and nothing is there; what it gets tells for how long.
    pub(crate) fn reader(&self, waits: impl FnOnce(Waiting) + Send + Sync + 'static) -> Reader {
        Reader { keyboard: self.clone(), waits: Some(Box::new(waits)), wanted: Arc::new(()) }
    }
}

fn wake(mut typed: MutexGuard<'_, Typed>) {
    let readers = std::mem::take(&mut typed.readers);
    drop(typed);
    readers.into_iter().for_each(Waker::wake);
}

/// Somebody waits for something to be typed.
pub(crate) struct Waiting {
    keyboard: Keyboard,
    wanted: Weak<()>,
}

impl Waiting {
    /// Whether nothing came meanwhile and whoever reads is still there.
    pub(crate) fn goes_on(&self) -> bool {
        let typed = self.keyboard.0.lock();
        self.wanted.strong_count() > 0 && typed.bytes.is_empty() && !typed.ended
    }
}

/// One of those who read; what one has read the others don't see.
pub(crate) struct Reader {
    keyboard: Keyboard,
    waits: Option<Box<dyn FnOnce(Waiting) + Send + Sync>>,
    wanted: Arc<()>,
}

impl AsyncRead for Reader {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut typed = self.keyboard.0.lock();
        let count = into.remaining().min(typed.bytes.len());
        if count == 0 && !typed.ended && into.remaining() > 0 {
            typed.readers.push(cx.waker().clone());
            drop(typed);
            if let Some(waits) = self.waits.take() {
                waits(Waiting { keyboard: self.keyboard.clone(), wanted: Arc::downgrade(&self.wanted) });
            }
            return Poll::Pending;
        }
        for byte in typed.bytes.drain(..count) {
            into.put_slice(&[byte]);
        }
        Poll::Ready(Ok(()))
    }
}

impl IsTerminal for Keyboard {
    /// It gives whole lines, and knows no cursor.
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdinStream for Keyboard {
    fn async_stream(&self) -> Box<dyn AsyncRead + Send + Sync> {
        Box::new(self.reader(|_| {}))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::run::output::keyboard::*;
    use tokio::io::AsyncReadExt as _;

    #[tokio::test]
    async fn what_is_typed_is_read_in_order_and_ends_where_it_was_ended() {
        let (keyboard, waited) = (Keyboard::default(), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&waited);
        let mut reader = keyboard.reader(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
        });
        keyboard.put("one\n");
        let mut line = [0; 4];
        reader.read_exact(&mut line).await.unwrap();
        assert_eq!((&line, waited.load(Ordering::SeqCst)), (b"one\n", 0));
        let reading = tokio::spawn(async move {
            let mut rest = String::new();
            reader.read_to_string(&mut rest).await.map(|_| rest)
        });
        while waited.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        keyboard.put("two\n");
        keyboard.end();
        keyboard.put("too late\n");
        assert_eq!(reading.await.unwrap().unwrap(), "two\n");
    }

    #[test]
    fn it_is_bounded() {
        let keyboard = Keyboard::default();
        for _ in 0..40 {
            keyboard.put(&"x".repeat(100_000));
        }
        assert!(keyboard.0.lock().bytes.len() <= MOST);
    }
}
