//! The demo's components as they came with studio, for machines that cannot build them.
//!
//! `prebuilt/make` builds them from `templates/neon`; `prebuilt/SOURCE` holds the hash of the sources they were made
//! from, and a test holds it to the template.

use std::path::{Path, PathBuf};

use crate::files::{Folder, Links, WriteError};

const COMPONENTS: [(&str, &[u8]); 2] = [
    ("core-logic", include_bytes!("../../prebuilt/core-logic.wasm")),
    ("logger", include_bytes!("../../prebuilt/logger.wasm")),
];

/// Where a project keeps the prebuilt form of a component.
pub(crate) fn path(root: &Path, component: &str) -> PathBuf {
    root.join(".studio/prebuilt").join(format!("{component}.wasm"))
}

/// Puts them where [`crate::build::existing`] finds them.
///
/// # Errors
/// Where the folder cannot be written.
pub(crate) fn place(root: &Path) -> Result<(), WriteError> {
    let folder = Folder::open(root)?;
    for (name, bytes) in COMPONENTS {
        folder.write(&path(root, name), bytes, Links::Never)?;
    }
    Ok(())
}
