//! One path as seen from another: what is written into files is the same in every copy of a project.

use std::path::{Component, Path, PathBuf};

/// `path` as seen from the folder `from`, with `..` where it lies outside; both absolute, and no links are looked up.
pub(crate) fn relative(from: &Path, path: &Path) -> PathBuf {
    let common = from.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(path.components().skip(common)).collect();
    if relative.as_os_str().is_empty() { PathBuf::from(".") } else { relative }
}

#[cfg(test)]
mod tests {
    use crate::files::relative::*;

    #[test]
    fn a_path_is_seen_from_a_folder() {
        let seen = |from: &str, path: &str| relative(Path::new(from), Path::new(path)).display().to_string();
        assert_eq!(seen("/p/a", "/p/a/wit"), "wit");
        assert_eq!(seen("/p/components/a", "/p/wit"), "../../wit");
        assert_eq!(seen("/p/a", "/q"), "../../q");
        assert_eq!(seen("/p", "/p"), ".");
    }
}
