//! `wasi:config/store`: the values a node was given.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{LinkerInstance, Val};

use crate::grants::{Capability, Kind};
use crate::run::host::Host;
use crate::run::host::authority::Node;

// Through `Val`: the error type of this interface has no public counterpart.
pub(super) fn provide(instance: &mut LinkerInstance<'_, Host>, node: &Arc<str>) -> wasmtime::Result<()> {
    let name = Arc::clone(node);
    instance.func_new("get", move |store: StoreContextMut<'_, Host>, _, params, results| {
        let node = store.data().node_named(&name);
        if let (Some(Val::String(key)), Some(result)) = (params.first(), results.first_mut()) {
            let value = values(&node).into_iter().find(|(k, _)| k == key).map(|(_, value)| value);
            if let Some(value) = &value {
                node.used(Kind::Config, format!("config={key}={value}"), key.clone());
            } else {
                node.denied(Kind::Config, String::new(), format!("{key}, which has no value"));
            }
            *result = Val::Result(Ok(Some(Box::new(Val::Option(value.map(|v| Box::new(Val::String(v))))))));
        }
        Ok(())
    })?;
    let name = Arc::clone(node);
    instance.func_new("get-all", move |store: StoreContextMut<'_, Host>, _, _, results| {
        let node = store.data().node_named(&name);
        let all = values(&node);
        for (key, value) in &all {
            node.used(Kind::Config, format!("config={key}={value}"), key.clone());
        }
        if let Some(result) = results.first_mut() {
            let pairs = all.into_iter().map(|(k, v)| Val::Tuple(vec![Val::String(k), Val::String(v)])).collect();
            *result = Val::Result(Ok(Some(Box::new(Val::List(pairs)))));
        }
        Ok(())
    })
}

fn values(node: &Node) -> Vec<(String, String)> {
    node.ask(|grants| {
        let pairs = grants.0.iter().filter_map(|c| match c {
            Capability::Config { key, value } => Some((key.clone(), value.clone())),
            _ => None,
        });
        pairs.collect()
    })
}
