//! The application without a screen: one state, one pure `update`, effects performed at the edge.

pub(crate) mod build_status;
pub(crate) mod builds;
pub(crate) mod edit;
pub mod effect;
pub mod event;
pub(crate) mod gate;
pub(crate) mod generations;
pub(crate) mod granted;
pub(crate) mod headless;
pub(crate) mod jobs;
pub(crate) mod loops;
pub(crate) mod on_save;
pub(crate) mod pipeline;
pub(crate) mod runs;
pub(crate) mod runtime;
pub(crate) mod signals;
pub(crate) mod stages;
pub mod state;
pub mod trust_question;
