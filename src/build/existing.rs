//! What earlier builds left on disk: parsed, never run. It gives a graph its ports before anything is built.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::iter::{Either, IntoParallelRefIterator as _, ParallelIterator as _};

use super::cargo::artifact_path;
use super::job::read;
use super::{Artifact, Profile, prebuilt};
use crate::model::diagnostic::Diagnostic;
use crate::model::project::{Component, Making, Project};

/// The newest artifact of every component that has one, unless its WIT was changed since; and what is wrong with those
/// that are files of the folder. What is wrong with the others is the build's to tell.
pub fn artifacts(project: &Project) -> (Vec<Artifact>, Vec<Diagnostic>) {
    let read = |component: &Component| match &component.making {
        Making::File(path) => Some(read(&component.name, path.clone()).map_err(|p| in_project(*p, project, component))),
        Making::Cargo(_) | Making::Command { .. } => artifact(&project.root, component).map(Ok),
    };
    project.components.par_iter().filter_map(read).partition_map(|read| match read {
        Ok(artifact) => Either::Left(artifact),
        Err(problem) => Either::Right(problem),
    })
}

fn in_project(mut problem: Diagnostic, project: &Project, component: &Component) -> Diagnostic {
    problem.component = Some(component.name.clone());
    if let Some(place) = &mut problem.place {
        place.file = project.relative(&place.file).to_owned();
    }
    problem
}

fn artifact(root: &Path, component: &Component) -> Option<Artifact> {
    let wit_changed = component.wit.as_deref().and_then(newest);
    let (path, _) = candidates(root, component)
        .into_iter()
        .filter_map(|path| Some((path.clone(), modified(&path)?)))
        .filter(|(_, built)| wit_changed.is_none_or(|wit| wit <= *built))
        .max_by_key(|(_, built)| *built)?;
    read(&component.name, path).ok()
}

fn candidates(root: &Path, component: &Component) -> Vec<PathBuf> {
    match &component.making {
        Making::File(_) => Vec::new(),
        Making::Command { output, .. } => vec![output.clone()],
        Making::Cargo(_) => [Profile::Dev, Profile::Release]
            .into_iter()
            .filter_map(|profile| artifact_path(component, profile))
            .chain([prebuilt::path(root, &component.name)])
            .collect(),
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}

/// When the newest file below (or at) `path` was changed.
fn newest(path: &Path) -> Option<SystemTime> {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).ok()?;
        entries.flatten().filter_map(|entry| newest(&entry.path())).max()
    } else {
        modified(path)
    }
}
