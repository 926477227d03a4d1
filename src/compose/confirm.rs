//! The composer's own word on whether an export serves an import.

use std::collections::HashSet;

use wac_graph::types::{Package, SubtypeChecker, Types};

use crate::guard::guard;
use crate::model::plain::reasons;

/// Checks two built components' ports with wac's subtype check, which looks at structure alone: versions are for
/// [`crate::model::fits`]. `None` where one of them has no such port or cannot be read.
///
/// # Errors
/// What wac says differs.
pub fn confirm(user: (&[u8], &str), provider: (&[u8], &str)) -> Option<Result<(), String>> {
    let check = || {
        let mut types = Types::default();
        let mut world =
            |name: &str, bytes: &[u8]| Package::from_bytes(name, None, bytes.to_vec(), &mut types).ok().map(|p| p.ty());
        let (a, b) = (world("user", user.0)?, world("provider", provider.0)?);
        let wanted = types[a].imports.get(user.1).copied()?;
        let found = types[b].exports.get(provider.1).copied()?;
        let mut cache = HashSet::new();
        let said = SubtypeChecker::new(&mut cache).is_subtype(found, &types, wanted, &types);
        Some(said.map_err(|e| reasons(e.as_ref())))
    };
    guard(check).flatten()
}
