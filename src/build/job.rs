//! One request carried out: bindings → cargo, files and the users' own commands → inspect.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use sha2::{Digest as _, Sha256};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::build::cargo;
use crate::build::cargo::{Cargo, News};
use crate::build::cargo_stderr::Word;
use crate::build::{Artifact, BuildEvent, BuildRequest, artifacts, bindings, command, disk, inputs, toolchain};
use crate::files;
use crate::files::Kind;
use crate::inspect::{check_wit, componentize, inspect};
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::phases::{Phase, Phases};
use crate::model::project::{Bindings, BuildKind, CargoPackage, Component};
use crate::trust;
use crate::trust::Survey;

/// Says whether the work should stop, and when.
#[derive(Clone, Debug)]
pub(super) struct Stop(pub watch::Receiver<bool>);

impl Stop {
    /// Returns once the work should stop; never, if nobody can say so any more.
    pub(super) async fn asked(&mut self) {
        if self.0.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    pub(super) fn is_asked(&self) -> bool {
        *self.0.borrow()
    }
}

/// A request at work. Events go out in the order things happen.
pub(super) struct Job {
    request: BuildRequest,
    events: mpsc::Sender<BuildEvent>,
    stop: Stop,
    started: Instant,
    phases: Phases,
    /// Components that are neither built nor failed yet.
    open: BTreeSet<String>,
    failed: bool,
    /// Artifacts being read and inspected while the rest is still being built.
    inspecting: JoinSet<Inspected>,
    /// Lives longer than a job.
    bindings: Arc<bindings::Known>,
}

/// Whether the macro says once more, for each crate that shares it, what is wrong with WIT that was reported when the folder
/// was read.
fn repeats_its_wit(problem: &Diagnostic, component: &Component, root: &Path) -> bool {
    let is_wrong = |wit: &Path| !check_wit(root, wit).is_empty();
    problem.message.contains("while parsing WIT") && component.wit.as_deref().is_some_and(is_wrong)
}

/// An artifact understood, or what is wrong with it; by the component's name.
type Inspected = (String, Result<Box<Artifact>, Box<Diagnostic>>);

impl Job {
    pub(super) fn new(
        request: BuildRequest,
        events: mpsc::Sender<BuildEvent>,
        stop: watch::Receiver<bool>,
        bindings: Arc<bindings::Known>,
    ) -> Self {
        let open = request.components.iter().map(|c| c.name.clone()).collect();
        Self {
            request,
            events,
            stop: Stop(stop),
            started: Instant::now(),
            phases: Phases::default(),
            open,
            failed: false,
            inspecting: JoinSet::new(),
            bindings,
        }
    }

    /// Does the work; its last event is `Finished`, `Cancelled` or `NotAllowed`.
    pub(super) async fn run(mut self) {
        let revision = self.request.revision;
        let components = std::mem::take(&mut self.request.components);
        let beside = std::mem::take(&mut self.request.beside);
        let Some(runs) = self.allowed(&[components.as_slice(), &beside].concat()).await else {
            self.send(BuildEvent::NotAllowed { revision }).await;
            return;
        };
        let names = components.iter().map(|c| c.name.clone()).collect();
        self.send(BuildEvent::Started { revision, components: names }).await;

        for component in &components {
            if let BuildKind::File(file) = &component.build_kind {
                self.inspect(&component.name, file.clone());
            }
        }
        let ready = self.toolchain(&components).await;
        let ready = self.bindings(ready).await;
        let is_ready = |c: &&Component| ready.iter().any(|(r, _)| r.name == c.name);
        let beside: Vec<&Component> = beside.iter().chain(components.iter().filter(|c| !is_ready(c))).collect();

        let clock = Instant::now();
        for (workspace, packages) in by_workspace(&ready) {
            if !self.stop.is_asked() {
                let beside: Vec<&CargoPackage> = beside.iter().filter_map(|c| member_of(c, workspace)).collect();
                self.cargo(&packages, &beside).await;
            }
        }
        for component in &components {
            if let BuildKind::Command { command, output, .. } = &component.build_kind
                && !self.stop.is_asked()
            {
                self.command(component, command, output).await;
            }
        }
        self.phases.set(Phase::Cargo, clock.elapsed());

        let clock = Instant::now();
        while let Some(inspected) = self.inspecting.join_next().await {
            self.inspected(inspected).await;
        }
        self.phases.set(Phase::Inspect, clock.elapsed());

        if self.stop.is_asked() {
            self.send(BuildEvent::Cancelled { revision }).await;
            return;
        }
        for component in std::mem::take(&mut self.open) {
            self.failed = true;
            self.send(BuildEvent::Failed { revision, component }).await;
        }
        self.send(BuildEvent::Finished { revision, ok: !self.failed, phases: self.phases }).await;
        // Nobody's program waits for this.
        self.remember(runs, components).await;
    }

    /// Looks again at what would run, right before anything does; `None` where that is not what was allowed.
    async fn allowed(&self, components: &[Component]) -> Option<Survey> {
        let (approval, components) = (self.request.approval.clone(), components.to_vec());
        let look = tokio::task::spawn_blocking(move || trust::look_again(&approval, &components).ok());
        look.await.ok().flatten()
    }

    /// Remembers what was edited since the folder was opened, so that the next opening does not ask about it.
    async fn remember(&self, runs: Survey, components: Vec<Component>) {
        let approval = self.request.approval.clone();
        let remember = tokio::task::spawn_blocking(move || trust::after_build(&approval, &runs, &components));
        if let Ok(Err(error)) = remember.await {
            tracing::warn!("an edit of what runs is not remembered: {error}");
        }
    }

    /// The cargo components that this machine can build; the others fail with what is missing.
    async fn toolchain<'c>(&mut self, components: &'c [Component]) -> Vec<(&'c Component, &'c CargoPackage)> {
        let mut ready = Vec::new();
        let mut lacks: BTreeMap<&Path, Option<Diagnostic>> = BTreeMap::new();
        for component in components {
            let BuildKind::Cargo(package) = &component.build_kind else { continue };
            let folder = package.workspace.as_path();
            if !lacks.contains_key(folder) {
                let lack = toolchain::missing(folder).await.map(|m| m.diagnostic());
                if let Some(diagnostic) = lack.clone() {
                    self.problem(diagnostic).await;
                }
                lacks.insert(folder, lack);
            }
            if lacks.get(folder).is_some_and(Option::is_some) {
                self.fail(&component.name).await;
            } else {
                ready.push((component, package));
            }
        }
        ready
    }

    /// Brings our bindings up to date; components whose WIT is broken fail here, before rustc repeats it in worse words.
    async fn bindings<'c>(
        &mut self,
        components: Vec<(&'c Component, &'c CargoPackage)>,
    ) -> Vec<(&'c Component, &'c CargoPackage)> {
        let clock = Instant::now();
        let mut tasks = JoinSet::new();
        for (component, package) in &components {
            let Some(wit) = component.wit.clone().filter(|_| package.bindings == Bindings::Studio) else { continue };
            let (name, folder, world) = (component.name.clone(), component.folder.clone(), package.world.clone());
            let (known, root, path) =
                (Arc::clone(&self.bindings), self.request.root.clone(), package.bindings_file.clone());
            tasks.spawn_blocking(move || (name, known.write(&root, &folder, &path, &wit, world.as_deref())));
        }
        let mut broken = BTreeSet::new();
        while let Some(done) = tasks.join_next().await {
            match done {
                Ok((component, Ok(written))) if written.changed => {
                    let (revision, path) = (self.request.revision, written.path);
                    self.send(BuildEvent::BindingsWritten { revision, component, path }).await;
                }
                Ok((_, Ok(_))) => {}
                Ok((component, Err(problems))) => {
                    for problem in problems {
                        self.problem(problem.component(&component)).await;
                    }
                    self.fail(&component).await;
                    broken.insert(component);
                }
                Err(_) => self.problem(generator_failed()).await,
            }
        }
        self.phases.set(Phase::Bindings, clock.elapsed());
        components.into_iter().filter(|(c, _)| !broken.contains(&c.name)).collect()
    }

    /// One cargo for all packages of a workspace. Those `beside` are named to it too, always: which features a dependency
    /// has follows from all the packages that are named. What it says of them is reported when they are asked for.
    async fn cargo(&mut self, components: &[(&Component, &CargoPackage)], beside: &[&CargoPackage]) {
        let mut packages: Vec<&CargoPackage> =
            components.iter().map(|(_, p)| *p).chain(beside.iter().copied()).collect();
        packages.sort_by(|a, b| (&a.manifest, &a.bin).cmp(&(&b.manifest, &b.bin)));
        let mut built = Vec::new();
        let mut cargo = match Cargo::start(&packages, self.request.profile, &self.request.root) {
            Ok(cargo) => cargo,
            Err(e) => return self.problem(cargo::not_started(&e)).await,
        };
        let (mut told, mut full, mut failed_beside) = (Vec::new(), false, false);
        loop {
            let news = tokio::select! {
                news = cargo.next() => news,
                () = self.stop.asked() => return cargo.end().await,
            };
            match news {
                None => break,
                Some(News::Word(word)) => self.word(word).await,
                Some(News::Problem(problem, folder)) if is_beside(&folder, components, beside) => {
                    failed_beside |= problem.is_error();
                }
                Some(News::Problem(problem, folder)) => {
                    let owner = components.iter().find(|(c, _)| c.folder == folder).map(|(c, _)| *c);
                    let repeated = owner.is_some_and(|c| repeats_its_wit(&problem, c, &self.request.root));
                    let problem = Diagnostic { component: owner.map(|c| c.name.clone()), ..*problem };
                    if problem.is_error() {
                        self.full_disk(&packages, &mut full).await;
                    }
                    // One source compiled into two targets is said twice.
                    if !told.contains(&problem) {
                        told.push(problem.clone());
                        if !repeated {
                            self.problem(problem).await;
                        }
                    }
                }
                Some(News::Artifact { manifest, bin, example, file }) => {
                    let made = |p: &CargoPackage| p.manifest == manifest && p.bin == bin && p.example == example;
                    if let Some(package) = packages.iter().find(|p| made(p)) {
                        built.push((*package, file.clone()));
                    }
                    if let Some((component, _)) = components.iter().find(|(_, p)| made(p)) {
                        self.inspect(&component.name, file);
                    }
                }
            }
            while let Some(inspected) = self.inspecting.try_join_next() {
                self.inspected(inspected).await;
            }
        }
        let (status, words) = tokio::select! {
            end = cargo.finish() => end,
            () = self.stop.asked() => return cargo.end().await,
        };
        // Before its end cargo has not written them all.
        for (component, package) in components {
            if let Some((_, file)) = built.iter().find(|(p, _)| p == package) {
                self.inputs(&component.name, &package.workspace, file.clone()).await;
            }
        }
        artifacts::remember(self.request.profile, &built);
        let failed = !status.is_ok_and(|s| s.success());
        if failed && !self.stop.is_asked() {
            self.full_disk(&packages, &mut full).await;
            let silent = words.is_empty() && !failed_beside && !told.iter().any(Diagnostic::is_error);
            for problem in words {
                self.problem(problem).await;
            }
            if silent {
                self.problem(ended_without_a_word()).await;
            }
        }
    }

    /// Says that the disk is full, once, and before what follows from it.
    async fn full_disk(&mut self, packages: &[&CargoPackage], told: &mut bool) {
        let full = packages.first().filter(|_| !*told).and_then(|p| disk::full(&p.workspace));
        if let Some(full) = full {
            *told = true;
            self.problem(full).await;
        }
    }

    async fn command(&mut self, component: &Component, words: &[String], output: &Path) {
        let (events, revision) = (self.events.clone(), self.request.revision);
        let say = |text: String| {
            // Progress may be lost where nobody reads as fast as it is written.
            let _ = events.try_send(BuildEvent::Progress { revision, text });
        };
        match command::run(component, words, &mut self.stop, say).await {
            Ok(()) => self.inspect(&component.name, output.to_owned()),
            Err(Some(problem)) => self.problem(*problem).await,
            Err(None) => {}
        }
    }

    async fn word(&mut self, word: Word) {
        let revision = self.request.revision;
        self.send(match word {
            Word::Waiting(reason) => BuildEvent::Waiting { revision, reason },
            Word::Progress(text) => BuildEvent::Progress { revision, text },
        })
        .await;
    }

    /// Reports what a component was built from.
    async fn inputs(&mut self, component: &str, workspace: &Path, built: PathBuf) {
        let workspace = workspace.to_owned();
        let inputs = tokio::task::spawn_blocking(move || inputs::of(&workspace, &built)).await.unwrap_or_default();
        let (revision, component) = (self.request.revision, component.to_owned());
        self.send(BuildEvent::Inputs { revision, component, inputs }).await;
    }

    /// Reads and inspects a file beside the work that goes on.
    fn inspect(&mut self, component: &str, file: PathBuf) {
        let component = component.to_owned();
        self.inspecting.spawn_blocking(move || {
            let artifact = read(&component, file).map(Box::new);
            (component, artifact)
        });
    }

    async fn inspected(&mut self, inspected: Result<Inspected, tokio::task::JoinError>) {
        let revision = self.request.revision;
        match inspected {
            Ok((component, Ok(artifact))) => {
                self.open.remove(&component);
                let took = self.started.elapsed();
                self.send(BuildEvent::Built { revision, artifact: *artifact, took }).await;
            }
            Ok((component, Err(problem))) => {
                self.problem(problem.component(&component)).await;
                self.fail(&component).await;
            }
            Err(_) => self.problem(generator_failed()).await,
        }
    }

    async fn fail(&mut self, component: &str) {
        if self.open.remove(component) {
            self.failed = true;
            let (revision, component) = (self.request.revision, component.to_owned());
            self.send(BuildEvent::Failed { revision, component }).await;
        }
    }

    async fn problem(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.relative_to(&self.request.root);
        self.send(BuildEvent::Diagnostic { revision: self.request.revision, diagnostic }).await;
    }

    async fn send(&self, event: BuildEvent) {
        // Nobody listens any more: the work ends when its builder is dropped.
        let _ = self.events.send(event).await;
    }
}

fn by_workspace<'c>(
    components: &[(&'c Component, &'c CargoPackage)],
) -> BTreeMap<&'c Path, Vec<(&'c Component, &'c CargoPackage)>> {
    let mut groups: BTreeMap<&Path, Vec<_>> = BTreeMap::new();
    for (component, package) in components {
        groups.entry(package.workspace.as_path()).or_default().push((*component, *package));
    }
    groups
}

/// The package of a component of this workspace.
fn member_of<'c>(component: &'c Component, workspace: &Path) -> Option<&'c CargoPackage> {
    match &component.build_kind {
        BuildKind::Cargo(package) if package.workspace == workspace => Some(package),
        _ => None,
    }
}

/// Whether what was found in this folder is the business of a package that nobody asked for now.
fn is_beside(folder: &Path, components: &[(&Component, &CargoPackage)], beside: &[&CargoPackage]) -> bool {
    let is_of = |package: &CargoPackage| package.manifest.parent() == Some(folder);
    !components.iter().any(|(_, p)| is_of(p)) && beside.iter().any(|p| is_of(p))
}

/// A built file, understood.
///
/// # Errors
/// Where the file can't be read, or is neither a component nor a core module that can be made one.
pub fn read(component: &str, path: PathBuf) -> Result<Artifact, Box<Diagnostic>> {
    let bytes = files::read(&path, Kind::Wasm).map_err(|e| {
        Box::new(
            Diagnostic::error(Origin::Wasm, format!("The component can't be read: {e}."))
                .at(&path, 0, 0)
                .help("Build it again, or name another file."),
        )
    })?;
    let bytes = componentize(&bytes, &path)?;
    let ports = inspect(&bytes).map_err(|problem| match problem.place {
        Some(_) => problem,
        None => problem.at(&path, 0, 0),
    })?;
    let digest = Sha256::digest(&bytes).into();
    Ok(Artifact { component: component.to_owned(), path, bytes: Arc::from(bytes), digest, ports })
}

fn ended_without_a_word() -> Diagnostic {
    Diagnostic::error(Origin::Rust, "cargo failed without saying why.")
        .help("Run `cargo build` in the folder to see why.")
}

/// A library panicked on this input; the rest goes on.
fn generator_failed() -> Diagnostic {
    Diagnostic::error(Origin::Wit, "studio could not read this component or its WIT: an internal error.")
        .help("Please report it, with the WIT.")
}
