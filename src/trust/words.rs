//! Which parts of a command line or of a setting may be the name of a file. Pure.

use std::collections::BTreeSet;

/// What stands between names in a flag, in a script for a shell, in a list, or in front of a file of arguments.
const BETWEEN: &[char] =
    &['=', ',', ';', ':', '&', '|', '(', ')', '<', '>', '{', '}', '[', ']', '\'', '"', '`', '$', '@', '!'];

/// Every part of these words that may name a file or a folder: the word itself, what a flag gives (`-C linker=./x`,
/// `-f./x`), what a script for a shell calls (`sh -c "cd tools && ./x"`).
pub fn names<'w>(words: impl IntoIterator<Item = &'w str>) -> BTreeSet<&'w str> {
    let mut names = BTreeSet::new();
    for word in words {
        names.insert(word);
        for part in word.split_whitespace() {
            names.insert(part);
            names.extend(part.split(BETWEEN));
        }
    }
    // A short flag may hold its value: `-f./x`.
    let glued: Vec<&str> = names.iter().filter(|n| !n.starts_with("--")).filter_map(|n| n.strip_prefix('-')).collect();
    names.extend(glued.into_iter().filter_map(|n| n.get(1..)));
    names.retain(|name| !name.is_empty() && !name.starts_with('-') && !name.contains('\0'));
    names
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
        ] {
            assert!(names(words.iter().copied()).contains(name), "{words:?}");
        }
        assert!(names(["-", "--x", "", "-é"]).is_empty());
    }
}
