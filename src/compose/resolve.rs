//! A document and its parts → wac's own graph.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use wac_graph::types::BorrowedPackageKey;
use wac_parser::resolution::Resolution;
use wac_parser::{Document as Ast, InstantiationArgument, PackageName};

use crate::compose::find::{Lookup, idle_import, look_up};
use crate::compose::refusal::Refusal;
use crate::compose::text::{each_new, makes_instances, matching, packages};
use crate::compose::{Document, graph, interface_packages};
use crate::guard::guard;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::graph::Graph;
use crate::model::host::host_provides;
use crate::model::port::Ports;
use crate::model::project::Project;

/// What both forms of a composition are made from.
pub(super) struct Parts<'a> {
    /// By the project's component: the bytes that wac gets.
    pub bytes: BTreeMap<&'a str, Cow<'a, [u8]>>,
    pub ports: BTreeMap<String, Ports>,
    /// The components whose bytes are made from their WIT.
    pub(crate) stand_ins: BTreeSet<&'a str>,
}

/// Which of the two forms a document is resolved for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Shipped,
    /// Over skeletons, whose modules are imports that no text names: every `new` leaves open what it does not name.
    Live,
}

/// Resolves a document over `parts` and hands the result to `then`.
///
/// # Errors
/// All errors of the graph, where wac refuses the document; they say more than wac's first error does.
pub(super) fn resolve<T>(
    project: &Project,
    doc: &Document,
    form: Form,
    parts: &Parts<'_>,
    then: impl FnOnce(&Graph, Resolution<'_>) -> Result<T, Refusal>,
) -> Result<T, Vec<Diagnostic>> {
    let mut ast = doc.parse().map_err(|problem| vec![*problem])?;
    let graph = graph::of(project, &parts.ports, doc, &ast);
    let errors: Vec<_> = graph.problems.iter().filter(|p| p.is_error()).cloned().collect();
    let bytes = gather(project, doc, &mut ast, parts)?;
    // wac's own check is structural: it would take any version of an interface.
    if !errors.is_empty() {
        return Err(errors);
    }
    remove_idle(project, parts, &mut ast);
    if form == Form::Live {
        leave_open(&mut ast);
        // The live form imports what no world of the user's knows; `ship` holds the text to its target.
        ast.directive.targets = None;
    }
    let interface_packages = interface_packages::gather(project, doc, &mut ast)?;
    let (packages, bytes): (Vec<_>, Vec<_>) = bytes.into_iter().unzip();
    let components = packages.iter().zip(bytes).map(|(package, bytes)| {
        (BorrowedPackageKey::from_name_and_version(package.name, package.version.as_ref()), bytes)
    });
    let wit = interface_packages.iter().map(|interface_package| {
        (
            BorrowedPackageKey::from_name_and_version(&interface_package.name, Some(&interface_package.version)),
            interface_package.bytes.clone(),
        )
    });
    let keys: IndexMap<_, _> = components.chain(wit).collect();
    let result = guard(|| ast.resolve(keys).map_err(Refusal::from).and_then(|resolution| then(&graph, resolution)));
    let unknown = || Err(Refusal::unknown("it contains something the composer cannot encode"));
    result.unwrap_or_else(unknown).map_err(|refusal| vec![refusal.diagnose(doc, &graph)])
}

/// The bytes of every package the text names, under the name it spells.
fn gather<'a>(
    project: &Project,
    doc: &Document,
    ast: &mut Ast<'a>,
    parts: &Parts<'_>,
) -> Result<Vec<(PackageName<'a>, Vec<u8>)>, Vec<Diagnostic>> {
    let mut bytes = Vec::new();
    let mut problems = Vec::new();
    for package in packages(ast) {
        let place = doc.place(package.span.offset());
        let component = match look_up(project, package.string) {
            Lookup::One(component) => component,
            Lookup::Several(_, problem) => {
                problems.push(Diagnostic { place, ..*problem });
                continue;
            }
            // wac refuses it too; the graph's sentence is the better one.
            Lookup::None(_) => continue,
            // Told already, where it is broken.
            Lookup::Unread => return Err(problems),
        };
        if let Some(part) = parts.bytes.get(component.name.as_str()) {
            bytes.push((package, part.to_vec()));
        } else {
            let message = format!("`{}` is not built yet, and the composition needs it", component.name);
            let problem = Diagnostic::error(Origin::Wac, message).component(&component.name);
            problems.push(Diagnostic { place, ..problem }.help("build it; its own errors are listed too"));
        }
    }
    if problems.is_empty() { Ok(bytes) } else { Err(problems) }
}

/// Removes arguments for imports that a component declares and, as built, does not use.
fn remove_idle(project: &Project, parts: &Parts<'_>, ast: &mut Ast<'_>) {
    each_new(ast, &mut |new| {
        let Lookup::One(component) = look_up(project, new.package.string) else { return };
        let Some(built) = parts.ports.get(&component.name) else { return };
        new.arguments.retain(|argument| {
            let name = match argument {
                // An instance made inside the argument would vanish with it, and with it the pairing of nodes.
                InstantiationArgument::Named(named) if makes_instances(&named.expr) => return true,
                InstantiationArgument::Named(named) => named.name.as_str(),
                InstantiationArgument::Inferred(id) => id.string,
                InstantiationArgument::Spread(_) | InstantiationArgument::Fill(_) => return true,
            };
            let used = matching(name, built.imports.iter().map(|p| p.name.as_str())).is_some();
            if parts.stand_ins.contains(component.name.as_str()) && host_provides(name) {
                return used;
            }
            used || idle_import(component, built, name).is_none()
        });
    });
}

/// Gives every `new` a `...`.
fn leave_open(ast: &mut Ast<'_>) {
    each_new(ast, &mut |new| {
        if !new.arguments.iter().any(|a| matches!(a, InstantiationArgument::Fill(_))) {
            new.arguments.push(InstantiationArgument::Fill(new.span));
        }
    });
}
