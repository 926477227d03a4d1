//! One row of segments that gives way to the width: the least important ones go first.

use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::tui::hit::Target;
use crate::tui::screen::pen::Pen;
use crate::tui::screen::text::cells;

pub(crate) struct Segment {
    pub(crate) spans: Vec<Span<'static>>,
    /// The higher, the sooner it goes.
    pub(crate) rank: usize,
    pub(crate) target: Option<Target>,
}

impl Segment {
    pub(crate) fn new(rank: usize, spans: Vec<Span<'static>>) -> Self {
        Self { spans, rank, target: None }
    }

    #[must_use]
    pub(crate) fn target(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    fn width(&self) -> usize {
        self.spans.iter().map(Span::width).sum()
    }
}

/// Columns between segments.
pub(crate) const GAP: usize = 3;

/// Draws `left` from the left edge and `right` up to the right one.
pub(crate) fn draw(pen: &mut Pen, area: Rect, mut left: Vec<Segment>, mut right: Vec<Segment>) {
    let room = usize::from(area.width).saturating_sub(2);
    while total(&left) + total(&right) > room + GAP {
        let ranks = left.iter().chain(&right).map(|s| s.rank);
        let Some(worst) = ranks.max().filter(|rank| *rank > 0) else { break };
        left.retain(|s| s.rank != worst);
        right.retain(|s| s.rank != worst);
    }
    let end = cells(usize::from(area.width).saturating_sub(1 + total(&right).saturating_sub(GAP)));
    run(pen, Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area }, left);
    run(pen, Rect { x: area.x + end, width: area.width.saturating_sub(end), ..area }, right);
}

fn total(segments: &[Segment]) -> usize {
    segments.iter().map(|s| s.width() + GAP).sum()
}

fn run(pen: &mut Pen, area: Rect, segments: Vec<Segment>) {
    let mut area = area;
    for segment in segments {
        let target = segment.target;
        let used = pen.row(area, 0, segment.spans);
        if let Some(target) = target {
            pen.hits.add(Rect { width: used, ..area }, target);
        }
        let step = (used + cells(GAP)).min(area.width);
        area = Rect { x: area.x + step, width: area.width - step, ..area };
    }
}
