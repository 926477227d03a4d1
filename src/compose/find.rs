//! Which of the project's components a package reference means.

use crate::model::alike::alike;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::port::{Port, Ports};
use crate::model::project::{Component, Project, local_package, package_name};

use crate::compose::text::matching;

pub(super) enum Lookup<'a> {
    One(&'a Component),
    /// More than one claims the package; the first is shown, the problem says who they are.
    Several(&'a Component, Box<Diagnostic>),
    None(Box<Diagnostic>),
    /// Nobody, as long as another file is broken: that one's problem is the one to report.
    Unread,
}

/// The component that `package` (as in `cyber:core`, with or without a version) means.
pub(super) fn look_up<'a>(project: &'a Project, package: &str) -> Lookup<'a> {
    match project.components_for(package).as_slice() {
        [one] => Lookup::One(one),
        [first, second, ..] => Lookup::Several(
            first,
            Box::new(
                Diagnostic::error(
                    Origin::Wac,
                    format!("`{package}` could be `{}` or `{}`: both have that package", first.name, second.name),
                )
                .help(match crate::compose::plug::reference(project, second) {
                    Some(own) => format!(
                        "name one by its own name, as in `new {own}`, or give them different packages in their WIT"
                    ),
                    None => "give them different packages in their WIT".into(),
                }),
            ),
        ),
        [] if project.may_be_unread(package) => Lookup::Unread,
        [] => Lookup::None(Box::new(unknown(project, package))),
    }
}

fn unknown(project: &Project, package: &str) -> Diagnostic {
    let called = |c: &Component| c.packages.first().cloned().unwrap_or_else(|| local_package(&c.name));
    let known: Vec<_> = project.components.iter().map(|c| format!("`{}` ({})", called(c), c.name)).collect();
    let there = if known.is_empty() { "it has no components".into() } else { format!("it has {}", known.join(", ")) };
    let names: Vec<String> =
        project.components.iter().flat_map(|c| c.packages.iter().cloned().chain([local_package(&c.name)])).collect();
    // The same name in another namespace or version is nearer than one that is only spelt alike.
    let near = names.iter().map(String::as_str).find(|name| package_name(name) == package_name(package));
    let near = near.or_else(|| alike(package, names.iter().map(String::as_str)));
    let file = package.replace([':', '@'], "/");
    let help = match near {
        Some(near) => {
            format!("did you mean `{near}`? A component of that package may also stand at `deps/{file}.wasm`")
        }
        None => format!(
            "correct the name, or add a component whose WIT package it is, or one that is built: `deps/{file}.wasm`"
        ),
    };
    Diagnostic::error(Origin::Wac, format!("no component of this project is `{package}`; {there}")).help(help)
}

/// The import that `name` means in a component's WIT, if its built code (whose ports are `built`) does not use it.
///
/// A build drops imports nobody calls, so that commenting out one call takes a port away; the wire to it is then idle,
/// not wrong.
pub(super) fn idle_import<'a>(component: &'a Component, built: &Ports, name: &str) -> Option<&'a Port> {
    let imports = &component.declared.as_ref()?.imports;
    let name = matching(name, imports.iter().map(|p| p.name.as_str()))?;
    let used = built.imports.iter().any(|p| p.name == name);
    imports.iter().find(|p| p.name == name && !used)
}
