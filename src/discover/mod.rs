//! A folder → a [`Project`]: what in it is a component, an interface package, a composition. Parses, never runs anything.
//!
//! ```text
//! scan (the folder's files) ─▶ workspaces (cargo's manifests) ─▶ choice (which are components) ─▶ packages (how)
//!                           └▶ wasm_files (.wasm, .wat)  └▶ settings (studio.toml)  └▶ interface_packages (WIT nobody builds)
//! ```
//!
//! A problem in one file is a diagnostic of the project; everything else is still found.

mod affected;
mod choice;
mod features;
mod interface_packages;
mod manifest;
mod names;
mod outline;
mod packages;
mod runtime;
mod samples;
mod scan;
mod source;
mod wasm_files;
mod workspace;

pub(crate) use affected::Affected;
pub use affected::affected;
pub(crate) use outline::outline;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config;
use crate::config::Config;
use crate::discover::scan::Scan;
use crate::files;
use crate::files::exhausted::error_message;
use crate::files::{Kind, walk};
use crate::inspect;
use crate::model::diagnostic::{Diagnostic, Origin, Place, Severity};
use crate::model::project::{BuildKind, Component, OnSave, PassedOver, Project, Settings, Source};

/// Why a folder is no project at all; paths are as they were named.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// There is nothing at this path.
    #[error("there is no folder {path}; name one that exists, or make one with `studio new`")]
    Missing {
        /// As it was named.
        path: PathBuf,
    },
    /// There is something else at this path.
    #[error("{path} is a file; name the folder it lies in")]
    NotAFolder {
        /// As it was named.
        path: PathBuf,
    },
    /// The system does not let us list it.
    #[error("the folder {path} cannot be read: {}", error_message(.source))]
    Unreadable {
        /// As it was named.
        path: PathBuf,
        /// Why, in the system's words.
        source: io::Error,
    },
}

/// Reads the folder. Takes milliseconds; nothing of the folder is run, cargo included.
///
/// # Errors
/// Where it can't be listed at all; whatever is wrong inside is among [`Project::problems`].
pub fn discover(root: &Path) -> Result<Project, DiscoverError> {
    discover_again(root, None)
}

/// The same where it was read before: while `studio.toml` is broken, the settings of its last good text stay in force.
pub(crate) fn discover_again(root: &Path, last_good: Option<&Arc<str>>) -> Result<Project, DiscoverError> {
    let root = open(root)?;
    let mut scan = scan::scan(&root);
    let mut problems = std::mem::take(&mut scan.problems);
    let (config, source) = read_config(&root, last_good, &mut problems);
    let broken = problems.last().filter(|_| !matches!(source, Source::Current(_))).cloned();

    let (compositions, other_compositions) = compositions(&root, &scan, &config);
    let read = |c: &PathBuf| files::text(c, Kind::Composition).err().map(|e| unreadable(c, &e));
    problems.extend(compositions.iter().filter_map(read));
    let named_in_wac = wasm_files::packages_named(&compositions);
    let cargo = workspace::read(&root, &scan.manifests, &mut problems);

    let mut components = Vec::new();
    components.extend(commands(&root, &config));
    let outputs = components.iter().filter_map(output).collect();
    let packages = choice::target_names(&root, &cargo);
    let mut wasm = wasm_files::sort(&root, &scan, &outputs, &packages, &config, &named_in_wac);
    let built = std::mem::take(&mut wasm.built);
    let context = choice::Context { root: &root, config: &config, named_in_wac: &named_in_wac, built: &built };
    let mut chosen = choice::choose(&cargo, &context, !wasm.parts.is_empty(), false);
    if chosen.components.is_empty() && wasm.parts.is_empty() && components.is_empty() {
        wasm.take_others();
        chosen = choice::choose(&cargo, &context, !wasm.parts.is_empty(), true);
    }
    let named: Vec<_> = chosen.components.iter().map(|c| (c.name(), c.found.manifest.folder.as_path())).collect();
    let named = names::distinct_names(&root, &named).into_iter().zip(&chosen.components);
    components.extend(
        named.filter_map(|(name, c)| packages::component(&root, c, &name, features(&config, &name, c), &mut problems)),
    );
    let clashing = choice::clashing(&chosen.components);
    for component in &mut components {
        if let BuildKind::Cargo(package) = &mut component.build_kind {
            package.apart = clashing.contains(package.workspace.as_path());
        }
    }
    components.extend(wasm.parts.iter().map(|file| wasm_files::component(&root, file)));
    wasm_files::disambiguate_names(&mut components);
    let mut passed_over = chosen.passed_over;
    passed_over.extend(wasm.passed_over);
    passed_over.extend(other_compositions);
    passed_over.sort_by(|a, b| (&a.file, &a.name).cmp(&(&b.file, &b.name)));
    name_packages(&mut components, &config);
    let components = unique(components, &root, &mut problems);
    unknown_names(&config, &components, &passed_over, &root, &mut problems);

    let names = |f: &PathBuf| inspect::package_named(&root, &f.join("wit")).into_iter().collect();
    let unread = cargo.unread.iter().filter(|f| f.starts_with(&root)).map(names).collect();
    let interface_packages = interface_packages::interface_packages(&root, &scan, &components, &mut problems);
    let mut settings = settings(&root, &config, &mut problems);
    settings.source = source;
    let active = active(&root, &compositions, &settings, &mut problems);
    if components.is_empty() && interface_packages.is_empty() && compositions.is_empty() {
        problems.push(nothing_here(&passed_over));
    }
    if let Some(broken) = broken {
        // The others are of a text that is no longer there.
        problems.retain(|p| *p == broken || p.place.as_ref().is_none_or(|p| p.file != root.join(config::FILE)));
    }
    once(&scan.refused, &mut problems);
    for problem in &mut problems {
        problem.relative_to(&root);
    }
    let mut reported = HashSet::new();
    // WIT that several components share is wrong once.
    problems.retain(|p| reported.insert((p.message.clone(), p.place.clone())));
    let wit =
        components.iter().map(|c| (c.name.clone(), wit_folders(&root, c))).filter(|(_, w)| !w.is_empty()).collect();
    let name = root.file_name().map_or_else(|| "/".into(), |n| n.to_string_lossy().into_owned());
    Ok(Project {
        root,
        name,
        components,
        interface_packages,
        passed_over,
        compositions,
        active,
        settings,
        problems,
        wit,
        configuration: Vec::new(),
        unread,
    })
}

/// The compositions of the project, and those of samples where there are others or where `studio.toml` names one.
fn compositions(root: &Path, scan: &Scan, config: &Config) -> (Vec<PathBuf>, Vec<PassedOver>) {
    let chosen = config.composition.as_ref().map(|named| root.join(named.get_ref()));
    let is_sample = |c: &PathBuf| samples::holds(root, c) && chosen.as_ref() != Some(c);
    let (samples, own): (Vec<PathBuf>, Vec<PathBuf>) = scan.compositions.iter().cloned().partition(is_sample);
    if own.is_empty() {
        return (samples, Vec::new());
    }
    let passed_over = |file: PathBuf| PassedOver {
        name: wasm_files::stem(&file),
        reason: samples::REASON.to_owned(),
        change: format!("composition = \"{}\" in {}", file.strip_prefix(root).unwrap_or(&file).display(), config::FILE),
        file,
    };
    (own, samples.into_iter().map(passed_over).collect())
}

/// Takes what cannot be read as a component out of the project where no composition names it and it is not all there
/// is: it is reported, and nothing waits for it. `broken` names the components; those of the others are problems as before.
pub(crate) fn leave_out(project: &mut Project, broken: Vec<Diagnostic>) {
    let named: BTreeSet<String> = wasm_files::packages_named(&project.compositions)
        .iter()
        .flat_map(|package| project.components_for(package).into_iter().map(|c| c.name.clone()).collect::<Vec<_>>())
        .collect();
    let stray = |problem: &Diagnostic| problem.component.as_ref().is_some_and(|name| !named.contains(name));
    let strays = broken.iter().filter(|p| stray(p)).count();
    let is_all = project.components.len() <= strays && project.compositions.is_empty();
    for mut problem in broken {
        problem.message = problem.message.replace(&format!("{}/", project.root.display()), "");
        if is_all || !stray(&problem) {
            project.problems.push(problem);
            continue;
        }
        let name = problem.component.take().unwrap_or_default();
        let at = project.components.iter().position(|c| c.name == name);
        if let Some(BuildKind::File(file)) = at.map(|at| project.components.remove(at).build_kind) {
            project.passed_over.push(PassedOver {
                name,
                file,
                reason: "it cannot be read as a component".to_owned(),
                change: problem.help.clone().unwrap_or_else(|| problem.message.clone()),
            });
        }
        problem.severity = Severity::Warning;
        problem.message = format!("This file is not a component of the project: {}", problem.message);
        project.problems.push(problem);
    }
}

fn open(root: &Path) -> Result<PathBuf, DiscoverError> {
    let path = root.to_owned();
    let canonical = match root.canonicalize() {
        Ok(canonical) => canonical,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(DiscoverError::Missing { path }),
        Err(source) => return Err(DiscoverError::Unreadable { path, source }),
    };
    if !canonical.is_dir() {
        return Err(DiscoverError::NotAFolder { path });
    }
    match walk::list(&canonical, 0) {
        Ok(_) => Ok(canonical),
        Err(source) => Err(DiscoverError::Unreadable { path, source }),
    }
}

/// `studio.toml`. A broken one is a problem, and what it said before goes on to hold.
fn read_config(root: &Path, last_good: Option<&Arc<str>>, problems: &mut Vec<Diagnostic>) -> (Config, Source) {
    let file = root.join(config::FILE);
    let read = match files::text(&file, Kind::Settings) {
        Err(e) if e.is_missing() => Ok(String::new()),
        read => read.map_err(|e| unreadable(&file, &e)),
    };
    let parsed = read.and_then(|text| Ok((config::parse(&text, &file).map_err(|p| *p)?, text)));
    match parsed {
        Ok((config, text)) => (config, Source::Current(text.into())),
        Err(problem) => {
            let known = last_good.and_then(|text| Some((config::parse(text, &file).ok()?, Arc::clone(text))));
            let consequence = match known {
                Some(_) => "The settings that it had before stay in force until this is corrected.",
                None => "Nothing is run until this is corrected.",
            };
            problems.push(problem.remark(consequence, None));
            match known {
                Some((config, text)) => (config, Source::LastGood(text)),
                None => (Config::default(), Source::Unknown),
            }
        }
    }
}

/// The folders of a component's WIT, with links resolved, and a file that is its WIT alone.
fn wit_folders(root: &Path, component: &Component) -> Vec<PathBuf> {
    let Some(wit) = &component.wit else { return Vec::new() };
    let Ok(real) = wit.canonicalize() else { return Vec::new() };
    if real.is_file() {
        return vec![real];
    }
    let files = inspect::wit_files(root, wit);
    let folders = files.iter().filter_map(|file| Some(file.canonicalize().ok()?.parent()?.to_owned()));
    let deps = wit.join("deps").canonicalize().ok();
    let all: BTreeSet<PathBuf> = folders.chain(deps).chain([real]).collect();
    all.into_iter().collect()
}

/// Components that a command of the user's builds.
fn commands(root: &Path, config: &Config) -> Vec<Component> {
    let component = |(name, c): (&toml::Spanned<String>, &config::ComponentConfig)| {
        let (command, output) = (c.command.as_ref()?.get_ref().clone(), root.join(c.output.as_ref()?));
        let watch = c.watch.iter().map(|g| g.get_ref().clone()).collect();
        Some(Component {
            name: name.get_ref().clone(),
            build_kind: BuildKind::Command { command, output, watch },
            packages: Vec::new(),
            folder: root.to_owned(),
            path_dependencies: Vec::new(),
            wit: None,
            declared: None,
        })
    };
    config.components.iter().filter_map(component).collect()
}

fn output(component: &Component) -> Option<PathBuf> {
    match &component.build_kind {
        BuildKind::Command { output, .. } => Some(output.clone()),
        _ => None,
    }
}

/// What `studio.toml` says a `.wac` calls a component comes before what its own files say.
fn name_packages(components: &mut [Component], config: &Config) {
    for component in components {
        let Some(package) = config.components.get(component.name.as_str()).and_then(|c| c.package.clone()) else {
            continue;
        };
        component.packages.retain(|p| *p != package);
        component.packages.insert(0, package);
    }
}

/// Keeps the first of each name; the others are problems, for a name is how a person and a `.wac` speak of them.
fn unique(components: Vec<Component>, root: &Path, problems: &mut Vec<Diagnostic>) -> Vec<Component> {
    let mut kept: Vec<Component> = Vec::new();
    for component in components {
        match kept.iter().find(|k| k.name == component.name) {
            None => kept.push(component),
            Some(first) => {
                let (here, there) = (made_by(&component), made_by(first));
                let shown = there.strip_prefix(root).unwrap_or(&there).display().to_string();
                problems.push(
                    Diagnostic::error(
                        Origin::Project,
                        format!("Two components are called `{}`; the one of {shown} is taken.", component.name),
                    )
                    .at(&here, name_line(&here), 0)
                    .component(&component.name)
                    .help("Rename one of them, or move it out of this folder."),
                );
            }
        }
    }
    kept
}

/// The features that `studio.toml` turns on for a component, by its name or its package's.
fn features<'c>(config: &'c Config, name: &str, chosen: &choice::Candidate<'_>) -> &'c [String] {
    let named = config.components.get(name).or_else(|| config.components.get(chosen.package.name.as_str()));
    named.map_or(&[], |component| &component.features)
}

/// The file that says what a component is called.
fn made_by(component: &Component) -> PathBuf {
    match &component.build_kind {
        BuildKind::Cargo(package) => package.manifest.clone(),
        BuildKind::File(file) => file.clone(),
        BuildKind::Command { .. } => component.folder.join(config::FILE),
    }
}

/// The line of a manifest that holds its package's name; 0 for other files.
fn name_line(file: &Path) -> u32 {
    if file.extension().is_none_or(|e| e != "toml") {
        return 0;
    }
    let text = files::text(file, Kind::Manifest).unwrap_or_default();
    let line = text.lines().position(|l| l.split('=').next().is_some_and(|key| key.trim() == "name"));
    line.and_then(|l| u32::try_from(l + 1).ok()).unwrap_or(1)
}

/// `[components.NAME]` of a name that nothing here bears is a misspelling, or means what cannot be a component.
fn unknown_names(
    config: &Config,
    components: &[Component],
    passed_over: &[PassedOver],
    root: &Path,
    problems: &mut Vec<Diagnostic>,
) {
    let file = root.join(config::FILE);
    let text = files::text(&file, Kind::Settings).unwrap_or_default();
    let is_here = |name: &str, c: &Component| match &c.build_kind {
        BuildKind::Cargo(package) => c.name == name || package.package == name,
        _ => c.name == name,
    };
    for name in config.components.keys().filter(|n| !components.iter().any(|c| is_here(n.get_ref(), c))) {
        let (line, column) = crate::model::diagnostic::line_column(&text, name.span().start);
        let problem = match passed_over.iter().find(|p| p.name == *name.get_ref()) {
            Some(found) => {
                let message = format!("`{}` is not a component: {}.", found.name, found.reason);
                Diagnostic::warning(Origin::Project, message).help(format!("It becomes one with {}.", found.change))
            }
            None => Diagnostic::warning(Origin::Project, format!("There is no component `{}` here.", name.get_ref()))
                .help("Name a cargo package or a .wasm file of this folder, or add a `command` and its `output`."),
        };
        problems.push(problem.at(&file, line, column));
    }
}

/// A grant that covers what the project is built from says so.
fn covered(root: &Path, config: &Config, problems: &mut Vec<Diagnostic>) {
    for (node, grants) in config.granted.nodes() {
        for capability in &grants.0 {
            if let Some(said) = config::covered(root, capability, &config.granted.sources) {
                let message = config::covered_title(node, capability) + &said;
                let file = root.join(config::FILE);
                let text = files::text(&file, Kind::Settings).unwrap_or_default();
                let at =
                    config.grant_at(&text, node, capability).or_else(|| config.grants_at(node)).unwrap_or_default();
                let (line, column) = crate::model::diagnostic::line_column(&text, at);
                problems.push(Diagnostic::warning(Origin::Project, message).at(&file, line, column));
            }
        }
    }
}

/// Where the settings name the nodes that they grant something.
fn grant_places(root: &Path, config: &Config) -> BTreeMap<String, Place> {
    let text = files::text(&root.join(config::FILE), Kind::Settings).unwrap_or_default();
    let place = |at| {
        let (line, column) = crate::model::diagnostic::line_column(&text, at);
        Place { file: config::FILE.into(), line, column }
    };
    config.grants().map(|(node, at)| (node.to_owned(), place(at))).collect()
}

fn settings(root: &Path, config: &Config, problems: &mut Vec<Diagnostic>) -> Settings {
    covered(root, config, problems);
    let composition = config.composition.as_ref().and_then(|named| {
        let path = root.join(named.get_ref());
        if path.is_file() {
            return Some(path.canonicalize().unwrap_or(path));
        }
        let file = root.join(config::FILE);
        let text = files::text(&file, Kind::Settings).unwrap_or_default();
        let (line, column) = crate::model::diagnostic::line_column(&text, named.span().start);
        problems.push(
            Diagnostic::error(Origin::Project, format!("There is no composition {}.", named.get_ref().display()))
                .at(&file, line, column)
                .help("Name a .wac file that exists; the path begins at the project's folder."),
        );
        None
    });
    Settings {
        composition,
        entry: config.run.entry.clone(),
        addr: config.run.addr.as_ref().and_then(|a| config::address(a.get_ref())),
        args: config.run.args.clone(),
        grants: config.granted.clone(),
        grant_places: grant_places(root, config),
        on_save: config.run.on_save.as_ref().and_then(|w| OnSave::parse(w.get_ref())).unwrap_or_default(),
        limits: config.limits,
        source: Source::Unknown,
    }
}

/// The composition in use: `studio.toml`'s, else the only one.
fn active(
    root: &Path,
    compositions: &[PathBuf],
    settings: &Settings,
    problems: &mut Vec<Diagnostic>,
) -> Option<PathBuf> {
    if let Some(named) = &settings.composition {
        return Some(named.clone());
    }
    match compositions {
        [] => None,
        [only] => Some(only.clone()),
        // Which one was to be active stands in a studio.toml that has a problem of its own.
        _ if problems
            .iter()
            .any(|p| p.is_error() && p.place.as_ref().is_some_and(|p| p.file.ends_with(config::FILE))) =>
        {
            None
        }
        [first, ..] => {
            let names: Vec<_> =
                compositions.iter().map(|c| c.strip_prefix(root).unwrap_or(c).display().to_string()).collect();
            problems.push(
                Diagnostic::new(
                    Severity::Warning,
                    Origin::Project,
                    format!("There are {} compositions ({}) and none is active.", names.len(), names.join(", ")),
                )
                .at(first, 0, 0)
                .help(format!("Choose one in {}: composition = \"{}\"", config::FILE, names[0])),
            );
            None
        }
    }
}

fn nothing_here(passed_over: &[PassedOver]) -> Diagnostic {
    let mut problem =
        Diagnostic::warning(Origin::Project, "There is no component, no composition and no WIT in this folder.")
            .help("Make one with `studio new neon DIR`, or open a folder with a cargo package for wasm32-wasip2.");
    for found in passed_over.iter().take(5) {
        let message = format!("`{}` is not one: {}; it becomes one with {}", found.name, found.reason, found.change);
        problem = problem.remark(message, Some(Place { file: found.file.clone(), line: 0, column: 0 }));
    }
    problem
}

pub(crate) fn unreadable(file: &Path, error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error(Origin::Project, format!("This cannot be read: {error}."))
        .at(file, 0, 0)
        .help("Check its permissions; everything else is still shown.")
}

/// A file that is refused has one problem, whoever else looked at it.
fn once(refused: &BTreeSet<PathBuf>, problems: &mut Vec<Diagnostic>) {
    let mut reported = BTreeSet::new();
    problems.retain(|problem| match &problem.place {
        Some(place) if refused.contains(&place.file) => reported.insert(place.file.clone()),
        _ => true,
    });
}
