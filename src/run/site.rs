//! What requests are answered by: a generation and its handler.

use std::sync::Arc;

use tokio::sync::watch;
use wasmtime_wasi_http::{p2, p3};

use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::entry::Entry;
use crate::model::port::InterfaceName;
use crate::run::generation::Generation;
use crate::run::host::Host;

pub(super) struct Site {
    pub generation: Arc<Generation>,
    pub handler: Handler,
    retired: watch::Sender<bool>,
}

/// The handler's version.
pub(super) enum Handler {
    P2(p2::bindings::ProxyPre<Host>),
    P3(p3::bindings::ServicePre<Host>),
}

impl Site {
    /// # Errors
    /// When the composition does not export the handler, or as something else.
    pub(super) fn new(generation: Arc<Generation>, entry: &Entry) -> Result<Self, Box<Diagnostic>> {
        let name = entry.name();
        let pre = generation.pre.clone();
        let is_p2 = InterfaceName::parse(name).is_some_and(|n| n.interface == "incoming-handler");
        let handler = if is_p2 {
            p2::bindings::ProxyPre::new(pre).map(Handler::P2)
        } else {
            p3::bindings::ServicePre::new(pre).map(Handler::P3)
        };
        match handler {
            Ok(handler) => Ok(Self { generation, handler, retired: watch::Sender::new(false) }),
            Err(e) => Err(Diagnostic::error(Origin::Run, format!("`{name}` can't be served: {e:#}")).port(name).into()),
        }
    }

    /// Ends the requests that it still answers: too many newer ones have come.
    pub(super) fn retire(&self) {
        self.retired.send_replace(true);
    }

    /// Resolves when it is retired.
    pub(super) async fn retired(&self) {
        let _ = self.retired.subscribe().wait_for(|retired| *retired).await;
    }
}
