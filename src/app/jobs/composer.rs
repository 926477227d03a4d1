//! The job that composes: the graph of a revision and its bytes, over artifacts whose preparation is remembered.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use rayon::iter::{
    IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelExtend as _, ParallelIterator as _,
};

use crate::app::effect::{ComposeRequest, Form};
use crate::app::event::Composed;
use crate::build::Artifact;
use crate::compose;
use crate::compose::{Checked, Document, Hoisted, HoistedPart, Part};
use crate::guard::{Panicked, caught};
use crate::model::diagnostic::{Diagnostic, Origin, Place};
use crate::model::graph::Graph;
use crate::model::project::Project;

/// Composes, and keeps what it made of every artifact of the last composition.
#[derive(Default)]
pub(crate) struct Composer {
    /// Taken apart, for the live form.
    hoisted: Kept<Hoisted>,
    /// Validated, for the shipped form.
    checked: Kept<Checked>,
}

impl Composer {
    /// As [`Self::made`]; a panic is this revision's failure, told at the composition it came of.
    pub(crate) fn compose(&self, request: ComposeRequest) -> Composed {
        let (revision, form, document) = (request.revision, request.form, request.document.clone());
        let began = Instant::now();
        caught(|| self.made(request)).unwrap_or_else(|panic| {
            let document = document.unwrap_or_else(|| Document { path: None, text: String::new() });
            let mut problem = Diagnostic::broken_down(Origin::Wac, "while composing", &panic);
            problem.place = document.path.clone().map(|file| Place { file, line: 0, column: 0 });
            let graph = Graph { problems: vec![problem], ..Graph::default() };
            let took = began.elapsed();
            Composed {
                revision,
                form,
                document,
                graph,
                parsed: false,
                live: None,
                shipped: None,
                unchecked: Vec::new(),
                took,
            }
        })
    }

    /// The graph of a revision, and its bytes as far as they were asked for.
    fn made(&self, request: ComposeRequest) -> Composed {
        let began = Instant::now();
        let ComposeRequest { revision, project, document, ports, artifacts, form, ships } = request;
        let (document, mut problems) = if let Some(document) = document {
            (document, Vec::new())
        } else {
            let plugged = compose::plug(&project, &ports);
            (plugged.document, plugged.problems)
        };
        let mut graph = compose::graph(&project, &ports, &document);
        let parsed = document.parses();
        let fits = !graph.problems.iter().chain(&problems).any(Diagnostic::is_error);
        let used: BTreeSet<_> = graph.instances().filter_map(|n| n.component.as_deref()).collect();
        let (mut live, mut shipped) = (None, None);
        if fits && form == Form::Live {
            match self.hoisted(&artifacts, &used).and_then(|parts| compose::live(&project, &document, &parts)) {
                Ok(made) => live = Some(Arc::new(made)),
                Err(found) => problems.extend(found),
            }
        }
        let mut unchecked = Vec::new();
        if fits && parsed && form == Form::Check {
            let parts = self.known_parts(&project, &artifacts, &used);
            // Nobody has allowed anything of this folder yet: what would take long waits until it is.
            let is_small = |part: &Part| document.text.len() <= compose::LARGE && !part.is_large();
            let has = |name: &&str| {
                parts.as_ref().is_ok_and(|parts| parts.iter().any(|p| p.component == **name && is_small(p)))
            };
            match &parts {
                Ok(_) if !used.iter().all(&has) => {
                    unchecked = used.iter().filter(|name| !has(name)).map(|name| (*name).to_owned()).collect();
                }
                Ok(parts) => problems.extend(compose::ship(&project, &document, parts).err().into_iter().flatten()),
                Err(found) => problems.extend(found.iter().cloned()),
            }
        }
        // Only the shipped form is held to a world.
        if fits && (form == Form::Shipped || live.is_some() && (ships || document.has_target())) {
            match self.parts(&artifacts, &used).and_then(|parts| compose::ship(&project, &document, &parts)) {
                Ok(bytes) => shipped = (form == Form::Shipped).then(|| bytes.into()),
                Err(found) => problems.extend(found),
            }
        }
        graph.problems.extend(problems);
        Composed { revision, form, document, graph, parsed, live, shipped, unchecked, took: began.elapsed() }
    }

    fn hoisted(&self, artifacts: &[Artifact], used: &BTreeSet<&str>) -> Result<Vec<HoistedPart>, Vec<Diagnostic>> {
        let hoisted = self.hoisted.all(artifacts, used, |a| compose::hoist(&a.component, &a.bytes))?;
        let part = |(a, hoisted): (&Artifact, _)| HoistedPart {
            component: a.component.clone(),
            hoisted,
            ports: a.ports.clone(),
        };
        Ok(hoisted.into_iter().map(part).collect())
    }

    fn parts(&self, artifacts: &[Artifact], used: &BTreeSet<&str>) -> Result<Vec<Part>, Vec<Diagnostic>> {
        let checked = self.checked.all(artifacts, used, |a| compose::check(&a.component, &a.bytes))?;
        let part = |(a, checked): (&Artifact, _)| Part {
            component: a.component.clone(),
            ports: a.ports.clone(),
            checked,
            stand_in: false,
        };
        Ok(checked.into_iter().map(part).collect())
    }

    /// The parts, and for those that are used and not built what their WIT says of them.
    fn known_parts(
        &self,
        project: &Project,
        artifacts: &[Artifact],
        used: &BTreeSet<&str>,
    ) -> Result<Vec<Part>, Vec<Diagnostic>> {
        let mut parts = self.parts(artifacts, used)?;
        let missing = used.iter().filter(|name| !artifacts.iter().any(|a| a.component == **name));
        let missing: Vec<_> = missing.filter_map(|name| project.component(name)).collect();
        parts.par_extend(missing.into_par_iter().filter_map(|component| compose::stand_in(&project.root, component)));
        Ok(parts)
    }
}

fn broken_down(artifact: &Artifact, panic: &Panicked) -> Diagnostic {
    let problem = Diagnostic::broken_down(Origin::Wasm, "while taking this component apart", panic);
    problem.at(&artifact.path, 0, 0).component(&artifact.component)
}

/// What was made of artifacts, by the digest of their bytes.
struct Kept<T>(Mutex<HashMap<[u8; 32], Arc<T>>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Send + Sync> Kept<T> {
    /// What `make` gives of each artifact, made only for those that changed; what belongs to none of them is let go.
    /// Those that are not `used` are there to be named, as what could be added: one that is broken is left out.
    fn all<'a>(
        &self,
        artifacts: &'a [Artifact],
        used: &BTreeSet<&str>,
        make: impl Fn(&Artifact) -> Result<T, Diagnostic> + Sync,
    ) -> Result<Vec<(&'a Artifact, Arc<T>)>, Vec<Diagnostic>> {
        let known = std::mem::take(&mut *self.0.lock());
        let one = |artifact: &'a Artifact| {
            if let Some(one) = known.get(&artifact.digest) {
                return Ok((artifact, Arc::clone(one)));
            }
            // Here, where it is known whose bytes they are; and on this thread, which may be another's.
            let made = caught(|| make(artifact)).unwrap_or_else(|panic| Err(broken_down(artifact, &panic)));
            made.map(|one| (artifact, Arc::new(one))).map_err(|problem| (artifact, problem))
        };
        let (broken, good): (Vec<_>, Vec<_>) = artifacts.par_iter().map(one).partition_map(Into::into);
        *self.0.lock() = good.iter().map(|(artifact, one)| (artifact.digest, Arc::clone(one))).collect();
        let is_used = |(artifact, _): &(&Artifact, _)| used.contains(artifact.component.as_str());
        let problems: Vec<_> = broken.into_iter().filter(is_used).map(|(_, problem)| problem).collect();
        if problems.is_empty() { Ok(good) } else { Err(problems) }
    }
}
