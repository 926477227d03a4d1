//! Who names a declaration, and giving it another name everywhere.

use crate::wit::navigate::Location;
use crate::wit::navigate::resolve::{View, definition, name_at};
use crate::wit::problem::Edit;
use crate::wit::sources::{FileId, Sources};
use crate::wit::syntax::{SyntaxKind as K, bytes, is_name};

/// Every name that means what stands at byte `at`, its declaration first; none where that means nothing.
#[must_use]
pub fn references(sources: &Sources, file: FileId, at: usize) -> Vec<Location> {
    let Some(target) = definition(sources, file, at) else { return Vec::new() };
    let view = View { sources };
    let mut found = vec![target.clone()];
    for (file, source) in sources.iter() {
        let tree = source.parsed.tree();
        for node in tree.descendants().filter(|node| node.kind() == K::NameRef) {
            let Some(token) = node.first_token() else { continue };
            let range = bytes(token.text_range());
            let is_it = view.definition(file, &token).is_some_and(|found| found == target);
            if is_it && !(file == target.file && target.range.start <= range.start && range.end <= target.range.end) {
                found.push(Location { file, range });
            }
        }
    }
    found
}

/// Why a name cannot be given.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenameError {
    /// Nothing that has a name stands there.
    #[error("nothing that can be renamed stands here")]
    Nothing,
    /// The new name is none.
    #[error("`{0}` is not a name: names are words of ASCII letters and digits joined by `-`, as in `my-name`")]
    NoName(String),
    /// The parts of a package's name, which files and registries know it by.
    #[error("a package is renamed in its folder and in everything that uses it, not here")]
    Package,
}

/// The edits that give what stands at byte `at` another name, file by file and in order.
///
/// # Errors
/// Why it cannot have that name, or none.
pub fn rename(sources: &Sources, file: FileId, at: usize, name: &str) -> Result<Vec<(FileId, Edit)>, RenameError> {
    let plain = name.strip_prefix('%').unwrap_or(name);
    if !is_name(plain) {
        return Err(RenameError::NoName(name.to_owned()));
    }
    let token = name_at(sources, file, at).ok_or(RenameError::Nothing)?;
    let is_package = |target: &Location| {
        sources
            .get(target.file)
            .is_some_and(|source| source.text.get(target.range.clone()).is_some_and(|text| text.contains(':')))
    };
    match definition(sources, file, usize::from(token.text_range().start())) {
        None => return Err(RenameError::Nothing),
        Some(target) if is_package(&target) => return Err(RenameError::Package),
        Some(_) => {}
    }
    let keyword = crate::wit::syntax::is_keyword(plain);
    let text = if keyword { format!("%{plain}") } else { plain.to_owned() };
    let mut edits: Vec<(FileId, Edit)> = references(sources, file, at)
        .into_iter()
        .map(|place| (place.file, Edit { range: place.range, text: text.clone() }))
        .collect();
    edits.sort_by_key(|(file, edit)| (*file, edit.range.start));
    edits.dedup();
    Ok(edits)
}
