//! Where a run starts: which export of the composition, and how it is called.

use crate::model::port::{InterfaceName, Port, PortKind};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// `wasi:cli/run`: a command with arguments and stdin; the export's full name.
    Command(String),
    /// `wasi:http/incoming-handler` (0.2) or `wasi:http/handler` (0.3), served on loopback; the export's full name.
    Http(String),
    /// A plain function: its name, or `interface#function` for one inside an exported interface.
    Function(String),
}

/// Why no entry could be chosen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    #[error("the composition exports nothing that can be run; export one, for example `export app.run;`")]
    Nothing,
    #[error("the composition exports no `{wanted}`; it exports {}", list(.exports))]
    Missing { wanted: String, exports: Vec<String> },
    #[error("the composition exports several functions ({}) and none is called `run`; choose one with --entry", list(.exports))]
    Ambiguous { exports: Vec<String> },
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        "nothing".into()
    } else {
        names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
    }
}

impl Entry {
    /// The entry of a composition with these exports: the wanted one, else HTTP, else a command, else `run`, else the
    /// only function there is.
    ///
    /// # Errors
    /// [`EntryError`], when there is none or more than one.
    pub fn choose(exports: &[Port], wanted: Option<&str>) -> Result<Self, EntryError> {
        let names = || exports.iter().map(|e| e.name.clone()).collect::<Vec<_>>();
        if let Some(wanted) = wanted {
            if let Some(port) =
                exports.iter().find(|e| e.name == wanted || crate::model::port::short(&e.name) == wanted)
            {
                return Self::of(port).ok_or_else(|| EntryError::Missing { wanted: wanted.into(), exports: names() });
            }
            let inside = wanted
                .split_once('#')
                .filter(|(interface, _)| exports.iter().any(|e| e.name == *interface && e.kind == PortKind::Interface));
            return match inside {
                Some(_) => Ok(Self::Function(wanted.into())),
                None => Err(EntryError::Missing { wanted: wanted.into(), exports: names() }),
            };
        }
        let entries: Vec<Self> = exports.iter().filter_map(Self::of).collect();
        let preferred: [fn(&Self) -> bool; 3] =
            [|e| matches!(e, Self::Http(_)), |e| matches!(e, Self::Command(_)), |e| *e == Self::Function("run".into())];
        if let Some(entry) = preferred.iter().find_map(|is| entries.iter().find(|e| is(e))) {
            return Ok(entry.clone());
        }
        match entries.as_slice() {
            [] => Err(EntryError::Nothing),
            [one] => Ok(one.clone()),
            _ => Err(EntryError::Ambiguous { exports: names() }),
        }
    }

    fn of(port: &Port) -> Option<Self> {
        if port.kind == PortKind::Function {
            return Some(Self::Function(port.name.clone()));
        }
        let name = InterfaceName::parse(&port.name)?;
        match (name.namespace, name.package, name.interface) {
            ("wasi", "cli", "run") => Some(Self::Command(port.name.clone())),
            ("wasi", "http", "incoming-handler" | "handler") => Some(Self::Http(port.name.clone())),
            _ => None,
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Command(name) | Self::Http(name) | Self::Function(name) => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::entry::*;

    fn port(name: &str, kind: PortKind) -> Port {
        Port { name: name.into(), kind, signature: Vec::new() }
    }

    #[test]
    fn http_before_command_before_run_before_the_only_one() {
        let http = port("wasi:http/incoming-handler@0.2.3", PortKind::Interface);
        let command = port("wasi:cli/run@0.2.3", PortKind::Interface);
        let run = port("run", PortKind::Function);
        let other = port("other", PortKind::Function);
        let choose = |ports: &[&Port]| Entry::choose(&ports.iter().map(|p| (*p).clone()).collect::<Vec<_>>(), None);
        assert_eq!(choose(&[&run, &command, &http]), Ok(Entry::Http(http.name.clone())));
        assert_eq!(choose(&[&run, &command]), Ok(Entry::Command(command.name.clone())));
        assert_eq!(choose(&[&other, &run]), Ok(Entry::Function("run".into())));
        assert_eq!(choose(&[&other]), Ok(Entry::Function("other".into())));
        assert_eq!(choose(&[]), Err(EntryError::Nothing));
        assert!(matches!(choose(&[&other, &port("more", PortKind::Function)]), Err(EntryError::Ambiguous { .. })));
    }

    #[test]
    fn a_wanted_entry_is_found_by_full_short_or_inner_name() {
        let ports = [
            port("wasi:cli/run@0.2.3", PortKind::Interface),
            port("a:b/c", PortKind::Interface),
            port("go", PortKind::Function),
        ];
        assert_eq!(Entry::choose(&ports, Some("run")), Ok(Entry::Command("wasi:cli/run@0.2.3".into())));
        assert_eq!(Entry::choose(&ports, Some("a:b/c#f")), Ok(Entry::Function("a:b/c#f".into())));
        assert!(Entry::choose(&ports, Some("nope")).unwrap_err().to_string().contains("`go`"));
    }
}
