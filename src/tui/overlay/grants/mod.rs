//! The grants of one node: what it may do, what it used and was denied; to be added to, changed and taken back.

pub(crate) mod draw;
pub(crate) mod table;
#[cfg(test)]
mod tests;

use crate::app::effect::GrantChange;
use crate::config;
use crate::grants::{Capability, Kind};
use crate::model::delegation::{Lent, lent_at};
use crate::tui::effect::Effect;
use crate::tui::pane::output::logs;
use crate::tui::state::State;
use crate::tui::view::Pane;

use crate::tui::overlay::prompt::{Ask, Prompt};
use crate::tui::overlay::{Field, Overlay};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panel {
    pub node: String,
    /// The row that is selected: where it was last, and its name, for rows come and go above it.
    pub(crate) selected: usize,
    pub(crate) name: Option<String>,
}

impl Panel {
    fn of(node: String) -> Self {
        Self { node, selected: 0, name: None }
    }

    /// Where the selected row is now.
    pub(crate) fn index(&self, rows: &[Row]) -> usize {
        let is_it = |row: &Row| self.name.as_ref().is_some_and(|name| *name == row.name());
        if rows.get(self.selected).is_some_and(is_it) {
            return self.selected;
        }
        rows.iter().position(is_it).unwrap_or(self.selected.min(rows.len().saturating_sub(1)))
    }

    pub(crate) fn select(&mut self, index: usize, rows: &[Row]) {
        self.selected = index.min(rows.len().saturating_sub(1));
        self.name = rows.get(self.selected).map(Row::name);
    }
}

/// A row of the panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    Granted {
        capability: Capability,
        used: u64,
        last: Option<String>,
    },
    Denied {
        kind: Kind,
        /// What would allow it, where one capability would.
        capability: Option<Capability>,
        times: u64,
        last: String,
    },
    /// A handle that its wires pass on: to whom, or from whom.
    Lent(Lent),
}

impl Row {
    /// As it is written on the command line.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Granted { capability, .. } | Self::Denied { capability: Some(capability), .. } => {
                capability.to_string()
            }
            Self::Denied { kind, .. } => kind.to_string(),
            Self::Lent(lent) => lent.kind(),
        }
    }
}

/// What was denied and is not granted since comes first, then what is granted, and last what is lent.
pub(crate) fn rows(state: &State, node: &str) -> Vec<Row> {
    let granted = &state.app.project.settings.grants.node(node).0;
    let ledger = &state.app.run.ledger;
    let may = granted.iter().map(|capability| {
        let mut of_it = ledger.of(node).filter(|(_, grant, e)| e.used > 0 && capability.is_meant(grant)).peekable();
        let last = of_it.peek().map(|(_, _, entry)| entry.last.clone());
        Row::Granted { capability: capability.clone(), used: of_it.map(|(_, _, e)| e.used).sum(), last }
    });
    let mut rows = Vec::new();
    for (kind, grant, entry) in ledger.of(node).filter(|(_, _, entry)| entry.denied > 0) {
        let capability: Option<Capability> = grant.parse().ok();
        if entry.asked_for_folders(kind) && granted.iter().any(|own| own.kind() == kind) {
            continue;
        }
        if !granted.iter().any(|own| own.is_meant(grant)) {
            rows.push(Row::Denied { kind, capability, times: entry.denied, last: entry.last.clone() });
        }
    }
    rows.extend(may);
    let lent = lent_at(&state.app.graph, node).into_iter();
    rows.extend(lent.map(Row::Lent));
    rows
}

/// What is to be known of a node's grants besides their rows, each thing once.
pub(crate) fn notes(state: &State, node: &str) -> Vec<String> {
    let mut notes = Vec::new();
    for capability in &state.app.project.settings.grants.node(node).0 {
        let title = config::covered_title(node, capability);
        let note = state.app.project_problems.iter().find_map(|p| p.message.strip_prefix(title.as_str()));
        notes.extend(note.map(str::to_owned).filter(|note| !notes.contains(note)));
    }
    notes
}

/// The node whose grants would be shown: the one in focus, or selected in the project.
pub(crate) fn node(state: &State) -> Option<String> {
    let selection = state.selection();
    let focused = selection.as_ref().and_then(|s| s.node_in(&state.view.picture)).filter(|n| n.component.is_some());
    let row = state.selected_component().filter(|_| state.view.focus == Pane::Project);
    // In the project pane its row counts, unless the graph's selection is an instance of that very component.
    let of_row = row.filter(|c| focused.is_none_or(|n| n.component.as_ref() != Some(&c.name)));
    let of_row = of_row.and_then(|component| state.node_of(&component.name)).map(str::to_owned);
    of_row.or_else(|| focused.map(|node| node.name.clone()))
}

pub(crate) fn open(state: &mut State) {
    if let Some(node) = node(state) {
        show(state, Panel::of(node), 0);
    }
}

fn show(state: &mut State, mut panel: Panel, index: usize) {
    panel.select(index, &rows(state, &panel.node));
    state.view.overlays.push(Overlay::Grants(panel));
}

/// The denial in the log that has the focus: its node, and what studio says of it.
pub(crate) fn of_log(state: &State) -> Option<(String, String)> {
    let line = logs::select::denial(state).filter(|_| state.in_logs())?;
    let about = line.text.strip_prefix(&logs::select::denied_prefix(&line.node))?;
    Some((line.node.to_string(), about.to_owned()))
}

/// Shows the grants of the node that a line of the log says was denied something, at the row that grants it.
pub(crate) fn open_denied(state: &mut State) {
    let Some((node, about)) = of_log(state) else { return };
    let rows = rows(state, &node);
    let is_it = |row: &Row| match row {
        Row::Denied { kind, capability: Some(capability), .. } => {
            about.starts_with(kind.name()) && about.contains(&capability.to_string())
        }
        _ => false,
    };
    let of_kind = |row: &Row| matches!(row, Row::Denied { kind, .. } if about.starts_with(kind.name()));
    let index = rows.iter().position(is_it).or_else(|| rows.iter().position(of_kind)).unwrap_or(0);
    show(state, Panel::of(node), index);
}

/// The panel on top, if it is one.
pub(crate) fn shown(state: &State) -> Option<&Panel> {
    match state.view.overlays.top() {
        Some(Overlay::Grants(panel)) => Some(panel),
        _ => None,
    }
}

/// The row that is selected in the panel on top.
pub(crate) fn selected(state: &State) -> Option<Row> {
    let panel = shown(state)?;
    let mut rows = rows(state, &panel.node);
    let index = panel.index(&rows);
    (index < rows.len()).then(|| rows.swap_remove(index))
}

/// Selects the row at this place of the list.
pub(crate) fn select(state: &mut State, index: usize) {
    let rows = shown(state).map(|panel| rows(state, &panel.node)).unwrap_or_default();
    if let Some(Overlay::Grants(panel)) = state.view.overlays.top_mut() {
        panel.select(index, &rows);
    }
}

pub(crate) fn step(state: &mut State, by: isize) {
    let rows = shown(state).map(|panel| rows(state, &panel.node)).unwrap_or_default();
    if let Some(Overlay::Grants(panel)) = state.view.overlays.top_mut() {
        panel.select(panel.index(&rows).saturating_add_signed(by), &rows);
    }
}

/// Grants what was denied; of what is granted, or has no single capability, asks how it is to be written.
pub(crate) fn take(state: &mut State) -> Vec<Effect> {
    match selected(state) {
        Some(Row::Denied { capability: Some(capability), .. }) => change(state, Some(capability), None),
        Some(Row::Granted { capability, .. }) => {
            ask(state, Ask::EditGrant, capability.to_string());
            Vec::new()
        }
        Some(Row::Denied { kind, last, .. }) => {
            let begun = with_option(state, kind, &last).unwrap_or_else(|| format!("{kind}="));
            ask_hinted(state, Ask::Grant, begun, kind.expected());
            Vec::new()
        }
        // What a wire passes on is not granted; the wire allows it.
        Some(Row::Lent(_)) => Vec::new(),
        None => {
            add(state);
            Vec::new()
        }
    }
}

/// The grant of the folder that a denial names, with the option that the denial names: to be confirmed, not to be taken by
/// one key.
fn with_option(state: &State, kind: Kind, denial: &str) -> Option<String> {
    let own = &state.app.project.settings.grants.node(&shown(state)?.node).0;
    own.iter().filter(|_| kind == Kind::Files).find_map(|capability| {
        let Capability::Files(folder) = capability else { return None };
        let mut more = folder.clone();
        more.sources |= denial.contains("`sources` in the grant");
        more.special |= denial.contains("`special` in the grant");
        let is_named = more != *folder && denial.contains(&format!(" in {}", folder.host.display()));
        is_named.then(|| Capability::Files(more).to_string())
    })
}

pub(crate) fn add(state: &mut State) {
    ask(state, Ask::Grant, String::new());
}

pub(crate) fn revoke(state: &mut State) -> Vec<Effect> {
    match selected(state) {
        Some(Row::Granted { capability, .. }) => change(state, None, Some(capability)),
        _ => Vec::new(),
    }
}

fn ask(state: &mut State, ask: Ask, text: String) {
    let hint = "KIND=VALUE: http=api.stripe.com/v1, files=FOLDER[:GUEST][:rw], env=NAME[=VALUE], tcp=HOST:PORT, \
                udp=HOST:PORT, listen=HOST:PORT, dns=NAME, config=KEY=VALUE, args=TEXT, stdin, clock, random";
    ask_hinted(state, ask, text, hint);
}

fn ask_hinted(state: &mut State, ask: Ask, text: String, hint: &str) {
    let Some(panel) = shown(state) else { return };
    let title = match ask {
        Ask::EditGrant => format!("What {} may do instead", panel.node),
        _ => format!("What {} may do", panel.node),
    };
    state.view.overlays.push(Overlay::Prompt(Prompt { field: Field::new(text), ..Prompt::new(title, hint, "", ask) }));
}

/// The text that was asked for, as the panel below it wants it.
///
/// # Errors
/// Why it is no capability, with the way to write one.
pub(crate) fn answer(state: &mut State, text: &str, replace: bool) -> Result<Vec<Effect>, String> {
    let capability: Capability = text.trim().parse().map_err(|e: crate::grants::ParseCapabilityError| e.to_string())?;
    let old = match selected(state) {
        Some(Row::Granted { capability, .. }) if replace => Some(capability),
        _ => None,
    };
    if old.as_ref() == Some(&capability) {
        return Ok(Vec::new());
    }
    Ok(change(state, Some(capability), old))
}

fn change(state: &State, grant: Option<Capability>, revoke: Option<Capability>) -> Vec<Effect> {
    let Some(panel) = shown(state) else { return Vec::new() };
    let file = state.app.project.root.join(config::FILE);
    vec![Effect::ChangeGrants(GrantChange { file, node: panel.node.clone(), grant, revoke })]
}
