//! Whatever order the stages' news comes in, nothing stale overwrites something fresh.

use std::sync::Arc;
use std::time::Duration;

use crate::app::effect::{Effect as AppEffect, Form};
use crate::app::event::{Composed, Event as AppEvent};
use crate::app::state::RunStatus;
use crate::app::trust_question::WhatRuns;
use crate::build::BuildEvent;
use crate::compose::Document;
use crate::model::graph::Graph;
use crate::model::phases::Phases;
use crate::model::project::Revision;
use crate::run::{Outcome, RunEvent};
use crate::tui::effect::Effect;
use crate::tui::event::Event;
use crate::tui::fixture::{Session, neon};

fn builds(session: &Session) -> Vec<Vec<&str>> {
    let names = |r: &'_ crate::build::BuildRequest| r.components.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
    session
        .effects
        .iter()
        .filter_map(|e| if let Effect::App(AppEffect::Build(request)) = e { Some(names(request)) } else { None })
        .map(|names| names.into_iter().map(|n| if n == "logger" { "logger" } else { "core-logic" }).collect())
        .collect()
}

fn composed(revision: Revision, form: Form, parsed: bool) -> Event {
    Event::App(AppEvent::Composed(Composed {
        revision,
        form,
        document: Document { path: Some("neon.wac".into()), text: String::new() },
        graph: Graph::default(),
        parsed,
        live: None,
        shipped: None,
        unchecked: Vec::new(),
        took: Duration::ZERO,
    }))
}

#[test]
fn a_save_builds_only_what_it_touched() {
    let mut session = Session::new(true);
    session.running().changed("core-logic/src/lib.rs");
    assert_eq!(builds(&session), [vec!["core-logic"]]);
}

#[test]
fn a_save_while_the_folder_is_read_is_not_lost_and_nothing_hangs() {
    let mut session = Session::new(true);
    session.running().changed("Cargo.toml");
    let reading = session.state.app.revision;
    session.changed("logger/src/lib.rs");
    assert_eq!(builds(&session), [vec!["logger"]]);
    session.event(Event::App(AppEvent::Discovered {
        revision: reading,
        project: Arc::new(neon()),
        what_runs: WhatRuns::default(),
        documents: Vec::new(),
        artifacts: Vec::new(),
    }));
    assert_eq!(session.state.app.discovering, None, "the newest reading is in");
}

#[test]
fn an_older_reading_does_not_replace_a_newer_one() {
    let mut session = Session::new(true);
    session.running().changed("Cargo.toml");
    let older = session.state.app.revision;
    session.changed("Cargo.toml");
    let event = Event::App(AppEvent::Discovered {
        revision: older,
        project: Arc::default(),
        what_runs: WhatRuns::default(),
        documents: Vec::new(),
        artifacts: Vec::new(),
    });
    session.event(event);
    assert_eq!(session.state.app.project.components.len(), 2, "the folder as it was read last");
    assert!(session.state.app.discovering.is_some(), "the newer reading is still awaited");
}

#[test]
fn an_older_composition_does_not_replace_a_newer_one() {
    let mut session = Session::new(true);
    session.running();
    let graph = session.state.app.graph.clone();
    assert!(!graph.nodes.is_empty());
    session.event(composed(Revision(0), Form::Live, true));
    assert_eq!(session.state.app.graph, graph);
    assert!(session.state.app.live.is_some());
}

#[test]
fn text_that_does_not_parse_leaves_the_last_graph_marked() {
    let mut session = Session::new(true);
    session.running().changed("Cargo.toml");
    let graph = session.state.app.graph.clone();
    session.discovered(neon());
    session.event(composed(session.state.app.revision, Form::Live, false));
    assert_eq!(session.state.app.graph, graph);
    assert!(session.state.app.graph_stale);
}

#[test]
fn an_older_build_neither_replaces_a_newer_one_nor_composes() {
    let mut session = Session::new(true);
    session.running().changed("core-logic/src/lib.rs");
    let older = session.state.app.revision;
    session.changed("core-logic/src/lib.rs");
    let finished = BuildEvent::Finished { revision: older, ok: true, phases: Phases::default() };
    session.event(Event::App(AppEvent::Build { event: finished, at: session.now }));
    assert!(session.effects.is_empty(), "{:?}", session.effects);
    assert!(session.state.app.building.is_some());
}

#[test]
fn a_refused_generation_leaves_the_one_before_it() {
    let mut session = Session::new(true);
    session.running();
    let alive = session.state.app.run.alive;
    assert!(alive.is_some());
    session.keys("r");
    let problem = crate::model::diagnostic::Diagnostic::error(crate::model::diagnostic::Origin::Run, "no");
    let generation = session.state.app.run.generation;
    session.run(RunEvent::Ended { generation, outcome: Outcome::Refused(problem) });
    assert_eq!(session.state.app.run.alive, alive);
    assert_eq!(session.state.app.run.status, RunStatus::Running);
    assert!(session.state.app.run.stale);
}

#[test]
fn a_changed_manifest_is_read_before_anything_is_built_by_it() {
    let mut session = Session::new(true);
    session.running().changed("core-logic/Cargo.toml");
    assert!(builds(&session).is_empty());
    session.discovered(neon());
    assert_eq!(builds(&session), [vec!["core-logic", "logger"]]);
}

#[test]
fn a_run_of_what_cannot_be_built_says_what_stops_it() {
    use crate::model::diagnostic::{Diagnostic, Origin};
    let mut session = Session::new(true);
    session.discovered(neon()).keys("r");
    session.composed(Form::Check);
    let problem = || vec![Diagnostic::error(Origin::Rust, "expected `;`").component("core-logic")];
    session.built("logger", 300).failed("core-logic", problem()).finished(false, 300);
    session.composed(Form::Check);
    let app = &session.state.app;
    assert!(app.settled(), "{:?} {:?} {:?}", app.building, app.composing, app.discovering);
    session.keys("r");
    let said = session.state.view.flash.as_ref().map(|f| f.text.clone());
    let wanted = "`core-logic` could not be built (p shows why), building again: expected `;`";
    assert_eq!(said.as_deref(), Some(wanted));
    assert_eq!(builds(&session), [vec!["core-logic", "logger"]]);
}

#[test]
fn a_run_wanted_while_something_is_under_way_comes_when_that_is_done() {
    let mut session = Session::new(true);
    session.running().changed("core-logic/src/lib.rs").keys("r");
    assert!(session.effects.is_empty(), "not the old program");
    session.keys("r");
    let said = session.state.view.flash.as_ref().map(|f| f.text.clone());
    assert_eq!(said.as_deref(), Some("run: it runs when it is built"));
    session.built("core-logic", 300).built("logger", 300).finished(true, 300).composed(Form::Live);
    let runs = session.effects.iter().filter(|e| matches!(e, Effect::App(AppEffect::Run(_)))).count();
    assert_eq!(runs, 1, "even where the program is the same: {:?}", session.effects);
    session.composed(Form::Live);
    assert!(!session.effects.iter().any(|e| matches!(e, Effect::App(AppEffect::Run(_)))), "and once");
    // An edit that is composed while the next is under way: its outcome is not what is wanted again.
    session.changed("core-logic/src/lib.rs").keys("r");
    let older = session.state.app.revision;
    session.state.app.composing = Some((older.next(), Form::Live));
    session.composed(Form::Live);
    assert!(session.state.app.run.again && session.effects.is_empty(), "{:?}", session.effects);
}

#[test]
fn a_run_wanted_while_nothing_fits_comes_when_it_fits_again() {
    let mut session = Session::new(true);
    session.running();
    session.state.app.live = None;
    session.keys("r");
    assert_eq!(builds(&session), [vec!["core-logic", "logger"]]);
    session.finished(true, 300).composed(Form::Live);
    assert!(session.effects.iter().any(|e| matches!(e, Effect::App(AppEffect::Run(_)))), "{:?}", session.effects);
}

#[test]
fn what_the_wit_says_counts_from_its_change_until_the_next_good_build() {
    let mut session = Session::new(true);
    session.running();
    let exports = |session: &Session| session.state.app.ports()["logger"].exports[0].signature[0].clone();
    let imports = |session: &Session| session.state.app.ports()["logger"].imports.len();
    let (built, declared) = ("log: func(msg: string, severity: level)", "log: func(text: string)");
    assert_eq!(exports(&session), built);
    session.changed("logger/wit/logger.wit");
    let mut project = neon();
    for component in project.components.iter_mut().filter(|c| c.name == "logger") {
        let mut ports = component.declared.clone().unwrap();
        ports.exports[0].signature = vec![declared.into()];
        ports.imports.clear();
        component.declared = Some(ports);
    }
    session.discovered(project.clone());
    assert_eq!(exports(&session), declared, "while it is being built");
    assert_eq!(imports(&session), 1, "what the language's library imports of the host stays");
    assert!(!session.state.app.all_built(), "the last good build is not composed with what is newer");
    session.started(&["logger"]).failed("logger", Vec::new()).finished(false, 10);
    assert_eq!(exports(&session), declared, "and when that failed");
    // WIT that cannot be read says nothing.
    project.components.iter_mut().for_each(|c| c.declared = None);
    session.changed("logger/wit/logger.wit").discovered(project);
    assert_eq!(exports(&session), built);
    session.changed("logger/src/lib.rs").started(&["logger"]).built("logger", 10);
    assert!(session.state.app.all_built());
}
