//! The screen's one `update`: input goes through the keymap to commands, news go to the application and then to the panes
//! that show them.
//!
//! ```text
//! terminal, jobs, app ─▶ update(&mut State, Event) ─▶ effects ─▶ jobs, terminal, app ─▶ events …
//!                                  │
//!                                  ▼
//!                          screen::draw(&State)
//! ```

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::app::event::Event as AppEvent;
use crate::app::pipeline;
use crate::tui::effect::{Effect, of_app};
use crate::tui::event::Event;
use crate::tui::keys;
use crate::tui::overlay::{explanation, new, plan, themes};
use crate::tui::pane::graph::wiring::{edits, places, wire};
use crate::tui::pane::output::logs;
use crate::tui::pane::{general, graph, project, source};
use crate::tui::state::State;
use crate::tui::view::Tab;

/// Pure: what an event does to the state, and what follows from it.
pub fn update(state: &mut State, event: Event) -> Vec<Effect> {
    if let Some(record) = &mut state.record {
        record.push(event.clone());
    }
    let mut effects = match event {
        Event::App(event) => news(state, event),
        Event::Input { input, at } => keys::update(state, input, at),
        Event::Tick(now) => {
            state.view.flash.take_if(|flash| flash.until <= now);
            Vec::new()
        }
        Event::Planned { of, plan, at } => plan::planned(state, *of, plan, at),
        Event::PlacesRead(places) => places::loaded(state, places),
        Event::Explained { explanation, at } => {
            explanation::came(state, explanation.map(|e| *e), at);
            Vec::new()
        }
        Event::FixReverted { result, at } => {
            explanation::fix_reverted(state, result, at);
            Vec::new()
        }
        Event::FixApplied { what, result, at } => {
            explanation::fix_applied(state, &what, result, at);
            Vec::new()
        }
        Event::Edited { edited, at } => edits::edited(state, *edited, at),
        Event::Reread { texts, edited, first, at } if edited < state.app.edited => {
            // It may be what the file held before the edit.
            let paths = texts.into_iter().map(|(path, _)| path).collect();
            vec![Effect::Reread { paths, edited: state.app.edited, first, at }]
        }
        Event::Reread { texts, first, at, .. } => {
            let paths = edits::reread(state, texts, at);
            if paths.is_empty() { Vec::new() } else { app(state, AppEvent::Changed { paths, first, at }) }
        }
        Event::Outlined(outline) => {
            project::listed(state, outline);
            Vec::new()
        }
        Event::SourceRead { path, reading } => source::read(state, &path, reading),
        Event::Highlighted { path, painted } => {
            source::painted(state, &path, painted);
            Vec::new()
        }
        Event::GrantsChanged { outcome, at } => {
            state.view.flash(outcome.unwrap_or_else(|trouble| trouble), at);
            Vec::new()
        }
        Event::PictureSaved { result, at } => {
            general::picture_saved(state, result, at);
            Vec::new()
        }
        Event::Made { made, at } => new::open(state, made, at),
        Event::UserFile(file) => {
            crate::tui::jobs::user::changed(state, &file);
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
    };
    logs::keep_up(state);
    themes::preview(state);
    effects.extend(graph::refit(state));
    // Errors that come or go take the output pane with them, whatever the user had it show before; but not from under
    // somebody's fingers: what is typed would become commands.
    let errors = state.app.errors() > 0;
    if errors != state.view.had_errors {
        state.view.had_errors = errors;
        state.view.tab = state.view.log.typing.is_some().then_some(Tab::Logs);
        (state.view.problem, state.view.problem_scroll) = (0, 0);
    }
    effects
}

/// News of the application, and what the screen makes of them.
fn news(state: &mut State, event: AppEvent) -> Vec<Effect> {
    match event {
        AppEvent::Composed(_) => {
            let mut effects = app(state, event);
            wire::let_go_of_unreadable(state);
            // The folder may have been trusted since.
            effects.extend(places::wanted(state));
            effects.extend(graph::follow(state));
            effects.extend(explanation::again(state));
            effects
        }
        AppEvent::Discovered { .. } => {
            let mut effects = app(state, event);
            // Who has trusted the folder before is not interrupted by what is new in it: the badge says so.
            state.view.looking_only |= state.app.trusting.ever;
            edits::discovered(state);
            effects.extend(places::wanted(state));
            effects.push(Effect::Outline(Arc::clone(&state.app.project)));
            effects
        }
        AppEvent::Changed { paths, first, at } => changed(state, paths, first, at),
        other => app(state, other),
    }
}

fn changed(state: &mut State, mut paths: Vec<PathBuf>, first: Instant, at: Instant) -> Vec<Effect> {
    let mut effects = source::changed(state, &paths);
    effects.extend(edits::suspects(state, &mut paths, first, at));
    // What is new or gone shows in the tree, also where nothing is built from it.
    let is_source = |p: &PathBuf| p.extension().is_some_and(|e| e == "rs" || e == "wit");
    if paths.iter().any(is_source) {
        effects.push(Effect::Outline(Arc::clone(&state.app.project)));
    }
    if !paths.is_empty() {
        effects.extend(app(state, AppEvent::Changed { paths, first, at }));
    }
    effects
}

fn app(state: &mut State, event: AppEvent) -> Vec<Effect> {
    of_app(pipeline::update(&mut state.app, event))
}
