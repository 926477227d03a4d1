//! Folders that hold samples: what lies in them is not the program, unless there is nothing else or it is named.

use std::path::Path;

/// Names of such folders, wherever in the project they lie.
const FOLDERS: [&str; 9] =
    ["tests", "test", "testdata", "test-data", "test_data", "fixtures", "examples", "samples", "benches"];

/// Why something in them is passed over.
pub(super) const REASON: &str = "it lies in a folder of tests or examples";

/// Whether a file of the project lies in a folder of samples.
pub(super) fn holds(root: &Path, file: &Path) -> bool {
    let folder = file.strip_prefix(root).ok().and_then(Path::parent);
    folder.is_some_and(|f| f.components().any(|part| FOLDERS.iter().any(|name| part.as_os_str() == *name)))
}

#[cfg(test)]
mod tests {
    use crate::discover::samples::*;

    #[test]
    fn samples_lie_in_folders_of_tests_and_examples_of_the_project() {
        let holds = |file: &str| holds(Path::new("/tests/p"), Path::new(file));
        assert!(holds("/tests/p/tests/a.wasm") && holds("/tests/p/crates/x/examples/y/Cargo.toml"));
        assert!(!holds("/tests/p/a.wasm"), "what the project itself lies in does not count");
        assert!(!holds("/tests/p/tests.wasm") && !holds("/elsewhere/tests/a.wasm"));
    }
}
