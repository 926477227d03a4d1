//! Why a run ended: blame, debug information, panics, limits.

pub(crate) mod blame;
pub(crate) mod dwarf;
pub(crate) mod limits;
pub(crate) mod panics;
pub(crate) mod ticker;
