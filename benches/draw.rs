//! How long a key takes to its frame: `cargo bench --bench draw`.
//!
//! A session is made of events as a real one, drawn on a screen of memory: `update` and `draw` with ratatui's own
//! comparison of frames, without the terminal's bytes. The log takes in lines all the while.

#![allow(clippy::print_stdout, clippy::expect_used)] // the figures are what it is for

#[path = "shared/dice.rs"]
mod dice;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use studio::app::effect::Form;
use studio::app::event::{Composed, Event as AppEvent};
use studio::app::state::{Goal, Options};
use studio::app::trust_question::WhatRuns;
use studio::build::Profile;
use studio::compose::Document;
use studio::highlight::Highlighter;
use studio::inspect::inspect;
use studio::log::{Line, Stream};
use studio::model::code::Text;
use studio::model::graph::{End, Graph, Import, ImportState, Node, NodeKind, Wire};
use studio::model::limits::Overrides;
use studio::model::port::Port;
use studio::model::project::{BuildKind, Component, Project};
use studio::run::{RunEvent, Stdin};
use studio::tui::effect::Effect;
use studio::tui::event::{Event, Input};
use studio::tui::state::State;
use studio::tui::update::update;

use dice::Dice;

/// Keys measured of each kind.
const ROUNDS: usize = 1_000;
/// Lines that come between two frames at 60 frames and 100,000 lines a second.
const BETWEEN: usize = 1_667;

/// Eight layers of components, each called by one of the layer before it, and calls over one to three layers besides.
fn graph(nodes: usize, wires: usize) -> Graph {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    // What is not known fits nothing, so its types are read from a component.
    let text = r#"(component (import "test:bench/api@1.0.0" (instance (export "get" (func (result u32))))))"#;
    let known = inspect(&wat::parse_str(text).expect("a component")).expect("its ports").imports.remove(0);
    let port = |name: String| Port { name, ..known.clone() };
    let node = |n: usize| Node {
        name: format!("node-{n}"),
        kind: NodeKind::Component,
        component: None,
        package: None,
        source: None,
        imports: Vec::new(),
        exports: vec![port("test:bench/api@1.0.0".into())],
    };
    let mut graph = Graph { nodes: (0..nodes).map(node).collect(), ..Graph::default() };
    let layer = nodes.div_ceil(8);
    for w in 0..wires {
        let (to, back) =
            if w < nodes - layer { (layer + w, 1) } else { (layer + dice.below(nodes - layer), 1 + dice.below(3)) };
        let from = (to / layer).saturating_sub(back) * layer + dice.below(layer);
        let name = format!("test:bench/to-{w}@1.0.0");
        graph.nodes[from].imports.push(Import { port: port(name.clone()), state: ImportState::Wired });
        graph.wires.push(Wire {
            from: End { node: format!("node-{from}"), port: name },
            to: End { node: format!("node-{to}"), port: "test:bench/api@1.0.0".into() },
        });
    }
    graph
}

struct Session {
    state: State,
    terminal: Terminal<TestBackend>,
    lines: usize,
}

impl Session {
    fn new(columns: u16, rows: u16) -> Self {
        let options = Options {
            root: PathBuf::from("/bench"),
            goal: Goal::Run,
            watch: false,
            profile: Profile::Dev,
            entry: None,
            args: Vec::new(),
            stdin: Stdin::Empty,
            as_written: false,
            addr: None,
            limits: Overrides::default(),
            stats: false,
            prebuilt: None,
        };
        let state = State::new(options, true, (Instant::now(), SystemTime::now()));
        let terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a screen of memory");
        let mut session = Self { state, terminal, lines: 0 };
        let project = Project { root: "/bench".into(), name: "bench".into(), ..Project::default() };
        session.event(Event::App(AppEvent::Discovered {
            revision: session.state.app.revision,
            project: Arc::new(project),
            what_runs: WhatRuns::default(),
            documents: Vec::new(),
            artifacts: Vec::new(),
        }));
        session
    }

    /// Does what the stages would do: lays out, highlights.
    fn event(&mut self, event: Event) {
        for effect in update(&mut self.state, event) {
            match effect {
                Effect::LayOut { before, graph, unfolded, wish } => {
                    self.event(Event::LaidOut(Box::new(before.following(&graph, &unfolded, wish))));
                }
                Effect::Read(path) => {
                    let text: String =
                        (0..7_000).map(|n| format!("fn f{n}(x: u32) -> u32 {{ x + {n} }} // é\n")).collect();
                    self.event(Event::SourceRead { path, reading: Ok(Arc::new(Text::new(&text))) });
                }
                Effect::Highlight { path, text, before, .. } => {
                    let began = Instant::now();
                    if let Some(painted) = Highlighter::default().paint(&path, &text, before.as_deref(), usize::MAX) {
                        println!(
                            "{:<52} {:>10.3?}",
                            format!("highlight {} lines (off the loop)", text.lines.len()),
                            began.elapsed()
                        );
                        self.event(Event::Highlighted { path, painted: Arc::new(painted) });
                    }
                }
                _ => {}
            }
        }
    }

    fn compose(&mut self, graph: Graph) {
        self.event(Event::App(AppEvent::Composed(Composed {
            revision: self.state.app.revision,
            form: Form::Graph,
            document: Document { path: None, text: String::new() },
            graph,
            parsed: true,
            live: None,
            shipped: None,
            unchecked: Vec::new(),
            took: Duration::ZERO,
        })));
    }

    fn say(&mut self, lines: usize) {
        let line = |n: usize| Line {
            node: format!("node-{}", n % 7).into(),
            stream: Stream::Stdout,
            text: format!("\x1b[32m[INFO]\x1b[0m request {n} was served in {} ms by worker {}", n % 97, n % 16),
            raw: None,
            goes_on: false,
            time: SystemTime::UNIX_EPOCH,
            generation: 1,
            request: None,
        };
        let batch = (self.lines..self.lines + lines).map(line).collect();
        self.lines += lines;
        self.event(Event::App(AppEvent::Run { event: RunEvent::Output(batch), at: Instant::now() }));
    }

    fn key(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        let at = Instant::now();
        self.event(Event::Input { input: Input::Key(KeyEvent::new(code, modifiers)), at });
    }

    fn draw(&mut self) {
        let mut hits = None;
        let (state, now) = (&self.state, Instant::now());
        self.terminal
            .draw(|frame| hits = Some(studio::tui::screen::draw(state, now, frame)))
            .expect("a screen of memory");
        self.state.view.hits = hits.unwrap_or_default();
    }

    /// Presses keys over and over, each with a frame behind it, while lines come.
    fn measure(&mut self, what: &str, limit: Duration, lines: usize, keys: &[KeyCode]) {
        self.draw();
        let mut took: Vec<Duration> = Vec::with_capacity(ROUNDS);
        for key in keys.iter().cycle().take(ROUNDS) {
            self.say(lines);
            let began = Instant::now();
            self.key(*key, KeyModifiers::NONE);
            self.draw();
            took.push(began.elapsed());
        }
        took.sort();
        let (median, late) = (took[took.len() / 2], took[took.len() * 99 / 100]);
        let verdict = if late <= limit { "within" } else { "OVER" };
        println!("{what:<52} p50 {median:>10.3?}   p99 {late:>10.3?}   {verdict} {limit:?}");
    }
}

/// Draws a wire from the first import that many exports fit: what fits is lit, and each key leads it elsewhere.
fn wiring(session: &mut Session, size: &str, limit: Duration) {
    let key = KeyCode::Char;
    // Only what has a component can be wired.
    let component = Component {
        name: "node".into(),
        build_kind: BuildKind::File("/bench/node.wasm".into()),
        packages: Vec::new(),
        folder: "/bench".into(),
        path_dependencies: Vec::new(),
        wit: None,
        declared: None,
    };
    Arc::make_mut(&mut session.state.app.project).components.push(component);
    let node = session.state.app.graph.nodes.iter().find(|n| !n.imports.is_empty()).expect("a node that imports");
    let port = (studio::draw::layout::Side::Import, node.imports[0].port.name.clone());
    session.state.view.graph.selection =
        Some(studio::tui::pane::graph::selection::Selection { node: node.name.clone(), port: Some(port) });
    session.draw();
    session.measure(&format!("{size}: begin a wire, drop it"), limit, 0, &[key('w'), KeyCode::Esc]);
    session.key(key('w'), KeyModifiers::NONE);
    let lit = session.state.view.wire.as_ref().expect("a wire that is drawn").targets.len();
    let directions = [KeyCode::Down, key('n'), KeyCode::Right, KeyCode::Up, key('n'), KeyCode::Left];
    session.measure(&format!("{size}: lead a wire, {lit} ports lit"), limit, BETWEEN, &directions);
    session.key(KeyCode::Esc, KeyModifiers::NONE);
}

fn main() {
    let key = KeyCode::Char;
    let limit = Duration::from_millis(4);
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let size = format!("{columns}×{rows}, 200 nodes, 100k lines");
        let mut session = Session::new(columns, rows);
        session.compose(graph(200, 264));
        session.say(100_000);
        session.draw();
        session.key(key('2'), KeyModifiers::NONE);
        session.measure(
            &format!("{size}: walk ports"),
            limit,
            BETWEEN,
            &[KeyCode::Down, KeyCode::Down, KeyCode::Right],
        );
        session.measure(&format!("{size}: walk nodes"), limit, BETWEEN, &[key('n')]);
        session.measure(&format!("{size}: pan"), limit, BETWEEN, &[key('L'), key('L'), key('J'), key('H'), key('K')]);
        session.key(key('z'), KeyModifiers::NONE);
        session.measure(&format!("{size}: pan, zoomed"), limit, BETWEEN, &[key('L'), key('J'), key('H'), key('K')]);
        session.key(key('z'), KeyModifiers::NONE);
        session.key(key('3'), KeyModifiers::NONE);
        session.measure(
            &format!("{size}: scroll the log"),
            limit,
            BETWEEN,
            &[KeyCode::PageUp, KeyCode::PageUp, KeyCode::PageDown],
        );
        session.key(key('f'), KeyModifiers::NONE);
        let typed = [key('s'), key('e'), key('r'), KeyCode::Backspace, KeyCode::Backspace, KeyCode::Backspace];
        session.measure(&format!("{size}: type a filter"), limit, BETWEEN, &typed);
        session.key(KeyCode::Esc, KeyModifiers::NONE);
        session.key(key('/'), KeyModifiers::NONE);
        session.measure(&format!("{size}: type a search"), limit, BETWEEN, &typed);
        session.key(KeyCode::Esc, KeyModifiers::NONE);
        session.key(key('E'), KeyModifiers::NONE);
        let began = Instant::now();
        session.key(KeyCode::Enter, KeyModifiers::NONE);
        println!("{:<52} {:>10.3?}", format!("{size}: write the log to a file (the loop's part)"), began.elapsed());
    }
    let mut session = Session::new(200, 50);
    session.compose(graph(200, 264));
    let place = studio::model::diagnostic::Place { file: "src/lib.rs".into(), line: 3_000, column: 0 };
    for effect in studio::tui::pane::source::open(&mut session.state, &place) {
        if let Effect::Read(path) = effect {
            let text: String = (0..7_000).map(|n| format!("fn f{n}(x: u32) -> u32 {{ x + {n} }} // é\n")).collect();
            session.event(Event::SourceRead { path, reading: Ok(Arc::new(Text::new(&text))) });
        }
    }
    session.measure(
        "200×50: scroll a source of 7,000 lines",
        limit,
        0,
        &[KeyCode::PageDown, KeyCode::Down, KeyCode::PageUp],
    );

    // A frame of 60 a second has 16.7 ms.
    let frame = Duration::from_micros(16_667);
    for (columns, rows) in [(120, 36), (200, 50)] {
        let size = format!("{columns}×{rows}, 500 nodes, 2,000 wires");
        let mut session = Session::new(columns, rows);
        let began = Instant::now();
        session.compose(graph(500, 2_000));
        println!("{:<52} {:>10.3?}", format!("{size}: all four levels (off the loop)"), began.elapsed());
        session.draw();
        session.key(key('2'), KeyModifiers::NONE);
        session.key(key('z'), KeyModifiers::NONE);
        session.measure(&format!("{size}: pan"), frame, 0, &[key('L'), key('L'), key('J'), key('H'), key('K')]);
        session.measure(&format!("{size}: walk ports"), frame, 0, &[KeyCode::Down, KeyCode::Right]);
        wiring(&mut session, &size, limit);
        for _ in 0..4 {
            session.key(key('d'), KeyModifiers::NONE);
        }
        session.measure(&format!("{size}: pan dots"), frame, 0, &[key('L'), key('J'), key('H'), key('K')]);
    }
}
