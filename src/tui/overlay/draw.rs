//! Lists to choose from and questions to answer, over the panes.

use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Widget};

use crate::tui::hit::Target;
use crate::tui::overlay::explanation::draw as explain;
use crate::tui::overlay::grants::draw as grants;
use crate::tui::overlay::help::draw as help;
use crate::tui::overlay::new;
use crate::tui::overlay::plan::draw as plan;
use crate::tui::overlay::{Choice, Field, Item, Overlay, Owner, Picker, Prompt};
use crate::tui::screen::pen::{Pen, row_of, scrolled};
use crate::tui::screen::text;

/// Draws the stack, the top last. Of what lies below it only a plan and an explanation show: they are what the top is
/// about.
pub(crate) fn draw_all(pen: &mut Pen, area: Rect, plan_place: Rect) {
    let state = pen.state;
    let mut overlays = state.view.overlays.iter();
    let top = overlays.next_back();
    let shows = |overlay: &&Overlay| matches!(overlay, Overlay::Plan(_) | Overlay::Explanation(_));
    for overlay in overlays.filter(shows).chain(top) {
        pen.hits.set_owner(Owner::Overlay(overlay).kind());
        match overlay {
            Overlay::Help(help) => help::draw(pen, area, help),
            Overlay::Picker(picker) if picker.anchor.is_some() => draw_menu(pen, area, picker),
            Overlay::Picker(picker) => draw_picker(pen, area, picker),
            Overlay::Prompt(prompt) => draw_prompt(pen, area, prompt),
            Overlay::Grants(panel) => grants::draw(pen, area, panel),
            // While the first question is open there is nothing to list.
            Overlay::Plan(plan) if plan.wires.is_empty() && plan.open.is_empty() => {}
            Overlay::Plan(plan) => plan::draw(pen, plan_place, plan),
            Overlay::Explanation(explaining) => explain::draw(pen, area, explaining),
        }
    }
}

/// A box of this many rows over the upper middle of the screen; returns its inside.
pub(crate) fn frame(pen: &mut Pen, area: Rect, title: &str, note: String, rows: u16) -> Rect {
    let width = area.width.saturating_sub(4).min(84);
    let height = (rows + 2).min(area.height.saturating_sub(2));
    let y = area.y + (area.height.saturating_sub(height) / 4).max(1);
    pen.hits.add(area, Target::Outside);
    pen.shade(area);
    framed(pen, Rect { x: area.x + (area.width - width) / 2, y, width, height }, title, note)
}

/// Columns and rows of a list beside what it previews.
const BESIDE: (u16, u16) = (42, 12);

/// A small box at the right edge; all else stays as it is, to be looked at.
fn beside(pen: &mut Pen, area: Rect, title: &str, note: String) -> Rect {
    let (width, height) = (BESIDE.0.min(area.width), BESIDE.1.min(area.height.saturating_sub(2)));
    pen.hits.add(area, Target::Outside);
    // Above the last row, which has the keys.
    let place = Rect { x: area.right() - width, y: area.bottom().saturating_sub(height + 1), width, height };
    framed(pen, place, title, note)
}

fn framed(pen: &mut Pen, place: Rect, title: &str, note: String) -> Rect {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    pen.clear(place);
    Block::bordered()
        .border_set(glyphs.border)
        .border_style(theme.accent)
        .title(Line::from(Span::styled(format!(" {title} "), theme.strong)))
        .title(Line::styled(note, theme.muted).right_aligned())
        .render(place, pen.buffer);
    pen.hits.add(place, Target::Inside);
    Rect {
        x: place.x + 2,
        y: place.y + 1,
        width: place.width.saturating_sub(4),
        height: place.height.saturating_sub(2),
    }
}

/// The line that is typed, with the cursor; of what does not fit, what is around the cursor.
pub(crate) fn field(pen: &mut Pen, inside: Rect, field: &Field, hint: &'static str) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let prompt = Span::styled(format!("{} ", glyphs.prompt), theme.accent);
    let room = usize::from(inside.width).saturating_sub(4);
    let (before, behind) = field.halves();
    let before = text::fit_end(before, room, glyphs.more);
    let behind = text::fit(behind, room.saturating_sub(text::width(&before)), glyphs.more);
    pen.cursor = row_of(inside, 0).map(|r| (r.x + 2 + text::cells(text::width(&before)), r.y));
    let hint = if field.text().is_empty() { hint } else { "" };
    pen.row(inside, 0, [prompt, Span::raw(before), Span::raw(behind), Span::styled(hint, theme.muted)]);
}

/// Rows of a list at least, whatever is to be said below it.
const LEAST: u16 = 5;

fn draw_picker(pen: &mut Pen, area: Rect, picker: &Picker) {
    let theme = pen.theme();
    let count = picker.found().len();
    let most = text::cells(usize::from(area.height).saturating_sub(8)).min(18);
    // As tall as it was when nothing was typed, so that it does not jump while somebody types.
    // The frame leaves so much room; what is said in more rows than one is shown whole below the list.
    let wide = usize::from(area.width.saturating_sub(8).min(80));
    let longest = picker.items().iter().map(|item| below(&item.choice, wide).len()).max().unwrap_or(0);
    // As tall for every item, so that nothing jumps from one to the next; the list leaves room for all of it.
    let wanted = if longest == 0 { 0 } else { text::cells(longest + 1) };
    let rows = text::cells(picker.all()).clamp(1, most.saturating_sub(wanted).max(LEAST));
    let more = wanted.min(most.saturating_sub(rows));
    let note = if picker.query.text().is_empty() { picker.note.as_str() } else { "" };
    let beside_what_shows = picker.shows_each_at_once();
    let height = if beside_what_shows { BESIDE.1 } else { rows + more + 4 };
    let height = height.min(area.height.saturating_sub(2)).saturating_sub(4 + more);
    let offset = scrolled(pen.state.view.hits.offsets.picker, picker.selected, picker.selected, count, height);
    let last = (offset + usize::from(height)).min(count);
    let note = if last - offset.min(last) < count {
        format!(" {} to {last} of {count}{note} ", offset + 1)
    } else {
        format!(" {count}{note} ")
    };
    let inside = if beside_what_shows {
        beside(pen, area, &picker.title, note)
    } else {
        frame(pen, area, &picker.title, note, rows + more + 2)
    };
    field(pen, inside, &picker.query, "type to search");
    let list = Rect { y: inside.y + 2, height: inside.height.saturating_sub(2 + more), ..inside };
    if let Some(item) = picker.chosen().filter(|_| more > 1) {
        let place = Rect { y: list.bottom() + 1, height: more - 1, ..list };
        let what = if matches!(item.choice, Choice::Text(_)) { "more row" } else { "more file" };
        draw_preview(pen, place, (&below(&item.choice, usize::from(place.width)), what));
    }
    if count == 0 {
        pen.row(list, 0, [Span::styled(picker.nothing, theme.muted)]);
        return;
    }
    pen.hits.offsets.picker = offset;
    let widest = picker.found().map(|item| text::width(&item.name)).max().unwrap_or(0).min(32);
    for (row, (index, item)) in picker.found().enumerate().skip(offset).take(usize::from(list.height)).enumerate() {
        if index == picker.selected {
            pen.highlight(list, row, theme.selection);
        }
        draw_item(pen, list, row, item, widest);
        pen.target(list, row, Target::PickerRow(index));
    }
}

/// What is to be known of an item besides its row: what it would make, or all that it says.
fn below(choice: &Choice, width: usize) -> Vec<String> {
    match choice {
        // A row has the time before it.
        Choice::Text(message) if text::width(message) + 10 > width => text::wrap(message, width),
        choice => new::preview(choice).into_iter().map(str::to_owned).collect(),
    }
}

/// What the selected item would make; where not all of it fits, how much more there is.
fn draw_preview(pen: &mut Pen, area: Rect, (lines, what): (&[String], &str)) {
    let theme = pen.theme();
    let height = usize::from(area.height);
    let shown = if lines.len() > height { height.saturating_sub(1) } else { lines.len() };
    for (row, line) in lines.iter().take(shown).enumerate() {
        pen.row(area, row, [Span::styled(line.clone(), theme.muted)]);
    }
    if shown < lines.len() {
        let rest = format!("and {}", text::count(lines.len() - shown, what));
        pen.row(area, shown, [Span::styled(rest, theme.faint)]);
    }
}

/// Columns of a menu at most.
const MENU: u16 = 40;

/// A small box with its corner at the pointer, moved to where it fits. What does not fit into a row goes on in the next;
/// why the selected entry can't be chosen stands in the last rows.
fn draw_menu(pen: &mut Pen, area: Rect, picker: &Picker) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let (x, y) = picker.anchor.unwrap_or_default();
    let keys = picker.items().iter().map(|item| text::width(&item.key)).max().unwrap_or(0);
    let widest = picker.items().iter().map(|item| text::width(&item.name)).max().unwrap_or(0);
    let width = text::cells(widest + keys + 6).clamp(24, MENU).min(area.width);
    let wide = usize::from(width.saturating_sub(4));
    let reason = |item: &Item| {
        let refused = item.refused.as_ref().map(|reason| format!("{} {reason}", glyphs.dash));
        refused.map_or_else(Vec::new, |reason| text::wrap(&reason, wide))
    };
    let rows_of = |item: &Item| text::wrap(&item.name, wide.saturating_sub(keys + 2)).len();
    let reasons = picker.items().iter().map(|item| reason(item).len()).max().unwrap_or(0);
    let typed = u16::from(!picker.query.text().is_empty());
    let all: usize = picker.items().iter().map(rows_of).sum();
    let height = text::cells(all + reasons).max(1).saturating_add(2 + typed).min(area.height.saturating_sub(2));
    // The last row of the screen has the keys of the menu.
    let place = Rect {
        x: x.min(area.right().saturating_sub(width)),
        y: y.min(area.bottom().saturating_sub(height + 1)),
        width,
        height,
    };
    pen.hits.add(area, Target::Outside);
    pen.clear(place);
    Block::bordered().border_set(glyphs.border).border_style(theme.accent).render(place, pen.buffer);
    pen.hits.add(place, Target::Inside);
    let inside = Rect { x: place.x + 2, y: place.y + 1, width: place.width.saturating_sub(4), height: height - 2 };
    if typed > 0 {
        field(pen, inside, &picker.query, "");
    }
    let below = text::cells(reasons).min(inside.height.saturating_sub(typed + 1));
    let list = Rect { y: inside.y + typed, height: inside.height.saturating_sub(typed + below), ..inside };
    if picker.found().len() == 0 {
        pen.row(list, 0, [Span::styled(picker.nothing, theme.muted)]);
        return;
    }
    let mut rows = Vec::new();
    for (index, item) in picker.found().enumerate() {
        let lines = text::wrap(&item.name, wide.saturating_sub(keys + 2)).into_iter().enumerate();
        rows.extend(lines.map(|(n, line)| (index, item, line, n == 0)));
    }
    let first = rows.iter().position(|(index, ..)| *index == picker.selected).unwrap_or(0);
    let last = rows.iter().rposition(|(index, ..)| *index == picker.selected).unwrap_or(first);
    let offset = scrolled(pen.state.view.hits.offsets.picker, first, last, rows.len(), list.height);
    pen.hits.offsets.picker = offset;
    for (row, (index, item, line, begins)) in rows.into_iter().skip(offset).take(usize::from(list.height)).enumerate() {
        if index == picker.selected {
            pen.highlight(list, row, theme.selection);
        }
        let style = if item.refused.is_some() { theme.muted } else { theme.text };
        pen.row(list, row, [Span::styled(line, style)]);
        if begins {
            pen.row_end(list, row, [Span::styled(item.key.clone(), theme.button)]);
        }
        pen.target(list, row, Target::PickerRow(index));
    }
    let place = Rect { y: list.bottom(), height: below, ..list };
    for (row, line) in picker.chosen().map(reason).unwrap_or_default().into_iter().enumerate() {
        pen.row(place, row, [Span::styled(line, theme.muted.add_modifier(Modifier::ITALIC))]);
    }
}

fn draw_item(pen: &mut Pen, list: Rect, row: usize, item: &Item, names: usize) {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let name = text::fit(&item.name, names, glyphs.more);
    let fill = " ".repeat(names.saturating_sub(text::width(&name)) + 2);
    let style = if item.refused.is_some() { theme.muted } else { theme.text };
    let room = usize::from(list.width).saturating_sub(names + 2 + text::width(&item.key) + 1);
    let detail = match &item.refused {
        Some(reason) => Span::styled(
            text::fit(&format!("{} {reason}", glyphs.dash), room, glyphs.more).into_owned(),
            theme.muted.add_modifier(Modifier::ITALIC),
        ),
        None => Span::styled(text::fit(&item.detail, room, glyphs.more).into_owned(), theme.muted),
    };
    pen.row(list, row, [Span::styled(name.into_owned(), style), Span::raw(fill), detail]);
    pen.row_end(list, row, [Span::styled(item.key.clone(), theme.button)]);
}

fn draw_prompt(pen: &mut Pen, area: Rect, prompt: &Prompt) {
    let theme = pen.theme();
    let room = usize::from(area.width.saturating_sub(8).min(80));
    let (below, style) = match &prompt.trouble {
        Some(trouble) => (trouble, theme.bad),
        None => (&prompt.hint, theme.muted),
    };
    let lines = text::wrap(below, room);
    let inside = frame(pen, area, &prompt.title, String::new(), text::cells(lines.len() + 2));
    field(pen, inside, &prompt.field, "");
    for (row, line) in lines.into_iter().enumerate() {
        pen.row(inside, row + 2, [Span::styled(line, style)]);
    }
}
