//! The screen: it owns the application, and adds panes, overlays, keys and the terminal.

pub mod act;
pub mod command;
pub mod effect;
pub mod event;
#[cfg(test)]
pub mod fixture;
pub mod hit;
pub mod jobs;
pub mod keymap;
pub(crate) mod keys;
#[cfg(test)]
mod monkey_tests;
pub mod movement;
#[cfg(test)]
mod on_save_tests;
pub mod overlay;
pub mod pane;
#[cfg(test)]
mod pictures_tests;
#[cfg(test)]
mod pipeline_tests;
#[cfg(test)]
mod replay_tests;
pub mod screen;
pub mod session;
pub mod settings;
#[cfg(test)]
mod shell_tests;
pub mod splits;
pub mod state;
pub mod still;
pub mod svg;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod update;
pub mod view;
