//! The last row: the keys that do something now, the likeliest first; or the answer to the last key.

use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::tui::command::{Command, Context, Spec, commands};
use crate::tui::hit::Target;
use crate::tui::overlay::{explanation, verb};
use crate::tui::screen::bar;
use crate::tui::screen::bar::Segment;
use crate::tui::screen::pen::Pen;
use crate::tui::screen::text;

/// So many keys stay beside a message that is too long for the row.
const KEPT: usize = 2;

pub(crate) fn draw(pen: &mut Pen, area: Rect) {
    let state = pen.state;
    let contexts = Context::current(state);
    let hint = |command: Command, label: &'static str, rank: usize| {
        let key = state.view.keymap.key(contexts, command)?;
        Some(Segment::new(rank, pen.key_hint(key.to_string(), label)).target(Target::Command(command)))
    };
    let right: Vec<Segment> = hint(Command::Help, "help", 0).into_iter().collect();
    let worth = |spec: &&Spec| {
        let known = spec.command != Command::Help && !spec.label.is_empty();
        known && spec.command.reminded(state) && (spec.enabled)(state).is_ok()
    };
    let label = |spec: &Spec| if spec.command == Command::Accept { verb::accept(state) } else { spec.label };
    let mut specs: Vec<&Spec> = commands().filter(worth).collect();
    // Where something is wrong, why it is comes first.
    let is_wrong = explanation::is_wrong(state);
    specs.sort_by_key(|spec| if is_wrong && spec.command == Command::Explain { 0 } else { spec.rank });
    let hints = specs.into_iter().enumerate();
    let hints: Vec<Segment> = hints.filter_map(|(index, spec)| hint(spec.command, label(spec), index + 1)).collect();
    let mut left = Vec::new();
    if let Some(flash) = state.view.flash.as_ref().filter(|f| f.until > pen.now) {
        let mut text = flash.text.clone();
        if pen.glyphs().is_ascii() {
            text = text.replace('→', pen.glyphs().arrow).replace('·', pen.glyphs().dot);
        }
        let width = |segments: &[Segment]| segments.iter().flat_map(|s| &s.spans).map(Span::width).sum::<usize>();
        // One that is cut anyway leaves room for the keys that are wanted the most.
        let kept: usize = hints.iter().take(KEPT).map(|s| width(std::slice::from_ref(s)) + bar::GAP).sum();
        let room = usize::from(area.width).saturating_sub(width(&right) + 2 + bar::GAP);
        let room = if text::width(&text) > room { room.saturating_sub(kept) } else { room };
        // Where it does not fit it is cut, and the key that shows all of it stands behind it.
        let whole = if text::width(&text) > room { hint(Command::Messages, "all", 0) } else { None };
        let more: Vec<Segment> = whole.into_iter().collect();
        let room = room.saturating_sub(if more.is_empty() { 0 } else { width(&more) + bar::GAP });
        let text = text::fit(&text, room, pen.glyphs().more).into_owned();
        left.push(Segment::new(0, vec![Span::styled(text, pen.theme().warn)]));
        left.extend(more);
    }
    left.extend(hints);
    bar::draw(pen, area, left, right);
}
