//! Requests guests send: none for now, whatever the address.

use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

pub struct Denied;

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sent = Result<(hyper::Response<WasiBody>, Io), Error>;

impl WasiHttpHooks for Denied {
    fn send_request(
        &mut self,
        _: hyper::Request<WasiBody>,
        _: Option<RequestOptions>,
        _: Io,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        Box::new(async { Err(Error::HttpRequestDenied) })
    }
}
