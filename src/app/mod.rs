//! The application without a screen: one state, one pure `update`, effects performed at the edge.

pub mod build_status;
pub(crate) mod builds;
pub mod edit;
pub mod effect;
pub mod event;
pub mod gate;
pub mod generations;
pub mod headless;
pub mod jobs;
pub(crate) mod loops;
pub(crate) mod on_save;
pub mod pipeline;
pub mod runs;
pub mod runtime;
pub(crate) mod signals;
pub mod stages;
pub mod state;
pub mod trust_question;
