//! The screen: it owns the application, and adds panes, overlays, keys and the terminal.

pub(crate) mod act;
pub(crate) mod command;
pub mod effect;
pub mod event;
#[cfg(test)]
pub(crate) mod fixture;
pub(crate) mod hit;
pub(crate) mod jobs;
pub(crate) mod keymap;
pub(crate) mod keys;
#[cfg(test)]
mod monkey_tests;
pub(crate) mod movement;
#[cfg(test)]
mod on_save_tests;
pub(crate) mod overlay;
pub mod pane;
#[cfg(test)]
mod pictures_tests;
#[cfg(test)]
mod pipeline_tests;
#[cfg(test)]
mod replay_tests;
pub mod screen;
pub(crate) mod session;
pub(crate) mod settings;
#[cfg(test)]
mod shell_tests;
pub(crate) mod splits;
pub mod state;
pub(crate) mod still;
pub(crate) mod svg;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod update;
pub(crate) mod view;
