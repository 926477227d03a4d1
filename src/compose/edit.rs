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
        /// The import.
        from: End,
        /// The export.
        to: End,
    },
    /// Nobody provides the import any more.
    Cut {
        /// The import.
        from: End,
    },
    /// One more instance of a component of the project.
    Add {
        /// The component's name, or a package that means it alone.
        component: String,
        /// What the node is to be called; `None` names it after the component.
        name: Option<String>,
    },
    /// Takes an instance out, and the wires to and from it.
    Remove {
        /// Its name in the graph.
        node: String,
    },
    /// Gives an instance another name, wherever the text uses it.
    Rename {
        /// Its name in the graph.
        node: String,
        /// The new name.
        to: String,
    },
    /// Makes an export the composition's own.
    Expose {
        /// An export of a node.
        what: End,
        /// What the composition calls it; `None` keeps the export's own name.
        name: Option<String>,
    },
    /// The composition's export of this name.
    Hide {
        /// As the composition calls it.
        export: String,
    },
}

/// Why a change was not made; the text is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// An edit needs text that parses; holds the parser's message.
    #[error("the composition's text does not parse: {0}")]
    Unreadable(String),
    /// A wire could not be drawn.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// A wire could not be cut.
    #[error(transparent)]
    Cut(#[from] CutError),
    /// An instance could not be added.
    #[error(transparent)]
    Add(#[from] AddError),
    /// An instance could not be removed.
    #[error(transparent)]
    Remove(#[from] RemoveError),
    /// An instance could not be renamed.
    #[error(transparent)]
    Rename(#[from] RenameError),
    /// An export could not be made the composition's.
    #[error(transparent)]
    Expose(#[from] ExposeError),
    /// An export of the composition could not be taken back.
    #[error(transparent)]
    Hide(#[from] HideError),
    /// What is to be added is not in the project.
    #[error("the project has no component `{name}`; {there}")]
    NoComponent {
        /// As the user wrote it.
        name: String,
        /// What was probably meant, or what there is: half a sentence.
        there: String,
    },
    /// No package name means this component alone, so the text cannot name it.
    #[error("`{0}` is ambiguous: another component has that name; give each its own package in its WIT")]
    Ambiguous(String),
    /// A cut would change nothing, for the text passes all exports of a node on (`...`).
    #[error("write out the spread of `{provider}` first; it would provide `{port}` to `{node}` again")]
    SpreadProvides {
        /// The node whose exports are spread.
        provider: String,
        /// The node that imports.
        node: String,
        /// The import, without package and version.
        port: String,
    },
    /// The types of the WIT fit, and those of the built components do not.
    #[error("as they are built, `{provider}` does not serve `{user}`: {said}")]
    Composer {
        /// The node that imports.
        user: String,
        /// The node that exports.
        provider: String,
        /// The composer's own words.
        said: String,
    },
    /// The new text would have an error that the old one has not; its message.
    #[error("this would break the composition: {0}")]
    Breaks(String),
}

/// A change that was made.
#[derive(Clone, Debug)]
pub struct Edited {
    /// From the old text to the new; its inverse is the undo.
    pub edit: Edit,
    /// The composition as it is after the change.
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
