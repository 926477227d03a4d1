//! What the verbs that edit a composition have in common: read the project, make the change, write the file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context as _;

use super::args::EditOf;
use super::{PROBLEMS, out, session};
use crate::app::explain::FileChange;
use crate::app::state::{Goal, State};
use crate::build::Profile;
use crate::compose::{self, Change, Document};
use crate::folders::write_whole;
use crate::model::graph::{End, Graph};
use crate::model::port::Ports;

/// A project with the composition that is edited.
pub struct Composition {
    pub state: State,
    pub ports: BTreeMap<String, Ports>,
    pub document: Document,
    pub graph: Graph,
    path: PathBuf,
    /// What the file held when it was read; `None` where there is none yet.
    on_disk: Option<String>,
}

impl Composition {
    /// Reads the project's folder; runs nothing of it.
    ///
    /// # Errors
    /// Where the folder cannot be read, or nothing says which of several compositions is meant.
    pub fn open(of: &EditOf) -> anyhow::Result<Self> {
        let options = session::options(&of.project, Goal::Graph, Profile::Dev)?;
        let trusted = crate::trust::is_trusted(&options.root);
        let state = session::drive(options, trusted, |_, _| {}, State::settled)?;
        let project = &state.project;
        anyhow::ensure!(
            project.active.is_some() || project.compositions.is_empty(),
            "`{}` holds {} compositions; name the one to edit in studio.toml, as in `composition = \"app.wac\"`",
            project.root.display(),
            project.compositions.len()
        );
        let plugged = state.document.clone().with_context(|| match state.problems().first() {
            Some(problem) => problem.message.clone(),
            None => format!("`{}` has no composition", project.root.display()),
        })?;
        let document = compose::to_write(project, &plugged);
        let path = project.root.join(document.path.clone().unwrap_or_default());
        let on_disk = std::fs::read_to_string(&path).ok();
        anyhow::ensure!(
            plugged.path.is_some() || on_disk.is_none(),
            "`{}` is there but is not read as this project's composition; name it in studio.toml",
            path.display()
        );
        let declared = project.components.iter().filter_map(|c| Some((c.name.clone(), c.declared.clone()?)));
        let built = state.components.iter().filter_map(|(n, c)| Some((n.clone(), c.artifact.as_ref()?.ports.clone())));
        let ports: BTreeMap<_, _> = declared.chain(built).collect();
        let graph = compose::graph(project, &ports, &document);
        Ok(Self { state, ports, document, graph, path, on_disk })
    }

    /// Makes a change in memory.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn change(&mut self, change: &Change) -> anyhow::Result<Option<String>> {
        let edited = compose::edit(&self.state.project, &self.ports, &self.document, change)?;
        if let Change::Wire { from, to } = change {
            self.confirm(from, to)?;
        }
        self.document = edited.document;
        self.graph = edited.graph;
        Ok(edited.name)
    }

    /// Where both ends are built: whether the composer takes the wire too.
    fn confirm(&self, from: &End, to: &End) -> anyhow::Result<()> {
        let built = |node: &str| {
            let component = self.graph.node(node)?.component.as_deref()?;
            self.state.components.get(component)?.artifact.as_ref()
        };
        let (Some(user), Some(provider)) = (built(&from.node), built(&to.node)) else { return Ok(()) };
        match compose::confirm((&user.bytes, &from.port), (&provider.bytes, &to.port)) {
            Some(Err(said)) => {
                anyhow::bail!("as they are built, `{}` does not serve `{}`: {said}", to.node, from.node)
            }
            Some(Ok(())) | None => Ok(()),
        }
    }

    /// Writes the file, if it is still the one that was read.
    ///
    /// # Errors
    /// Where it cannot be written, or somebody wrote it meanwhile.
    pub fn write(&self) -> anyhow::Result<()> {
        let now = std::fs::read_to_string(&self.path).ok();
        anyhow::ensure!(now == self.on_disk, "`{}` was changed meanwhile; try again", self.path.display());
        write_whole(&self.path, self.document.text.as_bytes())
            .with_context(|| format!("cannot write `{}`", self.path.display()))
    }

    /// What [`Self::write`] changes.
    pub fn as_change(&self) -> FileChange {
        FileChange { path: self.path.clone(), before: self.on_disk.clone(), after: Some(self.document.text.clone()) }
    }

    /// The file's name as it is shown.
    pub fn file(&self) -> String {
        self.document.path.clone().unwrap_or_default().display().to_string()
    }
}

/// A verb that makes one change: finds out which, makes it, writes it, tells of it.
///
/// # Errors
/// What keeps the project from being read or the file from being written; a refusal is no error but the exit code 1.
pub fn run(
    of: &EditOf,
    choose: impl FnOnce(&Composition) -> anyhow::Result<Change>,
    tell: impl FnOnce(Option<&str>) -> String,
) -> anyhow::Result<u8> {
    let mut composition = Composition::open(of)?;
    let made = choose(&composition).and_then(|change| composition.change(&change));
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

/// Says why not.
pub fn refuse(json: bool, refusal: &anyhow::Error) -> u8 {
    if json {
        out::json(&serde_json::json!({ "ok": false, "refused": refusal.to_string() }));
    } else {
        out::error_line(&format!("refused: {refusal}"));
    }
    PROBLEMS
}
