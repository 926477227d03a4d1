//! A pane's frame: its border, its title (or the titles of those it shares its place with), and a note at the right.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use ratatui::widgets::{Block, Widget};

use crate::tui::hit::Target;
use crate::tui::pane::graph::draw_port as port;
use crate::tui::pane::source::SourceFile;
use crate::tui::screen::layout::Slot;
use crate::tui::screen::pen::Pen;
use crate::tui::screen::text;
use crate::tui::view::{Pane, Tab};

/// Draws the frame of a slot and returns its inside.
pub(crate) fn draw(pen: &mut Pen, slot: &Slot, note: Vec<Span<'static>>) -> Rect {
    let focused = pen.state.view.focus == slot.pane;
    let theme = pen.theme();
    let edge = if focused { theme.accent } else { theme.faint };
    Block::bordered().border_set(pen.glyphs().border).border_style(edge).render(slot.area, pen.buffer);
    pen.hits.add(slot.area, Target::Pane(slot.pane));
    let top = Rect {
        x: slot.area.x + 1,
        width: slot.area.width.saturating_sub(2),
        height: 1.min(slot.area.height),
        ..slot.area
    };
    let used = titles(pen, slot, top, focused);
    let room = top.width.saturating_sub(used);
    let width: usize = note.iter().map(Span::width).sum();
    if width > 0 && width + 4 <= usize::from(room) {
        let spans = std::iter::once(Span::raw(" ")).chain(note).chain([Span::raw(" ")]);
        let spans = spans.map(|s| Span::styled(s.content, Style::reset().patch(s.style)));
        pen.row_end(Rect { width: top.width - 1, ..top }, 0, spans);
    }
    let inside = Rect {
        x: slot.area.x + 1,
        y: slot.area.y + 1,
        width: slot.area.width.saturating_sub(2),
        height: slot.area.height.saturating_sub(2),
    };
    pen.hits.add_body(slot.pane, inside);
    inside
}

/// One title: its text, its style where it is not the one that shows, what a click on it means.
struct Title {
    text: String,
    shown: bool,
    style: Style,
    target: Target,
}

fn titles(pen: &mut Pen, slot: &Slot, top: Rect, focused: bool) -> u16 {
    let theme = pen.theme();
    let separator = format!(" {}", pen.glyphs().dot);
    let mut area = top;
    let mut draw = |pen: &mut Pen, text: &str, style: Style, target: Option<Target>| {
        // Nothing of the border's colour shines through.
        let used = pen.row(area, 0, [Span::styled(text.to_owned(), Style::reset().patch(style))]);
        if let Some(target) = target {
            pen.hits.add(Rect { width: used, ..area }, target);
        }
        area = Rect { x: area.x + used, width: area.width - used, ..area };
    };
    let titles: Vec<Title> = slot.shared.iter().flat_map(|pane| of(pen, slot, *pane)).collect();
    for (index, title) in titles.into_iter().enumerate() {
        if index > 0 {
            draw(pen, &separator, theme.faint, None);
        }
        let mark = if focused && title.shown { pen.glyphs().focus } else { " " };
        draw(pen, mark, theme.accent, None);
        let style = if title.shown { theme.strong } else { title.style };
        draw(pen, &title.text, style, Some(title.target));
    }
    draw(pen, " ", theme.text, None);
    area.x - top.x
}

/// The open files, or the one that shows where they share a place with other panes.
fn files(pen: &Pen, shown: bool) -> Vec<Title> {
    let (sources, theme) = (&pen.state.view.source, pen.theme());
    let title = |(index, file): (usize, &SourceFile)| {
        let current = index == sources.shown;
        let digit = if current { format!("{} ", Pane::Source.digit()) } else { String::new() };
        let text = format!("{digit}{}", sources.title(file, &pen.state.app.project.root, pen.glyphs().more));
        Title { text, shown: shown && current, style: theme.muted, target: Target::SourceFile(index) }
    };
    // The one that shows first, and a few more.
    let current = sources.files.iter().enumerate().skip(sources.shown).take(1);
    let others = sources.files.iter().enumerate().filter(|(index, _)| shown && *index != sources.shown);
    current.chain(others.take(3)).map(title).collect()
}

fn of(pen: &Pen, slot: &Slot, pane: Pane) -> Vec<Title> {
    let (state, theme) = (pen.state, pen.theme());
    let shown = pane == slot.pane;
    let title = |name: &str| {
        let text = format!("{} {name}", pane.digit());
        vec![Title { text, shown, style: theme.muted, target: Target::Pane(pane) }]
    };
    match pane {
        Pane::Project => title("Project"),
        Pane::Graph => title("Graph"),
        Pane::Source => files(pen, shown),
        Pane::Inspector => {
            let focused = state.view.graph.selection.as_ref().filter(|s| state.selection().as_ref() == Some(s));
            let focused = focused.map(|selection| port::title(pen, selection));
            let component = || state.selected_component().map(|c| c.name.clone());
            let name = focused.or_else(component).unwrap_or_else(|| "Details".to_owned());
            title(&text::fit(&name, 20, pen.glyphs().more))
        }
        Pane::Output => {
            let tab = |tab: Tab, text: String, style: Style| Title {
                text,
                shown: shown && state.tab() == tab,
                style,
                target: Target::Tab(tab),
            };
            let problems = match pen.problems.len() {
                0 => "Problems".to_owned(),
                n => format!("Problems {n}"),
            };
            let alarm = if pen.errors() > 0 { theme.bad } else { theme.muted };
            let mut tabs = vec![
                tab(Tab::Logs, format!("{} Logs", pane.digit()), theme.muted),
                tab(Tab::Problems, problems, alarm),
            ];
            if state.has_requests() {
                tabs.push(tab(Tab::Requests, "Requests".into(), theme.muted));
            }
            tabs
        }
    }
}
