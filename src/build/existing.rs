//! What earlier builds left on disk: parsed, never run. It gives a graph its ports before anything is built.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use rayon::iter::{Either, IntoParallelRefIterator as _, ParallelIterator as _};

use crate::build::artifacts;
use crate::build::job::read;
use crate::build::{Artifact, Profile, prebuilt};
use crate::files::Kind;
use crate::inspect::wit_files;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::project::{BuildKind, Component, Project};

/// Bytes of all components together that are held: 400 of 5 MiB, as unoptimised ones have with their debug information.
const MOST: u64 = 2 << 30;

/// The newest artifact of every component that has one, unless its WIT was changed since; and what is wrong with those
/// that are files of the folder. What is wrong with the others is the build's to tell.
pub(crate) fn artifacts(project: &Project) -> (Vec<Artifact>, Vec<Diagnostic>) {
    let left = AtomicU64::new(MOST);
    let read = |component: &Component| match &component.build_kind {
        BuildKind::File(path) => {
            Some(within(&left, &component.name, path.clone()).map_err(|p| in_project(*p, project, component)))
        }
        BuildKind::Cargo(_) | BuildKind::Command { .. } => artifact(&left, &project.root, component).map(Ok),
    };
    project.components.par_iter().filter_map(read).partition_map(|read| match read {
        Ok(artifact) => Either::Left(artifact),
        Err(problem) => Either::Right(problem),
    })
}

/// Reads an artifact if there is room for it beside the others.
fn within(left: &AtomicU64, component: &str, path: PathBuf) -> Result<Artifact, Box<Diagnostic>> {
    let bytes = path.metadata().map_or(0, |about| about.len());
    // What is larger than one may be is refused by the reader, and takes nothing.
    if bytes <= Kind::Wasm.limit()
        && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_err()
    {
        let text = format!("Not read: the components of this folder together exceed {} GiB.", MOST >> 30);
        return Err(Box::new(
            Diagnostic::error(Origin::Wasm, text).at(&path, 0, 0).help("Open a folder with fewer components."),
        ));
    }
    read(component, path)
}

fn in_project(mut problem: Diagnostic, project: &Project, component: &Component) -> Diagnostic {
    problem.component = Some(component.name.clone());
    if let Some(place) = &mut problem.place {
        place.file = project.relative(&place.file).to_owned();
    }
    problem
}

fn artifact(left: &AtomicU64, root: &Path, component: &Component) -> Option<Artifact> {
    let wit_changed = component.wit.as_deref().and_then(|wit| newest(root, wit));
    let (path, _) = candidates(root, component)
        .into_iter()
        .filter_map(|path| Some((path.clone(), modified(&path)?)))
        .filter(|(_, built)| wit_changed.is_none_or(|wit| wit <= *built))
        .max_by_key(|(_, built)| *built)?;
    within(left, &component.name, path).ok()
}

fn candidates(root: &Path, component: &Component) -> Vec<PathBuf> {
    match &component.build_kind {
        BuildKind::File(_) => Vec::new(),
        BuildKind::Command { output, .. } => vec![output.clone()],
        BuildKind::Cargo(_) => [Profile::Dev, Profile::Release]
            .into_iter()
            .filter_map(|profile| artifacts::path(component, profile))
            .chain([prebuilt::path(root, &component.name)])
            .collect(),
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}

/// When the newest file of the WIT at `path` was changed.
fn newest(root: &Path, path: &Path) -> Option<SystemTime> {
    wit_files(root, path).iter().filter_map(|file| modified(file)).max()
}

#[cfg(test)]
mod tests {
    use crate::build::existing::*;

    #[test]
    fn what_has_no_room_beside_the_others_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wat");
        std::fs::write(&path, "(component)").unwrap();
        let left = AtomicU64::new(15);
        assert!(within(&left, "a", path.clone()).is_ok());
        let problem = within(&left, "a", path).unwrap_err();
        assert_eq!(problem.message, "Not read: the components of this folder together exceed 2 GiB.");
    }
}
