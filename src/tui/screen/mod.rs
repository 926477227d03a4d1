//! The screen: `draw` reads the state and returns the map of what is where. Nothing here changes anything.

pub(crate) mod bar;
pub(crate) mod footer;
#[cfg(test)]
mod footer_tests;
pub(crate) mod frame;
pub(crate) mod guest;
pub(crate) mod layout;
pub(crate) mod needs;
pub(crate) mod pen;
pub(crate) mod status;
pub(crate) mod steady;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod text;
pub(crate) mod which_key;

use std::time::Instant;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;

use crate::tui::hit::{HitMap, Target};
use crate::tui::overlay::{self, Owner};
use crate::tui::state::State;
use crate::tui::view::{Pane, Tab};
use needs::Needs;
use pen::Pen;

/// Draws one frame. Its work is bounded by the screen, not by the project or the log.
pub fn draw(state: &State, now: Instant, frame: &mut Frame) -> HitMap {
    let (hits, cursor) = fill(state, now, frame.buffer_mut());
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
    hits
}

/// The cells of one frame, for what is no terminal; the cursor is a reversed cell.
pub(crate) fn cells(state: &State, now: Instant, area: Rect) -> Buffer {
    let mut buffer = Buffer::empty(area);
    let (_, cursor) = fill(state, now, &mut buffer);
    if let Some(cell) = cursor.and_then(|at| buffer.cell_mut(at)) {
        cell.modifier.toggle(Modifier::REVERSED);
    }
    buffer
}

/// Draws into a whole buffer; also tells where the cursor stands.
fn fill(state: &State, now: Instant, buffer: &mut Buffer) -> (HitMap, Option<(u16, u16)>) {
    let area = buffer.area;
    let mut pen = Pen::new(buffer, state, now);
    pen.hits.set_screen(area);
    match layout::layout(area, &state.view, &Needs::of(state)) {
        Some(mut layout) => {
            let plan_place = plan_area(&layout);
            if let (Some(foot), [alone]) = (state.view.overlays.plan().map(|_| plan_place), layout.slots.as_mut_slice())
            {
                // The wire that is looked at must not be under the list.
                alone.area.height = foot.y - alone.area.y;
            }
            pen.hits.set_panes(layout.panes);
            status::draw(&mut pen, layout.status);
            for slot in &layout.slots {
                match slot.pane {
                    Pane::Project => crate::tui::pane::project::draw::draw(&mut pen, slot),
                    Pane::Graph => crate::tui::pane::graph::draw::draw(&mut pen, slot),
                    Pane::Source => crate::tui::pane::source::draw::draw(&mut pen, slot),
                    Pane::Inspector => crate::tui::pane::inspector::draw(&mut pen, slot),
                    Pane::Output if state.tab() == Tab::Problems => {
                        crate::tui::pane::output::problems::draw(&mut pen, slot);
                    }
                    Pane::Output if state.tab() == Tab::Requests => {
                        crate::tui::pane::output::requests::draw(&mut pen, slot);
                    }
                    Pane::Output => crate::tui::pane::output::logs::draw::draw(&mut pen, slot),
                }
            }
            for (edge, area) in &layout.edges {
                pen.hits.add(*area, Target::Edge(*edge));
            }
            pen.hits.set_owner(state.pane_owner().kind());
            if let Some(question) = state.app.trusting.question().filter(|_| state.asks_for_trust()) {
                pen.hits.set_owner(Owner::Question.kind());
                crate::tui::overlay::trust::draw::draw(&mut pen, area, question);
            }
            overlay::draw::draw_all(&mut pen, area, plan_place);
            footer::draw(&mut pen, layout.footer);
            which_key::draw(&mut pen, area);
        }
        None => too_small(&mut pen, area),
    }
    if let Some(background) = pen.theme().background {
        paint(pen.buffer, background);
    }
    steady::steady(pen.buffer);
    (pen.hits, pen.cursor)
}

/// A theme's own text and background where nothing else was said.
fn paint(buffer: &mut Buffer, background: Style) {
    for cell in &mut buffer.content {
        if cell.fg == Color::Reset {
            cell.fg = background.fg.unwrap_or(Color::Reset);
        }
        if cell.bg == Color::Reset {
            cell.bg = background.bg.unwrap_or(Color::Reset);
        }
    }
}

/// Where a plan is listed: in place of the output, else at the foot of what shows.
fn plan_area(layout: &layout::Layout) -> Rect {
    let output = layout.slots.iter().find(|slot| slot.pane == Pane::Output && layout.slots.len() > 1);
    let whole = layout.slots.first().map_or(layout.footer, |slot| slot.area);
    let height = (whole.height / 3).max(4).min(whole.height);
    let foot = Rect { y: whole.bottom() - height, height, ..whole };
    output.map_or(foot, |slot| slot.area)
}

fn too_small(pen: &mut Pen, area: Rect) {
    pen.hits.set_too_small();
    let (columns, rows) = layout::SMALLEST;
    let sentence = format!("terminal is {}×{}; studio needs {columns}×{rows}", area.width, area.height);
    let wrapped = text::wrap(&sentence, usize::from(area.width));
    pen.centred(area, wrapped.into_iter().map(Line::from).collect());
}
