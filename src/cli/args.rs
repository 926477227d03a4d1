//! The command line, as clap reads it.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::files::Links;

/// A terminal IDE for WebAssembly components.
///
/// `studio` in a folder of WIT and Rust sources builds on save what changed, draws how the components fit, composes
/// them, runs the result and shows the log of every component apart.
#[derive(Debug, Parser)]
#[command(name = "studio", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 good · 1 problems were found or the guest failed · 2 usage or environment")]
pub struct Arguments {
    /// The project's folder
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// Where HTTP is served; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    pub addr: Option<SocketAddr>,

    #[command(subcommand)]
    pub verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make a small project of two components, build it and run it
    Demo(Demo),
    /// Make a project from a template
    New(New),
    /// Check WIT and WAC, and Rust where the folder is trusted
    Check(Check),
    /// Build the components
    Build(Build),
    /// Print how the components are wired
    Graph(Graph),
    /// Draw the terminal UI's screen as SVG, before anything is built
    Screen(Screen),
    /// Write the composed component
    Compose(Compose),
    /// Give an import of a node what another node exports
    Wire(Wire),
    /// Take away what an import is given
    Cut(Cut),
    /// Add an instance of a component
    Add(Add),
    /// Remove an instance with its wires and exports
    Remove(Remove),
    /// Give an instance another name
    Rename(Rename),
    /// Make an export of a node one of the composition's
    Expose(Expose),
    /// Take away an export of the composition
    Hide(Hide),
    /// Wire every open import that has one provider
    AutoWire(AutoWire),
    /// Tell whether an export fits an import, and every difference if not
    Explain(Explain),
    /// Build, compose and run, without the terminal UI
    Run(Run),
    /// Let a node of the composition do something
    Grant(Grant),
    /// Take back what a node may do
    Revoke(Grant),
    /// Tell what every node may do, and what the last run used and was denied
    Grants(Grants),
    /// Show or change which folders' code may run
    Trust(TrustArguments),
    /// List the themes, or check whether one can be read
    Theme(ThemeArguments),
    /// Tell what this machine has and lacks
    Doctor(Doctor),
    /// Print a shell's completions
    Completions(Completions),
    /// Print the man page
    Man(Man),
}

#[derive(Debug, Args)]
pub struct Completions {
    /// For which shell; bash: `studio completions bash > ~/.local/share/bash-completion/completions/studio`
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub struct Man {
    /// Write it and one page a verb into this folder
    #[arg(long)]
    pub dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct TrustArguments {
    #[command(subcommand)]
    pub verb: TrustVerb,
}

#[derive(Debug, Subcommand)]
pub enum TrustVerb {
    /// List the trusted folders, and what of each may run
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what building a folder runs, and trust it if the answer is `yes`
    Add {
        /// The project's folder
        #[arg(default_value = ".")]
        path: PathBuf,
        /// Trust what is listed without being asked
        #[arg(long)]
        yes: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Trust a folder no longer
    Revoke {
        /// The project's folder
        #[arg(default_value = ".")]
        path: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub struct ThemeArguments {
    #[command(subcommand)]
    pub verb: ThemeVerb,
}

#[derive(Debug, Subcommand)]
pub enum ThemeVerb {
    /// List the themes there are
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell whether every colour can be read on every ground it stands on
    Check {
        /// A theme's name, or a file; all themes without it
        theme: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Where to make it
    #[arg(default_value = "studio-demo")]
    pub dir: PathBuf,
}

#[derive(Debug, Args)]
pub struct New {
    /// Which template
    #[arg(value_enum)]
    pub template: crate::build::scaffold::Template,
    /// A folder that does not exist yet, or is empty
    pub dir: PathBuf,
    /// Print what was made as JSON
    #[arg(long)]
    pub json: bool,
}

/// What every verb on a project takes.
#[derive(Debug, Args)]
pub struct Project {
    /// The project's folder
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// For verbs that run code of the folder: build scripts, macros, guests.
#[derive(Debug, Args)]
pub struct Trust {
    /// Let this folder's code run, this time
    #[arg(long)]
    pub trust: bool,
}

#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub project: Project,
    #[command(flatten)]
    pub trust: Trust,
}

#[derive(Debug, Args)]
pub struct Build {
    #[command(flatten)]
    pub project: Project,
    /// With cargo's release profile
    #[arg(long)]
    pub release: bool,
    #[command(flatten)]
    pub trust: Trust,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
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
pub struct Graph {
    /// The project's folder
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Draw with ASCII characters alone
    #[arg(long)]
    pub ascii: bool,
    /// The colours of an SVG [default: dark]
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
    /// Where to write it; - is stdout
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
}

#[derive(Debug, Args)]
pub struct Screen {
    /// The project's folder
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// Columns and rows
    #[arg(long, value_name = "COLUMNSxROWS", value_parser = size, default_value = "120x36")]
    pub size: (u16, u16),
    /// The colours [default: dark]
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
    /// Draw with ASCII characters alone
    #[arg(long)]
    pub ascii: bool,
    /// Where to write it; - is stdout
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
}

/// The most columns or rows of a screen that is drawn.
const WIDEST: u16 = 1_000;

fn size(text: &str) -> Result<(u16, u16), String> {
    let number = |text: &str| text.parse::<u16>().ok().filter(|n| (1..=WIDEST).contains(n));
    let size = text.split_once('x').and_then(|(columns, rows)| Some((number(columns)?, number(rows)?)));
    size.ok_or_else(|| format!("write columns and rows as 120x36, each from 1 to {WIDEST}"))
}

#[derive(Debug, Args)]
pub struct Compose {
    #[command(flatten)]
    pub project: Project,
    /// Where to write it [default: NAME.wasm in the project's folder]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// With cargo's dev profile
    #[arg(long)]
    pub debug: bool,
    #[command(flatten)]
    pub trust: Trust,
}

/// What every verb that edits the composition's text takes.
#[derive(Debug, Args)]
pub struct EditOf {
    /// The project's folder
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub project: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Write also through a link that leads out of the project
    #[arg(long)]
    pub follow_links: bool,
}

impl EditOf {
    /// Which links are written through.
    pub fn links(&self) -> Links {
        if self.follow_links { Links::Follow } else { Links::Inside }
    }
}

#[derive(Debug, Args)]
pub struct Wire {
    /// The import, as in `core-logic.cyber:core/log-handler` or, where one is meant, `core-logic.log-handler`
    #[arg(value_name = "NODE.IMPORT")]
    pub import: String,
    /// The export, as in `logger.cyber:core/log-handler`
    #[arg(value_name = "NODE.EXPORT")]
    pub export: String,
    #[command(flatten)]
    pub of: EditOf,
}

#[derive(Debug, Args)]
pub struct Cut {
    /// The import, as in `core-logic.cyber:core/log-handler`
    #[arg(value_name = "NODE.IMPORT")]
    pub import: String,
    #[command(flatten)]
    pub of: EditOf,
}

#[derive(Debug, Args)]
pub struct Add {
    /// A component of the project, by its name or package
    pub component: String,
    /// What the instance is called [default: the component's name]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    #[command(flatten)]
    pub of: EditOf,
}

#[derive(Debug, Args)]
pub struct Remove {
    pub node: String,
    #[command(flatten)]
    pub of: EditOf,
}

#[derive(Debug, Args)]
pub struct Rename {
    pub node: String,
    /// Its new name
    pub name: String,
    #[command(flatten)]
    pub of: EditOf,
}

#[derive(Debug, Args)]
pub struct Expose {
    /// The export, as in `core-logic.run`
    #[arg(value_name = "NODE.EXPORT")]
    pub export: String,
    /// What the composition calls it [default: the export's own name]
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,
    #[command(flatten)]
    pub of: EditOf,
}

#[derive(Debug, Args)]
pub struct Hide {
    /// The composition's export, as in `run`
    pub export: String,
    #[command(flatten)]
    pub of: EditOf,
}

#[derive(Debug, Args)]
pub struct AutoWire {
    /// Only say what would be wired
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub of: EditOf,
}

#[derive(Debug, Args)]
pub struct Explain {
    /// The import, as in `core-logic.cyber:core/log-handler`
    #[arg(value_name = "NODE.IMPORT", required_unless_present = "undo")]
    pub import: Option<String>,
    /// The export to compare with [default: what it is wired to, else the nearest]
    #[arg(value_name = "NODE.EXPORT")]
    pub export: Option<String>,
    /// Apply the fix of this number, then compare again
    #[arg(long, value_name = "N")]
    pub apply: Option<usize>,
    /// Take back what --apply did last
    #[arg(long, conflicts_with_all = ["import", "export", "apply"])]
    pub undo: bool,
    #[command(flatten)]
    pub of: EditOf,
}

#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    pub project: Project,
    /// Rebuild and run again on every save
    #[arg(long)]
    pub watch: bool,
    /// Where HTTP is served; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    pub addr: Option<SocketAddr>,
    /// Which export to start
    #[arg(long, value_name = "NAME")]
    pub entry: Option<String>,
    /// How much memory the run may have, as in 512MiB [default: 1GiB, or what studio.toml says]
    #[arg(long, value_name = "SIZE", value_parser = crate::model::limits::size)]
    pub memory: Option<usize>,
    /// How long a command, or a request, may be on the processor, as in 10s
    #[arg(long, value_name = "TIME", value_parser = crate::model::limits::duration)]
    pub cpu: Option<std::time::Duration>,
    /// How many instructions, more or less, a command, or a request, may take, as in 5000000000
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    pub fuel: Option<u64>,
    /// How long a command may run, as in 5min
    #[arg(long, value_name = "TIME", value_parser = crate::model::limits::duration)]
    pub time: Option<std::time::Duration>,
    /// Tell the composition's size, its cold start and its memory at rest
    #[arg(long)]
    pub stats: bool,
    #[command(flatten)]
    pub trust: Trust,
    /// Arguments for the command
    #[arg(last = true)]
    pub args: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Grant {
    /// The node, as the graph names it
    pub node: String,
    /// What it may do: KIND=VALUE, as in http=api.stripe.com, files=scratch:/data:rw, env=HOME, clock
    #[arg(required = true, value_name = "CAPABILITY")]
    pub capabilities: Vec<String>,
    /// The project's folder
    #[arg(long, default_value = ".")]
    pub path: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Write also through a link that leads out of the project
    #[arg(long)]
    pub follow_links: bool,
}

#[derive(Debug, Args)]
pub struct Grants {
    #[command(flatten)]
    pub project: Project,
    /// Print the least set of grants that the last run used
    #[arg(long)]
    pub propose: bool,
}

#[derive(Debug, Args)]
pub struct Doctor {
    /// Install what can be installed
    #[arg(long)]
    pub fix: bool,
    /// Print what a report of a bug should say: versions, and what the terminal can do
    #[arg(long, conflicts_with_all = ["fix", "json"])]
    pub report: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`.
fn address(text: &str) -> Result<SocketAddr, String> {
    let help = "write HOST:PORT, for example 127.0.0.1:8080";
    let mut found = text.to_socket_addrs().map_err(|e| format!("{e}; {help}"))?;
    found.next().ok_or_else(|| help.to_owned())
}
