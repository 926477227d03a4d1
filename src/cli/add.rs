//! `studio add COMPONENT`: one more instance of a component.

use crate::cli::args::Add;
use crate::cli::edit;
use crate::compose::Change;

pub(super) fn run(args: &Add) -> anyhow::Result<u8> {
    edit::run(
        &args.of,
        |_| Ok(Change::Add { component: args.component.clone(), name: args.name.clone() }),
        |name| format!("{} is an instance of {}", name.unwrap_or_default(), args.component),
    )
}
