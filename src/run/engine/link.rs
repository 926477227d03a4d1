//! The composition's imports meet what the host provides.

use std::collections::HashSet;

use wasmtime::Engine;
use wasmtime::component::{Component, InstancePre, Linker};

use crate::compose::Live;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::host::host_provides;
use crate::run::engine::modules::Compiled;
use crate::run::host;
use crate::run::host::Host;

/// Links compositions; made once, it holds what is the same for all of them.
pub(crate) struct Links {
    standard: Linker<Host>,
}

impl Links {
    /// # Errors
    /// When the standard implementations can't be put together, which a test would show.
    pub(crate) fn new(engine: &Engine) -> wasmtime::Result<Self> {
        let mut standard = Linker::new(engine);
        host::standard(&mut standard)?;
        Ok(Self { standard })
    }

    /// # Errors
    /// A problem for each kind of import that nobody provides.
    pub(crate) fn link(&self, live: &Live, compiled: &Compiled) -> Result<InstancePre<Host>, Box<Diagnostic>> {
        let mut linker = self.standard.clone();
        for (core, module) in live.modules.iter().zip(&compiled.modules) {
            linker.root().module(&core.import, module).map_err(|e| unexpected(&e))?;
        }
        for label in &live.labels {
            if !host::provide(&mut linker, label).map_err(|e| unexpected(&e))? {
                let message = format!("studio has no `{}` of its own for `{}`", label.interface, label.node);
                return Err(Diagnostic::error(Origin::Run, message)
                    .component(&label.node)
                    .port(&label.interface)
                    .into());
            }
        }
        linker
            .instantiate_pre(&compiled.component)
            .map_err(|error| missing(live, &compiled.component).unwrap_or_else(|| unexpected(&error)).into())
    }
}

fn unexpected(error: &wasmtime::Error) -> Diagnostic {
    Diagnostic::error(Origin::Run, format!("the composition can't be linked: {error:#}"))
}

/// The first import that neither a node nor WASI provides, in words that name the next step.
fn missing(live: &Live, component: &Component) -> Option<Diagnostic> {
    let ours: HashSet<&str> =
        live.modules.iter().map(|m| m.import.as_str()).chain(live.labels.iter().map(|l| l.import.as_str())).collect();
    let ty = component.component_type();
    let engine = component.engine();
    let names: Vec<String> =
        ty.imports(engine).map(|(name, _)| name.to_string()).filter(|n| !ours.contains(n.as_str())).collect();
    let name = names.iter().find(|n| !host_provides(n))?;
    let message = format!("nothing provides `{name}`, which the composition needs");
    Some(
        Diagnostic::error(Origin::Run, message)
            .port(name)
            .help("wire it to a component that exports it, or export the wire's other end from the composition"),
    )
}
