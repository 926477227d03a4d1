//! Changed files → what is to be done again. Pure.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use globset::Glob;

use crate::model::project::{BuildKind, Component, Project};

/// What a change means for a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// Names of the components to build again, in the project's order.
    pub components: Vec<String>,
    /// A composition's text changed.
    pub wac: bool,
    /// What there is may have changed (WIT: declared ports, interface packages): the folder is to be read again.
    pub(crate) rediscover: bool,
    /// How components are made may have changed: once the folder is read again, everything is to be built again (and
    /// cargo knows what is fresh).
    pub(crate) manifests: bool,
}

impl Affected {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What these changed paths (absolute, as the watcher gives them) mean; `reads` says whether a component's last build
/// read a file. Pure: the files are not looked at.
pub fn affected(project: &Project, reads: impl Fn(&str, &Path) -> bool, paths: &[PathBuf]) -> Affected {
    let mut result = Affected::default();
    let mut touched = BTreeSet::new();
    for path in paths {
        if project.configuration.contains(path) {
            result.manifests = true;
            continue;
        }
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        match (name, path.extension().and_then(|e| e.to_str()).unwrap_or_default()) {
            ("Cargo.toml" | "wkg.toml" | "rust-toolchain.toml" | "rust-toolchain", _) => {
                result.manifests = true;
            }
            ("Cargo.lock", _) => touched.extend(governed_by(project, path)),
            // What it says of builds is told by comparing; grants and the like build nothing.
            ("studio.toml", _) => result.rediscover |= path.parent() == Some(project.root.as_path()),
            ("config" | "config.toml", _) if path.parent().is_some_and(|p| p.ends_with(".cargo")) => {
                result.manifests = true;
            }
            (_, "wac") => {
                // A composition may name packages that were no components until now.
                result.wac = true;
                result.rediscover = true;
            }
            (_, "wit") => {
                result.rediscover = true;
                touched.extend(indices(project, |c| project.is_wit_of(c, path)));
            }
            (_, "wasm" | "wat") => {
                let made_of_it = indices(project, |c| c.build_kind == BuildKind::File(path.clone()));
                let passed_over = project.passed_over.iter().any(|p| p.file == *path);
                result.rediscover |= passed_over && !is_output(project, path);
                result.manifests |= made_of_it.is_empty() && !passed_over && !is_output(project, path);
                touched.extend(made_of_it);
            }
            _ => {
                // The file decides how a component's bindings come to be.
                result.rediscover |= name == "bindings.rs";
                touched.extend(built_from(project, path));
            }
        }
    }
    // Wherever they lie: included files, what build scripts ask for, sources behind links.
    touched.extend(indices(project, |c| paths.iter().any(|path| reads(&c.name, path))));
    result.rediscover |= result.manifests;
    result.components = touched.into_iter().filter_map(|i| project.components.get(i)).map(|c| c.name.clone()).collect();
    result
}

fn indices(project: &Project, which: impl Fn(&Component) -> bool) -> Vec<usize> {
    project.components.iter().enumerate().filter(|(_, c)| which(c)).map(|(i, _)| i).collect()
}

/// cargo components whose workspace (or package) has this lock.
fn governed_by(project: &Project, lock: &Path) -> Vec<usize> {
    let folder = lock.parent();
    indices(
        project,
        |c| matches!(&c.build_kind, BuildKind::Cargo(package) if Some(package.workspace.as_path()) == folder),
    )
}

/// Whether this is what a command of the user's writes, or `studio compose` if it is not told otherwise: results, which
/// start nothing.
fn is_output(project: &Project, path: &Path) -> bool {
    let commands = project.components.iter().filter_map(|c| match &c.build_kind {
        BuildKind::Command { output, .. } => Some(output.as_path()),
        _ => None,
    });
    let composed = path.parent() == Some(project.root.as_path())
        && (project.compositions.iter().any(|c| c.file_stem() == path.file_stem())
            || path.file_stem().is_some_and(|s| s == project.name.as_str()));
    composed || commands.into_iter().any(|output| output == path)
}

/// Components one of whose packages this file lies in, and commands that read it.
fn built_from(project: &Project, path: &Path) -> Vec<usize> {
    let cargo = || project.components.iter().filter(|c| matches!(c.build_kind, BuildKind::Cargo(_)));
    let folders = cargo().flat_map(|c| c.path_dependencies.iter().chain(std::iter::once(&c.folder)));
    // Packages may lie in one another; a file belongs to the innermost.
    let package = folders.filter(|f| path.starts_with(f)).max_by_key(|f| f.components().count());
    indices(project, |c| match &c.build_kind {
        BuildKind::Cargo(_) => package.is_some_and(|p| c.folder == *p || c.path_dependencies.contains(p)),
        BuildKind::Command { watch, output, .. } => path != output && reads(c, watch, package, path),
        BuildKind::File(_) => false,
    })
}

/// Whether a command's globs name the file; without globs, whether it lies in its folder and in no cargo package.
fn reads(component: &Component, watch: &[String], package: Option<&PathBuf>, path: &Path) -> bool {
    let Ok(relative) = path.strip_prefix(&component.folder) else { return false };
    if watch.is_empty() {
        return package.is_none();
    }
    watch.iter().any(|glob| Glob::new(glob).is_ok_and(|g| g.compile_matcher().is_match(relative)))
}

#[cfg(test)]
mod tests {
    use crate::discover::affected::*;
    use crate::model::project::{Bindings, CargoPackage, PassedOver};

    fn component(
        name: &str,
        build_kind: BuildKind,
        folder: &str,
        dependencies: &[&str],
        wit: Option<&str>,
    ) -> Component {
        Component {
            name: name.into(),
            build_kind,
            packages: Vec::new(),
            folder: folder.into(),
            path_dependencies: dependencies.iter().map(PathBuf::from).collect(),
            wit: wit.map(PathBuf::from),
            declared: None,
        }
    }

    fn cargo(name: &str) -> BuildKind {
        BuildKind::Cargo(CargoPackage {
            package: name.into(),
            manifest: format!("/p/{name}/Cargo.toml").into(),
            workspace: "/p".into(),
            bin: None,
            example: false,
            features: Vec::new(),
            apart: false,
            bindings: Bindings::Studio,
            bindings_file: format!("/p/{name}/src/bindings.rs").into(),
            world: None,
        })
    }

    fn project() -> Project {
        let command = BuildKind::Command {
            command: vec!["make".into()],
            output: "/p/front/out.wasm".into(),
            watch: vec!["front/**/*.ts".into()],
        };
        Project {
            root: "/p".into(),
            components: vec![
                component("a", cargo("a"), "/p/a", &["/p/shared"], Some("/p/a/wit")),
                component("b", cargo("b"), "/p/b", &["/p/shared", "/p/b/inner"], Some("/p/wit")),
                component("front", command, "/p", &[], None),
                component("lib", BuildKind::File("/p/deps/x/lib.wasm".into()), "/p/deps/x", &[], None),
            ],
            compositions: vec!["/p/x.wac".into()],
            passed_over: vec![PassedOver {
                name: "copy".into(),
                file: "/p/dist/a.wasm".into(),
                reason: "a copy".into(),
                change: "another name".into(),
            }],
            ..Project::default()
        }
    }

    fn of(paths: &[&str]) -> Affected {
        let reads = |name: &str, path: &Path| name == "b" && path == Path::new("/elsewhere/table.csv");
        affected(&project(), reads, &paths.iter().map(PathBuf::from).collect::<Vec<_>>())
    }

    #[test]
    fn a_source_builds_its_own_component() {
        assert_eq!(of(&["/p/a/src/lib.rs"]), Affected { components: vec!["a".into()], ..Affected::default() });
        assert_eq!(of(&["/p/b/inner/src/lib.rs"]).components, ["b"]);
        assert_eq!(of(&["/p/a/data/table.csv"]).components, ["a"], "what a build script may read");
    }

    #[test]
    fn a_path_dependency_builds_all_that_use_it() {
        assert_eq!(of(&["/p/shared/src/lib.rs"]).components, ["a", "b"]);
        assert_eq!(of(&["/p/b/src/x.rs", "/p/a/src/x.rs", "/p/a/src/y.rs"]).components, ["a", "b"], "once each");
    }

    #[test]
    fn what_the_last_build_read_builds_its_component_wherever_it_lies() {
        assert_eq!(of(&["/elsewhere/table.csv"]), Affected { components: vec!["b".into()], ..Affected::default() });
        assert!(of(&["/elsewhere/other.csv"]).is_empty());
    }

    #[test]
    fn wit_behind_links_and_configuration_outside_count() {
        let mut project = project();
        project.wit.insert("a".into(), vec!["/shared-wit/x".into()]);
        project.configuration = vec!["/home/ada/.config/cargo.toml".into()];
        let of = |path: &str| affected(&project, |_, _| false, &[path.into()]);
        let wit = of("/shared-wit/x/types.wit");
        assert!(wit.rediscover && wit.components == ["a"], "{wit:?}");
        assert!(of("/home/ada/.config/cargo.toml").manifests);
    }

    #[test]
    fn manifests_and_locks() {
        let lock = of(&["/p/Cargo.lock"]);
        assert_eq!((lock.components.as_slice(), lock.rediscover), (["a".to_owned(), "b".into()].as_slice(), false));
        let manifest = of(&["/p/a/Cargo.toml"]);
        assert!(manifest.components.is_empty(), "built once, when it is known how");
        for path in ["/p/a/Cargo.toml", "/p/new/Cargo.toml", "/p/.cargo/config.toml", "/p/a/wkg.toml"] {
            let affected = of(&[path]);
            assert!(affected.manifests && affected.rediscover, "{path}");
        }
        let settings = of(&["/p/studio.toml"]);
        assert!(settings.rediscover && !settings.manifests && settings.components.is_empty());
    }

    #[test]
    fn wit_wherever_it_lies() {
        assert_eq!(of(&["/p/a/wit/deps/x/y.wit"]).components, ["a"]);
        assert_eq!(of(&["/p/wit/world.wit"]).components, ["b"], "a component's WIT outside its folder");
        let unknown = of(&["/p/contracts/wit/x.wit"]);
        assert!(unknown.components.is_empty() && unknown.rediscover);
    }

    #[test]
    fn files_commands_and_compositions() {
        assert_eq!(of(&["/p/deps/x/lib.wasm"]).components, ["lib"]);
        assert!(of(&["/p/deps/x/other.wasm"]).manifests);
        let copy = of(&["/p/dist/a.wasm"]);
        assert!(copy.rediscover && !copy.manifests, "what is passed over builds nothing");
        assert!(of(&["/p/front/out.wasm"]).is_empty(), "what a command writes starts nothing");
        assert_eq!(of(&["/p/front/src/main.ts"]).components, ["front"]);
        assert!(of(&["/p/front/readme.txt"]).is_empty());
        assert!(of(&["/p/x.wac"]).wac);
    }
}
