//! The grants of a node over the panes: keys and mouse in, changes out.

use std::sync::Arc;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::config::covered_title;
use crate::grants::{Capability, Kind, Ledger, Use};
use crate::log::Stream;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::run::RunEvent;
use crate::tui::effect::Effect;
use crate::tui::event::{Event, Input};
use crate::tui::fixture::Session;
use crate::tui::hit::Target;
use crate::tui::overlay::Overlay;
use crate::tui::overlay::grants::{self, Row};
use crate::tui::pane::graph::selection::Selection;
use crate::tui::screen::tests::{draw, text};
use crate::tui::view::Pane;

fn click(session: &mut Session, (column, row): (u16, u16)) {
    let kind = MouseEventKind::Down(MouseButton::Left);
    session.input(Input::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
}

#[test]
fn grants_of_a_node_are_shown_and_changed() {
    let mut session = Session::new(true);
    session.running();
    let mut ledger = Ledger::default();
    let used = |grant: &str, detail: &str, denied| Use {
        node: "logger".into(),
        kind: grant.split('=').next().and_then(Kind::parse).unwrap(),
        grant: grant.into(),
        detail: detail.into(),
        denied,
    };
    ledger.add(used("files=logs:rw", "open today in logs", false));
    ledger.add(used("http=evil.test", "GET http://evil.test/v1", true));
    session.run(RunEvent::Ledger(ledger));
    Arc::make_mut(&mut session.state.app.project).settings.grants.grant("logger", "files=logs:rw".parse().unwrap());
    Arc::make_mut(&mut session.state.app.project).settings.grants.grant("logger", "clock".parse().unwrap());
    session.state.view.focus(Pane::Graph);
    session.state.view.graph.selection = Some(Selection::of_node("logger"));
    session.keys("g");
    insta::assert_snapshot!("grants_panel", text(&draw(&mut session, 80, 24)));
    let changes = |session: &Session| -> Vec<(String, String)> {
        let text = |c: &Option<Capability>| c.as_ref().map(ToString::to_string).unwrap_or_default();
        let changes = session.effects.iter().filter_map(|e| match e {
            Effect::ChangeGrants(change) => {
                assert_eq!(change.node, "logger");
                Some((text(&change.revoke), text(&change.grant)))
            }
            _ => None,
        });
        changes.collect()
    };
    let pair = |revoke: &str, grant: &str| vec![(revoke.to_owned(), grant.to_owned())];
    // What was denied is granted by one key, what is granted changed with its text, or taken back.
    session.effects.clear();
    session.keys("enter");
    assert_eq!(changes(&session), pair("", "http=evil.test"));
    session.effects.clear();
    session.keys("down enter backspace backspace r o enter");
    assert_eq!(changes(&session), pair("files=logs:rw", "files=logs:ro"));
    session.effects.clear();
    session.keys("down x");
    assert_eq!(changes(&session), pair("clock=real", ""));
    session.effects.clear();
    session.keys("a f l y enter");
    let trouble = match session.state.view.overlays.top() {
        Some(Overlay::Prompt(prompt)) => prompt.trouble.clone(),
        _ => None,
    };
    assert!(trouble.unwrap().contains("kinds: files, env"), "what can't be read says how it is written");
    session.keys("ctrl-u d n s = * enter");
    assert_eq!(changes(&session), pair("", "dns=*"));
    // With the mouse: a click selects, a second one takes.
    session.effects.clear();
    draw(&mut session, 80, 24);
    let places = session.state.view.hits.places();
    let (area, _) = *places.iter().find(|(_, t)| *t == Target::GrantRow(0)).unwrap();
    let at = (area.x + 5, area.y);
    click(&mut session, at);
    assert!(changes(&session).is_empty());
    click(&mut session, at);
    assert_eq!(changes(&session), pair("", "http=evil.test"));
    session.keys("esc");
    assert!(session.state.view.overlays.is_empty());
    let said = Event::GrantsChanged { outcome: Err("studio.toml can't be written: full".into()), at: session.now };
    session.event(said);
    assert_eq!(session.state.view.flash.as_ref().unwrap().text, "studio.toml can't be written: full");
}

#[test]
fn a_denial_in_the_log_leads_to_what_grants_it_and_the_selection_stays_on_its_row() {
    let mut session = Session::new(true);
    session.running();
    let mut ledger = Ledger::default();
    let mut deny = |grant: &str| {
        let kind = grant.split('=').next().and_then(Kind::parse).unwrap();
        ledger.add(Use { node: "logger".into(), kind, grant: grant.into(), detail: "asked".into(), denied: true });
    };
    deny("http=b.test");
    deny("http=c.test");
    session.run(RunEvent::Ledger(ledger.clone()));
    session.keys("l");
    for keys in ["a", "enter"] {
        session.say(
            "logger",
            Stream::Studio,
            "`logger` was denied http: GET /; `studio grant logger http=c.test` allows it",
        );
        for (width, height) in [(80, 24), (120, 36), (200, 50)] {
            let shown = text(&draw(&mut session, width, height));
            assert!(shown.contains("`logger` was denied http") && shown.contains("a grant"), "{shown}");
        }
        session.keys(keys);
        let selected = grants::selected(&session.state).map(|row| row.name());
        assert_eq!(selected.as_deref(), Some("http=c.test"));
        // Another denial comes in above it; then it is granted.
        let mut more = Ledger::default();
        let detail = String::from("asked");
        let (node, kind, grant) = ("logger".into(), Kind::Http, "http=a.test".into());
        more.add(Use { node, kind, grant, detail, denied: true });
        session.run(RunEvent::Ledger(more));
        assert_eq!(grants::selected(&session.state).map(|row| row.name()).as_deref(), Some("http=c.test"));
        let settings = &mut Arc::make_mut(&mut session.state.app.project).settings;
        settings.grants.grant("logger", "http=c.test".parse().unwrap());
        assert!(matches!(grants::selected(&session.state), Some(Row::Granted { .. })));
        settings_without(&mut session);
        session.keys("esc");
    }
}

#[test]
fn the_row_of_the_project_counts_where_the_graph_has_another_selection() {
    let mut session = Session::new(true);
    session.running();
    session.state.view.graph.selection = Some(Selection::of_node("host"));
    session.keys("1 g");
    assert!(matches!(session.state.view.overlays.top(), Some(Overlay::Grants(panel)) if panel.node == "core-logic"));
    session.keys("esc 4 esc");
    assert_eq!(session.state.view.focus, Pane::Graph, "esc leads from the details to the graph");
}

fn settings_without(session: &mut Session) {
    Arc::make_mut(&mut session.state.app.project).settings.grants = crate::grants::Grants::default();
}

#[test]
fn the_note_on_a_grant_that_covers_sources_is_shown_whole() {
    let mut session = Session::new(true);
    session.running();
    let capability: Capability = "files=.:/p:rw".parse().unwrap();
    let note = "`.` covers files that the project is built from (studio.toml, Cargo.toml, *.rs); writing these stays \
                denied. The option `sources` in the grant would let guests change code that runs on this machine";
    let problem = Diagnostic::warning(Origin::Project, covered_title("logger", &capability) + note);
    session.state.app.project_problems.push(problem);
    Arc::make_mut(&mut session.state.app.project).settings.grants.grant("logger", capability);
    session.state.view.focus(Pane::Graph);
    session.state.view.graph.selection = Some(Selection::of_node("logger"));
    session.keys("g");
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let screen = text(&draw(&mut session, columns, rows));
        let is_word = |word: &&str| word.chars().any(char::is_alphanumeric);
        let shown: Vec<&str> = screen.split_whitespace().filter(is_word).collect();
        let wanted: Vec<&str> = note.split_whitespace().filter(is_word).collect();
        let mut rest = wanted.iter().peekable();
        for word in &shown {
            let _wanted = rest.next_if(|next| *next == word);
        }
        assert!(rest.peek().is_none(), "{:?} is missing: {screen}", rest.next());
        assert!(screen.contains("may     files=.:/p:rw"), "the list keeps its row: {screen}");
    }
}

#[test]
fn a_node_that_has_a_folder_is_not_said_to_have_none() {
    let mut session = Session::new(true);
    session.running();
    let mut ledger = Ledger::default();
    let (kind, detail) = (Kind::Files, crate::grants::NO_FOLDER.to_owned());
    ledger.add(Use { node: "logger".into(), kind, grant: String::new(), detail, denied: true });
    session.run(RunEvent::Ledger(ledger));
    session.state.view.focus(Pane::Graph);
    session.state.view.graph.selection = Some(Selection::of_node("logger"));
    session.keys("g");
    assert!(text(&draw(&mut session, 80, 24)).contains("no folder is granted"));
    session.keys("enter");
    let asked = text(&draw(&mut session, 80, 24));
    assert!(asked.contains("❯ files=") && asked.contains("as in `files=scratch:/data:rw`"), "{asked}");
    session.keys("esc");
    Arc::make_mut(&mut session.state.app.project).settings.grants.grant("logger", "files=logs".parse().unwrap());
    let shown = text(&draw(&mut session, 80, 24));
    assert!(!shown.contains("no folder is granted") && shown.contains("1 granted, 0 denied"), "{shown}");
}

#[test]
fn a_denial_that_names_its_folder_begins_the_grant_with_it() {
    let mut session = Session::new(true);
    session.running();
    let mut ledger = Ledger::default();
    let detail = "open src/lib.rs in app: it would run on the host; `sources` in the grant allows it".to_owned();
    ledger.add(Use { node: "logger".into(), kind: Kind::Files, grant: String::new(), detail, denied: true });
    session.run(RunEvent::Ledger(ledger));
    Arc::make_mut(&mut session.state.app.project).settings.grants.grant("logger", "files=app:/app:rw".parse().unwrap());
    session.state.view.focus(Pane::Graph);
    session.state.view.graph.selection = Some(Selection::of_node("logger"));
    session.keys("g enter");
    let asked = text(&draw(&mut session, 80, 24));
    assert!(asked.contains("❯ files=app:/app:rw,sources"), "{asked}");
}
