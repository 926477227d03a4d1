//! Sessions for tests, made by the events a real one would have: nothing here reaches into the state.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crossterm::event::{KeyEvent, KeyEventKind, KeyEventState, KeyModifiers};

use crate::app::effect::Form;
use crate::app::event::{Composed, Event as AppEvent};
use crate::app::state::{Goal, Options};
use crate::app::trust_question::WhatRuns;
use crate::build::{Artifact, BuildEvent, Profile};
use crate::compose::{Document, Live};
use crate::log::{Line, Stream};
use crate::model::diagnostic::{Diagnostic, Origin, Place};
use crate::model::graph::{End, Graph, Import, ImportState, Node, NodeKind, Wire};
use crate::model::limits::Overrides;
use crate::model::phases::{Phase, Phases};
use crate::model::port::{Port, Ports};
use crate::model::project::{Bindings, BuildKind, CargoPackage, Component, Project};
use crate::model::sample::{function, interface};
use crate::run::{Crash, Frame, Outcome, RunEvent, Startup, Stdin};
use crate::tui::effect::{Effect, of_app};
use crate::tui::event::{Event, Input};
use crate::tui::state::State;

/// A session and its clock.
pub(crate) struct Session {
    pub state: State,
    pub now: Instant,
    /// What the last event asked for.
    pub(crate) effects: Vec<Effect>,
}

const ROOT: &str = "/home/ada/neon";

impl Session {
    /// Just started; the folder is being read.
    pub(crate) fn new(trusted: bool) -> Self {
        let began = Instant::now();
        // 12:01:07 UTC, on a day like any other.
        let noon = UNIX_EPOCH + Duration::from_secs(1_700_000_000 - 1_700_000_000 % 86_400 + 43_267);
        let options = Options {
            root: ROOT.into(),
            goal: Goal::Run,
            watch: true,
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
        let mut state = State::new(options, trusted, (began, noon));
        let effects = of_app(crate::app::pipeline::start(&mut state.app));
        Self { state, now: began, effects }
    }

    pub(crate) fn wait(&mut self, ms: u64) -> &mut Self {
        self.now += Duration::from_millis(ms);
        self
    }

    pub(crate) fn event(&mut self, event: Event) -> &mut Self {
        self.effects = crate::tui::update::update(&mut self.state, event);
        self
    }

    fn build(&mut self, event: BuildEvent) -> &mut Self {
        self.event(Event::App(AppEvent::Build { event, at: self.now }))
    }

    pub(crate) fn run(&mut self, event: RunEvent) -> &mut Self {
        self.event(Event::App(AppEvent::Run { event, at: self.now }))
    }

    pub(crate) fn input(&mut self, input: Input) -> &mut Self {
        self.event(Event::Input { input, at: self.now })
    }

    /// Presses keys, written as the keymap writes them, with spaces between.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.split(' ') {
            self.input(Input::Key(press(key)));
        }
        self
    }

    pub(crate) fn discovered(&mut self, project: Project) -> &mut Self {
        self.discovered_with(project, WhatRuns::default())
    }

    pub(crate) fn discovered_with(&mut self, project: Project, what_runs: WhatRuns) -> &mut Self {
        let documents = vec![Document { path: Some("neon.wac".into()), text: String::new() }];
        self.event(Event::App(AppEvent::Discovered {
            revision: self.state.app.revision,
            project: Arc::new(project),
            what_runs,
            documents,
            artifacts: Vec::new(),
        }))
    }

    pub(crate) fn empty(&mut self) -> &mut Self {
        self.discovered(Project { root: ROOT.into(), name: "neon".into(), ..Project::default() });
        self.event(Event::App(AppEvent::Composed(Composed {
            revision: self.state.app.revision,
            form: self.asked(),
            document: Document { path: None, text: String::new() },
            graph: Graph::default(),
            parsed: true,
            live: None,
            shipped: None,
            unchecked: Vec::new(),
            took: Duration::from_micros(90),
        })))
    }

    pub(crate) fn neon(&mut self) -> &mut Self {
        self.discovered(neon());
        let form = self.asked();
        self.composed(form)
    }

    /// The form that the application waits for, as far as it needs nothing built.
    fn asked(&self) -> Form {
        self.state.app.composing.map_or(Form::Graph, |(_, form)| form.min(Form::Check))
    }

    pub(crate) fn composed(&mut self, form: Form) -> &mut Self {
        self.composed_of(form, 0)
    }

    /// A program that differs from those of other numbers.
    pub(crate) fn program(&mut self, number: u8) -> &mut Self {
        self.composed_of(Form::Live, number)
    }

    fn composed_of(&mut self, form: Form, number: u8) -> &mut Self {
        let live = Live {
            bytes: vec![number; 31_700].into(),
            modules: Vec::new(),
            labels: Vec::new(),
            missing: Vec::new(),
            ports: Ports { imports: Vec::new(), exports: vec![function("run", "func()")] },
            nodes: Vec::new(),
            providers: Vec::new(),
        };
        self.event(Event::App(AppEvent::Composed(Composed {
            revision: self.state.app.revision,
            form,
            document: Document { path: Some("neon.wac".into()), text: String::new() },
            graph: graph(),
            parsed: true,
            live: (form == Form::Live).then(|| Arc::new(live)),
            shipped: None,
            unchecked: Vec::new(),
            took: Duration::from_millis(4),
        })))
    }

    pub(crate) fn started(&mut self, components: &[&str]) -> &mut Self {
        let components = components.iter().map(|c| (*c).to_owned()).collect();
        self.build(BuildEvent::Started { revision: self.state.app.revision, components })
    }

    pub(crate) fn built(&mut self, component: &str, ms: u64) -> &mut Self {
        let artifact = Artifact {
            component: component.into(),
            path: PathBuf::from(ROOT).join("target").join(component),
            bytes: vec![0; 15 << 10].into(),
            digest: [0; 32],
            ports: ports(component),
        };
        self.build(BuildEvent::Built { revision: self.state.app.revision, artifact, took: Duration::from_millis(ms) })
    }

    pub(crate) fn finished(&mut self, ok: bool, cargo: u64) -> &mut Self {
        let mut phases = Phases::default();
        phases.set(Phase::Cargo, Duration::from_millis(cargo));
        phases.set(Phase::Inspect, Duration::from_micros(800));
        self.build(BuildEvent::Finished { revision: self.state.app.revision, ok, phases })
    }

    pub(crate) fn failed(&mut self, component: &str, problems: Vec<Diagnostic>) -> &mut Self {
        for diagnostic in problems {
            self.build(BuildEvent::Diagnostic { revision: self.state.app.revision, diagnostic });
        }
        self.build(BuildEvent::Failed { revision: self.state.app.revision, component: component.into() })
    }

    pub(crate) fn changed(&mut self, path: &str) -> &mut Self {
        let paths = vec![Path::new(ROOT).join(path)];
        self.event(Event::App(AppEvent::Changed { paths, first: self.now, at: self.now + Duration::from_millis(2) }))
    }

    pub(crate) fn say(&mut self, node: &str, stream: Stream, text: &str) -> &mut Self {
        let line = Line {
            node: node.into(),
            stream,
            text: text.into(),
            raw: None,
            goes_on: false,
            time: self.time(),
            generation: self.state.app.run.generation,
            request: None,
        };
        self.run(RunEvent::Output(vec![line]))
    }

    pub(crate) fn time(&self) -> SystemTime {
        self.state.app.time_of(self.now)
    }

    pub(crate) fn begins(&mut self) -> &mut Self {
        let startup = Startup {
            compile: Duration::from_millis(31),
            compiled: 2,
            cached: 1,
            instantiate: Duration::from_micros(410),
            pooled: true,
        };
        let (generation, revision, at) = (self.state.app.run.generation, self.state.app.revision, self.time());
        self.run(RunEvent::Started { generation, revision, startup, at })
    }

    /// The two components of `neon`, built, composed, run to their end.
    pub(crate) fn running(&mut self) -> &mut Self {
        self.neon().wait(5).started(&["core-logic", "logger"]).wait(380).built("logger", 380).wait(40);
        self.built("core-logic", 420).finished(true, 420).composed(Form::Live).wait(40).begins();
        self.say("logger", Stream::Stdout, "[INFO] >> System startup initiated.").wait(1);
        self.say("logger", Stream::Stdout, "[CRITICAL ERROR] >> Mainframe breach detected.").wait(1);
        self.say("core-logic", Stream::Stderr, "retrying the handshake in 5 s")
    }

    /// And then it traps.
    pub(crate) fn crashes(&mut self) -> &mut Self {
        let frame = |function: &str, place: Option<(&str, u32)>| Frame {
            own: place.is_some_and(|(file, _)| file.starts_with("core-logic")),
            node: Some("core-logic".into()),
            function: function.into(),
            place: place.map(|(file, line)| Place { file: file.into(), line, column: 9 }),
        };
        let crash = Crash {
            message: "`core-logic` panicked: index out of bounds: the len is 0 but the index is 3".into(),
            node: Some("core-logic".into()),
            place: Some(Place { file: "core-logic/src/lib.rs".into(), line: 14, column: 9 }),
            frames: vec![
                frame("abort", None),
                frame("core::panicking::panic_fmt", Some(("/rustc/5980/library/core/src/panicking.rs", 80))),
                frame("core_logic::lookup", Some(("core-logic/src/lib.rs", 14))),
                frame("core_logic::run", Some(("core-logic/src/lib.rs", 9))),
            ],
        };
        let generation = self.state.app.run.generation;
        self.run(RunEvent::Ended { generation, outcome: Outcome::Crashed(crash) })
    }

    /// The same, and then a save that does not compile.
    pub(crate) fn broken(&mut self) -> &mut Self {
        self.running().wait(2_000).changed("core-logic/src/lib.rs");
        let components: Vec<Component> = neon().components;
        self.state.app.building = Some(self.state.app.revision);
        for component in &components {
            if component.name == "core-logic" {
                self.state.app.components.entry(component.name.clone()).or_default().wanted = self.state.app.revision;
            }
        }
        self.started(&["core-logic"]).wait(140).failed("core-logic", problems()).finished(false, 140)
    }
}

/// A key press, as the keymap writes it.
pub(crate) fn press(key: &str) -> KeyEvent {
    use crossterm::event::KeyCode;
    let key = crate::tui::keymap::Key::parse(key).unwrap_or_else(|| panic!("`{key}` is no key"));
    let text = key.to_string();
    let mut modifiers = KeyModifiers::NONE;
    let mut rest = text.as_str();
    for (prefix, modifier) in
        [("ctrl-", KeyModifiers::CONTROL), ("alt-", KeyModifiers::ALT), ("shift-", KeyModifiers::SHIFT)]
    {
        if let Some(after) = rest.strip_prefix(prefix) {
            modifiers |= modifier;
            rest = after;
        }
    }
    let code = match rest {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backspace" => KeyCode::Backspace,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "f1" => KeyCode::F(1),
        "f2" => KeyCode::F(2),
        "delete" => KeyCode::Delete,
        "space" => KeyCode::Char(' '),
        one => KeyCode::Char(one.chars().next().unwrap_or_else(|| panic!("`{key}` is not known here"))),
    };
    KeyEvent { code, modifiers, kind: KeyEventKind::Press, state: KeyEventState::NONE }
}

fn log_handler() -> Port {
    interface("cyber:core/log-handler@1.0.0", &["log: func(msg: string, severity: level)"])
}

fn stdout() -> Port {
    interface("wasi:cli/stdout@0.2.3", &["get-stdout: func() -> output-stream"])
}

fn ports(component: &str) -> Ports {
    if component == "logger" {
        Ports { imports: vec![stdout()], exports: vec![log_handler()] }
    } else {
        Ports { imports: vec![log_handler(), stdout()], exports: vec![function("run", "func()")] }
    }
}

pub(crate) fn component(name: &str, package: &str) -> Component {
    let folder = PathBuf::from(ROOT).join(name);
    Component {
        name: name.into(),
        build_kind: BuildKind::Cargo(CargoPackage {
            package: name.into(),
            manifest: folder.join("Cargo.toml"),
            workspace: ROOT.into(),
            bin: None,
            example: false,
            features: Vec::new(),
            apart: false,
            bindings: Bindings::Studio,
            bindings_file: "/p/src/bindings.rs".into(),
            world: None,
        }),
        packages: vec![package.into()],
        wit: Some(folder.join("wit")),
        folder,
        path_dependencies: Vec::new(),
        declared: Some(ports(name)),
    }
}

pub(crate) fn neon() -> Project {
    let active = PathBuf::from(ROOT).join("neon.wac");
    Project {
        root: ROOT.into(),
        name: "neon".into(),
        components: vec![component("core-logic", "cyber:app"), component("logger", "cyber:core")],
        compositions: vec![active.clone()],
        active: Some(active),
        ..Project::default()
    }
}

fn node(name: &str, kind: NodeKind, imports: Vec<Import>, exports: Vec<Port>) -> Node {
    let component = (kind == NodeKind::Component).then(|| name.to_owned());
    let package = match name {
        "core-logic" => Some("cyber:app".to_owned()),
        "logger" => Some("cyber:core".to_owned()),
        _ => None,
    };
    Node { name: name.into(), kind, component, package, source: None, imports, exports }
}

fn graph() -> Graph {
    let import = |port, state| Import { port, state };
    let run = function("run", "func()");
    let end = |node: &str, port: &str| End { node: node.into(), port: port.into() };
    let wire = |from, to| Wire { from, to };
    let (log, out) = ("cyber:core/log-handler@1.0.0", "wasi:cli/stdout@0.2.3");
    Graph {
        nodes: vec![
            node("entry", NodeKind::Entry, vec![import(run.clone(), ImportState::Wired)], Vec::new()),
            node(
                "core-logic",
                NodeKind::Component,
                vec![import(log_handler(), ImportState::Wired), import(stdout(), ImportState::Host)],
                vec![run],
            ),
            node("logger", NodeKind::Component, vec![import(stdout(), ImportState::Host)], vec![log_handler()]),
            node("host", NodeKind::Host, Vec::new(), vec![stdout()]),
        ],
        wires: vec![
            wire(end("entry", "run"), end("core-logic", "run")),
            wire(end("core-logic", log), end("logger", log)),
            wire(end("core-logic", out), end("host", out)),
            wire(end("logger", out), end("host", out)),
        ],
        ..Graph::default()
    }
}

/// What rustc says of a misspelt call, and of a variable nobody uses.
pub(crate) fn problems() -> Vec<Diagnostic> {
    let mut unknown = Diagnostic::error(Origin::Rust, "cannot find function `mainframe_is_save` in this scope")
        .at("core-logic/src/lib.rs", 12, 8)
        .component("core-logic");
    unknown.rendered = Some(
        "\x1b[1m\x1b[38;5;9merror[E0425]\x1b[0m\x1b[1m: cannot find function `mainframe_is_save` in this scope\x1b[0m\n \
         \x1b[1m\x1b[38;5;12m--> \x1b[0mcore-logic/src/lib.rs:12:8\n   \x1b[1m\x1b[38;5;12m|\x1b[0m\n\
         \x1b[1m\x1b[38;5;12m12\x1b[0m \x1b[1m\x1b[38;5;12m|\x1b[0m     if !mainframe_is_save() {\n   \
         \x1b[1m\x1b[38;5;12m|\x1b[0m         \x1b[1m\x1b[38;5;9m^^^^^^^^^^^^^^^^^\x1b[0m \x1b[1m\x1b[38;5;9mhelp: a \
         function with a similar name exists: `mainframe_is_safe`\x1b[0m\n"
            .into(),
    );
    let unused = Diagnostic::warning(Origin::Rust, "unused variable: `attempts`")
        .at("core-logic/src/lib.rs", 9, 9)
        .component("core-logic")
        .help("if this is intentional, prefix it with an underscore: `_attempts`");
    let mismatch = Diagnostic::error(Origin::Rust, "mismatched types: expected `&str`, found `String`")
        .at("core-logic/src/lib.rs", 13, 22)
        .component("core-logic");
    vec![unused, unknown, mismatch]
}

/// What a console does that has no terminal to do it with: nothing.
macro_rules! no_terminal {
    () => {
        fn repaint(&mut self) -> std::io::Result<()> {
            Ok(())
        }

        fn capture_mouse(&mut self, _: bool) -> std::io::Result<()> {
            Ok(())
        }

        fn ask_background(&mut self) -> std::io::Result<()> {
            Ok(())
        }

        fn copy(&mut self, _: &str) -> std::io::Result<()> {
            Ok(())
        }

        fn suspend(&mut self) -> std::io::Result<()> {
            Ok(())
        }

        fn pause(&mut self) {}

        fn resume(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    };
}
pub(crate) use no_terminal;
