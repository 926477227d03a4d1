//! `studio.toml`: what the user says about a project that its files don't say by themselves. Optional.
//!
//! ```toml
//! composition = "neon.wac"
//!
//! [run]
//! entry = "run"                # an export, or a function in one: "shop:jobs/tasks#go"
//! addr = "127.0.0.1:8000"
//! args = ["one", "two"]
//! on_save = "restart"          # what a save does to a command: restart, wait (for its end) or manual (on a key)
//! ca = "test-ca.pem"           # whose certificates https that nodes send trusts, besides the machine's
//!
//! [run.hosts]                  # names that stand for another address in runs
//! "api.stripe.com" = "127.0.0.1:9000"
//!
//! [run.limits]                 # how much of the machine a run may have (docs/limits.md)
//! memory = "512 MiB"
//!
//! [grants.payments]            # what a node may do; nothing else is allowed (docs/grants.md)
//! http = ["api.stripe.com"]
//!
//! [components.logger]          # a cargo package, a .wasm file's stem, or a name of your own
//! package = "cyber:core"       # what a .wac calls it
//! features = ["ssr"]           # features of the cargo package that are on besides its default ones
//!
//! [components.frontend]        # any other language: its own build command
//! command = ["npm", "run", "build"]
//! output = "dist/frontend.wasm"
//! watch = ["src/**/*.ts"]
//! ```

mod covered;
pub(crate) mod grants;
mod limits;

pub(crate) use covered::{covered, covered_title};

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::grants::Grants;
use crate::model::diagnostic::{Diagnostic, Origin, line_column};
use crate::model::limits::Limits;
use crate::model::project::OnSave;

/// The file's name in a project's root.
pub(crate) const FILE: &str = "studio.toml";

/// What `studio.toml` says, as it is written there; unknown keys are errors.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The active composition, relative to the root.
    pub(crate) composition: Option<Spanned<PathBuf>>,
    #[serde(default)]
    pub(crate) run: Run,
    #[serde(default)]
    pub(crate) components: BTreeMap<Spanned<String>, ComponentConfig>,
    #[serde(default)]
    grants: grants::Written,
    /// What each node may do, read from `[grants.NODE]` and `[run.hosts]`.
    #[serde(skip)]
    pub granted: Grants,
    /// How much a run may have, read from `[run.limits]`.
    #[serde(skip)]
    pub(crate) limits: Limits,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Run {
    pub(crate) entry: Option<String>,
    /// Where HTTP is served.
    pub(crate) addr: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) args: Vec<String>,
    /// What a save does to a command that runs.
    pub(crate) on_save: Option<Spanned<String>>,
    /// Certificates in PEM that https trusts besides the machine's, relative to the root.
    pub(crate) ca: Option<PathBuf>,
    /// Names that stand for another address in this run.
    #[serde(default)]
    pub(crate) hosts: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    limits: limits::Written,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComponentConfig {
    /// What a `.wac` calls it: `ns:name`.
    pub(crate) package: Option<String>,
    /// Features of the cargo package that are on besides its default ones.
    #[serde(default)]
    pub(crate) features: Vec<String>,
    /// How it is built, instead of by cargo.
    pub(crate) command: Option<Spanned<Vec<String>>>,
    /// What the command writes, relative to the root.
    pub(crate) output: Option<PathBuf>,
    /// Globs of the files the command reads, relative to the root.
    #[serde(default)]
    pub(crate) watch: Vec<Spanned<String>>,
}

impl Config {
    /// The nodes of `[grants.NODE]`, and where each stands, in bytes from the start.
    pub(crate) fn grants(&self) -> impl Iterator<Item = (&str, usize)> {
        self.grants.keys().map(|name| (name.get_ref().as_str(), name.span().start))
    }

    /// Where `[grants.NODE]` stands, in bytes from the start.
    pub(crate) fn grants_at(&self, node: &str) -> Option<usize> {
        self.grants.keys().find(|name| name.get_ref() == node).map(|name| name.span().start)
    }
}

/// Reads the text of a `studio.toml`; `file` is only how a problem calls it.
///
/// # Errors
/// The first problem, with its line and column: it is no TOML, has an unknown key, or a value that means nothing.
pub fn parse(text: &str, file: &Path) -> Result<Config, Box<Diagnostic>> {
    let mut config: Config = toml::from_str(text).map_err(|e| Box::new(toml_problem(text, file, &e)))?;
    if let Some(addr) = config.run.addr.as_ref().filter(|a| address(a.get_ref()).is_none()) {
        let written = addr.get_ref();
        let problem = Diagnostic::error(Origin::Project, format!("`{written}` is not an address to serve at."))
            .help("Write it as HOST:PORT, for example \"127.0.0.1:8080\" or \"localhost:8080\".");
        return Err(Box::new(place(problem, text, file, addr.span().start)));
    }
    for (name, component) in &config.components {
        if let Some(problem) = contradiction(name.get_ref(), component) {
            return Err(Box::new(place(problem, text, file, name.span().start)));
        }
        for glob in &component.watch {
            if let Err(e) = globset::Glob::new(glob.get_ref()) {
                let problem = Diagnostic::error(Origin::Project, format!("Invalid glob: {}.", e.kind()));
                return Err(Box::new(place(problem, text, file, glob.span().start)));
            }
        }
    }
    if let Some(written) = config.run.on_save.as_ref().filter(|w| OnSave::parse(w.get_ref()).is_none()) {
        let message = format!("`{}` is not a value of `on_save`.", written.get_ref());
        let problem = Diagnostic::error(Origin::Project, message);
        let help = "Expected \"restart\", \"wait\" (for its end) or \"manual\" (on a key).";
        return Err(Box::new(place(problem.help(help), text, file, written.span().start)));
    }
    config.granted = grants::read(&config, text, file)?;
    config.limits = limits::read(&config, text, file)?;
    Ok(config)
}

/// HOST:PORT, where the host is an IP address or `localhost`; other names would have to be asked for on the network.
pub(crate) fn address(text: &str) -> Option<SocketAddr> {
    match text.strip_prefix("localhost:") {
        Some(port) => Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().ok()?))),
        None => text.parse().ok(),
    }
}

/// A TOML error as a problem with a place.
pub(crate) fn toml_problem(text: &str, file: &Path, error: &toml::de::Error) -> Diagnostic {
    let message = error.message().trim().lines().collect::<Vec<_>>().join(", ");
    let problem = Diagnostic::error(Origin::Project, format!("invalid TOML: {message}"));
    match error.span() {
        Some(span) => place(problem, text, file, span.start),
        None => problem.at(file, 0, 0),
    }
}

fn place(problem: Diagnostic, text: &str, file: &Path, offset: usize) -> Diagnostic {
    let (line, column) = line_column(text, offset);
    problem.at(file, line, column)
}

fn contradiction(name: &str, component: &ComponentConfig) -> Option<Diagnostic> {
    let problem = |text: String, help: &str| Some(Diagnostic::error(Origin::Project, text).help(help));
    match (&component.command, &component.output) {
        (Some(_), None) => problem(
            format!("Component `{name}` has a command but no output."),
            "Add `output = \"path/of/the.wasm\"`, the file that the command writes.",
        ),
        (None, Some(_)) => problem(
            format!("Component `{name}` has an output but no command."),
            "Add `command = [\"program\", \"argument\"]`, or drop `output`.",
        ),
        (Some(command), _) if command.get_ref().is_empty() => problem(
            format!("The command of component `{name}` is empty."),
            "Write it as a list: `command = [\"program\", \"argument\"]`.",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::config::*;

    fn problem(text: &str) -> Diagnostic {
        *parse(text, Path::new("studio.toml")).unwrap_err()
    }

    #[test]
    fn the_whole_of_it() {
        let config = parse(
            "composition = 'a.wac'\n[run]\nentry = 'x.run'\naddr = '127.0.0.1:1'\nargs = ['a']\n\
             [components.logger]\npackage = 'cyber:core'\n\
             [components.front]\ncommand = ['make']\noutput = 'out/f.wasm'\nwatch = ['src/**']\n",
            Path::new("studio.toml"),
        )
        .unwrap();
        assert_eq!(config.composition.unwrap().into_inner(), PathBuf::from("a.wac"));
        assert_eq!(config.run.args, ["a"]);
        assert_eq!(config.components.len(), 2);
    }

    #[test]
    fn an_address_is_checked_where_it_is_written() {
        let nonsense = problem("[run]\naddr = 'here'\n");
        assert_eq!(nonsense.place.unwrap().to_string(), "studio.toml:2:8");
        assert!(nonsense.help.unwrap().contains("HOST:PORT"));
        assert_eq!(address("localhost:80").unwrap().to_string(), "127.0.0.1:80");
        assert_eq!(address("[::1]:80").unwrap().to_string(), "[::1]:80");
        assert!([":80", "localhost", "localhost:port", "1.2.3.4"].iter().all(|a| address(a).is_none()));
    }

    #[test]
    fn what_a_save_does_is_one_of_three() {
        let problem = problem("[run]\non_save = 'explode'\n");
        assert_eq!(problem.place.unwrap().to_string(), "studio.toml:2:11");
        assert!(problem.help.unwrap().contains("manual"));
        let config = parse("[run]\non_save = 'wait'\n", Path::new("studio.toml")).unwrap();
        assert_eq!(config.run.on_save.unwrap().into_inner(), "wait");
    }

    #[test]
    fn problems_have_lines() {
        assert_eq!(problem("composition = \n").place.unwrap().to_string(), "studio.toml:1:15");
        let unknown = problem("\n[run]\nentri = 'x'\n");
        assert_eq!(unknown.place.unwrap().line, 3);
        assert!(unknown.message.contains("`entri`") && unknown.message.contains("`entry`"), "{}", unknown.message);
        let half = problem("\n\n[components.a]\ncommand = ['x']\n");
        assert_eq!(half.place.unwrap().line, 3);
        assert!(half.help.unwrap().contains("output"));
        assert_eq!(problem("[components.a]\ncommand=['x']\noutput='y'\nwatch=['a[']\n").place.unwrap().line, 4);
    }
}
