//! Details of the port that has the focus in the graph: its state in words, who is at the other end, its types, and
//! what is wrong with it.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::draw::layout::{Row, Side};
use crate::model::delegation::lent_at;
use crate::model::diagnostic::Severity;
use crate::model::graph::{ImportState, Node, NodeKind};
use crate::model::port::{Port, PortKind, short};
use crate::tui::command::Command;
use crate::tui::pane::graph::picture::Level;
use crate::tui::pane::graph::selection::Selection;
use crate::tui::screen::pen::Pen;
use crate::tui::screen::text;

type Spans = Vec<Span<'static>>;

/// The rows of the focused port, or of a node that is no component; nothing where the focus is on a component.
pub(crate) fn rows(pen: &Pen, selection: &Selection, width: usize) -> Vec<Spans> {
    let Some(node) = selection.node_in(&pen.state.view.picture) else { return Vec::new() };
    let folded = folded(pen, node, selection);
    if folded.len() > 1 {
        return of_several(pen, node, &folded, width);
    }
    match &selection.port {
        Some((Side::Import, name)) => {
            let import = node.imports.iter().find(|i| i.port.name == *name);
            import.map_or_else(Vec::new, |import| of_port(pen, node, &import.port, Some(import.state), width))
        }
        Some((Side::Export, name)) => {
            let export = node.exports.iter().find(|p| p.name == *name);
            export.map_or_else(Vec::new, |export| of_port(pen, node, export, None, width))
        }
        None => of_outsider(pen, node, width),
    }
}

/// What the selection is called: its port, or the row that several share.
pub(crate) fn title(pen: &Pen, selection: &Selection) -> String {
    let several = row(pen, selection).filter(|(_, row)| row.ports.len() > 1).map(|(_, row)| row.label.clone());
    several
        .unwrap_or_else(|| selection.port.as_ref().map_or(selection.node.as_str(), |(_, port)| short(port)).to_owned())
}

/// The row of the selection's port.
fn row<'a>(pen: &Pen<'a>, selection: &Selection) -> Option<(Side, &'a Row)> {
    let picture = &pen.state.view.picture;
    let at = picture.port(Level::Ports, selection)?;
    let boxed = picture.at(Level::Ports).layout.boxes.get(at.node)?;
    boxed.rows(at.side).get(at.row).map(|row| (at.side, row))
}

/// The names of all ports that share the selection's row.
fn folded<'a>(pen: &Pen, node: &'a Node, selection: &Selection) -> Vec<&'a str> {
    let Some((side, row)) = row(pen, selection) else { return Vec::new() };
    let name = |port: &usize| match side {
        Side::Export => node.exports.get(*port).map(|p| p.name.as_str()),
        Side::Import => node.imports.get(*port).map(|i| i.port.name.as_str()),
    };
    row.ports.iter().filter_map(name).collect()
}

/// Ports in one row: what they are, and how to have them apart.
fn of_several(pen: &Pen, node: &Node, names: &[&str], width: usize) -> Vec<Spans> {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let (sentence, key) = if node.kind == NodeKind::Host {
        ("what studio provides of one package", None)
    } else {
        ("what the host provides to this node", pen.state.view.keymap.keys(Command::Fold).next())
    };
    let mut rows = vec![
        vec![Span::styled(format!("{} {} interfaces", glyphs.host, names.len()), theme.strong)],
        vec![Span::styled(sentence, theme.muted)],
    ];
    rows.extend(key.map(|(_, key)| pen.key_hint(key.to_string(), "lists them one by one in the graph")));
    rows.push(Vec::new());
    rows.extend(names.iter().map(|name| {
        let name = text::fit_end(name, width.saturating_sub(2), glyphs.more).into_owned();
        vec![Span::raw("  "), Span::raw(name)]
    }));
    rows
}

fn of_port(pen: &Pen, node: &Node, port: &Port, import: Option<ImportState>, width: usize) -> Vec<Spans> {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let plain = |text: &str, style: Style| vec![Span::styled(text.to_owned(), style)];
    let mut rows: Vec<Spans> = text::wrap(&port.name, width).iter().map(|l| plain(l, theme.strong)).collect();
    let (sign, speaker) = pen.speaker(&node.name);
    let side = if import.is_some() { "import of " } else { "export of " };
    rows.push(vec![
        Span::styled(side, theme.muted),
        Span::styled(format!("{sign} ").trim_start().to_owned(), speaker),
        Span::raw(text::fit(&node.name, width.saturating_sub(12), glyphs.more).into_owned()),
    ]);
    rows.push(Vec::new());
    rows.extend(state(pen, node, port, import, width));
    let lent = lent_at(pen.state.view.picture.graph(), &node.name);
    for lent in lent.iter().filter(|lent| lent.port == port.name) {
        for (n, line) in text::wrap(&lent.sentence(), width.saturating_sub(2)).into_iter().enumerate() {
            let head = if n == 0 { format!("{} ", glyphs.note) } else { "  ".into() };
            rows.push(vec![Span::styled(head, theme.warn), Span::styled(line, theme.warn)]);
        }
    }
    let problems = pen.state.app.problems();
    let mine = |p: &&&crate::model::diagnostic::Diagnostic| {
        let of_node = p.component.as_deref().is_none_or(|c| c == node.name || Some(c) == node.component.as_deref());
        p.port.as_deref() == Some(port.name.as_str()) && of_node
    };
    for problem in problems.iter().filter(mine) {
        let (sign, style) = match problem.severity {
            Severity::Error => (glyphs.bad, theme.bad),
            Severity::Warning => (glyphs.warning, theme.warn),
            Severity::Note => (glyphs.note, theme.muted),
        };
        rows.push(Vec::new());
        for (n, line) in text::wrap(&problem.message, width.saturating_sub(2)).into_iter().enumerate() {
            let head = if n == 0 { format!("{sign} ") } else { "  ".into() };
            rows.push(vec![Span::styled(head, style), Span::styled(line, style)]);
        }
        if let Some(help) = &problem.help {
            let help = text::wrap(&format!("{} {help}", glyphs.arrow), width.saturating_sub(2));
            rows.extend(help.into_iter().map(|l| vec![Span::raw("  "), Span::styled(l, theme.accent)]));
        }
    }
    rows.push(Vec::new());
    rows.push(plain(if port.kind == PortKind::Other { "kind" } else { "type" }, theme.muted));
    if port.signature.is_empty() {
        rows.push(plain(
            if port.kind == PortKind::Other { "  a type or a module" } else { "  not known yet" },
            theme.muted,
        ));
    }
    for line in &port.signature {
        // A long signature goes on below, rather than out of sight.
        let lines = text::wrap(line.trim_end(), width.saturating_sub(4));
        for (n, line) in lines.into_iter().enumerate() {
            rows.push(vec![Span::raw(if n == 0 { "  " } else { "    " }), Span::raw(line)]);
        }
    }
    rows
}

/// Sign, word, and who is at the other end.
fn state(pen: &Pen, node: &Node, port: &Port, import: Option<ImportState>, width: usize) -> Vec<Spans> {
    let (theme, glyphs, graph) = (pen.theme(), pen.glyphs(), pen.state.view.picture.graph());
    let line = |sign: &str, style: Style, word: &str| vec![Span::styled(format!("{sign} {word}"), style)];
    // An arrow leads from who imports to who exports, as in the graph.
    let end = |arrow: &str, name: &str, rest: &str| {
        let (sign, style) = pen.speaker(name);
        let name = text::fit(name, width.saturating_sub(6), glyphs.more);
        let arrow = if arrow.is_empty() { String::new() } else { format!("{arrow} ") };
        vec![
            Span::styled(format!("  {arrow}"), theme.muted),
            Span::styled(format!("{sign} "), style),
            Span::raw(name.into_owned()),
            Span::styled(rest.to_owned(), theme.muted),
        ]
    };
    let Some(import) = import else {
        let callers: Vec<_> = graph.wires.iter().filter(|w| w.to.node == node.name && w.to.port == port.name).collect();
        if node.kind == NodeKind::Host {
            let mut rows = vec![line(glyphs.host, theme.muted, "provided by studio")];
            rows.push(vec![Span::styled(
                format!("  imported {} {}", callers.len(), times(callers.len())),
                theme.muted,
            )]);
            return rows;
        }
        if callers.is_empty() {
            return vec![line(glyphs.queued, theme.muted, "unused: no node imports it")];
        }
        let mut rows = vec![line(glyphs.wired, theme.good, "wired: imported by")];
        rows.extend(callers.iter().map(|w| end("", &w.from.node, "")));
        return rows;
    };
    let mut rows = match import {
        ImportState::Wired => vec![line(glyphs.wired, theme.good, "wired")],
        ImportState::Host => vec![line(glyphs.host, theme.muted, "provided by the host (studio)")],
        ImportState::Open => vec![line(glyphs.unwired, theme.muted, "open: the host of the composition provides it")],
        ImportState::Types => vec![line(glyphs.queued, theme.muted, "only types: needs no provider")],
        ImportState::Unwired => vec![line(glyphs.unwired, theme.bad, "unwired: no node provides it")],
        ImportState::Mismatch => vec![line(glyphs.bad, theme.bad, "mismatch: what it is wired to does not fit")],
    };
    if let Some(provider) = graph.provider(&node.name, &port.name).filter(|_| import != ImportState::Host) {
        let renamed = if provider.port == port.name { String::new() } else { format!(" {}", provider.port) };
        rows.push(end(glyphs.arrow, &provider.node, &renamed));
    }
    rows
}

fn times(n: usize) -> &'static str {
    if n == 1 { "time" } else { "times" }
}

/// The entry and the host are no components: what they are, and what goes through them.
fn of_outsider(pen: &Pen, node: &Node, width: usize) -> Vec<Spans> {
    let theme = pen.theme();
    let sentence = match node.kind {
        NodeKind::Entry => "What the composition exports: what can be called from outside.",
        NodeKind::Host => "What studio itself provides, as any WASI host would.",
        NodeKind::Component => return Vec::new(),
    };
    let mut rows = vec![vec![Span::styled(node.name.clone(), theme.strong)]];
    rows.extend(text::wrap(sentence, width).into_iter().map(|l| vec![Span::styled(l, theme.muted)]));
    rows.push(Vec::new());
    let names = node.imports.iter().map(|i| &i.port.name).chain(node.exports.iter().map(|p| &p.name));
    rows.extend(names.map(|name| {
        let name = text::fit_end(name, width.saturating_sub(2), pen.glyphs().more).into_owned();
        vec![Span::raw("  "), Span::raw(name)]
    }));
    rows
}
