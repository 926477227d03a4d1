//! The command line, as clap reads it.

mod wit;

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::ArgValueCandidates;

use crate::cli::candidates;
use crate::files::Links;

pub(crate) use wit::{Fmt, Lsp, Wit};

/// A terminal IDE for WebAssembly components.
///
/// `studio` in a folder of WIT and Rust sources rebuilds what changed on every save, draws the graph of imports and
/// exports, composes and runs the components, and shows the log of each.
#[derive(Debug, Parser)]
#[command(name = "studio", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 success · 1 problems were found or the guest failed · 2 usage or environment error · run: the guest's own"
)]
pub(crate) struct Arguments {
    /// The project's folder
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) path: PathBuf,

    /// The address to serve HTTP at; port 0 picks a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    pub(crate) addr: Option<SocketAddr>,

    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Create a small project of two components, build it and run it
    Demo(Demo),
    /// Create a project from a template
    New(New),
    /// Check WIT and WAC, and Rust if the folder is trusted
    Check(Check),
    /// Format WIT files
    Fmt(Fmt),
    /// Print the WIT of a component or package
    Wit(Wit),
    /// Serve WIT to an editor over stdio (language server)
    Lsp(Lsp),
    /// Build the components
    Build(Build),
    /// Print how the components are wired
    Graph(Graph),
    /// Draw the terminal UI as SVG, without building anything
    Screen(Screen),
    /// Write the composed component
    Compose(Compose),
    /// Connect an import of a node to an export of another
    Wire(Wire),
    /// Disconnect an import
    Cut(Cut),
    /// Add an instance of a component
    Add(Add),
    /// Remove an instance with its wires and exports
    Remove(Remove),
    /// Rename an instance
    Rename(Rename),
    /// Export a node's export from the composition
    Expose(Expose),
    /// Remove an export of the composition
    Hide(Hide),
    /// Connect every open import that exactly one export fits
    AutoWire(AutoWire),
    /// Explain whether an export fits an import: every difference, and the fixes
    Explain(Explain),
    /// Build, compose and run, without the terminal UI
    Run(Run),
    /// Grant capabilities to a node
    Grant(Grant),
    /// Revoke capabilities of a node
    Revoke(Grant),
    /// List every node's grants, and what the last run used and was denied
    Grants(Grants),
    /// Show or change which folders' code may run
    Trust(TrustArguments),
    /// List the themes, or check a theme's contrast
    Theme(ThemeArguments),
    /// Check what this machine has and lacks
    Doctor(Doctor),
    /// Print shell completions
    Completions(Completions),
    /// Print the man page
    Man(Man),
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell; bash: `studio completions bash > ~/.local/share/bash-completion/completions/studio`
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Write it, and one page per subcommand, into this folder
    #[arg(long)]
    pub(crate) dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct TrustArguments {
    #[command(subcommand)]
    pub(crate) verb: TrustVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TrustVerb {
    /// List the trusted folders, and what of each may run
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what building a folder runs, and trust it if the answer is `yes`
    Add {
        /// The project's folder
        #[arg(value_name = "DIR", default_value = ".")]
        path: PathBuf,
        /// Trust what is listed without being asked
        #[arg(long)]
        yes: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Stop trusting a folder
    Revoke {
        /// The project's folder
        #[arg(value_name = "DIR", default_value = ".")]
        path: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ThemeArguments {
    #[command(subcommand)]
    pub(crate) verb: ThemeVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ThemeVerb {
    /// List the themes
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check a theme's text/background contrast
    Check {
        /// A theme's name, or a file; all themes without it
        #[arg(add = ArgValueCandidates::new(candidates::theme_names))]
        theme: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The folder to create
    #[arg(default_value = "studio-demo")]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The template
    #[arg(value_enum)]
    pub(crate) template: crate::build::scaffold::Template,
    /// The folder to create; it must not exist, or be empty
    pub(crate) dir: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What every verb on a project takes.
#[derive(Debug, Args)]
pub(crate) struct Project {
    /// The project's folder
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) path: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// For verbs that run code of the folder: build scripts, macros, guests.
#[derive(Debug, Args)]
pub(crate) struct Trust {
    /// Allow this folder's code to run, this once
    #[arg(long)]
    pub(crate) trust: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) project: Project,
    /// List what was found but is not a component, why, and what would make it one
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// First make every fix of WIT that needs no decision: missing semicolons, old syntax, names of other languages' types
    #[arg(long)]
    pub(crate) fix: bool,
    #[command(flatten)]
    pub(crate) trust: Trust,
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    #[command(flatten)]
    pub(crate) project: Project,
    /// Build with cargo's release profile
    #[arg(long)]
    pub(crate) release: bool,
    #[command(flatten)]
    pub(crate) trust: Trust,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
    /// For Graphviz
    Dot,
    Mermaid,
    /// A picture, as the terminal UI draws it
    Svg,
}

#[derive(Debug, Args)]
pub(crate) struct Graph {
    /// The project's folder
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) path: PathBuf,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
    /// Draw with ASCII characters only
    #[arg(long)]
    pub(crate) ascii: bool,
    /// The colours of an SVG [default: dark]
    #[arg(long, value_name = "NAME")]
    pub(crate) theme: Option<String>,
    /// The file to write; `-` is stdout
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Screen {
    /// The project's folder
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) path: PathBuf,
    /// The size of the screen
    #[arg(long, value_name = "COLUMNSxROWS", value_parser = size, default_value = "120x36")]
    pub(crate) size: (u16, u16),
    /// The colours [default: dark]
    #[arg(long, value_name = "NAME")]
    pub(crate) theme: Option<String>,
    /// Draw with ASCII characters only
    #[arg(long)]
    pub(crate) ascii: bool,
    /// The file to write; `-` is stdout
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,
}

/// The most columns or rows of a screen that is drawn.
const WIDEST: u16 = 1_000;

fn size(text: &str) -> Result<(u16, u16), String> {
    let number = |text: &str| text.parse::<u16>().ok().filter(|n| (1..=WIDEST).contains(n));
    let size = text.split_once('x').and_then(|(columns, rows)| Some((number(columns)?, number(rows)?)));
    size.ok_or_else(|| format!("write columns and rows as 120x36, each from 1 to {WIDEST}"))
}

#[derive(Debug, Args)]
pub(crate) struct Compose {
    #[command(flatten)]
    pub(crate) project: Project,
    /// The file to write, `-` for stdout [default: NAME.wasm in the project's folder]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Build with cargo's dev profile
    #[arg(long)]
    pub(crate) debug: bool,
    #[command(flatten)]
    pub(crate) trust: Trust,
}

/// What every verb that edits the composition's text takes.
#[derive(Debug, Args)]
pub(crate) struct EditOf {
    /// The project's folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) project: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Also write through symbolic links that lead out of the project
    #[arg(long)]
    pub(crate) follow_links: bool,
}

impl EditOf {
    /// Which links are written through.
    pub(crate) fn links(&self) -> Links {
        if self.follow_links { Links::Follow } else { Links::Inside }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Wire {
    /// The import: `core-logic.cyber:core/log-handler`, or `core-logic.log-handler` where that is unambiguous
    #[arg(value_name = "NODE.IMPORT", add = ArgValueCandidates::new(candidates::imports))]
    pub(crate) import: String,
    /// The export: `logger.cyber:core/log-handler`, or `logger.log-handler`
    #[arg(value_name = "NODE.EXPORT", add = ArgValueCandidates::new(candidates::exports))]
    pub(crate) export: String,
    #[command(flatten)]
    pub(crate) of: EditOf,
}

#[derive(Debug, Args)]
pub(crate) struct Cut {
    /// The import, as in `core-logic.cyber:core/log-handler`
    #[arg(value_name = "NODE.IMPORT", add = ArgValueCandidates::new(candidates::imports))]
    pub(crate) import: String,
    #[command(flatten)]
    pub(crate) of: EditOf,
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// A component of the project, by its name or package
    #[arg(add = ArgValueCandidates::new(candidates::components))]
    pub(crate) component: String,
    /// The instance's name [default: the component's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) of: EditOf,
}

#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The instance, as the graph names it
    #[arg(add = ArgValueCandidates::new(candidates::nodes))]
    pub(crate) node: String,
    #[command(flatten)]
    pub(crate) of: EditOf,
}

#[derive(Debug, Args)]
pub(crate) struct Rename {
    /// The instance, as the graph names it
    #[arg(add = ArgValueCandidates::new(candidates::nodes))]
    pub(crate) node: String,
    /// Its new name
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) of: EditOf,
}

#[derive(Debug, Args)]
pub(crate) struct Expose {
    /// The export, as in `core-logic.run`
    #[arg(value_name = "NODE.EXPORT", add = ArgValueCandidates::new(candidates::exports))]
    pub(crate) export: String,
    /// The name of the composition's export [default: the export's own name]
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) of: EditOf,
}

#[derive(Debug, Args)]
pub(crate) struct Hide {
    /// The composition's export, as in `run`
    #[arg(add = ArgValueCandidates::new(candidates::exposed))]
    pub(crate) export: String,
    #[command(flatten)]
    pub(crate) of: EditOf,
}

#[derive(Debug, Args)]
pub(crate) struct AutoWire {
    /// Only print what would be connected
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) of: EditOf,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The import, as in `core-logic.cyber:core/log-handler`
    // A required argument that conflicts with one that is given may be missing.
    #[arg(value_name = "NODE.IMPORT", required = true, add = ArgValueCandidates::new(candidates::imports))]
    pub(crate) import: Option<String>,
    /// The export to compare with [default: the one it is wired to, or the most similar]
    #[arg(value_name = "NODE.EXPORT", add = ArgValueCandidates::new(candidates::exports))]
    pub(crate) export: Option<String>,
    /// Apply the fix with this number, then compare again
    #[arg(long, value_name = "N")]
    pub(crate) apply: Option<usize>,
    /// Revert the last fix that was applied
    #[arg(long, conflicts_with_all = ["import", "export", "apply"])]
    pub(crate) undo: bool,
    #[command(flatten)]
    pub(crate) of: EditOf,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) project: Project,
    /// Rebuild and run again on every save
    #[arg(long)]
    pub(crate) watch: bool,
    /// The address to serve HTTP at; port 0 picks a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    pub(crate) addr: Option<SocketAddr>,
    /// The export to start: a function (`run`), an interface (`wasi:cli/run`), or a function in an interface
    /// (`shop:jobs/tasks#go`); an interface of one function stands for that function
    #[arg(long, value_name = "NAME")]
    pub(crate) entry: Option<String>,
    /// Memory limit of the run, as in 512MiB [default: 1GiB, or `memory` in studio.toml]
    #[arg(long, value_name = "SIZE", value_parser = crate::model::limits::size)]
    pub(crate) memory: Option<usize>,
    /// CPU time limit of a command, or of each request, as in 10s
    #[arg(long, value_name = "TIME", value_parser = crate::model::limits::duration)]
    pub(crate) cpu: Option<std::time::Duration>,
    /// Fuel (about one per instruction) of a command, or of each request, as in 5000000000
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) fuel: Option<u64>,
    /// Time limit of a command, as in 5min
    #[arg(long, value_name = "TIME", value_parser = crate::model::limits::duration)]
    pub(crate) time: Option<std::time::Duration>,
    /// Print the composition's size, its cold start time and its idle memory
    #[arg(long)]
    pub(crate) stats: bool,
    #[command(flatten)]
    pub(crate) trust: Trust,
    /// Arguments for the command
    #[arg(last = true)]
    pub(crate) args: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Grant {
    /// The node, as the graph names it
    #[arg(add = ArgValueCandidates::new(candidates::nodes))]
    pub(crate) node: String,
    /// KIND=VALUE, as in http=api.stripe.com, files=scratch:/data:rw, env=HOME, clock
    ///
    /// The kinds: files=FOLDER[:GUEST][:ro|rw], env=NAME or env=NAME=VALUE, args=ARGUMENT, stdin, tcp=HOST:PORT,
    /// udp=HOST:PORT, listen=HOST:PORT, dns=NAME, http=[METHOD ]HOST[/PATH], config=KEY=VALUE, clock, random.
    #[arg(required = true, value_name = "CAPABILITY")]
    pub(crate) capabilities: Vec<String>,
    /// The project's folder
    #[arg(long, value_name = "DIR", default_value = ".", alias = "path")]
    pub(crate) project: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Also write through symbolic links that lead out of the project
    #[arg(long)]
    pub(crate) follow_links: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Grants {
    #[command(flatten)]
    pub(crate) project: Project,
    /// Print the smallest set of grants that covers the last run
    #[arg(long)]
    pub(crate) propose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// The folder whose toolchains are looked at
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) trust: Trust,
    /// Install what can be installed
    #[arg(long)]
    pub(crate) fix: bool,
    /// Print the details for a bug report: versions, and the terminal's capabilities
    #[arg(long, conflicts_with_all = ["fix", "json"])]
    pub(crate) report: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`.
fn address(text: &str) -> Result<SocketAddr, String> {
    let help = "write HOST:PORT, for example 127.0.0.1:8080";
    let mut found = text.to_socket_addrs().map_err(|e| format!("{e}; {help}"))?;
    found.next().ok_or_else(|| help.to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::CommandFactory as _;

    use crate::cli::args::*;

    fn parse(line: &str) -> Result<Verb, clap::Error> {
        Arguments::try_parse_from(line.split(' ')).map(|arguments| arguments.verb.unwrap())
    }

    #[test]
    fn verbs_with_other_arguments_name_the_folder_by_project() {
        for option in ["--project", "--path"] {
            for verb in ["grant", "revoke"] {
                let made = parse(&format!("studio {verb} web clock {option} demo")).unwrap();
                let (Verb::Grant(made) | Verb::Revoke(made)) = made else { panic!("{verb}") };
                assert_eq!(made.project, Path::new("demo"));
            }
        }
        let mut command = Arguments::command();
        command.build();
        let shown = command.find_subcommand_mut("grant").unwrap().render_long_help().to_string();
        assert!(shown.contains("--project <DIR>") && !shown.contains("--path"), "the old spelling is hidden: {shown}");
        for verb in command.get_subcommands() {
            let positional = verb.get_positionals().any(|a| a.get_id() == "path");
            let option = verb.get_opts().any(|a| a.get_long() == Some("project"));
            assert!(!(positional && option), "{}", verb.get_name());
            assert!(verb.get_opts().all(|a| a.get_long() != Some("path")), "{}", verb.get_name());
        }
    }

    #[test]
    fn explain_needs_an_import_unless_it_reverts_a_fix() {
        assert!(parse("studio explain").is_err());
        assert!(parse("studio explain a.b").is_ok() && parse("studio explain a.b c.d --apply 1").is_ok());
        assert!(parse("studio explain --undo").is_ok() && parse("studio explain --undo --project x --json").is_ok());
        assert!(parse("studio explain a.b --undo").is_err());
        let mut command = Arguments::command();
        command.build();
        let shown = command.find_subcommand_mut("explain").unwrap().render_usage().to_string();
        assert!(shown.contains("<NODE.IMPORT> [NODE.EXPORT]"), "{shown}");
    }
}
