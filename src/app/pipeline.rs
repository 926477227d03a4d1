//! What every event of a stage does to the state, and what follows from it: the way from a save to a running program.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::app::build_status::BuildStatus;
use crate::app::effect::{ComposeRequest, Effect, Form};
use crate::app::event::{Composed, Event};
use crate::app::generations::same_program;
use crate::app::state::{Asked, Cause, ComponentState, Goal, Rebuild, RunStatus, State};
use crate::app::trust_question;
use crate::app::trust_question::WhatRuns;
use crate::app::{builds, granted, on_save, runs};
use crate::build::{Artifact, BuildRequest};
use crate::compose::{Document, Live};
use crate::discover::{Affected, affected};
use crate::model::diagnostic::{Diagnostic, Origin, Severity};
use crate::model::entry::Entry;
use crate::model::phases::{Phase, Phases};
use crate::model::project::{BuildKind, Component, Project, Revision, Source};
use crate::run::{DEFAULT_ADDR, Outcome, RunEvent, RunRequest};

/// The first effects of a session.
pub(crate) fn start(state: &mut State) -> Vec<Effect> {
    // Watching begins before reading, so that no change falls between the two.
    let mut effects = Vec::new();
    if state.options.watch {
        effects.push(Effect::Watch { root: state.options.root.clone(), also: Vec::new(), inputs: Vec::new() });
    }
    effects.extend(rediscover(state, Rebuild::Everything));
    effects
}

/// Pure: no clocks, files or threads.
pub(crate) fn update(state: &mut State, event: Event) -> Vec<Effect> {
    match event {
        Event::Discovered { revision, project, what_runs, documents, artifacts } => {
            discovered(state, revision, project, what_runs, (documents, artifacts))
        }
        Event::NotDiscovered { revision, problem } => {
            state.discovering.take_if(|(newest, _)| *newest <= revision);
            state.discovered = true;
            state.project_problems = vec![problem];
            state.undiscovered = true;
            Vec::new()
        }
        Event::Changed { paths, first, at } => {
            let paths = without_own(state, &paths, first);
            changed(state, &paths, first, at)
        }
        Event::PauseEnded { file, at } if state.loops.pause_ended(&file) => changed(state, &[file], at, at),
        Event::PauseEnded { .. } => Vec::new(),
        Event::Problem(problem) => {
            state.project_problems.push(problem);
            Vec::new()
        }
        Event::Build { event, at } => builds::update(state, event, at),
        Event::Composed(composed) => composition(state, composed),
        Event::Run { event, at } => {
            let recorded = matches!(event, RunEvent::Ledger(_));
            runs::update(state, event, at);
            let mut effects = on_save::ended(state);
            if recorded {
                let ledger = Arc::new(state.run.ledger.clone());
                effects.push(Effect::KeepLedger { root: state.options.root.clone(), ledger });
            }
            effects
        }
        Event::Remembered(approval) => {
            trust_question::remembered(state, &approval);
            Vec::new()
        }
        Event::Installing(line) => {
            state.installing = Some(line);
            Vec::new()
        }
        Event::Installed(result) => installed(state, result),
        Event::Terminate => quit(state),
    }
}

/// Reads the folder again; when that is done, builds what is said.
pub(crate) fn rediscover(state: &mut State, then: Rebuild) -> Vec<Effect> {
    let then = match state.discovering {
        Some((_, Rebuild::Everything)) => Rebuild::Everything,
        _ => then,
    };
    state.revision = state.revision.next();
    state.discovering = Some((state.revision, then));
    let last_good = state.project.settings.source.last_good().cloned();
    vec![Effect::Discover { revision: state.revision, root: state.options.root.clone(), last_good }]
}

/// Builds everything, as after the first look at the folder.
pub(crate) fn build_all(state: &mut State) -> Vec<Effect> {
    let all: Vec<String> = state.project.components.iter().map(|c| c.name.clone()).collect();
    state.revision = state.revision.next();
    build(state, &all)
}

/// Runs the newest program again, or builds first where there is none. What is under way is waited for: an older
/// program is not what anybody wants then.
pub(crate) fn rerun(state: &mut State) -> Vec<Effect> {
    if !state.settled() {
        state.run.again = true;
        return Vec::new();
    }
    if let Some(live) = state.live.clone() {
        // A run that a failed build still owed is this one.
        state.run.again = false;
        return run(state, live, Cause::Asked);
    }
    // What comes of it may be what ran before: it is wanted once more nevertheless.
    state.run.again = true;
    build_all(state)
}

/// Gets the compilation target that this machine lacks.
pub(crate) fn install_target(state: &mut State) -> Vec<Effect> {
    let Some(approval) = state.trusting.approval().filter(|_| state.installing.is_none()).cloned() else {
        return Vec::new();
    };
    state.installing = Some("rustup target add wasm32-wasip2".into());
    let of_cargo = state.project.components.iter().filter_map(|c| match &c.build_kind {
        BuildKind::Cargo(package) => Some(package.workspace.clone()),
        _ => None,
    });
    // Each may have a toolchain of its own.
    let folders: BTreeSet<PathBuf> = of_cargo.chain([state.options.root.clone()]).collect();
    vec![Effect::InstallTarget(Box::new(approval), folders.into_iter().collect())]
}

pub(crate) fn quit(state: &mut State) -> Vec<Effect> {
    state.quit = true;
    vec![Effect::StopRun, Effect::CancelBuild, Effect::Quit]
}

fn installed(state: &mut State, result: Result<(), Diagnostic>) -> Vec<Effect> {
    state.installing = None;
    match result {
        Ok(()) => {
            state.toolchain = None;
            state.options.prebuilt = None;
            build_all(state)
        }
        Err(problem) => {
            state.toolchain = Some(problem);
            Vec::new()
        }
    }
}

fn discovered(
    state: &mut State,
    revision: Revision,
    project: Arc<Project>,
    what_runs: WhatRuns,
    (documents, artifacts): (Vec<Document>, Vec<Artifact>),
) -> Vec<Effect> {
    let then = match state.discovering {
        Some((newest, _)) if revision < newest => return Vec::new(),
        Some((_, then)) => then,
        None => Rebuild::Changed,
    };
    state.discovering = None;
    state.undiscovered = false;
    if revision < state.edited {
        // It may hold the composition as it was before the edit.
        return rediscover(state, then);
    }
    state.discovered = true;
    let mut before = std::mem::take(&mut state.components);
    let mut on_disk: BTreeMap<String, Artifact> = artifacts.into_iter().map(|a| (a.component.clone(), a)).collect();
    for component in &project.components {
        let mut known = before.remove(&component.name).unwrap_or_default();
        if known.artifact.is_none() {
            known.artifact = on_disk.remove(&component.name);
            known.built = revision;
        }
        state.components.insert(component.name.clone(), known);
    }
    state.project_problems.clear();
    let was_trusted = state.trusted;
    let mut effects: Vec<Effect> = trust_question::weigh(state, what_runs).into_iter().collect();
    let to_build: Vec<String> = match then {
        _ if !was_trusted => project.components.iter().map(|c| c.name.clone()).collect(),
        Rebuild::Everything => project.components.iter().map(|c| c.name.clone()).collect(),
        Rebuild::Changed => new_or_other(&state.project, &project),
    };
    for problem in &project.problems {
        // A broken file's problem is its component's, as a build would tell it.
        let component = problem.component.as_ref().filter(|_| problem.origin == Origin::Wasm);
        match component.and_then(|name| state.components.get_mut(name)) {
            Some(component) => {
                component.build_status = BuildStatus::Failed { errors: 1 };
                component.problems = vec![problem.clone()];
            }
            None => state.project_problems.push(problem.clone()),
        }
    }
    if state.run.generation > 0
        && let Some(at) = state.reload.saved
        && let Some(line) = granted::changed(&state.project.settings.grants, &project.settings.grants)
    {
        runs::log_line(state, line, at);
    }
    if state.run.alive.is_some() && state.project.settings.grants != project.settings.grants {
        effects.push(Effect::Grant(Arc::new(project.settings.grants.clone())));
    }
    state.project = project;
    effects.extend(watch(state));
    state.documents = documents;
    let may_build = state.trusted && state.options.goal > Goal::Graph;
    if may_build && !to_build.is_empty() {
        // The graph is drawn from what is known at once; the program follows the build.
        effects.extend(compose(state, Form::Graph));
        effects.extend(build(state, &to_build));
    } else {
        effects.extend(recompose(state));
    }
    effects
}

/// Components that were not there before, or are made otherwise now.
fn new_or_other(before: &Project, now: &Project) -> Vec<String> {
    let made_alike = |a: &Component, b: &Component| a.build_kind == b.build_kind && a.folder == b.folder;
    let known = |c: &Component| before.component(&c.name).is_some_and(|old| made_alike(old, c));
    now.components.iter().filter(|c| !known(c)).map(|c| c.name.clone()).collect()
}

/// What is read is what is watched.
pub(super) fn watch(state: &State) -> Vec<Effect> {
    if !state.options.watch {
        return Vec::new();
    }
    let project = &state.project;
    let built = state.components.values().flat_map(|c| &c.inputs);
    let inputs: BTreeSet<&PathBuf> =
        project.wit.values().flatten().chain(&project.configuration).chain(built).collect();
    let inputs = inputs.into_iter().cloned().collect();
    vec![Effect::Watch { root: project.root.clone(), also: outside(project), inputs }]
}

/// Folders of path dependencies that lie outside the project: they are watched too.
fn outside(project: &Project) -> Vec<PathBuf> {
    let all: BTreeSet<PathBuf> = project
        .components
        .iter()
        .flat_map(|c| &c.path_dependencies)
        .filter(|p| !p.starts_with(&project.root))
        .cloned()
        .collect();
    all.into_iter().collect()
}

fn changed(state: &mut State, paths: &[PathBuf], first: Instant, at: Instant) -> Vec<Effect> {
    let affected = affected_by(state, paths);
    if affected.is_empty() {
        return Vec::new();
    }
    state.revision = state.revision.next();
    for component in state.project.components.iter().filter(|c| is_wit_of(&state.project, c, paths)) {
        if let Some(known) = state.components.get_mut(&component.name) {
            known.wit_changed = state.revision;
        }
    }
    let sources: Vec<&PathBuf> =
        paths.iter().filter(|p| !affected_by(state, std::slice::from_ref(*p)).is_empty()).collect();
    let sources = sources.into_iter().map(|path| state.project.relative(path).to_owned());
    state.reload.files.extend(sources.collect::<Vec<_>>());
    state.reload.under_way = Phases::default();
    state.reload.saved = Some(at);
    state.reload.under_way.set(Phase::Event, at.saturating_duration_since(first));
    let mut effects = Vec::new();
    let may_build = state.trusted && state.options.goal > Goal::Graph;
    // What a manifest says must be read before anything is built by it.
    if may_build && !affected.manifests && !affected.components.is_empty() {
        effects.extend(build(state, &affected.components));
    }
    // What runs may have been put right, or allowed from elsewhere.
    if affected.rediscover || !state.trusted || state.undiscovered {
        let then = if affected.manifests { Rebuild::Everything } else { Rebuild::Changed };
        effects.extend(rediscover(state, then));
    }
    effects
}

fn affected_by(state: &State, paths: &[PathBuf]) -> Affected {
    let reads = |name: &str, path: &Path| state.components.get(name).is_some_and(|c| c.reads(path));
    affected(&state.project, reads, paths)
}

/// Without the files that builds of what reads them write, if that is when they changed.
fn without_own(state: &mut State, paths: &[PathBuf], first: Instant) -> Vec<PathBuf> {
    let is_to_be_built = |path: &&PathBuf| {
        let readers = affected_by(state, std::slice::from_ref(path)).components;
        let shown = state.project.relative(path).to_owned();
        readers.is_empty() || state.loops.is_to_be_built(path, &shown, &readers, first)
    };
    paths.iter().filter(is_to_be_built).cloned().collect()
}

/// Whether one of these files is the component's WIT.
fn is_wit_of(project: &Project, component: &Component, paths: &[PathBuf]) -> bool {
    let wit = |path: &&PathBuf| path.extension().is_some_and(|e| e == "wit");
    paths.iter().filter(wit).any(|path| project.is_wit_of(component, path))
}

/// Asks for a build of these components as of the newest revision.
fn build(state: &mut State, names: &[String]) -> Vec<Effect> {
    let components: Vec<_> = names.iter().filter_map(|n| state.project.component(n).cloned()).collect();
    if components.is_empty() {
        return compose_for_goal(state);
    }
    if state.options.prebuilt.is_some() {
        for component in state.components.values_mut().filter(|c| c.artifact.is_some()) {
            component.build_status = BuildStatus::Prebuilt;
        }
        return compose_for_goal(state);
    }
    let Some(approval) = state.trusting.approval().cloned() else { return compose(state, Form::Check) };
    for component in &components {
        let entry: &mut ComponentState = state.components.entry(component.name.clone()).or_default();
        entry.wanted = state.revision;
        if !matches!(entry.build_status, BuildStatus::Building { .. }) {
            entry.build_status = BuildStatus::Queued;
        }
    }
    state.building = Some(state.revision);
    vec![Effect::Build(BuildRequest {
        revision: state.revision,
        root: state.project.root.clone(),
        beside: state.project.components.iter().filter(|c| !names.contains(&c.name)).cloned().collect(),
        components,
        profile: state.options.profile,
        approval,
    })]
}

/// The composition's text is another one, and nothing else is.
pub(crate) fn recompose(state: &mut State) -> Vec<Effect> {
    let may_run = state.trusted && state.options.goal > Goal::Graph;
    match state.building {
        Some(_) => compose(state, Form::Graph),
        None if may_run => compose_for_goal(state),
        // Edits and explanations are of the graph; composing may take much longer.
        None if state.options.goal == Goal::Graph => compose(state, Form::Graph),
        None => compose(state, Form::Check),
    }
}

/// Composes as far as the session's goal wants and what is built allows.
pub(super) fn compose_for_goal(state: &mut State) -> Vec<Effect> {
    let form = match state.options.goal {
        _ if !state.all_built() || state.components.is_empty() && state.project.active.is_none() => Form::Check,
        Goal::Graph => Form::Graph,
        Goal::Ship => Form::Shipped,
        Goal::Build | Goal::Run => Form::Live,
    };
    compose(state, form)
}

pub(super) fn compose(state: &mut State, form: Form) -> Vec<Effect> {
    state.composing = Some((state.revision, form));
    let document = state.project.active.as_deref().and_then(|active| {
        let relative = state.project.relative(active);
        state.documents.iter().find(|d| d.path.as_deref() == Some(relative)).cloned()
    });
    vec![Effect::Compose(ComposeRequest {
        revision: state.revision,
        project: Arc::clone(&state.project),
        document,
        ports: state.ports(),
        artifacts: state.current_artifacts().cloned().collect(),
        form,
        // The live form is made of another text: every instance leaves open what it is not given.
        ships: state.options.goal == Goal::Build,
    })]
}

fn composition(state: &mut State, composed: Composed) -> Vec<Effect> {
    let this = (composed.revision, composed.form);
    if composed.revision < state.edited || state.composed.is_some_and(|newest| this < newest) {
        return Vec::new();
    }
    state.composed = Some(this);
    if state.composing.is_some_and(|newest| newest <= this) {
        state.composing = None;
    }
    state.reload.under_way.set(Phase::Compose, composed.took);
    state.compose_problems.clone_from(&composed.graph.problems);
    state.graph_stale = !composed.parsed;
    if composed.parsed {
        state.graph = composed.graph;
        let unknown = granted::of_no_node(state);
        state.compose_problems.extend(unknown);
    }
    state.document = Some(composed.document);
    state.unchecked = composed.unchecked;
    if composed.form <= Form::Check {
        return Vec::new();
    }
    state.shipped = composed.shipped;
    // A composition is no worse for what only another host has, but here it cannot run.
    let runs = state.options.goal == Goal::Run;
    let missing = composed.live.as_ref().map(|live| live.missing.clone()).unwrap_or_default();
    let live = composed.live.filter(|_| !runs || missing.is_empty() && may_run(state));
    not_here(&mut state.compose_problems, missing, runs);
    state.live.clone_from(&live);
    // A run that is wanted again is wanted of the newest, and comes with the first that can run.
    let newest = state.composing.is_none() && state.building.is_none();
    let again = newest && live.is_some() && std::mem::take(&mut state.run.again);
    match live {
        Some(live) if state.options.goal == Goal::Run => {
            let unchanged = state.run.program.as_ref().is_some_and(|p| same_program(p, &live));
            let refused = matches!(state.run.status, RunStatus::Never | RunStatus::Ended(Outcome::Refused(_)));
            let asked = wanted(state, &live).ok();
            if again {
                return run(state, live, Cause::Asked);
            }
            if unchanged && !refused && asked.is_some() && asked == state.run.asked {
                state.run.stale = false;
                state.run.held = None;
                state.reload.files.clear();
                return Vec::new();
            }
            if on_save::holds(state, &live, asked.as_ref()) {
                return Vec::new();
            }
            run(state, live, Cause::Save)
        }
        Some(_) => Vec::new(),
        None => {
            state.run.stale = state.run.generation > 0;
            Vec::new()
        }
    }
}

/// Whether it is known how the user wants it to be run: at which address, with which arguments and grants.
fn may_run(state: &State) -> bool {
    state.project.settings.source != Source::Unknown
}

/// What keeps a composition from running here is an error where it is to be run, and a warning elsewhere; the graph may
/// have reported it. It is reported once.
fn not_here(problems: &mut Vec<Diagnostic>, missing: Vec<Diagnostic>, runs: bool) {
    let same = |a: &Diagnostic, b: &Diagnostic| (&a.port, &a.component) == (&b.port, &b.component);
    if runs {
        problems.retain(|known| known.is_error() || !missing.iter().any(|error| same(error, known)));
        problems.extend(missing);
        return;
    }
    for warning in missing.into_iter().map(|m| Diagnostic { severity: Severity::Warning, ..m }) {
        if !problems.iter().any(|known| same(&warning, known)) {
            problems.push(warning);
        }
    }
}

/// How the project and the command line want this program to be run.
fn wanted(state: &State, live: &Live) -> Result<Asked, Diagnostic> {
    let name = state.options.entry.as_deref().or(state.project.settings.entry.as_deref());
    let entry = Entry::choose(&live.ports.exports, name).map_err(|e| Diagnostic::error(Origin::Run, e.to_string()))?;
    let args = if state.options.args.is_empty() { &state.project.settings.args } else { &state.options.args };
    Ok(Asked {
        entry,
        addr: state.options.addr.or(state.project.settings.addr).unwrap_or(DEFAULT_ADDR),
        args: args.clone(),
        limits: state.options.limits.over(state.project.settings.limits),
    })
}

/// Asks for this program to be run.
pub(crate) fn run(state: &mut State, live: Arc<Live>, cause: Cause) -> Vec<Effect> {
    let asked = match wanted(state, &live) {
        Ok(asked) => asked,
        Err(problem) => {
            state.run_problems = vec![problem];
            state.run.stale = state.run.generation > 0;
            return Vec::new();
        }
    };
    state.run.generation += 1;
    state.run.cause = if state.run.generation == 1 { Cause::Start } else { cause };
    state.run.entry = Some(asked.entry.clone());
    state.run.program = Some(Arc::clone(&live));
    state.run.asked = Some(asked.clone());
    state.run.held = None;
    if state.run.alive.is_none() {
        state.run.status = RunStatus::Starting;
    }
    vec![Effect::Run(Box::new(RunRequest {
        generation: state.run.generation,
        revision: state.revision,
        live,
        entry: asked.entry,
        args: asked.args,
        stdin: state.options.stdin,
        as_written: state.options.as_written,
        addr: asked.addr,
        fallback: state.run.fallback,
        limits: asked.limits,
        stats: state.options.stats,
        grants: Arc::new(state.project.settings.grants.clone()),
    }))]
}
