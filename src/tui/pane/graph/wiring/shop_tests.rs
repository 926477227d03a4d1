//! A shop of four components in a folder of its own, with a `.wac` that is really patched: what the stages would do is
//! done at once, and nothing is built.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::app::effect::{ComposeRequest, Effect as AppEffect, Form};
use crate::app::event::{Composed, Event as AppEvent};
use crate::app::trust_question::WhatRuns;
use crate::build::Artifact;
use crate::compose;
use crate::compose::{Document, Live};
use crate::draw::layout::Side;
use crate::model::port::{Port, Ports};
use crate::model::project::Project;
use crate::model::sample;
use crate::tui::effect::{Effect, of_app};
use crate::tui::event::{Event, Input};
use crate::tui::fixture::{Session, component};
use crate::tui::hit::Target;
use crate::tui::screen::tests::{draw, text};

pub(crate) struct Shop {
    pub session: Session,
    pub size: (u16, u16),
    /// Generations that were asked for.
    pub(crate) runs: usize,
    /// Goes with the test.
    _folder: tempfile::TempDir,
}

pub(crate) const CART: &str = "shop:cart/cart@1.0.0";
pub(crate) const STORE: &str = "shop:store/store@1.0.0";
pub(crate) const PRICES: &str = "shop:prices/prices@1.0.0";

/// Nothing is wired yet.
pub(crate) const OPEN: &str = "\
package shop:app;

// Who keeps things.
let store = new shop:store { ... };
let prices = new shop:prices { ... };
let cart = new shop:cart { ... };
let web = new shop:web { ... };

export web.run;
";

fn interface(name: &str, line: &str) -> Port {
    sample::interface(name, &[line])
}

fn ports(component: &str) -> Ports {
    let cart = interface(CART, "put: func(item: string) -> u32");
    let store = interface(STORE, "keep: func(item: string, price: u32)");
    let prices = interface(PRICES, "price: func(item: string) -> option<u32>");
    let stdout = interface("wasi:cli/stdout@0.2.3", "get-stdout: func() -> output-stream");
    let run = sample::function("run", "func()");
    match component {
        "web" => Ports { imports: vec![cart, stdout], exports: vec![run] },
        "cart" => Ports { imports: vec![store, prices], exports: vec![cart] },
        "store" => Ports { imports: Vec::new(), exports: vec![store] },
        "store-two" => Ports { imports: vec![prices], exports: vec![store] },
        "audit" => Ports { imports: vec![store.clone()], exports: vec![store] },
        "old-prices" => Ports {
            imports: Vec::new(),
            exports: vec![interface("shop:prices/prices@0.9.0", "price: func(item: string) -> u32")],
        },
        _ => Ports { imports: Vec::new(), exports: vec![prices] },
    }
}

impl Shop {
    /// These components, and this text of the composition where there is one.
    pub(crate) fn new(components: &[&str], wac: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        if let Some(text) = wac {
            std::fs::write(root.join("shop.wac"), text).unwrap();
        }
        let mut session = Session::new(true);
        session.state.app.options.root.clone_from(&root);
        let mut shop = Self { session, size: (120, 36), runs: 0, _folder: folder };
        let components = components.iter().map(|name| {
            let mut made = component(name, &format!("shop:{name}"));
            made.declared = Some(ports(name));
            made.folder = root.join(name);
            made.wit = None;
            made
        });
        let project =
            Project { root: root.clone(), name: "shop".into(), components: components.collect(), ..Project::default() };
        shop.discovered(project);
        shop.draw();
        shop.keys("2");
        shop
    }

    pub(crate) fn wired() -> Self {
        let mut shop = Self::new(&["web", "cart", "store", "prices"], Some(OPEN));
        for (import, key) in [("web", "w enter"), ("cart", "w enter"), ("cart", "w enter")] {
            shop.focus(import, None);
            shop.keys(key);
        }
        shop
    }

    fn discovered(&mut self, mut project: Project) {
        let file = project.root.join("shop.wac");
        let text = std::fs::read_to_string(&file).ok();
        project.compositions = text.iter().map(|_| file.clone()).collect();
        project.active = text.as_ref().map(|_| file.clone());
        let artifacts = project.components.iter().map(|c| Artifact {
            component: c.name.clone(),
            path: PathBuf::new(),
            bytes: vec![0; 9 << 10].into(),
            digest: [0; 32],
            ports: ports(&c.name),
        });
        let artifacts = artifacts.collect();
        self.session.state.app.building = None;
        let documents = text.map(|text| Document { path: Some("shop.wac".into()), text }).into_iter().collect();
        let revision = self.session.state.app.revision;
        self.event(Event::App(AppEvent::Discovered {
            revision,
            project: Arc::new(project),
            what_runs: WhatRuns::default(),
            documents,
            artifacts,
        }));
        if self.session.state.app.building.take().is_some() {
            let effects = of_app(crate::app::pipeline::recompose(&mut self.session.state.app));
            self.perform(effects);
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.session.state.app.project.root
    }

    pub(crate) fn wac(&self) -> String {
        std::fs::read_to_string(self.root().join("shop.wac")).unwrap_or_else(|_| "(no file)".into())
    }

    /// Somebody saves the file.
    pub(crate) fn save(&mut self, text: &str) {
        std::fs::write(self.root().join("shop.wac"), text).unwrap();
        self.changed();
    }

    /// The watcher tells of the file.
    pub(crate) fn changed(&mut self) {
        let paths = vec![self.root().join("shop.wac")];
        self.event(Event::App(AppEvent::Changed { paths, first: self.session.now, at: self.session.now }));
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.session.event(event);
        let effects = std::mem::take(&mut self.session.effects);
        self.perform(effects);
    }

    pub(crate) fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let at = self.session.now;
            match effect {
                Effect::EditComposition(request) => {
                    let edited = Box::new(crate::app::edit::composition::make(*request));
                    self.event(Event::Edited { edited, at });
                    // The watcher sees what we wrote, as it sees everything.
                    self.changed();
                }
                Effect::Reread { paths, edited, first, at } => {
                    let texts = paths.into_iter().map(|p| (std::fs::read_to_string(&p).ok(), p));
                    self.event(Event::Reread {
                        texts: texts.map(|(text, path)| (path, text)).collect(),
                        edited,
                        first,
                        at,
                    });
                }
                Effect::App(AppEffect::Discover { .. }) => {
                    let project = (*self.session.state.app.project).clone();
                    self.discovered(project);
                }
                Effect::App(AppEffect::Compose(request)) => {
                    let composed = composed(request);
                    self.event(Event::App(AppEvent::Composed(composed)));
                }
                Effect::PlanWires(graph) => {
                    let plan = crate::wac::auto_wire::plan(&graph);
                    self.event(Event::Planned { of: graph, plan, at });
                }
                Effect::KeepPlaces { root, trusted, places } => {
                    crate::tui::pane::graph::wiring::places::save(&root, trusted, &places).unwrap();
                }
                Effect::ReadPlaces { root, trusted } => {
                    self.event(Event::PlacesRead(crate::tui::pane::graph::wiring::places::load(&root, trusted)));
                }
                Effect::Explain(request) => {
                    let explanation = crate::tui::overlay::explanation::explained(*request).map(Box::new);
                    self.event(Event::Explained { explanation, at });
                }
                Effect::FixAction(request) => {
                    let result = crate::tui::overlay::explanation::apply_fix(&request);
                    self.event(Event::FixApplied { what: request.what, result, at });
                }
                Effect::App(AppEffect::Run(_)) => self.runs += 1,
                _ => {}
            }
        }
    }

    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.split(' ') {
            self.event(Event::Input { input: Input::Key(crate::tui::fixture::press(key)), at: self.session.now });
        }
        self
    }

    pub(crate) fn type_text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.keys(&c.to_string());
        }
        self
    }

    /// Puts the focus on a node, or on a port of it by the end of its name.
    pub(crate) fn focus(&mut self, node: &str, port: Option<(Side, &str)>) {
        let port = port.map(|(side, end)| {
            let there = self.session.state.app.graph.node(node).unwrap();
            let mut names = match side {
                Side::Export => there.exports.iter().map(|p| p.name.clone()).collect::<Vec<_>>(),
                Side::Import => there.imports.iter().map(|i| i.port.name.clone()).collect(),
            };
            names.retain(|name| name.contains(end));
            (side, names.remove(0))
        });
        crate::tui::pane::graph::focus(
            &mut self.session.state,
            crate::tui::pane::graph::selection::Selection { node: node.into(), port },
        );
    }

    pub(crate) fn draw(&mut self) -> String {
        text(&draw(&mut self.session, self.size.0, self.size.1))
    }

    pub(crate) fn mouse(&mut self, kind: MouseEventKind, (column, row): (u16, u16)) {
        let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        self.event(Event::Input { input: Input::Mouse(event), at: self.session.now });
        self.draw();
    }

    /// Press at one place, let go at another.
    pub(crate) fn drag(&mut self, from: (u16, u16), to: (u16, u16)) {
        self.mouse(MouseEventKind::Down(MouseButton::Left), from);
        self.mouse(MouseEventKind::Drag(MouseButton::Left), (from.0.midpoint(to.0), from.1.midpoint(to.1)));
        self.mouse(MouseEventKind::Drag(MouseButton::Left), to);
        self.mouse(MouseEventKind::Up(MouseButton::Left), to);
    }

    /// Where a port is on the screen.
    pub(crate) fn port(&mut self, node: &str, side: Side, end: &str) -> (u16, u16) {
        self.draw();
        let state = &self.session.state;
        let level = state.shown_level();
        let found = state.view.hits.places().iter().find_map(|(area, target)| match target {
            Target::Port(port) if port.side == side => {
                let selection = state.view.picture.selection(level, *port)?;
                let (_, name) = selection.port?;
                let wanted = selection.node == node && name.contains(end);
                (wanted && state.view.hits.at(area.x, area.y) == Some(*target)).then_some((area.x, area.y))
            }
            _ => None,
        });
        found.unwrap_or_else(|| panic!("{node} shows no {end}"))
    }

    pub(crate) fn flash(&self) -> String {
        self.session.state.view.flash.as_ref().map(|f| f.text.clone()).unwrap_or_default()
    }

    /// `user.import → provider`, for what is wired between components.
    pub(crate) fn wires(&self) -> Vec<String> {
        let graph = &self.session.state.app.graph;
        let own = |node: &str| node != "host" && node != "entry";
        let wires = graph.wires.iter().filter(|w| own(&w.from.node) && own(&w.to.node));
        let mut wires: Vec<String> = wires
            .map(|w| format!("{}.{} → {}", w.from.node, crate::model::port::short(&w.from.port), w.to.node))
            .collect();
        wires.sort();
        wires
    }

    pub(crate) fn open(&self) -> usize {
        let imports = self.session.state.app.graph.instances().flat_map(|n| &n.imports);
        imports.filter(|i| i.state.is_missing()).count()
    }
}

fn composed(request: ComposeRequest) -> Composed {
    let ports = request.project.components.iter().map(|c| (c.name.clone(), ports(&c.name))).collect();
    let document = request.document.unwrap_or_else(|| compose::plug(&request.project, &ports).document);
    let graph = compose::graph(&request.project, &ports, &document);
    // What is left open by `...` would be refused by the linker.
    let open = graph.instances().flat_map(|n| &n.imports).any(|i| i.state.is_missing());
    let fits = !open && graph.problems.iter().all(|p| !p.is_error());
    let live = Live {
        bytes: document.text.clone().into_bytes().into(),
        modules: Vec::new(),
        labels: Vec::new(),
        missing: Vec::new(),
        ports: Ports { imports: Vec::new(), exports: vec![sample::function("run", "func()")] },
        nodes: Vec::new(),
        providers: Vec::new(),
    };
    Composed {
        revision: request.revision,
        form: request.form,
        parsed: document.parses(),
        document,
        graph,
        live: (fits && request.form == Form::Live).then(|| Arc::new(live)),
        shipped: None,
        unchecked: Vec::new(),
        took: Duration::from_millis(1),
    }
}
