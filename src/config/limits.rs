//! `[run.limits]` in `studio.toml`, read with places.
//!
//! ```toml
//! [run.limits]
//! memory = "512 MiB"       # of a run; a request may have request-memory of it
//! cpu = "10s"              # on the processor: of a command, or of a request
//! fuel = 5_000_000_000     # the same in instructions, more or less, and so the same in every run
//! time = "5min"            # from start to end of a command; of a request: request = "30s"
//! body = "2 GiB"           # of an HTTP request; a longer one gets a 413
//! requests = 256           # answered at a time; more wait a second, and get a 503
//! log = "1 MiB"            # of output a second
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned;

use crate::config::{Config, place};
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::limits::{Limits, duration, size};

/// As written: a name, and a number or a text with a unit.
pub(super) type Written = BTreeMap<Spanned<String>, Spanned<toml::Value>>;

const NAMES: &str = "memory, request-memory, instances, tables, handles, cpu, fuel, time, request, body, requests, log";

/// Reads what was written; everything else is as it is by itself.
pub(super) fn read(config: &Config, text: &str, file: &Path) -> Result<Limits, Box<Diagnostic>> {
    let mut limits = Limits::default();
    for (name, value) in &config.run.limits {
        let problem = |at: usize, message: String, help: &str| {
            let problem = Diagnostic::error(Origin::Project, message).help(help);
            Box::new(place(problem, text, file, at))
        };
        let written = match value.get_ref() {
            toml::Value::String(written) => written.clone(),
            toml::Value::Integer(number) => number.to_string(),
            other => other.to_string(),
        };
        match set(&mut limits, name.get_ref(), &written) {
            Some(Ok(())) => {}
            Some(Err(how)) => {
                let message = format!("`{}` of [run.limits] has an invalid value.", name.get_ref());
                return Err(problem(value.span().start, message, &format!("{how}.")));
            }
            None => {
                let message = format!("Unknown limit `{}`.", name.get_ref());
                return Err(problem(name.span().start, message, &format!("Expected one of {NAMES}.")));
            }
        }
    }
    Ok(limits)
}

/// `None`: there is no such limit.
fn set(limits: &mut Limits, name: &str, written: &str) -> Option<Result<(), String>> {
    let count = |text: &str| {
        let count = text.replace('_', "").parse::<usize>().ok().filter(|n| *n > 0);
        count.ok_or_else(|| format!("`{text}` is not a count; write a whole number above 0"))
    };
    Some(match name {
        "memory" => size(written).map(|n| limits.memory = n),
        "request-memory" => size(written).map(|n| limits.request_memory = n),
        "instances" => count(written).map(|n| limits.instances = n),
        "tables" => count(written).map(|n| limits.tables = n),
        "handles" => count(written).map(|n| limits.handles = n),
        "cpu" => duration(written).map(|t| limits.cpu = Some(t)),
        "fuel" => count(written).map(|n| limits.fuel = Some(n as u64)),
        "time" => duration(written).map(|t| limits.time = Some(t)),
        "request" => duration(written).map(|t| limits.request = t),
        "body" => size(written).map(|n| limits.body = n as u64),
        "requests" => count(written).map(|n| limits.requests = n),
        "log" => match size(written) {
            Ok(0) => Err("`0` would drop every line; write a size above 0".into()),
            said => said.map(|n| limits.log = Some(n as u64)),
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::config::limits::*;

    fn parsed(text: &str) -> Result<Limits, Box<Diagnostic>> {
        crate::config::parse(text, Path::new("studio.toml")).map(|config| config.limits)
    }

    #[test]
    fn read_as_written() {
        let limits =
            parsed("[run.limits]\nmemory = '64 MiB'\ncpu = '2s'\nfuel = 1_000_000\nhandles = 100\nlog = '1 MiB'\nbody = '9 MiB'\n")
                .unwrap();
        assert_eq!((limits.body, limits.requests), (9 << 20, 256));
        assert_eq!((limits.memory, limits.handles, limits.log), (64 << 20, 100, Some(1 << 20)));
        assert_eq!((limits.cpu, limits.request), (Some(Duration::from_secs(2)), Duration::from_secs(30)));
        assert_eq!(limits.fuel, Some(1_000_000));
        assert_eq!(parsed("").unwrap(), Limits::default());
    }

    #[test]
    fn problems_have_places_and_the_way_to_write_it() {
        for (text, place, says, help) in [
            ("[run.limits]\nmemroy = 1\n", "studio.toml:2:1", "Unknown limit", "memory, request-memory"),
            ("[run.limits]\nmemory = 'lots'\n", "studio.toml:2:10", "`memory`", "512 MiB"),
            ("[run.limits]\n\ncpu = 3\n", "studio.toml:3:7", "`cpu`", "30s"),
            ("[run.limits]\ntables = 0\n", "studio.toml:2:10", "`tables`", "above 0"),
            ("[run.limits]\nlog = true\n", "studio.toml:2:7", "`log`", "512 MiB"),
        ] {
            let problem = parsed(text).unwrap_err();
            assert_eq!(problem.place.unwrap().to_string(), place, "{text}");
            assert!(problem.message.contains(says), "{}", problem.message);
            assert!(problem.help.as_ref().unwrap().contains(help), "{:?}", problem.help);
        }
    }
}
