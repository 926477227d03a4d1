//! Auto-wiring: a plan that is drawn dashed over the graph, asked about where several provide the same, and made as one
//! step or dropped.

pub(crate) mod draw;
pub(crate) mod table;

use std::time::Instant;

use crate::compose::Change;
use crate::draw::layout::Side;
use crate::model::graph::{End, Graph, Wire};
use crate::model::port::short;
use crate::tui::effect::Effect;
use crate::tui::overlay::{Choice, Item, Overlay, Picker};
use crate::tui::pane::graph;
use crate::tui::pane::graph::selection::Selection;
use crate::tui::pane::graph::wiring::edits;
use crate::tui::pane::graph::wiring::targets::refusal;
use crate::tui::state::State;
use crate::wac::auto_wire;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// What it was made for; a graph that changes meanwhile ends it.
    of: Graph,
    pub wires: Vec<Wire>,
    /// The selected wire.
    pub at: usize,
    /// Imports that nothing serves, or that were left open.
    pub(crate) open: Vec<End>,
    /// What has several providers and was not asked about yet, the next at the end.
    asks: Vec<auto_wire::Undecided>,
}

impl Plan {
    pub(crate) fn is_of(&self, graph: &Graph) -> bool {
        self.of.nodes == graph.nodes && self.of.wires == graph.wires
    }

    /// The graph as it would be, but for the ports' states.
    pub(crate) fn drawn(&self) -> Graph {
        let mut graph = self.of.clone();
        graph.wires.extend(self.wires.iter().cloned());
        graph
    }

    /// Of the drawn graph's wires, the first that is only planned.
    pub(crate) fn first(&self) -> usize {
        self.of.wires.len()
    }
}

/// Asks for a plan.
pub(crate) fn begin(state: &State) -> Vec<Effect> {
    vec![Effect::PlanWires(Box::new(state.app.graph.clone()))]
}

/// A plan came.
pub(crate) fn planned(state: &mut State, of: Graph, plan: auto_wire::Plan, at: Instant) -> Vec<Effect> {
    let (asks, open): (Vec<_>, Vec<_>) = plan.undecided.into_iter().partition(|u| u.candidates.len() > 1);
    let plan = Plan {
        of,
        wires: plan.wires,
        at: 0,
        open: open.into_iter().map(|u| u.import).collect(),
        asks: asks.into_iter().rev().collect(),
    };
    if !plan.is_of(&state.app.graph) {
        return begin(state);
    }
    if plan.wires.is_empty() && plan.asks.is_empty() {
        let message = match plan.open.as_slice() {
            [] => "auto-wire: all imports are wired".to_owned(),
            [one] => {
                format!("auto-wire: no export here fits {} of {} (a adds, W explains)", short(&one.port), one.node)
            }
            [one, ..] => format!(
                "auto-wire: no export here fits {} of {}, and {} more are open",
                short(&one.port),
                one.node,
                plan.open.len() - 1
            ),
        };
        state.view.flash(message, at);
        return Vec::new();
    }
    if !state.takes_late_overlay() {
        state.view.flash("the plan of wires is ready; A shows it", at);
        return Vec::new();
    }
    state.view.wire = None;
    state.view.overlays.push(Overlay::Plan(plan));
    ask(state);
    look(state);
    graph::follow(state)
}

/// Asks for the provider of the next import that has several.
fn ask(state: &mut State) {
    let Some(plan) = state.view.overlays.plan_mut() else { return };
    while let Some(next) = plan.asks.pop() {
        let drawn = plan.drawn();
        let from = next.import.clone();
        let candidates: Vec<&End> = next.candidates.iter().filter(|to| refusal(&drawn, &from, to).is_none()).collect();
        if candidates.is_empty() {
            plan.open.push(from);
            continue;
        }
        let row = |name: String, detail: String, wire: Option<Wire>| Item {
            name,
            detail,
            key: String::new(),
            refused: None,
            choice: Choice::Decide { from: from.clone(), wire },
        };
        let mut items: Vec<Item> = candidates
            .into_iter()
            .map(|to| {
                let wire = Wire { from: from.clone(), to: to.clone() };
                row(to.node.clone(), to.port.clone(), Some(wire))
            })
            .collect();
        items.push(row("leave it open".into(), String::new(), None));
        let title = format!("Who provides {} to {}?", short(&from.port), from.node);
        state.view.overlays.push(Overlay::Picker(Picker::new(title, "No matching component.", items)));
        return;
    }
}

/// The provider was chosen, or the import is left open.
pub(crate) fn decide(state: &mut State, from: &End, wire: Option<&Wire>) -> Vec<Effect> {
    let Some(plan) = state.view.overlays.plan_mut() else { return Vec::new() };
    match wire {
        Some(wire) => plan.wires.push(wire.clone()),
        None => plan.open.push(from.clone()),
    }
    ask(state);
    graph::follow(state)
}

/// Selects another wire of the plan.
pub(crate) fn step(state: &mut State, by: isize) {
    if let Some(plan) = state.view.overlays.plan_mut() {
        let last = plan.wires.len().saturating_sub(1);
        plan.at = plan.at.saturating_add_signed(by).min(last);
    }
    look(state);
}

/// The graph shows the selected wire.
fn look(state: &mut State) {
    let from = state.view.overlays.plan().and_then(|p| p.wires.get(p.at)).map(|w| w.from.clone());
    if let Some(from) = from {
        state.view.graph.selection = Some(Selection { node: from.node, port: Some((Side::Import, from.port)) });
        graph::reveal(state);
    }
}

/// Takes the selected wire out of the plan.
pub(crate) fn leave_out(state: &mut State) -> Vec<Effect> {
    let Some(plan) = state.view.overlays.plan_mut() else { return Vec::new() };
    if plan.at < plan.wires.len() {
        let wire = plan.wires.remove(plan.at);
        plan.open.push(wire.from);
    }
    plan.at = plan.at.min(plan.wires.len().saturating_sub(1));
    if plan.wires.is_empty() {
        return drop_it(state);
    }
    look(state);
    graph::follow(state)
}

/// Makes the plan, as one step.
pub(crate) fn accept(state: &mut State) -> Vec<Effect> {
    let Some(plan) = state.view.overlays.take_plan() else { return Vec::new() };
    let label = match plan.wires.len() {
        1 => "auto-wired 1 import".to_owned(),
        n => format!("auto-wired {n} imports"),
    };
    let changes: Vec<Change> = plan.wires.into_iter().map(|w| Change::Wire { from: w.from, to: w.to }).collect();
    if changes.is_empty() {
        return graph::follow(state);
    }
    edits::change(state, label, changes)
}

/// Nothing was made of it.
pub(crate) fn drop_it(state: &mut State) -> Vec<Effect> {
    state.view.overlays.take_plan();
    graph::follow(state)
}
