//! Where cargo left what it built: remembered from what it reported, for a file's name follows from more than the
//! package's (`[lib] name`, profiles, what cargo's configuration says).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::build::Profile;
use crate::build::environment::target_directory_of;
use crate::files;
use crate::files::relative::relative;
use crate::files::{Folder, Kind, Links};
use crate::model::project::{BuildKind, CargoPackage, Component};

/// The file in cargo's target directory that says so.
const FILE: &str = "built.json";

/// Files by target and profile; both are written as seen from the target directory, so that a project can be moved.
type Record = BTreeMap<String, PathBuf>;

fn key(folder: &Path, package: &CargoPackage, profile: Profile) -> String {
    let profile = match profile {
        Profile::Dev => "dev",
        Profile::Release => "release",
    };
    let kind = if package.example { "example" } else { "bin" };
    let target = package.bin.as_ref().map_or_else(|| "lib".to_owned(), |bin| format!("{kind} {bin}"));
    format!("{profile} {} {target}", relative(folder, &package.manifest).display())
}

fn read(folder: &Path) -> Record {
    let text = files::text(&folder.join(FILE), Kind::State).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Remembers what cargo reported of one workspace's packages.
pub(crate) fn remember(profile: Profile, built: &[(&CargoPackage, PathBuf)]) {
    let Some((first, _)) = built.first() else { return };
    let folder = target_directory_of(first);
    let before = read(&folder);
    let mut record = before.clone();
    for (package, file) in built {
        let (key, file) = (key(&folder, package, profile), relative(&folder, file));
        // Of another project that shares the directory, and was overwritten.
        record.retain(|other, at| *other == key || *at != file);
        record.insert(key, file);
    }
    if record == before {
        return;
    }
    // What is gone would only make the record grow.
    record.retain(|_, file| folder.join(file).is_file());
    let write = || {
        let text = serde_json::to_string_pretty(&record).unwrap_or_default();
        Folder::open(&folder)?.write(Path::new(FILE), text.as_bytes(), Links::Never)
    };
    if let Err(error) = write() {
        tracing::warn!("where cargo left the components is not remembered: {error}");
    }
}

/// Where the newest build of this profile left a component; `None` where there was none, or it is no component of
/// cargo's.
pub fn path(component: &Component, profile: Profile) -> Option<PathBuf> {
    let BuildKind::Cargo(package) = &component.build_kind else { return None };
    let folder = target_directory_of(package);
    let file = read(&folder).remove(&key(&folder, package, profile))?;
    // Somebody else may have written the record: it leads nowhere but to what is built here.
    let inside = file.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    inside.then(|| folder.join(file))
}

#[cfg(test)]
mod tests {
    use crate::build::artifacts::*;
    use crate::build::environment::target_directory;
    use crate::model::project::Bindings;

    #[test]
    fn what_cargo_reported_is_found_again_wherever_the_project_is() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let package = |at: &Path| CargoPackage {
            package: "app".into(),
            manifest: at.join("app/Cargo.toml"),
            workspace: at.to_owned(),
            bin: None,
            example: false,
            features: Vec::new(),
            apart: false,
            bindings: Bindings::None,
            bindings_file: at.join("app/src/bindings.rs"),
            world: None,
        };
        let component = |at: &Path| Component {
            name: "app".into(),
            build_kind: BuildKind::Cargo(package(at)),
            packages: Vec::new(),
            folder: at.join("app"),
            path_dependencies: Vec::new(),
            wit: None,
            declared: None,
        };
        let at = root.join("here");
        let file = target_directory(&at).join("wasm32-wasip2/debug/other_name.wasm");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "").unwrap();
        assert_eq!(path(&component(&at), Profile::Dev), None);
        remember(Profile::Dev, &[(&package(&at), file.clone())]);
        assert_eq!(path(&component(&at), Profile::Dev), Some(file));
        assert_eq!(path(&component(&at), Profile::Release), None);
        std::fs::rename(&at, root.join("there")).unwrap();
        assert!(path(&component(&root.join("there")), Profile::Dev).unwrap().is_file());

        let record = target_directory(&root.join("there")).join(FILE);
        let text = std::fs::read_to_string(&record).unwrap().replace("wasm32-wasip2/", "../../");
        std::fs::write(&record, text).unwrap();
        assert_eq!(path(&component(&root.join("there")), Profile::Dev), None, "it leads out of the target directory");
    }
}
