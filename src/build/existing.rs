//! What earlier builds left on disk: parsed, never run. It gives a graph its ports before anything is built.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::cargo::artifact_path;
use super::job::read;
use super::{Artifact, Profile, prebuilt};
use crate::model::project::{Component, Making, Project};

/// The newest artifact of every component that has one, unless its WIT was changed since.
pub fn artifacts(project: &Project) -> Vec<Artifact> {
    project.components.iter().filter_map(|c| artifact(&project.root, c)).collect()
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
        Making::File(path) => vec![path.clone()],
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
