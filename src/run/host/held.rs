//! What the host holds for a guest, counted against the guest's memory: handles, header fields, what is buffered for
//! its streams and bodies, directories being read.
//!
//! Counting is an addition where something is made, always of the most that it may come to. When that is more than the
//! guest may have, all that is really there is counted, for it may be gone since; and only if that is too much too,
//! the guest ends with the same sentence as one whose own memory grew too large.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Resource};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream};
use wasmtime_wasi_http::p2::bindings::http::types as p2;
use wasmtime_wasi_http::p3::bindings::http::types as p3;
use wasmtime_wasi_http::{FieldMap, WasiHttpView as _};

use crate::run::host::Host;

/// What the standard implementations of these interfaces are known by in the linker.
pub(super) const HTTP_P2: &str = "wasi:http/types@0.2.12";
pub(super) const HTTP_P3: &str = "wasi:http/types@0.3.0";

/// Of a handle, whatever it is to: its place in the table, and a box.
const HANDLE: usize = 512;
/// Of a header field besides its name and value: a map is made to have half of its places free.
const FIELD: usize = 320;
/// Bytes buffered of one stream.
const STREAM: usize = 64 << 10;
/// Most bytes that a guest writes to a body at a time. One such chunk waits, one is under way and one is made.
pub(super) const CHUNK: usize = 64 << 10;
const BODY: usize = 3 * CHUNK;
/// A directory being read: entries read ahead, and the system's own batch.
pub(super) const LISTING: usize = 64 << 10;
/// Handles that are not worth counting.
const FEW: usize = 64;

/// The guest may have no more; why is in its [`Share`](crate::run::faults::limits::Share).
#[derive(Debug, thiserror::Error)]
#[error("the host holds more for this guest than it may have")]
struct TooMuch;

impl Host {
    /// Takes so many bytes more for what the host is about to hold.
    ///
    /// # Errors
    /// When the guest may not have them: it ends.
    pub(crate) fn hold(&mut self, bytes: usize) -> wasmtime::Result<()> {
        if self.memory.hold(bytes) {
            return Ok(());
        }
        let denied = self.memory.denied.take();
        let now = self.held();
        self.memory.settle(now);
        if self.memory.hold(bytes) {
            return Ok(());
        }
        self.memory.denied = self.memory.denied.or(denied);
        Err(TooMuch.into())
    }

    /// Counts the handles of a guest that has many, wherever it waits and every tick that it runs.
    ///
    /// # Errors
    /// When they are more than it may have memory for: it ends.
    pub(crate) fn settle(&mut self) -> wasmtime::Result<()> {
        if self.table.iter_mut().nth(FEW).is_none() {
            return Ok(());
        }
        let now = self.held();
        self.memory.settle(now);
        let missing = now.saturating_sub(self.memory.holds());
        if missing > 0 { self.hold(missing) } else { Ok(()) }
    }

    /// All that is held now, in bytes.
    fn held(&mut self) -> usize {
        let listings = Arc::strong_count(&self.listings) - 1;
        let handles: usize = self.table.iter_mut().map(|entry| HANDLE + held_by(entry)).sum();
        handles + listings * LISTING
    }
}

fn held_by(entry: &mut (dyn std::any::Any + Send)) -> usize {
    use wasmtime_wasi_http::p2::body::HostOutgoingBody;
    use wasmtime_wasi_http::p2::types::{HostOutgoingRequest, HostOutgoingResponse};
    if let Some(fields) = entry.downcast_ref::<FieldMap>() {
        return fields_bytes(fields);
    }
    if entry.is::<DynInputStream>() || entry.is::<DynOutputStream>() {
        return STREAM;
    }
    if let Some(request) = entry.downcast_ref::<HostOutgoingRequest>() {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let method = if let p2::Method::Other(name) = &request.method { name.len() } else { 0 };
        let scheme = if let Some(p2::Scheme::Other(name)) = &request.scheme { name.len() } else { 0 };
        let head = text(&request.authority) + text(&request.path_with_query) + method + scheme;
        return fields_bytes(&request.headers) + head;
    }
    if let Some(response) = entry.downcast_ref::<HostOutgoingResponse>() {
        return fields_bytes(&response.headers);
    }
    if entry.is::<HostOutgoingBody>() {
        return BODY;
    }
    if let Some(request) = entry.downcast_ref::<p3::Request>() {
        let path = request.path_with_query.as_ref().map_or(0, |p| p.as_str().len());
        let authority = request.authority.as_ref().map_or(0, |a| a.as_str().len());
        let scheme = request.scheme.as_ref().map_or(0, |s| s.as_str().len());
        return fields_bytes(&request.headers) + request.method.as_str().len() + path + authority + scheme;
    }
    if let Some(response) = entry.downcast_ref::<p3::Response>() {
        return fields_bytes(&response.headers);
    }
    0
}

fn fields_bytes(fields: &FieldMap) -> usize {
    fields.iter().map(|(name, value)| FIELD + name.as_str().len() + value.len()).sum()
}

fn list_bytes(list: &[(String, Vec<u8>)]) -> usize {
    list.iter().map(|(name, value)| FIELD + name.len() + value.len()).sum()
}

/// A function of `wasi:http/types` that makes the host hold more: counted first, then done as ever.
macro_rules! counted {
    ($instance:ident, $name:literal, |$host:ident, $this:ident: $resource:ty $(, $arg:ident: $ty:ty)*| $bytes:expr,
     $call:expr => $result:ty) => {
        $instance.func_wrap(
            $name,
            |mut store: StoreContextMut<'_, Host>, ($this, $($arg),*): ($resource, $($ty),*)| {
                let $host = store.data_mut();
                let bytes = $bytes;
                $host.hold(bytes)?;
                Ok(($call,)) as wasmtime::Result<($result,)>
            },
        )?;
    };
}

/// What failed in the way that a guest is told, or else ends it.
macro_rules! told {
    ($result:expr) => {
        match $result {
            Ok(value) => Ok(value),
            Err(error) => Err(error.downcast()?),
        }
    };
}

/// `wasi:http/types` 0.2.
pub(super) fn http_p2(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    type Fields = Resource<FieldMap>;
    type Outgoing = Resource<p2::OutgoingRequest>;
    counted!(instance, "[static]fields.from-list", |host, list: Vec<(String, Vec<u8>)>| list_bytes(&list),
        told!(p2::HostFields::from_list(&mut host.http(), list)) => Result<Fields, p2::HeaderError>);
    counted!(instance, "[method]fields.set", |host, this: Fields, name: String, values: Vec<Vec<u8>>|
        values.iter().map(|v| FIELD + name.len() + v.len()).sum(),
        told!(p2::HostFields::set(&mut host.http(), this, name, values)) => Result<(), p2::HeaderError>);
    counted!(instance, "[method]fields.append", |host, this: Fields, name: String, value: Vec<u8>|
        FIELD + name.len() + value.len(),
        told!(p2::HostFields::append(&mut host.http(), this, name, value)) => Result<(), p2::HeaderError>);
    counted!(instance, "[method]fields.clone", |host, this: Fields| fields_bytes(host.table.get(&this)?),
        p2::HostFields::clone(&mut host.http(), this)? => Fields);
    counted!(instance, "[method]outgoing-request.set-method", |host, this: Outgoing, method: p2::Method|
        if let p2::Method::Other(name) = &method { name.len() } else { 0 },
        p2::HostOutgoingRequest::set_method(&mut host.http(), this, method)? => Result<(), ()>);
    counted!(instance, "[method]outgoing-request.set-scheme", |host, this: Outgoing, scheme: Option<p2::Scheme>|
        if let Some(p2::Scheme::Other(name)) = &scheme { name.len() } else { 0 },
        p2::HostOutgoingRequest::set_scheme(&mut host.http(), this, scheme)? => Result<(), ()>);
    counted!(instance, "[method]outgoing-request.set-path-with-query", |host, this: Outgoing, path: Option<String>|
        path.as_ref().map_or(0, String::len),
        p2::HostOutgoingRequest::set_path_with_query(&mut host.http(), this, path)? => Result<(), ()>);
    counted!(instance, "[method]outgoing-request.set-authority", |host, this: Outgoing, authority: Option<String>|
        authority.as_ref().map_or(0, String::len),
        p2::HostOutgoingRequest::set_authority(&mut host.http(), this, authority)? => Result<(), ()>);
    counted!(instance, "[method]outgoing-request.body", |host, this: Outgoing| host.next_body(),
        p2::HostOutgoingRequest::body(&mut host.http(), this)? => Result<Resource<p2::OutgoingBody>, ()>);
    counted!(instance, "[method]outgoing-response.body", |host, this: Resource<p2::OutgoingResponse>| host.next_body(),
        p2::HostOutgoingResponse::body(&mut host.http(), this)? => Result<Resource<p2::OutgoingBody>, ()>);
    Ok(())
}

/// `wasi:http/types` 0.3.
pub(super) fn http_p3(instance: &mut LinkerInstance<'_, Host>) -> wasmtime::Result<()> {
    type Fields = Resource<FieldMap>;
    type Request = Resource<p3::Request>;
    counted!(instance, "[static]fields.from-list", |host, list: Vec<(String, Vec<u8>)>| list_bytes(&list),
        told!(p3::HostFields::from_list(&mut host.http(), list)) => Result<Fields, p3::HeaderError>);
    counted!(instance, "[method]fields.set", |host, this: Fields, name: String, values: Vec<Vec<u8>>|
        values.iter().map(|v| FIELD + name.len() + v.len()).sum(),
        told!(p3::HostFields::set(&mut host.http(), this, name, values)) => Result<(), p3::HeaderError>);
    counted!(instance, "[method]fields.append", |host, this: Fields, name: String, value: Vec<u8>|
        FIELD + name.len() + value.len(),
        told!(p3::HostFields::append(&mut host.http(), this, name, value)) => Result<(), p3::HeaderError>);
    counted!(instance, "[method]fields.clone", |host, this: Fields| fields_bytes(host.table.get(&this)?),
        p3::HostFields::clone(&mut host.http(), this)? => Fields);
    counted!(instance, "[method]request.set-method", |host, this: Request, method: p3::Method|
        if let p3::Method::Other(name) = &method { name.len() } else { 0 },
        p3::HostRequest::set_method(&mut host.http(), this, method)? => Result<(), ()>);
    counted!(instance, "[method]request.set-scheme", |host, this: Request, scheme: Option<p3::Scheme>|
        if let Some(p3::Scheme::Other(name)) = &scheme { name.len() } else { 0 },
        p3::HostRequest::set_scheme(&mut host.http(), this, scheme)? => Result<(), ()>);
    counted!(instance, "[method]request.set-path-with-query", |host, this: Request, path: Option<String>|
        path.as_ref().map_or(0, String::len),
        p3::HostRequest::set_path_with_query(&mut host.http(), this, path)? => Result<(), ()>);
    counted!(instance, "[method]request.set-authority", |host, this: Request, authority: Option<String>|
        authority.as_ref().map_or(0, String::len),
        p3::HostRequest::set_authority(&mut host.http(), this, authority)? => Result<(), ()>);
    Ok(())
}

impl Host {
    /// What another body may come to. One for the answer and one for a question are everybody's.
    fn next_body(&mut self) -> usize {
        self.bodies += 1;
        if self.bodies > 2 { BODY } else { 0 }
    }
}
