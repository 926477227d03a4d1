//! The connections of a server: how many there may be, and who goes when there is no room for another.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::Sleep;

use crate::run::descriptors;

/// Connections open at a time, of all clients; where the system allows a process few files, half of those that studio
/// does not need itself.
const MAX: usize = 2048;
/// Files that a build, a watched folder and a session need.
const OWN: usize = 40;

/// All that are open.
pub(crate) struct Connections {
    open: Mutex<Open>,
    limit: usize,
}

#[derive(Default)]
struct Open {
    all: HashMap<u64, Arc<Connection>>,
    peers: HashMap<IpAddr, usize>,
    next: u64,
}

/// One of them.
pub(crate) struct Connection {
    peer: IpAddr,
    /// Requests under way.
    busy: AtomicUsize,
    /// Since when there are none, in milliseconds since [`START`].
    idle_since: AtomicU64,
    closing: Notify,
    /// What is being sent ends where the connection ends: only a reset shows that it was broken off.
    unframed: AtomicBool,
}

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

fn now() -> u64 {
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// There is no room for another, and nobody is idle: one of them will be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoRoom;

impl Connections {
    pub(crate) fn new() -> Self {
        Self::with_limit((descriptors::limit().saturating_sub(OWN) / 2).clamp(8, MAX))
    }

    fn with_limit(limit: usize) -> Self {
        Self { open: Mutex::default(), limit }
    }

    /// What one client may have, so that others find room.
    fn per_client(&self) -> usize {
        self.limit / 4 * 3
    }

    /// Takes in another connection of this client. Where there is no room, the one that was idle longest is closed: of
    /// this client if it has its share, else of the one who has most.
    ///
    /// # Errors
    /// When nobody is idle.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Admitted, NoRoom> {
        let peer = client(address);
        let mut open = self.open.lock();
        let own = open.peers.get(&peer).copied().unwrap_or_default();
        if own >= self.per_client() {
            let idle = open.longest_idle(|c| c.peer == peer).ok_or(NoRoom)?;
            open.remove(idle);
        } else if open.all.len() >= self.limit {
            let idle = open.to_displace().ok_or(NoRoom)?;
            open.remove(idle);
        }
        let connection = Arc::new(Connection {
            peer,
            busy: AtomicUsize::new(0),
            idle_since: AtomicU64::new(now()),
            closing: Notify::new(),
            unframed: AtomicBool::new(false),
        });
        let number = open.next;
        open.next += 1;
        open.all.insert(number, Arc::clone(&connection));
        *open.peers.entry(peer).or_default() += 1;
        Ok(Admitted { connection, number, all: Arc::clone(self) })
    }
}

impl Connections {
    /// Closes the one that was idle longest, of the client that has most: the system gives no room for another.
    pub(crate) fn make_room(&self) {
        let mut open = self.open.lock();
        if let Some(idle) = open.to_displace() {
            open.remove(idle);
        }
    }

    /// How many may wait until one of these has gone.
    pub(crate) fn may_wait(&self) -> usize {
        self.limit / 8
    }
}

impl Open {
    /// Who goes first for another: of the client that has most, the one that was idle longest.
    fn to_displace(&self) -> Option<u64> {
        let largest = self.peers.iter().max_by_key(|(_, count)| **count).map(|(peer, _)| *peer);
        self.longest_idle(|c| Some(c.peer) == largest).or_else(|| self.longest_idle(|_| true))
    }

    fn longest_idle(&self, of: impl Fn(&Connection) -> bool) -> Option<u64> {
        let idle = self.all.iter().filter(|(_, c)| c.busy.load(Ordering::Relaxed) == 0 && of(c));
        idle.min_by_key(|(number, c)| (c.idle_since.load(Ordering::Relaxed), **number)).map(|(number, _)| *number)
    }

    fn remove(&mut self, number: u64) {
        let Some(connection) = self.all.remove(&number) else { return };
        connection.close();
        if let Some(count) = self.peers.get_mut(&connection.peer) {
            *count -= 1;
            if *count == 0 {
                self.peers.remove(&connection.peer);
            }
        }
    }
}

impl Connection {
    /// Ends it, whatever it is doing.
    pub(crate) fn close(&self) {
        self.closing.notify_one();
    }

    /// From now on, an end that is not one in good order is a reset.
    pub(crate) fn send_unframed(&self) {
        self.unframed.store(true, Ordering::Relaxed);
    }

    /// Resolves when it is to end.
    pub(crate) async fn closed(&self) {
        self.closing.notified().await;
    }

    /// Resolves when no request was under way for so long.
    pub(crate) async fn idle(&self, patience: Duration) {
        loop {
            let idle = now().saturating_sub(self.idle_since.load(Ordering::Relaxed));
            let left = patience.saturating_sub(Duration::from_millis(idle));
            match self.busy.load(Ordering::Relaxed) {
                0 if left.is_zero() => return,
                0 => tokio::time::sleep(left).await,
                _ => tokio::time::sleep(patience).await,
            }
        }
    }
}

/// A connection that counts as long as this lives.
pub(crate) struct Admitted {
    pub(crate) connection: Arc<Connection>,
    number: u64,
    all: Arc<Connections>,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.all.open.lock().remove(self.number);
    }
}

/// Held by a request until its answer has been taken.
pub(crate) struct Busy(Arc<Connection>);

impl Busy {
    pub(crate) fn new(connection: &Arc<Connection>) -> Self {
        connection.busy.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(connection))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.idle_since.store(now(), Ordering::Relaxed);
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Who is one client: an address, or with version 6 all that one network hands out to a machine.
fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) >> 64 << 64).into()),
        ip @ IpAddr::V4(_) => ip,
    }
}

/// A client's socket, which fails when the client has taken nothing of what is to be sent for too long.
pub(crate) struct Patient {
    stream: TcpStream,
    connection: Arc<Connection>,
    patience: Duration,
    /// Since something had to wait.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    pub(crate) fn new(stream: TcpStream, connection: Arc<Connection>, patience: Duration) -> Self {
        Self { stream, connection, patience, waiting: None }
    }

    fn waited<T>(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.waiting = None;
            return polled;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        waiting.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Drop for Patient {
    fn drop(&mut self) {
        if self.connection.unframed.load(Ordering::Relaxed) {
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.waited(cx, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.waited(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // All that was to be sent has been.
        self.connection.unframed.store(false, Ordering::Relaxed);
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use crate::run::serve::connections::*;

    fn ip(n: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, n])
    }

    fn is_closed(one: &Admitted) -> bool {
        !one.all.open.lock().all.contains_key(&one.number)
    }

    #[test]
    fn a_newcomer_displaces_the_one_that_was_idle_longest() {
        let all = Arc::new(Connections::with_limit(8));
        let six: Vec<_> = (0..6).map(|_| all.admit(ip(1)).unwrap()).collect();
        let busy = Busy::new(&six[0].connection);
        // One client has its share.
        let seventh = all.admit(ip(1)).unwrap();
        assert!(!is_closed(&six[0]) && is_closed(&six[1]), "who is at work stays");
        let others = [all.admit(ip(2)).unwrap(), all.admit(ip(3)).unwrap()];
        assert!(!is_closed(&six[2]));
        // All places are taken: the client that has most makes room.
        let another = all.admit(ip(4)).unwrap();
        assert!(is_closed(&six[2]) && !is_closed(&seventh) && others.iter().all(|o| !is_closed(o)));
        drop((busy, another));
    }

    #[test]
    fn nobody_at_work_is_closed_for_a_newcomer() {
        let all = Arc::new(Connections::with_limit(8));
        let own: Vec<_> = (0..6).map(|_| all.admit(ip(1)).unwrap()).collect();
        let mut busy: Vec<_> = own.iter().map(|o| Busy::new(&o.connection)).collect();
        assert_eq!(all.admit(ip(1)).err(), Some(NoRoom));
        let others = [all.admit(ip(2)).unwrap(), all.admit(ip(2)).unwrap()];
        busy.extend(others.iter().map(|o| Busy::new(&o.connection)));
        assert_eq!(all.admit(ip(3)).err(), Some(NoRoom));
        drop(own);
        assert!(all.admit(ip(3)).is_ok());
    }

    #[test]
    fn a_network_of_version_6_is_one_client() {
        let of = |text: &str| client(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    }
}
