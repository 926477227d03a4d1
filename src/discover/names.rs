//! Cargo packages of one name are told apart: in a folder of many small projects each has its `guest` or `app`.

use std::collections::BTreeMap;
use std::path::Path;

/// What components with these names in these folders are called: as they are, or with the part of the folder behind in
/// which those of one name differ. `examples/a/guest` and `examples/b/guest` hold `guest-a` and `guest-b`. Which are there
/// decides, not their order.
pub(super) fn distinct_names(root: &Path, named: &[(&str, &Path)]) -> Vec<String> {
    let parts = |folder: &Path| -> Vec<String> {
        let below = folder.strip_prefix(root).unwrap_or(folder);
        below.iter().map(|part| part.to_string_lossy().into_owned()).collect()
    };
    let mut shared: BTreeMap<&str, Vec<Vec<String>>> = BTreeMap::new();
    for (name, folder) in named {
        shared.entry(name).or_default().push(parts(folder));
    }
    let name = |(name, folder): &(&str, &Path)| {
        let Some(folders) = shared.get(name).filter(|folders| folders.len() > 1) else { return (*name).to_owned() };
        let part = own_part(&parts(folder), folders);
        let longer = format!("{name}-{part}");
        // Of folders in one another the outer one has no part of its own.
        if part.is_empty() || shared.contains_key(longer.as_str()) { (*name).to_owned() } else { longer }
    };
    named.iter().map(name).collect()
}

/// What a folder does not share with the others, at its beginning or its end.
fn own_part(folder: &[String], folders: &[Vec<String>]) -> String {
    let shortest = folders.iter().map(Vec::len).min().unwrap_or_default();
    let begins = |at: &usize| folders.iter().all(|f| f.get(*at) == folder.get(*at));
    let begin = (0..shortest).take_while(begins).count();
    let ends = |at: &usize| folders.iter().all(|f| f[f.len() - 1 - at] == folder[folder.len() - 1 - at]);
    let end = (0..shortest - begin).take_while(ends).count();
    folder[begin..folder.len() - end].join("-")
}

#[cfg(test)]
mod tests {
    use crate::discover::names::*;

    fn names(folders: &[(&str, &str)]) -> Vec<String> {
        let folders: Vec<_> = folders.iter().map(|(name, folder)| (*name, Path::new(folder))).collect();
        distinct_names(Path::new("/p"), &folders)
    }

    #[test]
    fn packages_of_one_name_are_called_by_what_differs_in_their_folders() {
        assert_eq!(names(&[("app", "/p/a"), ("other", "/p/b")]), ["app", "other"]);
        assert_eq!(names(&[("app", "/p/a/guest"), ("app", "/p/b/guest")]), ["app-a", "app-b"]);
        assert_eq!(names(&[("app", "/p/b/guest"), ("app", "/p/a/guest")]), ["app-b", "app-a"]);
        assert_eq!(names(&[("make", "/p/f/make/1.0"), ("make", "/p/f/make/1.1")]), ["make-1.0", "make-1.1"]);
        assert_eq!(names(&[("app", "/p"), ("app", "/p/sub/app")]), ["app", "app-sub-app"]);
        assert_eq!(names(&[("app", "/p/a"), ("app", "/p/a/a")]), ["app", "app-a"]);
        assert_eq!(names(&[("app", "/p/x/a/y"), ("app", "/p/x/b/c/y"), ("app", "/q/x/y")]).len(), 3);
        assert_eq!(names(&[("app", "/p/a"), ("app", "/p/b"), ("app-a", "/p/c")]), ["app", "app-b", "app-a"]);
    }
}
