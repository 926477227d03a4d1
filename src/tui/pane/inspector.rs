//! Details of what is selected: where it comes from, what it weighs, its ports and who serves them.

use indexmap::IndexMap;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::model::graph::{Import, ImportState, Node};
use crate::model::port::{Port, short};
use crate::model::project::{BuildKind, Component};
use crate::model::size::size;
use crate::tui::pane::graph::draw_port as port;
use crate::tui::pane::project::draw as project;
use crate::tui::screen::layout::Slot;
use crate::tui::screen::pen::Pen;
use crate::tui::screen::{frame, text};
use crate::tui::view::Row;

type Spans = Vec<Span<'static>>;

pub(crate) fn draw(pen: &mut Pen, slot: &Slot) {
    let (width, height) =
        (usize::from(slot.area.width.saturating_sub(4)), usize::from(slot.area.height.saturating_sub(2)));
    let focused = pen.state.view.graph.selection.as_ref().filter(|s| pen.state.selection().as_ref() == Some(s));
    let mut of_focus = focused.map_or_else(Vec::new, |selection| port::rows(pen, selection, width));
    let outside = focused.is_some_and(|s| s.node_in(&pen.state.view.picture).is_some_and(|n| n.component.is_none()));
    let mut rows = match (pen.state.selected_component(), pen.state.selected_row()) {
        _ if outside && !of_focus.is_empty() => Vec::new(),
        (Some(component), _) => of_component(pen, component, width),
        (None, Some(Row::Composition(index))) => of_composition(pen, index, width),
        (None, Some(Row::InterfacePackage(index) | Row::InterfacePackageFile(index, _))) => {
            of_interface_package(pen, index, width)
        }
        (None, Some(Row::Settings)) => of_settings(pen, width),
        (None, Some(Row::Workspace)) => of_workspace(pen, width),
        (None, Some(Row::PassedOver)) => of_passed_over(pen, width),
        (None, Some(Row::PassedOverOne(index))) => of_one_passed_over(pen, index, width),
        (None, _) => {
            let inside = frame::draw(pen, slot, Vec::new());
            pen.centred(inside, vec![Line::styled("Nothing is selected.", pen.theme().muted)]);
            return;
        }
    };
    if !of_focus.is_empty() && !rows.is_empty() {
        let name = pen.state.selected_component().map_or("", |c| c.name.as_str());
        let rule = pen.glyphs().rule.repeat(width.saturating_sub(text::width(name) + 1));
        let rule = vec![Span::styled(format!("{name} "), pen.theme().muted), Span::styled(rule, pen.theme().faint)];
        of_focus.extend([Vec::new(), rule]);
    }
    rows.splice(0..0, of_focus);
    let rest = rows.len().saturating_sub(height);
    let offset = pen.state.view.inspector.min(rest);
    let more =
        if offset < rest { format!("{} more {}", rest - offset, pen.glyphs().directions[2]) } else { String::new() };
    let inside = frame::draw(pen, slot, vec![Span::styled(more, pen.theme().muted)]);
    pen.hits.set_inspector_rest(rest);
    for (line, mut spans) in rows.into_iter().skip(offset).take(height).enumerate() {
        spans.insert(0, Span::raw(" "));
        pen.row(inside, line, spans);
    }
}

fn heading(pen: &Pen, text: &str) -> Spans {
    vec![Span::styled(text.to_owned(), pen.theme().muted)]
}

fn path(pen: &Pen, path: &std::path::Path, width: usize) -> String {
    let shown = pen.state.app.project.relative(path).display().to_string();
    let shown = if shown.is_empty() { "the project's own folder".to_owned() } else { shown };
    text::fit_end(&shown, width, pen.glyphs().more).into_owned()
}

fn of_component(pen: &Pen, component: &Component, width: usize) -> Vec<Spans> {
    let (state, theme, glyphs) = (pen.state, pen.theme(), pen.glyphs());
    let made = match &component.build_kind {
        BuildKind::Cargo(_) => "Rust",
        BuildKind::File(_) => "wasm",
        BuildKind::Command { .. } => "own command",
    };
    let dot = format!(" {} ", glyphs.dot);
    let mut rows = vec![vec![
        Span::raw(made),
        Span::styled(dot.clone(), theme.faint),
        Span::raw(path(pen, &component.folder, width.saturating_sub(made.len() + 3))),
    ]];
    if let Some(package) = component.packages.first() {
        rows.push(vec![Span::styled(package.clone(), theme.muted)]);
    }
    let (build_status, style) = project::build_status(pen, &component.name, true);
    let known = state.app.components.get(&component.name);
    let artifact = known.and_then(|c| c.artifact.as_ref());
    let mut built = vec![Span::styled(build_status, style)];
    if let Some(artifact) = artifact {
        built.push(Span::styled(dot, theme.faint));
        built.push(Span::raw(size(artifact.bytes.len() as u64)));
    }
    rows.push(built);
    rows.push(Vec::new());

    let node = state.node_of(&component.name).and_then(|name| state.app.graph.node(name));
    let ports = state.app.ports_of(component);
    if let Some(node) = node {
        rows.push(heading(pen, "exports"));
        rows.extend(exports(pen, &node.exports, width));
        rows.push(Vec::new());
        rows.push(heading(pen, "imports"));
        let (host, others): (Vec<_>, Vec<_>) = node.imports.iter().partition(|i| i.state == ImportState::Host);
        if node.imports.is_empty() {
            rows.push(vec![Span::styled("  none", theme.muted)]);
        }
        for import in others {
            let (sign, style, word) = import_state(pen, node, import);
            let name = text::fit(short(&import.port.name), width.saturating_sub(6 + word.len()), glyphs.more);
            let gap = width.saturating_sub(4 + text::width(&name) + text::width(&word));
            rows.push(vec![
                Span::styled(format!("  {sign} "), style),
                Span::raw(name.into_owned()),
                Span::raw(" ".repeat(gap)),
                Span::styled(word, theme.muted),
            ]);
        }
        rows.extend(host_imports(pen, &host, width));
    } else if let Some(ports) = ports {
        for (title, side) in [("exports", &ports.exports), ("imports", &ports.imports)] {
            rows.push(heading(pen, title));
            rows.extend(exports(pen, side, width));
            rows.push(Vec::new());
        }
    } else {
        rows.extend(
            text::wrap("Its ports are known after its first build.", width).into_iter().map(|l| heading(pen, &l)),
        );
    }
    rows
}

/// What the host provides, a row a package: `wasi:cli ×5`.
fn host_imports(pen: &Pen, imports: &[&Import], width: usize) -> Vec<Spans> {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let mut packages: IndexMap<&str, usize> = IndexMap::new();
    for import in imports {
        let package = import.port.name.split('/').next().unwrap_or_default();
        *packages.entry(package).or_default() += 1;
    }
    let row = |(package, count): (&str, usize)| {
        let times = if count > 1 { format!(" {}{count}", glyphs.times) } else { String::new() };
        let name = text::fit(package, width.saturating_sub(8 + text::width(&times)), glyphs.more);
        let gap = width.saturating_sub(8 + text::width(&name) + text::width(&times));
        vec![
            Span::styled(format!("  {} ", glyphs.host), theme.muted),
            Span::raw(name.into_owned()),
            Span::styled(format!("{times}{}host", " ".repeat(gap)), theme.muted),
        ]
    };
    packages.into_iter().map(row).collect()
}

/// The state of an import as a sign, a colour and words.
fn import_state(pen: &Pen, node: &Node, import: &Import) -> (&'static str, Style, String) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    match import.state {
        ImportState::Wired => {
            let end = pen.state.app.graph.provider(&node.name, &import.port.name);
            (glyphs.wired, theme.good, end.map_or_else(|| "wired".into(), |e| e.node.clone()))
        }
        ImportState::Host => (glyphs.host, theme.muted, "host".into()),
        ImportState::Unwired => (glyphs.unwired, theme.bad, "unwired".into()),
        ImportState::Open => (glyphs.unwired, theme.muted, "open".into()),
        ImportState::Types => (glyphs.queued, theme.muted, "types".into()),
        ImportState::Mismatch => (glyphs.bad, theme.bad, "mismatch".into()),
    }
}

/// Ports with their signatures.
fn exports(pen: &Pen, ports: &[Port], width: usize) -> Vec<Spans> {
    let (theme, more) = (pen.theme(), pen.glyphs().more);
    if ports.is_empty() {
        return vec![vec![Span::styled("  none", theme.muted)]];
    }
    let mut rows = Vec::new();
    for port in ports {
        rows.push(vec![Span::raw(format!("  {}", text::fit(short(&port.name), width.saturating_sub(2), more)))]);
        for line in &port.signature {
            let line = text::fit(line.trim_end(), width.saturating_sub(4), more).into_owned();
            rows.push(vec![Span::styled(format!("    {line}"), theme.muted)]);
        }
    }
    rows
}

fn of_composition(pen: &Pen, index: usize, width: usize) -> Vec<Spans> {
    let project = &pen.state.app.project;
    let Some(file) = project.compositions.get(index) else { return Vec::new() };
    let mut rows = vec![vec![Span::raw(path(pen, file, width))], Vec::new()];
    let active = project.active.as_ref() == Some(file);
    let sentence = if active {
        "The active composition: what is wired in it is what runs."
    } else {
        "Not active. Name it as `composition` in studio.toml to run it."
    };
    rows.extend(text::wrap(sentence, width).into_iter().map(|l| heading(pen, &l)));
    if active {
        rows.push(Vec::new());
        for node in pen.state.app.graph.instances() {
            let (sign, style) = pen.speaker(&node.name);
            rows.push(vec![Span::styled(format!("  {sign} "), style), Span::raw(node.name.clone())]);
        }
    }
    rows
}

fn of_workspace(pen: &Pen, width: usize) -> Vec<Spans> {
    let sentence =
        "The cargo workspace of this folder: its members, shared dependencies and profiles. A save builds again.";
    let mut rows = vec![vec![Span::raw("Cargo.toml")], Vec::new()];
    rows.extend(text::wrap(sentence, width).into_iter().map(|l| heading(pen, &l)));
    rows
}

fn of_settings(pen: &Pen, width: usize) -> Vec<Spans> {
    let settings = &pen.state.app.project.settings;
    let sentence =
        "What the sources do not say: entry, address, arguments, grants, limits. An edit takes effect when saved.";
    let mut rows = vec![vec![Span::raw("studio.toml")], Vec::new()];
    rows.extend(text::wrap(sentence, width).into_iter().map(|l| heading(pen, &l)));
    let mut set = vec![
        settings.entry.as_ref().map(|entry| format!("entry {entry}")),
        settings.addr.map(|addr| format!("address {addr}")),
        (!settings.args.is_empty()).then(|| format!("arguments {}", settings.args.join(" "))),
    ];
    set.extend(
        settings.grants.nodes().map(|(node, own)| Some(format!("{node}: {}", text::count(own.0.len(), "grant")))),
    );
    let set = set.into_iter().flatten().map(|line| text::fit(&line, width, pen.glyphs().more).into_owned());
    let set: Vec<Spans> = set.map(|line| vec![Span::raw(line)]).collect();
    if !set.is_empty() {
        rows.push(Vec::new());
    }
    rows.extend(set);
    rows
}

fn of_interface_package(pen: &Pen, index: usize, width: usize) -> Vec<Spans> {
    let Some(interface_package) = pen.state.app.project.interface_packages.get(index) else { return Vec::new() };
    let mut rows = vec![vec![Span::raw(path(pen, &interface_package.folder, width))], Vec::new()];
    let sentence = "WIT that no component here implements: it is checked, and nothing is built from it.";
    rows.extend(text::wrap(sentence, width).into_iter().map(|l| heading(pen, &l)));
    rows
}

fn of_passed_over(pen: &Pen, width: usize) -> Vec<Spans> {
    let sentence =
        "Packages and files that might be components of this project and are not taken for any. Each says why.";
    text::wrap(sentence, width).into_iter().map(|l| heading(pen, &l)).collect()
}

fn of_one_passed_over(pen: &Pen, index: usize, width: usize) -> Vec<Spans> {
    let Some(found) = pen.state.app.project.passed_over.get(index) else { return Vec::new() };
    let mut rows =
        vec![vec![Span::raw(found.name.clone())], vec![Span::raw(path(pen, &found.file, width))], Vec::new()];
    let why = format!("No component: {}.", found.reason);
    rows.extend(text::wrap(&why, width).into_iter().map(|l| heading(pen, &l)));
    rows.push(Vec::new());
    let change = format!("To change that: {}", found.change);
    rows.extend(text::wrap(&change, width).into_iter().map(|l| vec![Span::raw(l)]));
    rows
}
