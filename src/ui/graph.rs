//! The graph pane: nodes, their ports, and who is wired to whom.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::layout::Slot;
use super::pen::Pen;
use super::{frame, text};
use crate::model::graph::{Import, ImportState, Node, NodeKind};
use crate::model::port::short;

pub fn draw(pen: &mut Pen, slot: &Slot) {
    let inside = frame::draw(pen, slot, Vec::new());
    if pen.state.graph.nodes.is_empty() {
        let lines = empty(pen);
        pen.centred(inside, lines);
        return;
    }
    let mut rows: Vec<Vec<Span<'static>>> = Vec::new();
    for node in pen.state.graph.nodes.iter().filter(|n| n.kind == NodeKind::Component) {
        rows.extend(node_rows(pen, node));
    }
    let offset = usize::try_from(pen.state.view.graph.y).unwrap_or(0).min(rows.len().saturating_sub(1));
    for (line, spans) in rows.into_iter().skip(offset).take(usize::from(inside.height)).enumerate() {
        pen.row(inside, line, spans);
    }
}

fn empty(pen: &Pen) -> Vec<Line<'static>> {
    let (state, theme) = (pen.state, pen.theme());
    if !state.discovered {
        return vec![Line::styled("Reading the folder.", theme.muted)];
    }
    if !state.project.components.is_empty() {
        return vec![Line::styled("The graph is drawn as soon as the components' ports are known.", theme.muted)];
    }
    let mut leave = pen.key_hint("q", "leaves; then make two components that talk:");
    leave.insert(0, Span::raw(""));
    vec![
        Line::styled("There is no component in this folder.", theme.strong),
        Line::default(),
        Line::styled("A component is a cargo package with a wit/ folder,", theme.muted),
        Line::styled("or a .wasm file. Add one and it appears here.", theme.muted),
        Line::default(),
        Line::from(leave),
        Line::styled("studio new neon my-app", theme.accent),
    ]
}

fn node_rows(pen: &Pen, node: &Node) -> Vec<Vec<Span<'static>>> {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let (sign, style) = pen.speaker(&node.name);
    let package = node.package.clone().unwrap_or_default();
    let mut rows = vec![vec![
        Span::styled(format!(" {sign} "), style),
        Span::styled(node.name.clone(), theme.strong),
        Span::styled(format!("  {package}"), theme.muted),
    ]];
    for export in &node.exports {
        rows.push(vec![
            Span::styled(format!("   {} ", glyphs.export), theme.faint),
            Span::raw(short(&export.name).to_owned()),
        ]);
    }
    for import in &node.imports {
        let (glyph, style, word) = import_state(pen, node, import);
        rows.push(vec![
            Span::styled(format!("   {} ", glyphs.import), theme.faint),
            Span::raw(format!("{:<18} ", text::fit(short(&import.port.name), 18, glyphs.more))),
            Span::styled(format!("{glyph} "), style),
            Span::styled(word, if import.state == ImportState::Wired { theme.text } else { style }),
        ]);
    }
    rows
}

/// The state of an import as a sign, a colour and words.
pub fn import_state(pen: &Pen, node: &Node, import: &Import) -> (&'static str, Style, String) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    match import.state {
        ImportState::Wired => {
            let end = pen.state.graph.provider(&node.name, &import.port.name);
            (glyphs.wired, theme.good, end.map_or_else(|| "wired".into(), |e| e.node.clone()))
        }
        ImportState::Host => (glyphs.host, theme.muted, "host".into()),
        ImportState::Unwired => (glyphs.unwired, theme.bad, "not wired".into()),
        ImportState::Mismatch => (glyphs.bad, theme.bad, "does not fit".into()),
    }
}
