//! One edit of a composition, made and checked: the verbs' and the canvas' common road.

use std::collections::BTreeMap;

use crate::compose::{Document, graph};
use crate::model::diagnostic::Diagnostic;
use crate::model::ends::instead;
use crate::model::graph::{End, Graph, HOST};
use crate::model::port::{Ports, short};
use crate::model::project::{Component, Project, kebab};
use crate::wac as wac_text;
use crate::wac::{AddError, CutError, Edit, ExposeError, HideError, RemoveError, RenameError, WireError};

/// What is to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// `from` imports, `to` provides.
    Wire {
        from: End,
        to: End,
    },
    Cut {
        from: End,
    },
    /// One more instance of a component of the project.
    Add {
        component: String,
        name: Option<String>,
    },
    Remove {
        node: String,
    },
    Rename {
        node: String,
        to: String,
    },
    /// Makes an export the composition's own.
    Expose {
        what: End,
        name: Option<String>,
    },
    /// The composition's export of this name.
    Hide {
        export: String,
    },
}

/// Why a change was not made; the text is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("the composition's text does not parse: {0}")]
    Unreadable(String),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error(transparent)]
    Cut(#[from] CutError),
    #[error(transparent)]
    Add(#[from] AddError),
    #[error(transparent)]
    Remove(#[from] RemoveError),
    #[error(transparent)]
    Rename(#[from] RenameError),
    #[error(transparent)]
    Expose(#[from] ExposeError),
    #[error(transparent)]
    Hide(#[from] HideError),
    #[error("the project has no component `{name}`; {there}")]
    NoComponent { name: String, there: String },
    #[error("`{0}` is ambiguous: another component has that name; give each its own package in its WIT")]
    Ambiguous(String),
    #[error("write out the spread of `{provider}` first; it would provide `{port}` to `{node}` again")]
    SpreadProvides { provider: String, node: String, port: String },
    #[error("as they are built, `{provider}` does not serve `{user}`: {said}")]
    Composer { user: String, provider: String, said: String },
    #[error("this would break the composition: {0}")]
    Breaks(String),
}

/// A change that was made.
#[derive(Clone, Debug)]
pub struct Edited {
    /// From the old text to the new; its inverse is the undo.
    pub edit: Edit,
    pub document: Document,
    /// Of the new text.
    pub graph: Graph,
    /// What an added node is called.
    pub name: Option<String>,
}

/// Makes a change and reads the text anew: what would bring a new error is refused.
///
/// # Errors
/// Why not, in one sentence.
pub fn edit(
    project: &Project,
    ports: &BTreeMap<String, Ports>,
    doc: &Document,
    change: &Change,
) -> Result<Edited, EditError> {
    doc.parse().map_err(|problem| EditError::Unreadable(problem.message))?;
    let before = graph(project, ports, doc);
    let text = &doc.text;
    let mut name = None;
    let edit = match change {
        Change::Wire { from, to } => wac_text::wire(text, &before, from, to)?,
        Change::Cut { from } => wac_text::cut(text, &before, from)?,
        Change::Add { component, name: wanted } => {
            let component = find(project, component)?;
            let package = crate::compose::plug::reference(project, component);
            let package = package.ok_or_else(|| EditError::Ambiguous(component.name.clone()))?;
            let (edit, added) = wac_text::add(text, &package, &component.name, wanted.as_deref())?;
            name = Some(added);
            edit
        }
        Change::Remove { node } => wac_text::remove(text, node)?,
        Change::Rename { node, to } => wac_text::rename(text, &before, node, to)?,
        Change::Expose { what, name } => wac_text::expose(text, &before, what, name.as_deref())?,
        Change::Hide { export } => wac_text::hide(text, &before, export)?,
    };
    let document = Document { path: doc.path.clone(), text: edit.apply(text) };
    let after = graph(project, ports, &document);
    if let Change::Cut { from } = change
        && let Some(provider) = after.provider(&from.node, &from.port).filter(|end| end.node != HOST)
    {
        let (node, port) = (from.node.clone(), short(&from.port).to_owned());
        return Err(EditError::SpreadProvides { provider: provider.node.clone(), node, port });
    }
    let old = |p: &&Diagnostic| !before.problems.iter().any(|b| b.is_error() && b.port == p.port);
    // What lies in several wires is fixed by one edit after the other.
    let alone = |p: &&Diagnostic| !after.unshared.contains(p);
    if let Some(problem) = after.problems.iter().filter(|p| p.is_error()).filter(alone).find(old) {
        return Err(EditError::Breaks(problem.message.clone()));
    }
    Ok(Edited { edit, document, graph: after, name })
}

fn find<'p>(project: &'p Project, name: &str) -> Result<&'p Component, EditError> {
    let by_package = || match project.components_for(name).as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    project.component(name).or_else(by_package).ok_or_else(|| {
        let there = instead(name, project.components.iter().map(|c| c.name.as_str()), "has");
        EditError::NoComponent { name: name.to_owned(), there }
    })
}

/// The document an edit begins from: what studio plugged together becomes a file, named after the project.
pub(crate) fn to_write(project: &Project, doc: &Document) -> Document {
    if doc.path.is_some() {
        return doc.clone();
    }
    let name = kebab(&project.name);
    let text = doc.text.replacen("package studio:composition;", &format!("package {name}:composition;"), 1);
    Document { path: Some(format!("{name}.wac").into()), text }
}
