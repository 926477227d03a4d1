//! The application's state. `pipeline` writes it; the screen and the headless verbs read it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use crate::app::build_status::BuildStatus;
use crate::app::effect::Form;
use crate::app::generations::{Generations, Kept, same_program};
use crate::app::loops::Loops;
use crate::app::trust_question::{Start, Trusting};
use crate::build::{Artifact, Profile};
use crate::compose::{Document, Live};
use crate::log::Log;
use crate::model::diagnostic::Diagnostic;
use crate::model::entry::Entry;
use crate::model::graph::Graph;
use crate::model::limits::Overrides;
use crate::model::phases::Phases;
use crate::model::port::{Ports, is_host};
use crate::model::project::{Component, Project, Revision, Settings, Source};
use crate::model::requests::Requests;
use crate::run::{Limits, Outcome, Startup, Stdin, Unavailable};

/// How far the pipeline goes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    /// Read, parse and draw; run nothing.
    Graph,
    /// Build every component, and compose nothing.
    Build,
    /// Build and encode the shipped form.
    Ship,
    /// Build, compose and run.
    Run,
}

/// What the user asked for on the command line.
#[derive(Clone, Debug)]
pub struct Options {
    /// The project's folder.
    pub root: PathBuf,
    /// Where the pipeline ends.
    pub goal: Goal,
    /// Whether every save is followed; if not, the pipeline runs once.
    pub watch: bool,
    /// For cargo.
    pub profile: Profile,
    /// What to run; `None`: `studio.toml`'s, else what the exports say.
    pub entry: Option<String>,
    /// Arguments of a command; empty: those of `studio.toml`.
    pub args: Vec<String>,
    /// Of a command.
    pub stdin: Stdin,
    /// What guests write is printed byte for byte.
    pub as_written: bool,
    /// `None`: `studio.toml`'s, else 127.0.0.1:8080.
    pub addr: Option<SocketAddr>,
    /// Before those of `studio.toml`.
    pub limits: Overrides,
    /// Tell what the composition weighs.
    pub stats: bool,
    /// Components are taken as they came with studio and nothing is built, because of this.
    pub prebuilt: Option<Diagnostic>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct ComponentState {
    pub(crate) build_status: BuildStatus,
    /// The last good build.
    pub(crate) artifact: Option<Artifact>,
    /// The revision that it was built from.
    pub(crate) built: Revision,
    /// What the last build that cargo finished read: files, and folders whose own files it reads. Sorted.
    pub(crate) inputs: Vec<PathBuf>,
    /// The newest revision that changed its WIT.
    pub(crate) wit_changed: Revision,
    /// Of the newest build that ended.
    pub(crate) problems: Vec<Diagnostic>,
    /// Of the build that is going on; they replace `problems` when it ends, so that nothing flickers.
    pub(crate) incoming: Vec<Diagnostic>,
    /// The newest revision that changed it; what a build of an older one says is dropped.
    pub(crate) wanted: Revision,
}

/// The running program.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunState {
    /// Of the newest run that was asked for; 0 before the first.
    pub generation: u64,
    pub(crate) status: RunStatus,
    /// The generation that started and has not ended.
    pub(crate) alive: Option<u64>,
    pub entry: Option<Entry>,
    pub(crate) serving: Option<SocketAddr>,
    /// That it is served there, until the run has begun.
    pub(crate) untold: Option<String>,
    /// The address that the newest run could not be served on.
    pub(crate) unavailable: Option<Unavailable>,
    /// Where the user has it served as long as the address that is wanted is not to be had.
    pub(crate) fallback: Option<SocketAddr>,
    pub(crate) startup: Startup,
    /// Why the newest run was begun.
    pub(crate) cause: Cause,
    /// How the newest run was to be run.
    pub(crate) asked: Option<Asked>,
    /// The program of the newest run.
    pub(crate) program: Option<Arc<Live>>,
    /// Wanted once more while something was under way: it runs when that has come through.
    pub(crate) again: bool,
    /// The sources are newer than what runs, and broken.
    pub(crate) stale: bool,
    /// What nodes used and were denied, in all runs of the session.
    pub(crate) ledger: crate::grants::Ledger,
    /// Programs that ran, to go back to.
    pub(crate) kept: Generations,
    /// A newer program that `on_save` keeps from running.
    pub(crate) held: Option<Arc<Live>>,
    /// It was told what it weighs.
    pub(crate) weighed: bool,
}

/// Why a run was begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Cause {
    #[default]
    Start,
    Save,
    /// Somebody wanted the program of this earlier run.
    Back(u64),
    /// Somebody wanted the same program once more.
    Asked,
}

/// What a run is begun with, besides its program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub entry: Entry,
    pub addr: SocketAddr,
    pub args: Vec<String>,
    pub limits: Limits,
}

#[derive(Clone, Debug, Default, PartialEq)]
#[allow(clippy::large_enum_variant)] // there is one
pub(crate) enum RunStatus {
    #[default]
    Never,
    Starting,
    Running,
    Ended(Outcome),
}

/// What is built after the folder was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rebuild {
    /// What is new, or made otherwise than before.
    Changed,
    Everything,
}

/// The clock of the newest reload, from the first event of a save to the new program's first instruction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reload {
    /// Of the newest change, while it makes its way.
    pub(crate) under_way: Phases,
    /// Of the last one that came through to a running program.
    pub(crate) last: Option<Phases>,
    /// The last one was a change's, not the session's beginning.
    pub(crate) last_was_saved: bool,
    /// Files that were changed since a program last began because of a change; relative to the project, in order.
    pub(crate) files: BTreeSet<PathBuf>,
    /// When the newest change was seen.
    pub(crate) saved: Option<Instant>,
}

/// All that is known of one session.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools)] // independent facts, not a state machine
pub struct State {
    pub(crate) options: Options,
    /// When the session began, by both clocks: `update` turns an event's instant into a time of day with it.
    pub(crate) began: (Instant, SystemTime),
    /// The newest revision of the project's inputs.
    pub revision: Revision,
    /// Code of the folder may run, as far as it was read.
    pub(crate) trusted: bool,
    /// What of it was allowed, and what is asked.
    pub(crate) trusting: Trusting,
    /// As it was last read; empty but for its root before that.
    pub project: Arc<Project>,
    pub(crate) discovered: bool,
    /// The last reading of the folder failed: the next change reads it again.
    pub(crate) undiscovered: bool,
    pub(crate) documents: Vec<Document>,
    pub(crate) components: BTreeMap<String, ComponentState>,
    /// The last graph whose text could be parsed.
    pub graph: Graph,
    pub(crate) graph_stale: bool,
    pub(crate) document: Option<Document>,
    /// Components that the newest composition names and of which nothing is known: its text is not checked to its end.
    pub unchecked: Vec<String>,
    /// The newest composition's live form, where everything fits.
    pub live: Option<Arc<Live>>,
    pub(crate) shipped: Option<Arc<[u8]>>,
    /// Of the newest build, where they belong to no component.
    pub(crate) build_problems: Vec<Diagnostic>,
    /// Of the newest composition.
    pub(crate) compose_problems: Vec<Diagnostic>,
    /// Of the newest run.
    pub(crate) run_problems: Vec<Diagnostic>,
    /// The project's own (discovery, watch).
    pub(crate) project_problems: Vec<Diagnostic>,
    /// Of the user's own files.
    pub(crate) user_problems: Vec<Diagnostic>,
    /// What the machine lacks for building.
    pub(crate) toolchain: Option<Diagnostic>,
    /// The last line of an installation that is going on.
    pub(crate) installing: Option<String>,
    /// A sentence about what a build waits for.
    pub(crate) waiting: Option<String>,
    pub(crate) progress: Option<String>,
    /// A build request is under way for this revision.
    pub(crate) building: Option<Revision>,
    /// The newest composition that is under way.
    pub(crate) composing: Option<(Revision, Form)>,
    /// The newest composition that came; an older one that comes later changes nothing.
    pub(crate) composed: Option<(Revision, Form)>,
    /// The revision that an edit of studio's own last wrote: what was read or composed before knows nothing of it.
    pub(crate) edited: Revision,
    /// A reading of the folder is under way, and what is to be built after it.
    pub(crate) discovering: Option<(Revision, Rebuild)>,
    /// Which builds write what they are built from.
    pub(crate) loops: Loops,
    pub(crate) run: RunState,
    pub(crate) reload: Reload,
    pub(crate) log: Log,
    /// HTTP requests, in all runs of the session.
    pub(crate) requests: Requests,
    pub(crate) quit: bool,
}

impl ComponentState {
    /// Whether its last build read this file.
    pub(crate) fn reads(&self, file: &Path) -> bool {
        let has = |path: &Path| self.inputs.binary_search_by(|input| input.as_path().cmp(path)).is_ok();
        has(file) || file.parent().is_some_and(has)
    }

    /// The last good build, unless the component's WIT says something newer.
    pub(crate) fn current(&self) -> Option<&Artifact> {
        self.artifact.as_ref().filter(|_| self.built >= self.wit_changed)
    }
}

impl State {
    pub(crate) fn new(options: Options, start: impl Into<Start>, began: (Instant, SystemTime)) -> Self {
        let start = start.into();
        Self {
            began,
            toolchain: options.prebuilt.clone(),
            project: Arc::new(Project {
                root: options.root.clone(),
                // Nothing was read yet.
                settings: Settings { source: Source::Unknown, ..Settings::default() },
                ..Project::default()
            }),
            options,
            revision: Revision::default(),
            trusted: start != Start::Untrusted,
            trusting: Trusting::new(start),
            discovered: false,
            undiscovered: false,
            documents: Vec::new(),
            components: BTreeMap::new(),
            graph: Graph::default(),
            graph_stale: false,
            document: None,
            unchecked: Vec::new(),
            live: None,
            shipped: None,
            build_problems: Vec::new(),
            compose_problems: Vec::new(),
            run_problems: Vec::new(),
            project_problems: Vec::new(),
            user_problems: Vec::new(),
            installing: None,
            waiting: None,
            progress: None,
            building: None,
            composing: None,
            composed: None,
            edited: Revision::default(),
            discovering: None,
            loops: Loops::default(),
            run: RunState::default(),
            reload: Reload::default(),
            log: Log::default(),
            requests: Requests::default(),
            quit: false,
        }
    }

    /// All problems, the first error first: project, toolchain, components, composition, run.
    pub(crate) fn problems(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<&Diagnostic> = self
            .toolchain
            .iter()
            .chain(&self.project_problems)
            .chain(self.loops.problems())
            .chain(&self.user_problems)
            .chain(self.build_problems.iter().filter(|p| !self.is_known(p)))
            .chain(self.components.values().flat_map(|c| &c.problems).filter(|p| !self.is_known(p)))
            .chain(&self.compose_problems)
            .chain(&self.run_problems)
            .collect();
        all.sort_by_key(|p| p.severity);
        all
    }

    /// Whether a build only repeats what reading the folder has reported: the same place's error, cargo's words on a
    /// manifest that can't be read, or what generated code lacks of the crate that the manifest should bring.
    fn is_known(&self, problem: &Diagnostic) -> bool {
        let Some(place) = &problem.place else { return false };
        let is_manifest = place.file.ends_with("Cargo.toml");
        let of_manifest = |known: &Diagnostic| {
            known.component == problem.component && known.place.as_ref().is_some_and(|p| p.file.ends_with("Cargo.toml"))
        };
        if place.file.ends_with("src/bindings.rs")
            && self.project_problems.iter().any(|known| known.is_error() && of_manifest(known))
        {
            return true;
        }
        let errors = self.project_problems.iter().filter(|p| p.is_error());
        errors.filter_map(|p| p.place.as_ref()).any(|p| p == place || is_manifest && p.file == place.file)
    }

    pub(crate) fn errors(&self) -> usize {
        self.problems().iter().filter(|p| p.is_error()).count()
    }

    /// Nothing is under way: what is shown is all there will be until somebody acts.
    pub(crate) fn settled(&self) -> bool {
        self.discovered
            && self.building.is_none()
            && self.discovering.is_none()
            && self.composing.is_none()
            && self.installing.is_none()
            && self.components.values().all(|c| !c.build_status.is_busy())
    }

    /// When something on the screen counts seconds.
    pub(crate) fn counts_seconds(&self) -> Option<Instant> {
        self.components
            .values()
            .filter_map(|c| match c.build_status {
                BuildStatus::Building { since } => Some(since),
                _ => None,
            })
            .min()
    }

    /// While an earlier program runs that somebody went back to: its run, and the newest program that ran, where one did.
    pub(crate) fn earlier_runs(&self) -> Option<(u64, Option<&Kept>)> {
        let (Cause::Back(to), Some(program)) = (self.run.cause, &self.run.program) else { return None };
        let is_newest = self.live.as_ref().is_some_and(|live| same_program(live, program));
        let newer = self.run.kept.iter().find(|kept| !same_program(&kept.live, program) && kept.generation > to);
        (!is_newest && self.run.alive.is_some()).then_some((to, newer))
    }

    /// Every component has been built, as its WIT is now.
    pub(crate) fn all_built(&self) -> bool {
        self.components.values().all(|c| c.current().is_some())
    }

    /// What every component imports and exports, as far as it is known. Every judgement of a wire goes by this.
    pub(crate) fn ports(&self) -> BTreeMap<String, Ports> {
        let ports = |c: &Component| Some((c.name.clone(), self.ports_of(c)?));
        self.project.components.iter().filter_map(ports).collect()
    }

    /// As it was built; where nothing was built since its WIT was changed, as the WIT says; and where that cannot be
    /// read, as its last good build.
    pub(crate) fn ports_of(&self, component: &Component) -> Option<Ports> {
        let known = self.components.get(&component.name);
        let last = known.and_then(|c| c.artifact.as_ref()).map(|a| &a.ports);
        let current = known.and_then(ComponentState::current).map(|a| &a.ports);
        let (Some(declared), None) = (&component.declared, current) else { return current.or(last).cloned() };
        let mut ports = declared.clone();
        // What a language's own library imports of the host stands in no WIT.
        let implied = last.into_iter().flat_map(|last| &last.imports).filter(|port| is_host(&port.name));
        let new = implied.filter(|port| !declared.imports.iter().any(|p| p.name == port.name));
        ports.imports.extend(new.cloned());
        Some(ports)
    }

    /// The builds that [`Self::ports`] goes by.
    pub(crate) fn current_artifacts(&self) -> impl Iterator<Item = &Artifact> {
        self.components.values().filter_map(ComponentState::current)
    }

    /// The time of day of an event.
    pub(crate) fn time_of(&self, at: Instant) -> SystemTime {
        self.began.1 + at.saturating_duration_since(self.began.0)
    }
}
