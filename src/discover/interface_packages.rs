//! WIT that no component of the folder is made of: listed and checked.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::discover::samples;
use crate::discover::scan::Scan;
use crate::files;
use crate::files::Kind;
use crate::files::join;
use crate::inspect::{check_wit, resolve, wit_files};
use crate::model::diagnostic::Diagnostic;
use crate::model::project::{Component, InterfacePackage};

/// The WIT folders that are neither a component's nor a dependency of another WIT folder, and the files of encoded WIT.
pub(super) fn interface_packages(
    root: &Path,
    scan: &Scan,
    components: &[Component],
    problems: &mut Vec<Diagnostic>,
) -> Vec<InterfacePackage> {
    let used: Vec<&Path> = components.iter().filter_map(|c| c.wit.as_deref()).collect();
    let is_used =
        |folder: &Path| used.iter().any(|wit| folder.starts_with(wit) || wit.parent() == Some(folder) && wit.is_file());
    // What components read from elsewhere than their own folder is checked with them: alone it may lack packages.
    let read: BTreeSet<PathBuf> = used.iter().flat_map(|wit| folders(root, wit)).collect();
    let mut interface_packages = Vec::new();
    // WIT of samples is often broken on purpose.
    let is_sample = |folder: &PathBuf| !components.is_empty() && samples::holds(root, &folder.join("_.wit"));
    for folder in scan.wit_folders.iter().filter(|f| !is_dependency(scan, f) && !is_used(f) && !is_sample(f)) {
        if !read.contains(folder) {
            problems.extend(check_wit(root, folder));
        }
        interface_packages.push(InterfacePackage { package: package(root, folder), folder: folder.clone() });
    }
    for file in &scan.encoded_wit {
        match resolve(root, file) {
            Ok((resolve, id)) => {
                let package = resolve.packages.get(id).map(|p| format!("{}:{}", p.name.namespace, p.name.name));
                interface_packages.push(InterfacePackage { package, folder: file.clone() });
            }
            Err(problem) => problems.push(*problem),
        }
    }
    interface_packages
}

/// The folders of the files that the WIT at `wit` is made of.
fn folders(root: &Path, wit: &Path) -> Vec<PathBuf> {
    wit_files(root, wit).iter().filter_map(|file| file.parent().map(|folder| join(folder, ""))).collect()
}

/// Below the `deps/` of a folder that holds WIT itself.
fn is_dependency(scan: &Scan, folder: &Path) -> bool {
    folder
        .ancestors()
        .any(|a| a.file_name().is_some_and(|n| n == "deps") && a.parent().is_some_and(|p| scan.wit_folders.contains(p)))
}

/// The name in the first `package` line of the folder's files.
fn package(root: &Path, folder: &Path) -> Option<String> {
    let mut files: Vec<PathBuf> = wit_files(root, folder);
    files.retain(|f| f.parent() == Some(folder));
    files.iter().filter_map(|f| files::text(f, Kind::Wit).ok()).find_map(|text| declared_package(&text))
}

fn declared_package(text: &str) -> Option<String> {
    let line = text.lines().map(str::trim).find(|l| l.starts_with("package "))?;
    let name = line.strip_prefix("package ")?.split([';', '@', '{', ' ']).next()?;
    name.contains(':').then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::discover::interface_packages::*;

    #[test]
    fn a_package_line_names_the_contract() {
        assert_eq!(declared_package("/// x\npackage a:b@1.0.0;\n").as_deref(), Some("a:b"));
        assert_eq!(declared_package("interface x {}"), None);
    }
}
