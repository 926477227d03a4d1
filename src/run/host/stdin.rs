//! `wasi:cli/stdin`: studio's own, or what is typed, for the node the run starts in and for those it is granted, else the end of input.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{Access, FutureReader, LinkerInstance, Resource, StreamReader};
use wasmtime_wasi::cli::{StdinStream as _, WasiCli, WasiCliView as _};
use wasmtime_wasi::p2::DynInputStream;
use wasmtime_wasi::p2::pipe::{AsyncReadStream, ClosedInputStream};
use wasmtime_wasi::p3::bindings::cli::stdin::HostWithStore;
use wasmtime_wasi::p3::bindings::cli::types::ErrorCode;

use crate::grants::Capability;
use crate::run::Stdin;
use crate::run::host::Host;
use crate::run::host::authority::Node;
use crate::run::output::keyboard::{Reader, Waiting};
use crate::run::output::tap::REST;

/// Where this node's input comes from.
fn source(host: &Host, name: &Arc<str>) -> Stdin {
    let granted = host.is_entry(name) || host.node_named(name).may(&Capability::Stdin, "standard input");
    if granted { host.stdin() } else { Stdin::Empty }
}

/// What is typed; that it is waited for is told once a run, below the question.
fn typed(host: &Host, name: &Arc<str>) -> Reader {
    let node = host.node_named(name);
    host.keyboard().reader(move |waiting| {
        let authority = Arc::clone(&node.authority);
        authority.spawn(tell(node, waiting));
    })
}

/// A question without a line end is reported when it rests, and some readers are made before it is asked.
async fn tell(node: Node, waiting: Waiting) {
    tokio::time::sleep(REST * 2).await;
    if waiting.goes_on() {
        node.log_once("stdin".into(), "waits for a line (I in the log types one)");
    }
}

pub(super) fn p2(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    let name = Arc::clone(node);
    instance.func_wrap("get-stdin", move |mut store: StoreContextMut<'_, Host>, (): ()| {
        let host = store.data_mut();
        let stream: DynInputStream = match source(host, &name) {
            Stdin::Empty => Box::new(ClosedInputStream),
            Stdin::Inherit => tokio::io::stdin().p2_stream(),
            Stdin::Typed => Box::new(AsyncReadStream::new(typed(host, &name))),
        };
        Ok((host.table.push(stream)?,)) as wasmtime::Result<(Resource<DynInputStream>,)>
    })
}

pub(super) fn p3(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    type Read = (StreamReader<u8>, FutureReader<Result<(), ErrorCode>>);
    let name = Arc::clone(node);
    instance.func_wrap("read-via-stream", move |mut store: StoreContextMut<'_, Host>, (): ()| {
        let read: Read = if source(store.data(), &name) == Stdin::Empty {
            let stream = StreamReader::new(&mut store, Vec::<u8>::new())?;
            (stream, FutureReader::new(&mut store, async { wasmtime::error::Ok(Ok(())) })?)
        } else {
            WasiCli::read_via_stream(Access::<Host, WasiCli>::new(store, Host::cli))?
        };
        Ok((read,)) as wasmtime::Result<(Read,)>
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncReadExt as _;
    use tokio::runtime::Handle;
    use tokio::sync::mpsc;

    use crate::log::Stream;
    use crate::run::RunEvent;
    use crate::run::host::Authority;
    use crate::run::host::stdin::*;
    use crate::run::output::keyboard::Keyboard;
    use crate::run::output::tap::{Pipe, Tap};

    #[tokio::test]
    async fn the_question_stands_above_the_remark_that_it_is_waited_for() {
        let (tx, mut rx) = mpsc::channel(8);
        let tap = Tap::new(tx, Handle::current());
        let authority = Authority::new(None, Arc::clone(&tap), Handle::current());
        let node = Node { name: "a".into(), generation: 1, request: None, authority: Arc::clone(&authority) };
        let startup = crate::run::Startup::default();
        let (revision, at) = (crate::model::project::Revision(1), std::time::SystemTime::now());
        tap.send(RunEvent::Started { generation: 1, revision, startup, at }).await;
        let keyboard = Keyboard::default();
        let asked = node.clone();
        let mut reader = keyboard.reader(move |waiting| authority.spawn(tell(asked, waiting)));
        let reading = tokio::spawn(async move { reader.read_u8().await });
        tokio::task::yield_now().await;
        let question = Pipe::new(tap, "a".into(), Stream::Stdout, 1);
        question.write(b"name? ");
        let mut seen = Vec::new();
        while seen.len() < 2 {
            match tokio::time::timeout(Duration::from_secs(10), rx.recv()).await.unwrap().unwrap() {
                RunEvent::Unfinished(line) => seen.push(line.text),
                RunEvent::Output(lines) => seen.extend(lines.into_iter().map(|line| line.text)),
                _ => {}
            }
        }
        assert_eq!(seen, ["name? ", "waits for a line (I in the log types one)"]);
        reading.abort();
    }
}
