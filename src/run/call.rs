//! Commands and plain functions: find the export, call it, say how it ended.

use wasmtime::Store;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, ComponentExportIndex, Instance, Val};
use wasmtime_wasi::I32Exit;

use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::entry::Entry;
use crate::run::host::Host;
use crate::run::{Outcome, wave};

/// What is called, found in the composition.
#[derive(Clone)]
pub(super) enum Callee {
    /// `wasi:cli/run`'s `run`, of 0.2 or 0.3.
    Command(ComponentExportIndex),
    /// A function without parameters; its name and how many results it gives (0 or 1).
    Function { index: ComponentExportIndex, name: String, results: usize },
}

/// How a call ended, crashes aside.
#[derive(Debug, PartialEq, Eq)]
pub enum Returned {
    Value(Option<String>),
    /// An error, or an exit code other than 0; with the error's value, if it has one.
    Failed(u8, Option<String>),
}

impl Callee {
    /// Finds a command or a function; HTTP entries are served, not called.
    ///
    /// # Errors
    /// When the composition has no such export, or a function wants arguments.
    pub(super) fn find(component: &Component, entry: &Entry) -> Result<Self, Box<Diagnostic>> {
        let name = entry.name();
        let missing = || {
            Diagnostic::error(Origin::Run, format!("the composition does not export `{name}`"))
                .help("export it from the composition, or choose another entry with --entry")
        };
        let (outer, inner) = match entry {
            Entry::Command(_) => (Some(name), "run"),
            _ => match name.split_once('#') {
                Some((interface, function)) => (Some(interface), function),
                None => (None, name),
            },
        };
        let parent = match outer {
            Some(outer) => Some(component.get_export_index(None, outer).ok_or_else(missing)?),
            None => None,
        };
        let (item, index) = component.get_export(parent.as_ref(), inner).ok_or_else(missing)?;
        let ComponentItem::ComponentFunc(function) = item else {
            let message = format!("`{name}` is not a function, so it can't be run");
            return Err(Diagnostic::error(Origin::Run, message)
                .help("name a function inside it, as in `--entry namespace:package/interface#function`")
                .into());
        };
        if matches!(entry, Entry::Command(_)) {
            return Ok(Self::Command(index));
        }
        let wanted: Vec<&str> = function.params().map(|(name, _)| name).collect();
        if !wanted.is_empty() {
            let message = format!(
                "`{name}` takes arguments ({}); a run starts with a function without parameters",
                wanted.join(", ")
            );
            return Err(Diagnostic::error(Origin::Run, message)
                .help("choose an entry without parameters with --entry, or add one that calls it")
                .into());
        }
        Ok(Self::Function { index, name: name.into(), results: function.results().len() })
    }

    /// Calls it, to its end. `Err` is a crash.
    pub(super) async fn call(&self, store: &mut Store<Host>, instance: &Instance) -> wasmtime::Result<Returned> {
        match self {
            Self::Command(index) => {
                let run = instance.get_typed_func::<(), (Result<(), ()>,)>(&mut *store, index)?;
                match run.call_async(&mut *store, ()).await {
                    Ok((Ok(()),)) => Ok(Returned::Value(None)),
                    Ok((Err(()),)) => Ok(Returned::Failed(1, None)),
                    Err(error) => exit(error),
                }
            }
            Self::Function { index, name, results } => {
                let Some(function) = instance.get_func(&mut *store, index) else {
                    wasmtime::bail!("the instance has no `{name}`");
                };
                let mut values = vec![Val::Bool(false); *results];
                if let Err(error) = function.call_async(&mut *store, &[], &mut values).await {
                    return exit(error);
                }
                let text = values.first().map(wave::text);
                Ok(match values.first() {
                    Some(Val::Result(Err(_))) => Returned::Failed(1, text),
                    _ => Returned::Value(text),
                })
            }
        }
    }
}

/// `exit(code)` ends a guest like a trap, but is none.
fn exit(error: wasmtime::Error) -> wasmtime::Result<Returned> {
    match error.downcast_ref::<I32Exit>() {
        Some(I32Exit(0)) => Ok(Returned::Value(None)),
        Some(I32Exit(code)) => Ok(Returned::Failed(u8::try_from(*code).unwrap_or(1), None)),
        None => Err(error),
    }
}

impl From<Returned> for Outcome {
    fn from(returned: Returned) -> Self {
        match returned {
            Returned::Value(value) => Self::Returned(value),
            Returned::Failed(code, _) => Self::Exited(code),
        }
    }
}
