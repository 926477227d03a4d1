//! Writes edits of the composition: off the loop, the file whole or not at all, and never over what nobody saw.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::build::Artifact;
use crate::compose;
use crate::compose::{Change, Document, EditError};
use crate::files;
use crate::files::{Folder, Kind, Links};
use crate::model::graph::{End, Graph};
use crate::model::port::Ports;
use crate::model::project::Project;

/// Times that somebody else may write the file between our reading and our writing.
const TRIES: usize = 3;

/// What is to be written.
#[derive(Clone, Debug)]
pub struct EditRequest {
    pub project: Arc<Project>,
    /// What every component imports and exports, as far as it is known.
    pub(crate) ports: BTreeMap<String, Ports>,
    /// The builds that these ports are of, for the composer's own word on a wire.
    pub artifacts: Vec<Artifact>,
    /// The active composition as it was last read; `None` where nobody wrote one yet.
    pub document: Option<Document>,
    /// Of the composition, relative to the project.
    pub path: PathBuf,
    pub(crate) task: Task,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Change {
        label: String,
        changes: Vec<Change>,
    },
    /// A step back, or forth again: the file becomes `text`, if it still is what it was.
    Restore {
        label: String,
        back: bool,
        before: Option<String>,
        text: Option<String>,
    },
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Edited {
    pub path: PathBuf,
    pub(crate) task: Task,
    pub(crate) outcome: Result<Made, Refused>,
}

impl Edited {
    /// Nothing came of it.
    pub(crate) fn failed(path: PathBuf, task: Task, why: String) -> Self {
        Self { path, task, outcome: Err(Refused::Because(why)) }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// What the file held, and what it holds; `None` where there was, or is, no file.
    pub before: Option<String>,
    pub text: Option<String>,
    /// Of the new text, where it parses.
    pub graph: Option<Graph>,
    /// What an added node is called.
    pub(crate) added: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Somebody else wrote the file; this is what it holds.
    Outside(Option<String>),
    /// A sentence.
    Because(String),
}

/// Does it.
pub(crate) fn make(request: EditRequest) -> Edited {
    let EditRequest { project, ports, artifacts, document, path, task } = request;
    let file = project.root.join(&path);
    // A person knows the file by its name in the project.
    let named = |refused: Refused| match refused {
        Refused::Because(why) => {
            Refused::Because(why.replace(&file.display().to_string(), &path.display().to_string()))
        }
        outside @ Refused::Outside(_) => outside,
    };
    let outcome = match &task {
        Task::Change { changes, .. } => {
            change(&project, (&ports, &artifacts), document.as_ref(), (&path, &file), changes)
        }
        Task::Restore { before, text, .. } => {
            restore(&project.root, &file, before.as_deref(), text.as_deref()).map(|()| Made {
                before: before.clone(),
                text: text.clone(),
                graph: graph(&project, &ports, &path, text.as_deref()),
                added: None,
            })
        }
    };
    let outcome = outcome.map_err(named);
    Edited { path, task, outcome }
}

fn graph(project: &Project, ports: &BTreeMap<String, Ports>, path: &Path, text: Option<&str>) -> Option<Graph> {
    let document = match text {
        Some(text) => Document { path: Some(path.to_owned()), text: text.to_owned() },
        None => compose::plug(project, ports).document,
    };
    document.parses().then(|| compose::graph(project, ports, &document))
}

/// What a file holds; `None` where there is none.
pub(crate) fn read(file: &Path) -> Result<Option<String>, Refused> {
    match files::text(file, Kind::Composition) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(Refused::Because(format!("`{}` cannot be read: {error}", file.display()))),
    }
}

fn write(root: &Path, file: &Path, text: Option<&str>) -> Result<(), Refused> {
    let written = Folder::open(root).and_then(|folder| match text {
        Some(text) => folder.write(file, text.as_bytes(), Links::Inside),
        None => folder.remove(file, Links::Inside),
    });
    written.map_err(|error| Refused::Because(format!("`{}` cannot be written: {error}", file.display())))
}

fn restore(root: &Path, file: &Path, before: Option<&str>, text: Option<&str>) -> Result<(), Refused> {
    let now = read(file)?;
    if now.as_deref() != before {
        return Err(Refused::Outside(now));
    }
    write(root, file, text)
}

fn change(
    project: &Project,
    (ports, artifacts): (&BTreeMap<String, Ports>, &[Artifact]),
    document: Option<&Document>,
    (path, file): (&PathBuf, &Path),
    changes: &[Change],
) -> Result<Made, Refused> {
    for _ in 0..TRIES {
        let before = read(file)?;
        let begun = match (&before, document) {
            (Some(text), Some(_)) => Document { path: Some(path.clone()), text: text.clone() },
            (None, None) => compose::to_write(project, &compose::plug(project, ports).document),
            (None, Some(_)) => return Err(Refused::Because(format!("`{}` is gone", path.display()))),
            (Some(_), None) => {
                let why = "exists but is not this project's composition; name it in studio.toml";
                return Err(Refused::Because(format!("`{}` {why}", path.display())));
            }
        };
        let (document, graph, added) = changed(project, ports, artifacts, &begun, changes)
            .map_err(|e| Refused::Because(edit_error_message(project, ports, &begun, &e)))?;
        if read(file)? == before {
            write(&project.root, file, Some(&document.text))?;
            return Ok(Made { before, text: Some(document.text), graph: Some(graph), added });
        }
    }
    Err(Refused::Because(format!("`{}` is being changed by another program; try again", path.display())))
}

/// All changes, one after the other; the last state of the text, its graph, and what was added.
pub(crate) fn changed(
    project: &Project,
    ports: &BTreeMap<String, Ports>,
    artifacts: &[Artifact],
    document: &Document,
    changes: &[Change],
) -> Result<(Document, Graph, Option<String>), EditError> {
    let (mut document, mut graph) = (document.clone(), Graph::default());
    let mut added: Option<(String, String)> = None;
    for change in changes {
        let change = match (change, &added) {
            // The new instance may have got another name than its component's.
            (Change::Wire { from, to }, Some((component, name))) if to.node == *component => {
                Change::Wire { from: from.clone(), to: End { node: name.clone(), port: to.port.clone() } }
            }
            (Change::Wire { from, to }, Some((component, name))) if from.node == *component => {
                Change::Wire { from: End { node: name.clone(), port: from.port.clone() }, to: to.clone() }
            }
            _ => change.clone(),
        };
        let edited = compose::edit(project, ports, &document, &change)?;
        if let Change::Wire { from, to } = &change {
            let bytes = |name: &str| artifacts.iter().find(|a| a.component == name).map(|a| &*a.bytes);
            compose::confirm_wire(&edited.graph, bytes, from, to)?;
        }
        (document, graph) = (edited.document, edited.graph);
        // Who chose its name means that instance by it, and another by the component's name.
        if let (Change::Add { component, name: None }, Some(name)) = (change, edited.name) {
            added = Some((component, name));
        }
    }
    Ok((document, graph, added.map(|(_, name)| name)))
}

/// A refusal with its place, where the text is to blame.
fn edit_error_message(
    project: &Project,
    ports: &BTreeMap<String, Ports>,
    document: &Document,
    error: &EditError,
) -> String {
    if !matches!(error, EditError::Unreadable(_)) {
        return error.to_string();
    }
    let problem = compose::graph(project, ports, document).problems.into_iter().next();
    match problem.and_then(|p| Some((p.place?, p.message))) {
        Some((place, message)) => format!("{}:{} does not parse: {message}", place.file.display(), place.line),
        None => error.to_string(),
    }
}
