//! Where a run starts: which export of the composition, and how it is called.

use crate::model::port::{InterfaceName, Port, PortKind, short, unversioned};

/// How a run begins.
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
    /// No entry was named, and no export is one.
    #[error("the composition exports nothing that can be run; export one, for example `export app.run;`")]
    Nothing,
    /// No export, or no function of the one that was named, is so called.
    #[error("the composition does not export `{wanted}`; it exports {}", list(.exports))]
    Missing {
        /// As the user wrote it.
        wanted: String,
        /// Full names of what could be named instead.
        exports: Vec<String>,
    },
    /// An interface was named, and it has more than one function.
    #[error("`{interface}` has several functions; choose one: {}", options(.functions))]
    Several {
        /// Its full name.
        interface: String,
        /// As `interface#function`.
        functions: Vec<String>,
    },
    /// An interface was named that holds types or resources alone.
    #[error("`{interface}` has no function that can be called, so it cannot be the entry")]
    NoFunction {
        /// Its full name.
        interface: String,
    },
    /// A short name that several exports have.
    #[error("`{wanted}` may mean {}; write the whole name", list(.meanings))]
    Unclear {
        /// As the user wrote it, without the function.
        wanted: String,
        /// The full names of these exports.
        meanings: Vec<String>,
    },
    /// No entry was named, and several functions could be one.
    #[error("the composition exports no single function called `run`; choose what to call: {}", options(.functions))]
    Ambiguous {
        /// As `--entry` takes them: a name, or `interface#function`.
        functions: Vec<String>,
    },
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        "nothing".into()
    } else {
        names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
    }
}

/// What to type, of at most so many that a line can hold.
fn options(functions: &[String]) -> String {
    const MOST: usize = 12;
    let shown: Vec<_> = functions.iter().take(MOST).map(|f| format!("`--entry {f}`")).collect();
    let more = functions.len().saturating_sub(MOST);
    shown.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
}

impl Entry {
    /// The entry of a composition with these exports: the wanted one, else HTTP, else a command, else `run`, else the
    /// only function there is. What is wanted is an export (its whole name, without its version, or its last segment)
    /// or, behind a `#`, a function of one; an interface of one function stands for that function.
    ///
    /// # Errors
    /// [`EntryError`], when there is none or more than one.
    pub fn choose(exports: &[Port], wanted: Option<&str>) -> Result<Self, EntryError> {
        match wanted {
            Some(wanted) => Self::wanted(exports, wanted),
            None => Self::preferred(exports),
        }
    }

    fn wanted(exports: &[Port], wanted: &str) -> Result<Self, EntryError> {
        let (name, function) = match wanted.split_once('#') {
            Some((name, function)) => (name, Some(function)),
            None => (wanted, None),
        };
        let port = meant(exports, name)?.ok_or_else(|| EntryError::Missing {
            wanted: wanted.into(),
            exports: exports.iter().map(|e| e.name.clone()).collect(),
        })?;
        let Some(function) = function else {
            return Self::of(port).map_or_else(|| Self::only_function(port), Ok);
        };
        let functions = callable(port);
        let full = format!("{}#{function}", port.name);
        if functions.contains(&full) {
            return Ok(Self::Function(full));
        }
        Err(EntryError::Missing { wanted: wanted.into(), exports: functions })
    }

    fn only_function(port: &Port) -> Result<Self, EntryError> {
        let mut functions = callable(port);
        let interface = port.name.clone();
        match functions.len() {
            0 => Err(EntryError::NoFunction { interface }),
            1 => Ok(Self::Function(functions.remove(0))),
            _ => Err(EntryError::Several { interface, functions }),
        }
    }

    fn preferred(exports: &[Port]) -> Result<Self, EntryError> {
        let entries: Vec<Self> = exports.iter().filter_map(Self::of).collect();
        let preferred: [fn(&Self) -> bool; 3] =
            [|e| matches!(e, Self::Http(_)), |e| matches!(e, Self::Command(_)), |e| *e == Self::Function("run".into())];
        if let Some(entry) = preferred.iter().find_map(|is| entries.iter().find(|e| is(e))) {
            return Ok(entry.clone());
        }
        if let [one] = entries.as_slice() {
            return Ok(one.clone());
        }
        let functions: Vec<String> = exports.iter().flat_map(callable).collect();
        Err(if functions.is_empty() { EntryError::Nothing } else { EntryError::Ambiguous { functions } })
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

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Command(name) | Self::Http(name) | Self::Function(name) => name,
        }
    }
}

/// The export of this whole name; else the only one so called but for its version, or by its last segment.
fn meant<'e>(exports: &'e [Port], name: &str) -> Result<Option<&'e Port>, EntryError> {
    let without_version = |e: &&Port| unversioned(&e.name) == name;
    let kinds: [&dyn Fn(&&Port) -> bool; 3] = [&|e| e.name == name, &without_version, &|e| short(&e.name) == name];
    for is_it in kinds {
        let found: Vec<&Port> = exports.iter().filter(is_it).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(Some(one)),
            several => {
                let meanings = several.iter().map(|e| e.name.clone()).collect();
                return Err(EntryError::Unclear { wanted: name.into(), meanings });
            }
        }
    }
    Ok(None)
}

/// The functions of an export, as `--entry` takes them: itself, or those inside the interface.
fn callable(port: &Port) -> Vec<String> {
    match port.kind {
        PortKind::Function => vec![port.name.clone()],
        PortKind::Interface => port.functions().map(|(name, _)| format!("{}#{name}", port.name)).collect(),
        PortKind::Other => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::model::entry::*;

    fn port(name: &str, kind: PortKind) -> Port {
        Port::unknown(name, kind)
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
        let mut tasks = port("a:b/c", PortKind::Interface);
        tasks.signature = vec!["f: func()".into()];
        let ports = [port("wasi:cli/run@0.2.3", PortKind::Interface), tasks, port("go", PortKind::Function)];
        assert_eq!(Entry::choose(&ports, Some("run")), Ok(Entry::Command("wasi:cli/run@0.2.3".into())));
        assert_eq!(Entry::choose(&ports, Some("a:b/c#f")), Ok(Entry::Function("a:b/c#f".into())));
        assert!(Entry::choose(&ports, Some("nope")).unwrap_err().to_string().contains("`go`"));
    }

    #[test]
    fn an_interface_stands_for_its_only_function() {
        let interface = |name: &str, signature: &[&str]| Port {
            name: name.into(),
            kind: PortKind::Interface,
            signature: signature.iter().map(|s| (*s).to_owned()).collect(),
            ..Port::unknown("", PortKind::Interface)
        };
        let ports = [
            interface("t:k/tasks@1.0.0", &["record r { n: u32 }", "go: func() -> u32"]),
            interface("t:k/more", &["resource row", "row.get: func()", "a: func()", "b: async func(n: u8)"]),
            interface("t:k/types", &["record r { n: u32 }"]),
            interface("x:y/tasks", &["go: func()"]),
        ];
        let go = Ok(Entry::Function("t:k/tasks@1.0.0#go".into()));
        for wanted in ["t:k/tasks@1.0.0", "t:k/tasks", "t:k/tasks#go", "t:k/tasks@1.0.0#go"] {
            assert_eq!(Entry::choose(&ports, Some(wanted)), go, "{wanted}");
        }
        let said = |wanted: Option<&str>| Entry::choose(&ports, wanted).unwrap_err().to_string();
        assert_eq!(
            said(Some("more")),
            "`t:k/more` has several functions; choose one: `--entry t:k/more#a`, `--entry t:k/more#b`"
        );
        assert_eq!(
            said(Some("t:k/tasks#no")),
            "the composition does not export `t:k/tasks#no`; it exports `t:k/tasks@1.0.0#go`"
        );
        assert!(said(Some("t:k/types")).contains("no function that can be called"));
        assert_eq!(said(Some("tasks")), "`tasks` may mean `t:k/tasks@1.0.0`, `x:y/tasks`; write the whole name");
        assert!(said(None).contains("`--entry t:k/tasks@1.0.0#go`"), "{}", said(None));
    }
}
