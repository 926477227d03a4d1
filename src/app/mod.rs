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

pub mod act;
mod back;
mod builds;
pub mod chip;
pub mod clipboard;
pub mod command;
mod composer;
mod editor;
pub mod effect;
pub mod event;
pub mod explain;
#[cfg(test)]
pub mod fixture;
pub mod gate;
pub mod generations;
mod grants;
#[cfg(test)]
mod grants_tests;
pub mod graph;
#[cfg(test)]
pub mod graph_tests;
pub mod headless;
pub mod hit;
pub mod keymap;
#[cfg(test)]
mod keymap_tests;
mod keys;
pub mod logs;
pub mod menu;
pub mod messages;
#[cfg(test)]
mod monkey_tests;
pub mod new;
mod on_save;
#[cfg(test)]
mod on_save_tests;
pub mod overlay;
pub mod perform;
pub mod picture;
pub mod pipeline;
#[cfg(test)]
mod pipeline_tests;
mod remembered;
#[cfg(test)]
mod replay_tests;
pub mod runs;
pub mod session;
pub mod settings;
#[cfg(test)]
mod shell_tests;
pub mod source;
mod source_select;
pub mod splits;
pub mod spot;
pub mod stages;
pub mod state;
pub mod terminal;
#[cfg(test)]
mod terminal_tests;
#[cfg(test)]
mod tests;
pub mod themes;
#[cfg(test)]
mod themes_tests;
pub mod tree;
pub mod trust_question;
#[cfg(test)]
mod trust_tests;
pub mod user;
pub mod view;
pub mod wiring;

use std::path::PathBuf;
use std::sync::Arc;

use effect::Effect;
use event::Event;
use state::State;
use view::Tab;

/// Pure: what an event does to the state, and what follows from it. Input goes through the keymap to commands,
/// everything else is news from the stages.
pub fn update(state: &mut State, event: Event) -> Vec<Effect> {
    if let Some(record) = &mut state.record {
        record.push(event.clone());
    }
    let effects = match event {
        Event::Input { input, at } => keys::update(state, input, at),
        Event::Tick(now) => {
            state.view.flash.take_if(|flash| flash.until <= now);
            Vec::new()
        }
        Event::Composed(_) => {
            let mut effects = pipeline::update(state, event);
            // The folder may have been trusted since.
            effects.extend(wiring::places::wanted(state));
            effects.extend(graph::follow(state));
            effects.extend(wiring::explain::again(state));
            effects
        }
        Event::Discovered { .. } => {
            let mut effects = pipeline::update(state, event);
            wiring::edits::discovered(state);
            effects.extend(wiring::places::wanted(state));
            effects.push(Effect::Outline(Arc::clone(&state.project)));
            effects
        }
        Event::Planned { of, plan, at } => wiring::plan::planned(state, *of, plan, at),
        Event::PlacesRead(places) => wiring::places::loaded(state, places),
        Event::Explained { explanation, at } => {
            wiring::explain::came(state, explanation.map(|e| *e), at);
            Vec::new()
        }
        Event::Unmended { result, at } => {
            wiring::explain::unmended(state, result, at);
            Vec::new()
        }
        Event::Mended { what, result, at } => {
            wiring::explain::mended(state, &what, result, at);
            Vec::new()
        }
        Event::Edited { edited, at } => wiring::edits::edited(state, *edited, at),
        Event::Reread { texts, first, at } => {
            let paths = wiring::edits::reread(state, texts, at);
            if paths.is_empty() { Vec::new() } else { pipeline::update(state, Event::Changed { paths, first, at }) }
        }
        Event::Changed { mut paths, first, at } => {
            let mut effects = source::changed(state, &paths);
            effects.extend(wiring::edits::suspects(state, &mut paths, first, at));
            // What is new or gone shows in the tree, also where nothing is built from it.
            let is_source = |p: &PathBuf| p.extension().is_some_and(|e| e == "rs" || e == "wit");
            if paths.iter().any(is_source) {
                effects.push(Effect::Outline(Arc::clone(&state.project)));
            }
            if !paths.is_empty() {
                effects.extend(pipeline::update(state, Event::Changed { paths, first, at }));
            }
            effects
        }
        Event::Outlined(outline) => {
            tree::listed(state, outline);
            Vec::new()
        }
        Event::SourceRead { path, reading } => source::read(state, &path, reading),
        Event::Highlighted { path, painted } => {
            source::painted(state, &path, painted);
            Vec::new()
        }
        Event::Made { made, at } => new::open(state, made, at),
        Event::UserFile(file) => {
            user::changed(state, &file);
            Vec::new()
        }
        Event::NotCopied { reason, at } => {
            state.view.flash(reason, at);
            Vec::new()
        }
        Event::LaidOut(picture) => {
            graph::laid_out(state, *picture);
            Vec::new()
        }
        Event::Exported { path, result, at } => {
            logs::select::exported(state, &path, result, at);
            Vec::new()
        }
        news => pipeline::update(state, news),
    };
    logs::keep_up(state);
    themes::preview(state);
    // Errors that come or go take the output pane with them, whatever the user had it show before; but not from under
    // somebody's fingers: what is typed would become commands.
    let errors = state.errors() > 0;
    if errors != state.view.had_errors {
        state.view.had_errors = errors;
        state.view.tab = state.view.log.typing.is_some().then_some(Tab::Logs);
        state.view.problem = 0;
    }
    effects
}
