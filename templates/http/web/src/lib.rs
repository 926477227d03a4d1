//! Answers every request with what the greeter says.

mod bindings;

use bindings::exports::wasi::http::incoming_handler::{Guest, IncomingRequest, ResponseOutparam};
use bindings::site::greetings::greetings::greet;
use bindings::wasi::http::types::{Fields, OutgoingBody, OutgoingResponse};

struct Web;

impl Guest for Web {
    fn handle(request: IncomingRequest, response_out: ResponseOutparam) {
        let path = request.path_with_query().unwrap_or_else(|| "/".to_owned());
        println!("GET {path}");
        respond(response_out, greet(&path).as_bytes());
    }
}

/// Sends `200 OK` with this body. A client that went away is no error of ours.
fn respond(response_out: ResponseOutparam, bytes: &[u8]) {
    let response = OutgoingResponse::new(Fields::new());
    let Ok(body) = response.body() else { return };
    ResponseOutparam::set(response_out, Ok(response));
    if let Ok(stream) = body.write() {
        for chunk in bytes.chunks(4096) {
            if stream.blocking_write_and_flush(chunk).is_err() {
                break;
            }
        }
    }
    let _ = OutgoingBody::finish(body, None);
}

bindings::export!(Web with_types_in bindings);
