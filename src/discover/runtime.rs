//! The crate that generated bindings stand on: its version is that of the bindings, its features what they use.

use std::collections::BTreeSet;

use semver::{Version, VersionReq};

use crate::discover::manifest::{Dependency, Package};
use crate::discover::workspace::Found;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::port::{Port, Ports};
use crate::model::project::BINDINGS_RUNTIME;

/// What the bindings of every world use.
const ALWAYS: [&str; 2] = ["realloc", "std"];

/// Features that have the one of async functions with them.
const WITH_ASYNC: [&str; 3] = ["async-spawn", "futures-stream", "inter-task-wakeup"];

/// What keeps the bindings that studio writes for this world from compiling.
pub(super) fn problem(
    found: &Found,
    package: &Package,
    dependency: Option<&Dependency>,
    declared: Option<&Ports>,
) -> Option<Diagnostic> {
    let wanted = BINDINGS_RUNTIME;
    let uses = declared.map(uses).unwrap_or_default();
    let problem = |text: String, line: &str| {
        let manifest = &found.manifest;
        let own = dependency.into_iter().flat_map(|d| d.features.iter().map(String::as_str));
        let features: BTreeSet<&str> = ALWAYS.into_iter().chain(uses.iter().map(|(f, _)| *f)).chain(own).collect();
        let features: Vec<_> = features.into_iter().map(|f| format!("\"{f}\"")).collect();
        let advice = format!(
            "Write: wit-bindgen = {{ version = \"{wanted}\", default-features = false, features = [{}] }}",
            features.join(", ")
        );
        let problem = Diagnostic::error(Origin::Project, text).component(&package.name).help(advice);
        Some(problem.at(&manifest.path, manifest.line_of(line), 0))
    };
    let Some(dependency) = dependency else {
        let text = format!("The bindings of `{}` need the crate wit-bindgen {wanted}.", package.name);
        return problem(text, "[dependencies]");
    };
    let version = Version::parse(&format!("{wanted}.0")).ok()?;
    let asked = dependency.version.as_deref().and_then(|version| VersionReq::parse(version).ok());
    if let Some(asked) = asked.filter(|asked| !asked.matches(&version)) {
        let text = format!(
            "The bindings that studio writes need wit-bindgen {wanted}, but `{}` asks for {asked}.",
            package.name
        );
        return problem(text, "wit-bindgen");
    }
    let (feature, why) = uses.iter().find(|(feature, _)| !has(dependency, feature))?;
    let text = format!("The WIT of `{}` has {why}, and its wit-bindgen lacks the feature `{feature}`.", package.name);
    problem(text, "wit-bindgen")
}

/// The features that the bindings of a world need beyond [`ALWAYS`], each with what needs it.
fn uses(ports: &Ports) -> Vec<(&'static str, &'static str)> {
    let any = |has: fn(&Port) -> bool| ports.imports.iter().chain(&ports.exports).any(has);
    let rows = [
        ("async", "async functions, futures or streams", any(|p| p.types.is_async())),
        ("bitflags", "flags", any(|p| p.types.has_flags())),
    ];
    rows.into_iter().filter(|(.., used)| *used).map(|(feature, why, _)| (feature, why)).collect()
}

fn has(dependency: &Dependency, feature: &str) -> bool {
    let named = |name: &str| dependency.features.iter().any(|f| f == name);
    dependency.default_features != Some(false)
        || named("default")
        || named(feature)
        || feature == "async" && WITH_ASYNC.iter().any(|name| named(name))
}
