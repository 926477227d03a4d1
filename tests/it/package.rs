//! What a package for a registry holds: all that the sources include, and nothing large that nobody needs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

fn packed() -> BTreeSet<PathBuf> {
    let list = Command::new(env!("CARGO"))
        .args(["package", "--list", "--allow-dirty", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(list.status.success(), "{}", String::from_utf8_lossy(&list.stderr));
    String::from_utf8(list.stdout).unwrap().lines().map(PathBuf::from).collect()
}

/// `src/a/b.rs` and `../../c` → `c`.
fn resolved(file: &Path, included: &str) -> PathBuf {
    let mut path = PathBuf::new();
    for part in file.parent().unwrap().join(included).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            other => path.push(other),
        }
    }
    path
}

#[test]
fn every_file_that_a_source_includes_is_packed() {
    let packed = packed();
    let mut included = 0;
    for file in packed.iter().filter(|p| p.starts_with("src") && p.extension().is_some_and(|e| e == "rs")) {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        for call in ["include_str!(\"", "include_bytes!(\""] {
            for rest in text.split(call).skip(1) {
                let path = resolved(file, rest.split('"').next().unwrap());
                assert!(packed.contains(&path), "{} includes {}, which is not packed", file.display(), path.display());
                included += 1;
            }
        }
    }
    assert!(included > 5, "only {included} files were found");
}
