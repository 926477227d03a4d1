//! One more instance of a component.

use crate::model::graph::{ENTRY, HOST};
use crate::model::project::{kebab, numbered};
use crate::wac::Edit;
use crate::wac::names::{can_be_named, identifier};
use crate::wac::outline::{Outline, parse};
use crate::wac::statement;
use crate::wac::statement::Kind;
use crate::wac::style::Style;

/// Why an instance cannot be added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddError {
    #[error("the composition's text does not parse; fix it first")]
    Unreadable,
    #[error("`{0}` is not a valid node name: use words of letters and digits, joined by `-`")]
    BadName(String),
    #[error("`{0}` is taken; choose another name")]
    Taken(String),
    #[error("`{0}` is not a valid package name; write it as `ns:name`")]
    BadPackage(String),
}

/// Adds an instance of `package` (as in `cyber:core`), called `name` or, without one, as `wanted` with a number behind
/// it if need be. Gives the edit and the name.
///
/// # Errors
/// Why not, in one sentence.
pub(crate) fn add(text: &str, package: &str, wanted: &str, name: Option<&str>) -> Result<(Edit, String), AddError> {
    let ast = parse(text).ok_or(AddError::Unreadable)?;
    let outline = Outline::new(text, &ast);
    let defined = outline.defined();
    let is_taken = |name: &str| {
        defined.contains(name) || name == ENTRY || name == HOST || outline.nodes.iter().any(|n| n.name == name)
    };
    let name = match name {
        Some(name) if !can_be_named(name) => return Err(AddError::BadName(name.to_owned())),
        Some(name) if is_taken(name) => return Err(AddError::Taken(name.to_owned())),
        Some(name) => name.to_owned(),
        None => numbered(&kebab(wanted), "-n", is_taken),
    };
    let new = format!("let {} = new {package} {{ ... }};", identifier(&name));
    let edited = statement::insert(&outline, &Style::of(&outline), Kind::Instance, &new);
    if parse(&edited).is_none() {
        return Err(AddError::BadPackage(package.to_owned()));
    }
    Ok((Edit::between(text, &edited), name))
}
