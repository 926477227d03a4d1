//! The project pane: components with their build status, then compositions and interface packages.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::build_status::BuildStatus;
use crate::model::diagnostic::Severity;
use crate::model::project::BuildKind;
use crate::tui::command::Command;
use crate::tui::hit::Target;
use crate::tui::pane::source::draw as source;
use crate::tui::screen::layout::Slot;
use crate::tui::screen::pen::{Pen, scrolled};
use crate::tui::screen::{frame, text};
use crate::tui::view::{Pane, Row};

pub(crate) fn draw(pen: &mut Pen, slot: &Slot) {
    let inside = frame::draw(pen, slot, Vec::new());
    let rows = pen.state.rows();
    if rows.is_empty() {
        let sentence = if pen.state.app.discovered { "No component here yet." } else { "Reading the folder." };
        let muted = pen.theme().muted;
        let wrapped = text::wrap(sentence, usize::from(inside.width));
        let mut lines: Vec<Line> = wrapped.into_iter().map(|line| Line::styled(line, muted)).collect();
        let key = pen.state.view.keymap.keys(Command::New).next().map(|(_, keys)| keys.to_string());
        if let Some(key) = key.filter(|_| pen.state.app.discovered) {
            let wide = usize::from(inside.width) > text::width(&key) + text::width(" makes a project");
            lines.push(Line::from(pen.key_hint(key, if wide { "makes a project" } else { "new" })));
        }
        pen.centred(inside, lines);
        return;
    }
    let selected = pen.state.view.project.min(rows.len() - 1);
    let before = pen.state.view.hits.offsets.project;
    let offset = scrolled(before, selected, selected, rows.len(), inside.height);
    pen.hits.offsets.project = offset;
    let focused = pen.state.view.focus == Pane::Project;
    for (line, (index, row)) in rows.iter().enumerate().skip(offset).take(usize::from(inside.height)).enumerate() {
        if index == selected {
            let style = if focused { pen.theme().selection } else { pen.theme().selection_idle };
            pen.highlight(inside, line, style);
        }
        draw_row(pen, inside, line, *row);
        pen.target(inside, line, Target::ProjectRow(index));
    }
}

/// Whether the files below a row show; blank where it has none.
fn fold_sign(pen: &Pen, row: Row) -> &'static str {
    let ascii = pen.glyphs().is_ascii();
    match (pen.state.below(row) == 0, pen.state.is_unfolded(row)) {
        (true, _) => " ",
        (false, true) => {
            if ascii {
                "v"
            } else {
                "▾"
            }
        }
        (false, false) => {
            if ascii {
                ">"
            } else {
                "▸"
            }
        }
    }
}

/// Something that was passed over, by its name; why is said beside.
fn draw_passed_over(pen: &mut Pen, inside: Rect, line: usize, index: usize) {
    let Some(found) = pen.state.app.project.passed_over.get(index) else { return };
    let room = usize::from(inside.width).saturating_sub(5);
    let text = text::fit(&format!("{}: {}", found.name, found.reason), room, pen.glyphs().more).into_owned();
    pen.row(inside, line, [Span::raw("    "), Span::styled(text, pen.theme().muted)]);
}

/// A file below its component or interface package, with how many problems name it.
fn draw_file(pen: &mut Pen, inside: Rect, line: usize, row: Row) {
    let Some(path) = pen.state.file_of(row) else { return };
    let (state, theme, glyphs) = (pen.state, pen.theme(), pen.glyphs());
    let folder = match row {
        Row::ComponentFile(index, _) => state.app.project.components.get(index).map(|c| c.folder.as_path()),
        Row::InterfacePackageFile(index, _) => {
            state.app.project.interface_packages.get(index).map(|c| c.folder.as_path())
        }
        _ => None,
    };
    let below = folder.and_then(|folder| path.strip_prefix(folder).ok());
    let name = below.unwrap_or_else(|| state.app.project.relative(path)).display().to_string();
    let (worst, count) = source::problems(pen, path).fold((None, 0), |(worst, count): (Option<Severity>, usize), p| {
        (Some(worst.map_or(p.severity, |w| w.min(p.severity))), count + 1)
    });
    let note = match worst {
        Some(Severity::Error) => (format!("{} {count}", glyphs.bad), theme.bad),
        Some(Severity::Warning) => (format!("{} {count}", glyphs.warning), theme.warn),
        Some(Severity::Note) => (format!("{} {count}", glyphs.note), theme.muted),
        None => (String::new(), theme.muted),
    };
    let note = match note.0.as_str() {
        "" if state.is_generated(path) => ("generated".to_owned(), theme.muted),
        _ => note,
    };
    let open = state.view.source.file().is_some_and(|f| f.path == *path);
    let style = if open { theme.accent } else { theme.muted };
    let width = usize::from(inside.width).saturating_sub(3);
    // The name is worth more than that it is generated, its folders are not.
    let bare = path.file_name().map_or(0, |name| text::width(&name.to_string_lossy()));
    let note = if note.0 == "generated" && bare + 10 > width { (String::new(), note.1) } else { note };
    let note_width = if note.0.is_empty() { 0 } else { text::width(&note.0) + 1 };
    let name = short_path(&name, width.saturating_sub(note_width), glyphs.more);
    // The blank at the end goes first.
    let end = if text::width(&name) + note_width < width { " " } else { "" };
    pen.row(inside, line, [Span::raw("   "), Span::styled(name, style)]);
    if !note.0.is_empty() {
        pen.row_end(inside, line, [Span::styled(note.0, note.1), Span::raw(end)]);
    }
}

/// As much of a path's end as there is room for, in whole names where one fits.
fn short_path(path: &str, room: usize, more: &str) -> String {
    let path = path.replace('\\', "/");
    if text::width(&path) <= room {
        return path;
    }
    let ends = path.match_indices('/').filter_map(|(at, _)| path.get(at..));
    let mut shorter = ends.map(|end| format!("{more}{end}")).filter(|end| text::width(end) <= room);
    let name = path.rsplit('/').next().filter(|name| text::width(name) <= room);
    let fitted = || text::fit_end(&path, room, more).into_owned();
    shorter.next().or_else(|| name.map(str::to_owned)).unwrap_or_else(fitted)
}

fn draw_row(pen: &mut Pen, inside: Rect, line: usize, row: Row) {
    if matches!(row, Row::ComponentFile(..) | Row::InterfacePackageFile(..)) {
        return draw_file(pen, inside, line, row);
    }
    if let Row::PassedOverOne(index) = row {
        return draw_passed_over(pen, inside, line, index);
    }
    let (project, theme) = (&pen.state.app.project, pen.theme());
    let fold = fold_sign(pen, row);
    let shown = |path: &std::path::Path| project.relative(path).display().to_string();
    let (sign, name, mut note) = match row {
        Row::Component(index) => {
            let Some(component) = project.components.get(index) else { return };
            let instance = pen.state.node_of(&component.name);
            let sign = pen.speaker(instance.unwrap_or(&component.name));
            // The name is worth more than the word of the build status.
            let wordy = build_status(pen, &component.name, true);
            let fits = text::width(&component.name) + text::width(&wordy.0) + 5 <= usize::from(inside.width);
            let note = if fits { wordy } else { build_status(pen, &component.name, false) };
            (Some(sign), component.name.clone(), note)
        }
        Row::Composition(index) => {
            let Some(path) = project.compositions.get(index) else { return };
            let active = project.active.as_ref() == Some(path);
            let word = if active { "active" } else { "not active" };
            (None, shown(path), (word.to_owned(), theme.muted))
        }
        Row::Settings => (None, "studio.toml".to_owned(), ("settings".to_owned(), theme.muted)),
        Row::Workspace => (None, "Cargo.toml".to_owned(), ("workspace".to_owned(), theme.muted)),
        Row::InterfacePackage(index) => {
            let Some(interface_package) = project.interface_packages.get(index) else { return };
            let name = interface_package.package.clone().unwrap_or_else(|| shown(&interface_package.folder));
            (None, name, ("interfaces".to_owned(), theme.muted))
        }
        Row::PassedOver => {
            let count = (project.passed_over.len().to_string(), theme.muted);
            (None, "passed over".to_owned(), count)
        }
        Row::ComponentFile(..) | Row::InterfacePackageFile(..) | Row::PassedOverOne(_) => return,
    };
    // What is of no component stands left of the files of one.
    let before = if sign.is_some() { 3 } else { 1 };
    let room = |note: &str| usize::from(inside.width).saturating_sub(before + 1 + text::width(note));
    if text::width(&name) > room(&note.0) {
        // The name is worth more than words and figures: a sign stays of them.
        let sign = note.0.split(' ').next().unwrap_or_default();
        let fits = text::width(sign) <= 2 && text::width(&name) <= room(sign);
        note.0 = if fits { sign.to_owned() } else { String::new() };
    }
    let room = room(&note.0);
    // The blank at the end goes first.
    let end = if text::width(&name) < room { " " } else { "" };
    let name = text::fit(&name, room, pen.glyphs().more).into_owned();
    let fold = Span::styled(fold, theme.muted);
    let sign = sign.into_iter().flat_map(|(sign, style)| [Span::styled(sign, style), Span::raw(" ")]);
    pen.row(inside, line, [fold].into_iter().chain(sign).chain([Span::raw(name)]));
    pen.row_end(inside, line, [Span::styled(note.0, note.1), Span::raw(end)]);
}

/// The build state of a component: its sign, its figure, and the word for it where there is room.
pub(crate) fn build_status(pen: &Pen, name: &str, wordy: bool) -> (String, Style) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let Some(component) = pen.state.app.components.get(name) else { return (String::new(), theme.muted) };
    match component.build_status {
        BuildStatus::Idle => {
            let file =
                pen.state.app.project.component(name).is_some_and(|c| matches!(c.build_kind, BuildKind::File(_)));
            (if file { "file" } else { component.build_status.word() }.to_owned(), theme.muted)
        }
        BuildStatus::Queued => (format!("{} queued", glyphs.queued), theme.muted),
        BuildStatus::Building { since } => {
            let time = text::elapsed(pen.now.saturating_duration_since(since), pen.state.view.look.still);
            let word = if wordy { "building " } else { "" };
            (format!("{} {word}{time}", glyphs.building), theme.warn)
        }
        BuildStatus::Built { took } => (format!("{} {}", glyphs.ok, text::time(took)), theme.good),
        BuildStatus::Failed { errors: 0 } => (format!("{} failed", glyphs.bad), theme.bad),
        BuildStatus::Failed { errors } if wordy => {
            (format!("{} {}", glyphs.bad, text::count(errors, "error")), theme.bad)
        }
        BuildStatus::Failed { errors } => (format!("{} {errors}", glyphs.bad), theme.bad),
        BuildStatus::Prebuilt => (format!("{} prebuilt", glyphs.prebuilt), theme.muted),
    }
}
