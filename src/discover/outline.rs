//! Lists the files of a project that a person reads, and where in them interfaces are defined.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::files;
use crate::files::Kind;
use crate::files::walk::{walk, walk_all};
use crate::model::diagnostic::Place;
use crate::model::outline::{Outline, definitions, package_of};
use crate::model::project::Project;

/// More files of one component than these are not listed.
const MOST: usize = 400;

/// Reads the folders of the project's components and contracts; what cannot be read is left out.
pub fn outline(project: &Project) -> Outline {
    let mut outline = Outline::default();
    let mut wit_folders: Vec<&Path> = Vec::new();
    for component in &project.components {
        let mut files = Vec::new();
        if let Some(wit) = &component.wit {
            files.extend(listed(wit, &["wit"], true));
            wit_folders.push(wit);
        }
        files.extend(listed(&component.folder.join("src"), &["rs"], true));
        files.truncate(MOST);
        outline.components.insert(component.name.clone(), files);
    }
    for interface_package in &project.interface_packages {
        outline
            .interface_packages
            .insert(interface_package.folder.clone(), listed(&interface_package.folder, &["wit"], true));
        wit_folders.push(&interface_package.folder);
    }
    wit_folders.sort_unstable();
    wit_folders.dedup();
    for folder in wit_folders {
        define(&mut outline, folder);
    }
    outline
}

/// Files with these extensions, those of a folder before those of its subfolders; without dependencies, where said.
fn listed(folder: &Path, extensions: &[&str], own: bool) -> Vec<PathBuf> {
    let wanted = |path: &Path| path.extension().and_then(|e| e.to_str()).is_some_and(|e| extensions.contains(&e));
    if folder.is_file() {
        return if wanted(folder) { vec![folder.to_owned()] } else { Vec::new() };
    }
    let is_own = |path: &Path| !own || !path.strip_prefix(folder).is_ok_and(|p| p.starts_with("deps"));
    let wanted = |path: &Path| wanted(path) && is_own(path);
    let mut files = if own { walk(folder, folder, wanted) } else { walk_all(folder, folder, wanted) }.files;
    files.sort_by_key(|p| (p.components().count(), p.clone()));
    files
}

/// Every definition of a WIT folder and its dependencies.
fn define(outline: &mut Outline, folder: &Path) {
    let mut texts: BTreeMap<PathBuf, Vec<(PathBuf, String)>> = BTreeMap::new();
    for file in listed(folder, &["wit"], false) {
        if let Some(parent) = file.parent()
            && let Ok(text) = files::text(&file, Kind::Wit)
        {
            texts.entry(parent.to_owned()).or_default().push((file, text));
        }
    }
    for files in texts.into_values() {
        // One file of a folder names the package of all.
        let package = files.iter().find_map(|(_, text)| text.lines().find_map(package_of));
        for (file, text) in &files {
            for (name, line) in definitions(text, package.as_deref()) {
                let places = outline.definitions.entry(name).or_default();
                let place = Place { file: file.clone(), line, column: 0 };
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::discover::outline::*;
    use crate::model::project::{BuildKind, Component, InterfacePackage};

    #[test]
    fn wit_and_sources_are_listed_and_definitions_found() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let files = [
            ("a/wit/world.wit", "package x:a;\nworld a {\n  import x:b/api;\n  export run: func();\n}"),
            ("a/wit/deps/b/api.wit", "package x:b;\n\ninterface api {}"),
            ("a/src/lib.rs", ""),
            ("a/src/deep/mod.rs", ""),
            ("a/src/notes.txt", ""),
            ("shared/types.wit", "package x:shared;\ninterface types {}"),
        ];
        for (name, text) in files {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), text).unwrap();
        }
        let component = Component {
            name: "a".into(),
            build_kind: BuildKind::File("a.wasm".into()),
            packages: Vec::new(),
            folder: root.join("a"),
            path_dependencies: Vec::new(),
            wit: Some(root.join("a/wit")),
            declared: None,
        };
        let interface_package = InterfacePackage { package: None, folder: root.join("shared") };
        let project =
            Project { components: vec![component], interface_packages: vec![interface_package], ..Project::default() };
        let outline = outline(&project);
        let relative = |files: &[PathBuf]| -> Vec<String> {
            files.iter().map(|f| f.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/")).collect()
        };
        assert_eq!(relative(&outline.components["a"]), ["a/wit/world.wit", "a/src/lib.rs", "a/src/deep/mod.rs"]);
        assert_eq!(relative(&outline.interface_packages[&root.join("shared")]), ["shared/types.wit"]);
        let at = |name: &str| outline.definition(name, Some(&root.join("a/wit"))).map(|p| p.line);
        assert_eq!((at("x:b/api@1.0.0"), at("run"), at("x:shared/types"), at("no")), (Some(3), Some(4), Some(2), None));
    }
}
