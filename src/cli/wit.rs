//! `studio wit NODE|FILE|PACKAGE`: the WIT of a component or a package, with its comments. Runs nothing.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use wit_parser::{PackageId, Resolve};

use crate::app::state::{Goal, State};
use crate::app::trust_question::Start;
use crate::build::Profile;
use crate::cli::args::Wit;
use crate::cli::{out, session};
use crate::files;
use crate::files::Kind;
use crate::inspect::{decoded, printed, resolve};
use crate::model::alike::alike;
use crate::model::project::{BuildKind, Component, Project};

/// Packages, and the one that was asked for.
struct Found {
    resolve: Resolve,
    package: PackageId,
    /// Whether what it uses is shown too.
    whole: bool,
}

pub(super) fn run(args: &Wit) -> anyhow::Result<u8> {
    let file = Path::new(&args.what);
    let found = if is_file(file) {
        of_file(file)?
    } else {
        let options = session::options(&args.project, Goal::Graph, Profile::Dev)?;
        let start = Start::at(&options.root, false);
        let state = session::drive(options, start, |_, _| {}, State::settled)?;
        of_project(&state, &args.what)?
    };
    if args.json {
        let value = serde_json::to_value(&found.resolve)?;
        out::json(&value);
        return Ok(0);
    }
    let text = printed(&found.resolve, found.package, found.whole).map_err(anyhow::Error::msg)?;
    out::block(text.trim_end());
    Ok(0)
}

/// A name of a component may also be that of a file here; only what looks like a file is taken for one.
fn is_file(path: &Path) -> bool {
    let is_wit = path.extension().is_some_and(|e| ["wasm", "wat", "wit"].iter().any(|known| e == *known));
    is_wit || path.components().count() > 1 && path.exists()
}

fn of_file(path: &Path) -> anyhow::Result<Found> {
    let shown = || format!("`{}`", path.display());
    let is_text = path.is_dir() || path.extension().is_some_and(|e| e == "wit");
    if is_text {
        let path = path.canonicalize().with_context(shown)?;
        let root = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(&path) };
        return of_text(root, &path);
    }
    let bytes = files::read(path, Kind::Wasm).with_context(shown)?;
    let (resolve, package) = decoded(&bytes).map_err(anyhow::Error::msg).with_context(shown)?;
    Ok(Found { resolve, package, whole: true })
}

fn of_text(root: &Path, wit: &Path) -> anyhow::Result<Found> {
    let (resolve, package) = resolve(root, wit).map_err(|problem| anyhow::anyhow!("{}", sentence(&problem)))?;
    Ok(Found { resolve, package, whole: true })
}

fn sentence(problem: &crate::model::diagnostic::Diagnostic) -> String {
    match &problem.place {
        Some(place) => format!("{} ({place})", problem.message),
        None => problem.message.clone(),
    }
}

/// What a name of a node, a component or a package means in a project.
fn of_project(state: &State, name: &str) -> anyhow::Result<Found> {
    let project = &state.project;
    let node = state.graph.node(name).and_then(|node| node.component.as_deref());
    let component = project.components.iter().find(|component| component.name == node.unwrap_or(name));
    if let Some(component) = component {
        return of_component(project, component);
    }
    if name.contains(':') {
        return of_package(project, name);
    }
    let nodes = state.graph.nodes.iter().map(|node| node.name.as_str());
    let names = nodes.chain(project.components.iter().map(|component| component.name.as_str()));
    let names: Vec<&str> = names.collect();
    match alike(name, names.iter().copied()) {
        Some(meant) => bail!("there is no node, component, package or file `{name}`; did you mean `{meant}`?"),
        None if names.is_empty() => bail!("there is no node, component, package or file `{name}`"),
        None => bail!("there is no node, component, package or file `{name}`; there are {}", names.join(", ")),
    }
}

fn of_component(project: &Project, component: &Component) -> anyhow::Result<Found> {
    if let Some(wit) = &component.wit {
        return of_text(&project.root, wit);
    }
    match &component.build_kind {
        BuildKind::File(file) => of_file(file),
        BuildKind::Command { output, .. } if output.is_file() => of_file(output),
        _ => bail!("`{}` has no WIT of its own, and is not built", component.name),
    }
}

/// A package by its name, and by its version where there are several: where it is defined, else a copy in `deps`.
fn of_package(project: &Project, name: &str) -> anyhow::Result<Found> {
    let (wanted, version) = name.split_once('@').map_or((name, None), |(name, version)| (name, Some(version)));
    let components = project.components.iter().filter_map(|component| component.wit.clone());
    let mut folders: Vec<PathBuf> =
        components.chain(project.interface_packages.iter().map(|package| package.folder.clone())).collect();
    folders.sort();
    folders.dedup();
    let (mut copies, mut versions) = (Vec::new(), Vec::new());
    for folder in folders {
        let Ok((resolve, main)) = resolve(&project.root, &folder) else { continue };
        let ids: Vec<PackageId> = resolve.packages.iter().map(|(id, _)| id).collect();
        for id in ids {
            let Some(package) = resolve.packages.get(id) else { continue };
            if format!("{}:{}", package.name.namespace, package.name.name) != wanted {
                continue;
            }
            let has = package.name.version.as_ref().map(ToString::to_string);
            if version.is_none_or(|version| has.as_deref() == Some(version)) {
                if !versions.contains(&has) {
                    versions.push(has);
                }
                copies.push((id != main, Found { resolve: resolve.clone(), package: id, whole: false }));
            }
        }
    }
    if versions.len() > 1 {
        let shown: Vec<String> =
            versions.iter().map(|v| v.as_ref().map_or(wanted.to_owned(), |v| format!("{wanted}@{v}"))).collect();
        bail!("`{wanted}` is there in several versions: {}", shown.join(", "));
    }
    let found = copies.into_iter().min_by_key(|(is_copy, _)| *is_copy).map(|(_, found)| found);
    found.with_context(|| format!("no component and no interface package of the project has the package `{name}`"))
}
