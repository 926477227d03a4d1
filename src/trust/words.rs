//! Which parts of a command line or of a setting may be the name of a file. Pure.

use std::collections::BTreeSet;

/// What stands between names in a flag, in a script for a shell, in a list, or in front of a file of arguments.
const BETWEEN: &[char] =
    &['=', ',', ';', ':', '&', '|', '(', ')', '<', '>', '{', '}', '[', ']', '\'', '"', '`', '$', '@', '!'];

/// What a shell takes away and joins what stands around it: `b"ui"ld.sh`, `bu\ild.sh`.
const QUOTES: &[char] = &['\'', '"', '\\'];

/// Every part of these words that may name a file or a folder: the word itself, what a flag gives (`-C linker=./x`,
/// `-f./x`), what a script for a shell calls (`sh -c "cd tools && ./x"`), what stands below a folder that the shell fills
/// in (`$PWD/x`), and the files of a Python module (`-m tools.x`).
pub(super) fn names<'w>(words: impl IntoIterator<Item = &'w str>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut before = String::new();
    for word in words {
        names.insert(word.to_owned());
        let unquoted = word.replace(QUOTES, "");
        for part in word.split_whitespace().chain(unquoted.split_whitespace()) {
            names.insert(part.to_owned());
            let pieces = || part.split(BETWEEN);
            names.extend(pieces().map(ToOwned::to_owned));
            if part.contains('$') || part.contains('`') {
                names.extend(pieces().flat_map(below).map(ToOwned::to_owned));
            }
            if before == "-m" {
                names.extend(python_files(part));
            }
            part.clone_into(&mut before);
        }
    }
    // A short flag may hold its value: `-f./x`.
    let glued: Vec<String> = names
        .iter()
        .filter(|n| !n.starts_with("--"))
        .filter_map(|n| n.strip_prefix('-')?.get(1..))
        .map(ToOwned::to_owned)
        .collect();
    names.extend(names.iter().filter_map(|n| n.strip_prefix("-m")).flat_map(python_files).collect::<Vec<_>>());
    names.extend(glued);
    names.retain(|name| !name.is_empty() && !name.starts_with('-') && !name.contains('\0'));
    names
}

/// A path without its first folders, one less at a time.
fn below(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(at, _)| path.get(at + 1..))
}

/// What `python -m MODULE` runs.
fn python_files(module: &str) -> Vec<String> {
    let module = module.trim_matches(QUOTES).trim_end_matches(BETWEEN);
    if module.is_empty() || !module.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.')) {
        return Vec::new();
    }
    let parts: Vec<&str> = module.split('.').collect();
    // Every package on the way runs its own file first.
    let packages = (1..=parts.len()).filter_map(|n| Some(format!("{}/__init__.py", parts.get(..n)?.join("/"))));
    let path = parts.join("/");
    packages.chain([format!("{path}.py"), format!("{path}/__main__.py")]).collect()
}

#[cfg(test)]
mod tests {
    use crate::trust::words::*;

    #[test]
    fn whatever_may_name_a_file_is_a_name() {
        for (words, name) in [
            (&["sh", "./build.sh"][..], "./build.sh"),
            (&["python3", "tools/gen.py"], "tools/gen.py"),
            (&["-C", "linker=./ld.sh"], "./ld.sh"),
            (&["-Clinker=./ld.sh"], "./ld.sh"),
            (&["-C linker=./ld.sh -L x"], "./ld.sh"),
            (&["sh", "-c", "cd tools && ./gen.sh; true"], "./gen.sh"),
            (&["sh", "-c", "cd tools&&./gen.sh;true"], "./gen.sh"),
            (&["awk", "-f./script.awk"], "./script.awk"),
            (&["rustc", "@args"], "args"),
            (&["a name with spaces"], "a name with spaces"),
            (&["--config=x.js,y.js"], "y.js"),
            (&["sh", "-c", "b\"ui\"ld.sh"], "build.sh"),
            (&["sh", "-c", "'bu'\\i'ld.sh'; true"], "build.sh"),
            (&["sh", "-c", "\"$PWD/tools/x.sh\""], "tools/x.sh"),
            (&["sh", "-c", "${PWD}/x.sh"], "x.sh"),
            (&["sh", "-c", "$(pwd)/tools/x.sh"], "tools/x.sh"),
            (&["sh", "-c", "`pwd`/x.sh"], "x.sh"),
            (&["python3", "-m", "tools.gen"], "tools/gen.py"),
            (&["python3", "-m", "tools.gen"], "tools/__init__.py"),
            (&["python3", "-mtools"], "tools/__main__.py"),
            (&["sh", "-c", "python3 -m 'tools'; true"], "tools/__main__.py"),
        ] {
            assert!(names(words.iter().copied()).contains(name), "{words:?}");
        }
        assert!(names(["-", "--x", "", "-é"]).is_empty());
    }
}
