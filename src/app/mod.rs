//! The application: one state, one pure `update`, effects performed at the edge.
//!
//! ```text
//! events (stages, keys) ─▶ update(&mut State, Event) ─▶ effects ─▶ perform ─▶ stages ─▶ events …
//!                                   │
//!                                   ▼
//!                              ui::draw(&State)
//! ```
//!
//! The terminal UI and the headless verbs are two faces of this one pipeline.

mod builds;
pub mod chip;
pub mod effect;
pub mod event;
pub mod headless;
pub mod perform;
pub mod pipeline;
pub mod runs;
pub mod stages;
pub mod state;
pub mod terminal;
