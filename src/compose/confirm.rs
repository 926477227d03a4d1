//! The composer's own word on whether an export serves an import.

use std::collections::HashSet;

use wac_graph::types::{Package, SubtypeChecker, Types};

use crate::compose::EditError;
use crate::guard::guard;
use crate::inspect::stub;
use crate::model::graph::{End, Graph};
use crate::model::plain::reasons;

/// Checks two built components' ports with wac's subtype check, which looks at structure alone: versions are for
/// [`crate::model::fits`]. `None` where one of them has no such port or cannot be read.
///
/// # Errors
/// What wac says differs.
pub fn confirm(user: (&[u8], &str), provider: (&[u8], &str)) -> Option<Result<(), String>> {
    let check = || {
        let mut types = Types::default();
        let mut world = |name: &str, bytes: &[u8]| {
            Package::from_bytes(name, None, stub(bytes).ok()?, &mut types).ok().map(|p| p.ty())
        };
        let (a, b) = (world("user", user.0)?, world("provider", provider.0)?);
        let wanted = types[a].imports.get(user.1).copied()?;
        let found = types[b].exports.get(provider.1).copied()?;
        let mut cache = HashSet::new();
        let said = SubtypeChecker::new(&mut cache).is_subtype(found, &types, wanted, &types);
        Some(said.map_err(|e| reasons(e.as_ref())))
    };
    guard(check).flatten()
}

/// Where both ends of a wire are built: whether the composer takes it too. `bytes` gives those of a component.
///
/// # Errors
/// What it says.
pub(crate) fn confirm_wire<'b>(
    graph: &Graph,
    bytes: impl Fn(&str) -> Option<&'b [u8]>,
    from: &End,
    to: &End,
) -> Result<(), EditError> {
    let built = |node: &str| bytes(graph.node(node)?.component.as_deref()?);
    let (Some(user), Some(provider)) = (built(&from.node), built(&to.node)) else { return Ok(()) };
    match confirm((user, &from.port), (provider, &to.port)) {
        Some(Err(said)) => Err(EditError::Composer { user: from.node.clone(), provider: to.node.clone(), said }),
        Some(Ok(())) | None => Ok(()),
    }
}
