//! `wasi:cli/environment`: a node's own arguments and variables.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use crate::grants::{Capability, Kind};
use crate::run::host::Host;
use crate::run::host::authority::Node;

pub(super) fn provide(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>, is_p3: bool) -> wasmtime::Result<()> {
    type Pairs = Vec<(String, String)>;
    let name = Arc::clone(node);
    instance.func_wrap("get-environment", move |store: StoreContextMut<'_, Host>, (): ()| {
        Ok((variables(&store.data().node_named(&name)),)) as wasmtime::Result<(Pairs,)>
    })?;
    let name = Arc::clone(node);
    instance.func_wrap("get-arguments", move |store: StoreContextMut<'_, Host>, (): ()| {
        Ok((arguments(store.data(), &name),)) as wasmtime::Result<(Vec<String>,)>
    })?;
    let cwd = if is_p3 { "get-initial-cwd" } else { "initial-cwd" };
    instance.func_wrap(cwd, |_: StoreContextMut<'_, Host>, (): ()| Ok((None,)) as wasmtime::Result<(Option<String>,)>)
}

/// WASI hands the environment over as a whole, so what of it is used can't be known.
fn variables(node: &Node) -> Vec<(String, String)> {
    let granted: Vec<_> = node.ask(|grants| {
        let env = grants.0.iter().filter_map(|c| match c {
            Capability::Env { name, value } => Some((name.clone(), value.clone(), c.to_string())),
            _ => None,
        });
        env.collect()
    });
    if granted.is_empty() {
        node.denied(Kind::Env, String::new(), "the whole environment".into());
    }
    let mut pairs = Vec::new();
    for (name, value, grant) in granted {
        node.used(Kind::Env, grant, name.clone());
        match value.or_else(|| std::env::var(&name).ok()) {
            Some(value) => pairs.push((name, value)),
            None => node.log_once(
                format!("env {name}"),
                &format!("`{name}` is granted, but studio itself was started without it"),
            ),
        }
    }
    pairs
}

/// The node's own, else (where the run starts) those of the run.
fn arguments(host: &Host, name: &Arc<str>) -> Vec<String> {
    let node = host.node_named(name);
    let own: Vec<String> = node.ask(|grants| {
        let args = grants.0.iter().filter_map(|c| if let Capability::Args(a) = c { Some(a.clone()) } else { None });
        args.collect()
    });
    for one in &own {
        node.used(Kind::Args, Capability::Args(one.clone()).to_string(), one.clone());
    }
    let run: &[String] = if own.is_empty() && host.is_entry(name) { host.run_args() } else { &[] };
    std::iter::once(name.to_string()).chain(own.iter().cloned()).chain(run.iter().cloned()).collect()
}
