//! The command line, as clap reads it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    /// Write the composed component
    Compose(Compose),
    /// Build, compose and run, without the terminal UI
    Run(Run),
    /// Let a node of the composition do something
    Grant(Grant),
    /// Take back what a node may do
    Revoke(Grant),
    /// Tell what every node may do, and what the last run used and was denied
    Grants(Grants),
    /// Tell what this machine has and lacks
    Doctor(Doctor),
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

#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    pub project: Project,
    /// Rebuild and run again on every save
    #[arg(long)]
    pub watch: bool,
    /// Where HTTP is served; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "HOST:PORT")]
    pub addr: Option<SocketAddr>,
    /// Which export to start
    #[arg(long, value_name = "NAME")]
    pub entry: Option<String>,
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
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
