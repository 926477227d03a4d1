//! What the verbs that edit a composition have in common: read the project, make the change, write the file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::app::state::{Goal, State};
use crate::app::trust_question::Start;
use crate::build::Profile;
use crate::cli::args::EditOf;
use crate::cli::{PROBLEMS, out, session};
use crate::compose;
use crate::compose::{Change, Document, EditError};
use crate::config;
use crate::explain::FileChange;
use crate::files;
use crate::files::{Folder, Kind, Links};
use crate::model::diagnostic::Diagnostic;
use crate::model::ends::{EndError, export_end, import_end, nodes_instead};
use crate::model::graph::{End, Graph, NodeKind};
use crate::model::port::Ports;
use crate::wac::WireError;

/// A project with the composition that is edited.
pub(super) struct Composition {
    pub(crate) state: State,
    pub(crate) ports: BTreeMap<String, Ports>,
    pub(crate) document: Document,
    pub(crate) graph: Graph,
    path: PathBuf,
    /// What the file held when it was read; `None` where there is none yet.
    on_disk: Option<String>,
    links: Links,
}

impl Composition {
    /// Reads the project's folder; runs nothing of it.
    ///
    /// # Errors
    /// Where the folder cannot be read, or nothing says which of several compositions is meant.
    pub(super) fn open(of: &EditOf) -> anyhow::Result<Self> {
        let options = session::options(&of.project, Goal::Graph, Profile::Dev)?;
        let start = Start::at(&options.root, false);
        let state = session::drive(options, start, |_, _| {}, State::settled)?;
        let project = &state.project;
        anyhow::ensure!(
            project.active.is_some() || project.compositions.is_empty(),
            "`{}` holds {} compositions; name the one to edit in studio.toml, as in `composition = \"app.wac\"`",
            project.root.display(),
            project.compositions.len()
        );
        let names_it =
            |p: &&&Diagnostic| p.is_error() && p.place.as_ref().is_some_and(|place| place.file.ends_with(config::FILE));
        if let (None, Some(problem)) = (&project.settings.composition, state.problems().iter().find(names_it)) {
            anyhow::bail!("cannot tell which composition to edit: {}", one_line(problem));
        }
        if let Some(active) = &project.active {
            files::text(active, Kind::Composition).with_context(|| {
                format!("cannot read `{}`; save it as UTF-8 text", project.relative(active).display())
            })?;
        }
        let plugged = state.document.clone().with_context(|| match state.problems().first() {
            Some(problem) => problem.message.clone(),
            None => format!("`{}` has no composition", project.root.display()),
        })?;
        let document = compose::to_write(project, &plugged);
        let path = project.root.join(document.path.clone().unwrap_or_default());
        let on_disk = files::text(&path, Kind::Composition).ok();
        anyhow::ensure!(
            plugged.path.is_some() || on_disk.is_none(),
            "`{}` exists but is not this project's composition; name it in studio.toml",
            path.display()
        );
        let ports = state.ports();
        let graph = compose::graph(project, &ports, &document);
        Ok(Self { state, ports, document, graph, path, on_disk, links: of.links() })
    }

    /// Whether the text can be read at all.
    ///
    /// # Errors
    /// Where it does not parse, and what to do.
    pub(super) fn readable(&self) -> anyhow::Result<()> {
        match self.graph.problems.first().filter(|_| !self.document.parses()) {
            None => Ok(()),
            Some(problem) => anyhow::bail!("the text does not parse: {}", one_line(problem)),
        }
    }

    /// The import that is meant.
    ///
    /// # Errors
    /// What there is instead, or why nothing is known of it.
    pub(super) fn import(&self, text: &str) -> anyhow::Result<End> {
        self.end(import_end(&self.graph, text))
    }

    /// The export that is meant.
    ///
    /// # Errors
    /// What there is instead, or why nothing is known of it.
    pub(super) fn export(&self, text: &str) -> anyhow::Result<End> {
        self.end(export_end(&self.graph, text))
    }

    fn end(&self, found: Result<End, EndError>) -> anyhow::Result<End> {
        match &found {
            Ok(End { node, .. }) | Err(EndError::NoImport { node, .. } | EndError::NoExport { node, .. }) => {
                self.known(node)?;
            }
            Err(EndError::NoNode { text, .. }) => self.placed(text.split(['.', '[']).next().unwrap_or(text))?,
            Err(EndError::NoPort(_)) => {}
        }
        Ok(found?)
    }

    /// Whether there is such a node.
    ///
    /// # Errors
    /// What there is instead.
    pub(super) fn node(&self, name: &str) -> anyhow::Result<()> {
        if self.graph.node(name).is_some() {
            return Ok(());
        }
        self.placed(name)?;
        anyhow::bail!("no node is called `{name}`; {}", nodes_instead(&self.graph, name))
    }

    /// A component that is not in the composition is no node of it.
    fn placed(&self, name: &str) -> anyhow::Result<()> {
        let component = self.state.project.component(name).filter(|_| self.graph.node(name).is_none());
        anyhow::ensure!(component.is_none(), "`{name}` is not in this composition; `studio add {name}` adds it");
        Ok(())
    }

    /// Whether it is known what a node imports and exports.
    ///
    /// # Errors
    /// Why not, and what to do.
    pub(super) fn known(&self, node: &str) -> anyhow::Result<()> {
        let Some(node) = self.graph.node(node).filter(|n| n.kind == NodeKind::Component) else { return Ok(()) };
        let project = &self.state.project;
        let problems = self.state.problems();
        let problem = match &node.component {
            Some(name) if self.ports.contains_key(name) => return Ok(()),
            Some(name) => {
                let folder = project.component(name).map(|c| project.relative(&c.folder).to_owned());
                let inside = |p: &&Diagnostic| match (&p.place, &folder) {
                    (Some(place), Some(folder)) => place.file.starts_with(folder),
                    _ => false,
                };
                let errors = || problems.iter().copied().filter(|p| p.is_error());
                errors().find(|p| p.component.as_ref() == Some(name)).or_else(|| errors().find(inside))
            }
            None => {
                // Either nobody has the package, which the graph tells at its place, or a file that may is broken.
                let own = self.graph.problems.iter().find(|p| p.component.as_ref() == Some(&node.name));
                own.or_else(|| problems.iter().copied().find(|p| p.is_error()))
            }
        };
        let why = problem.map_or_else(|| "run `studio build`".to_owned(), one_line);
        anyhow::bail!("what `{}` imports and exports is not known yet: {why}", node.name)
    }

    /// Makes a change in memory.
    ///
    /// # Errors
    /// Why it is refused.
    pub(super) fn change(&mut self, change: &Change) -> anyhow::Result<Option<String>> {
        let edited = compose::edit(&self.state.project, &self.ports, &self.document, change);
        if let (Change::Wire { from, to }, Err(EditError::Wire(WireError::Unfit(why)))) = (change, &edited) {
            let (from, to) = (format!("{}.{}", from.node, from.port), format!("{}.{}", to.node, to.port));
            anyhow::bail!("{why}; `studio explain {from} {to}` shows every difference, and the fixes");
        }
        let edited = edited?;
        if let Change::Wire { from, to } = change {
            let bytes = |name: &str| Some(&*self.state.components.get(name)?.current()?.bytes);
            compose::confirm_wire(&self.graph, bytes, from, to)?;
        }
        self.document = edited.document;
        self.graph = edited.graph;
        Ok(edited.name)
    }

    /// Writes the file, if it is still the one that was read.
    ///
    /// # Errors
    /// Where it cannot be written, or somebody wrote it meanwhile.
    pub(super) fn write(&self) -> anyhow::Result<()> {
        let now = files::text(&self.path, Kind::Composition).ok();
        anyhow::ensure!(now == self.on_disk, "`{}` was changed meanwhile; try again", self.file());
        Folder::open(&self.state.project.root)
            .and_then(|folder| folder.write(&self.path, self.document.text.as_bytes(), self.links))
            .with_context(|| format!("cannot write `{}`", self.file()))
    }

    /// What [`Self::write`] changes.
    pub(super) fn as_change(&self) -> FileChange {
        FileChange { path: self.path.clone(), before: self.on_disk.clone(), after: Some(self.document.text.clone()) }
    }

    /// The file's name as it is shown.
    pub(super) fn file(&self) -> String {
        self.document.path.clone().unwrap_or_default().display().to_string()
    }
}

/// A verb that makes one change: finds out which, makes it, writes it, tells of it.
///
/// # Errors
/// What keeps the project from being read or the file from being written; a refusal is no error but the exit code 1.
pub(super) fn run(
    of: &EditOf,
    choose: impl FnOnce(&Composition) -> anyhow::Result<Change>,
    tell: impl FnOnce(Option<&str>) -> String,
) -> anyhow::Result<u8> {
    let mut composition = Composition::open(of)?;
    let chosen = composition.readable().and_then(|()| choose(&composition));
    let made = chosen.and_then(|change| composition.change(&change));
    let name = match made {
        Ok(name) => name,
        Err(refusal) => return Ok(refuse(of.json, &refusal)),
    };
    composition.write()?;
    if of.json {
        out::json(&serde_json::json!({
            "ok": true,
            "file": composition.file(),
            "node": name,
            "problems": composition.graph.problems.iter().map(out::problem_json).collect::<Vec<_>>(),
        }));
    } else {
        out::line(&format!("{}  {}", composition.file(), tell(name.as_deref())));
    }
    Ok(0)
}

/// A problem in one sentence: its place, what is wrong, and what to do.
fn one_line(problem: &Diagnostic) -> String {
    let place = problem.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
    let message = problem.message.lines().next().unwrap_or_default();
    let help = problem.help.as_deref().unwrap_or("fix that first");
    let mut letters = help.chars();
    let help: String = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
    format!("{place}{}; {}", message.trim_end_matches('.'), help.trim_end_matches('.'))
}

/// Says why not.
pub(super) fn refuse(json: bool, refusal: &anyhow::Error) -> u8 {
    if json {
        out::json(&serde_json::json!({ "ok": false, "refused": refusal.to_string() }));
    } else {
        out::error_line(&format!("refused: {refusal}"));
    }
    PROBLEMS
}
