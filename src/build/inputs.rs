//! What a component was built from: cargo writes it beside the artifact, as a rule of `make`.
//!
//! It names the sources of the package and of its path dependencies, what they include, and what build scripts ask for
//! with `rerun-if-changed`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::build::environment::target_directory;
use crate::files;
use crate::files::Kind;

/// The files of the last build of `built`, with links resolved, and the folders that build scripts name. What builds make
/// themselves is left out.
pub(super) fn of(workspace: &Path, built: &Path) -> Vec<PathBuf> {
    let text = files::text(&built.with_extension("d"), Kind::Lock).unwrap_or_default();
    let target = target_directory(workspace);
    let target = target.canonicalize().unwrap_or(target);
    let real = prerequisites(&text).filter_map(|path| workspace.join(path).canonicalize().ok());
    let all: BTreeSet<PathBuf> = real.filter(|path| !path.starts_with(&target)).collect();
    all.into_iter().collect()
}

/// What stands behind the colon of each rule. A space in a name is written `\ `.
fn prerequisites(text: &str) -> impl Iterator<Item = PathBuf> {
    let rules = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "));
    rules.flat_map(|(_, names)| {
        let spaced = names.replace("\\ ", "\0");
        let names: Vec<PathBuf> =
            spaced.split_whitespace().map(|name| PathBuf::from(name.replace('\0', " "))).collect();
        names
    })
}

#[cfg(test)]
mod tests {
    use crate::build::inputs::*;

    #[test]
    fn names_are_read_as_make_reads_them() {
        let text = "/t/app.wasm: /p/my\\ app/src/lib.rs /p/data.csv\n\n# env-dep:X=1\n/p/data.csv:\n";
        let names: Vec<PathBuf> = prerequisites(text).collect();
        assert_eq!(names, [PathBuf::from("/p/my app/src/lib.rs"), "/p/data.csv".into()]);
    }
}
