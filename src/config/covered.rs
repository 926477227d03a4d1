//! Grants of folders that hold what the project is built from: that stays denied, and is said beforehand.

use std::path::{Path, PathBuf};

use crate::files::walk as files;
use crate::grants::{Capability, Folder, Mode, PROTECTED, Protected};

/// Names looked at below a granted folder.
const LOOKED_AT: usize = 2_000;

/// What to say of a grant that lets a folder be written which holds what the project is built from; `sources` are the
/// globs of [`Grants`](crate::grants::Grants). Reads the folder.
pub(crate) fn covered(root: &Path, capability: &Capability, sources: &[String]) -> Option<String> {
    let Capability::Files(folder) = capability else { return None };
    if folder.mode == Mode::Read || folder.sources || !holds_sources(root, folder, sources) {
        return None;
    }
    Some(format!(
        "`{}` covers files that the project is built from ({PROTECTED}); writing these stays denied. The option \
         `sources` in the grant would let guests change code that runs on this machine",
        folder.host.display()
    ))
}

/// What a problem says of such a grant begins with this, so that the grant's row finds it among the project's problems.
pub(crate) fn covered_title(node: &str, capability: &Capability) -> String {
    format!("the grant `{capability}` of `{node}`: ")
}

fn holds_sources(root: &Path, folder: &Folder, sources: &[String]) -> bool {
    let (Ok(root), Ok(at)) = (root.canonicalize(), root.join(&folder.host).canonicalize()) else { return false };
    if root.starts_with(&at) {
        return true;
    }
    let Ok(inside) = at.strip_prefix(&root) else { return false };
    let protected = Protected::new(sources);
    let covers = |path: &Path| protected.covers(path, |folder, built| root.join(folder).join(built.marker()).exists());
    if covers(inside) {
        return true;
    }
    let mut todo: Vec<PathBuf> = vec![inside.to_path_buf()];
    let mut seen = 0;
    while let Some(here) = todo.pop() {
        let Ok((entries, _)) = files::list(&root.join(&here), LOOKED_AT) else { continue };
        for entry in entries {
            let Ok(path) = entry.path.strip_prefix(&root).map(Path::to_path_buf) else { continue };
            seen += 1;
            if covers(&path) {
                return true;
            }
            if seen > LOOKED_AT {
                return false;
            }
            if entry.is_folder() {
                todo.push(path);
            }
        }
    }
    false
}
