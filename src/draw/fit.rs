//! A picture that fits the place it is shown in: of many arrangements the first that does.
//!
//! They are tried from the most comfortable to the closest: gaps shrink, the host becomes a count, port names lose their
//! middle, long chains go on below and high columns become several; then ports become counts, then boxes names. No
//! node's name is ever cut.

use std::collections::{BTreeMap, BTreeSet};

use crate::draw::canvas;
use crate::draw::geometry::{Rect, index};
use crate::draw::layout;
use crate::draw::layout::{Detail, Gaps, HostView, Layout, Measured, Options, Place, Room, Shape, TooLarge};
use crate::draw::route;
use crate::draw::route::Routes;
use crate::model::graph::Graph;

/// Cells kept free on a node for its build status, as in `✔ 0.42 s`.
const STATUS: i32 = 10;
/// The widest a port's name may be, at best and when room is short.
const LABEL: i32 = 28;
const SHORT_LABEL: i32 = 16;
const SHORTEST_LABEL: i32 = 10;
/// Boxes and wires that are placed in one search, over all its attempts.
const PATIENCE: usize = 3_000;
/// Shapes that fit, of one height, among which the wires' crossings decide.
const FOLDS: usize = 3;
/// Rows without end, for what is scrolled.
const TALL: i32 = 4_096;
/// Corners that an edited picture may have more than a fresh one.
const BENDS: usize = 2;

/// How much is shown of the nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// Every port, and room for the build status.
    #[default]
    Status,
    /// Every port.
    Ports,
    /// Names, and how many ports.
    Compact,
    /// A row a node.
    Names,
}

impl Level {
    /// From what shows most to what shows least.
    pub const ALL: [Self; 4] = [Self::Status, Self::Ports, Self::Compact, Self::Names];

    /// Whether every port has a row of its own.
    pub(crate) const fn has_ports(self) -> bool {
        matches!(self, Self::Status | Self::Ports)
    }

    /// The word for it; none for what one expects to see.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Status | Self::Ports => None,
            Self::Compact => Some("compact"),
            Self::Names => Some("names"),
        }
    }

    /// One step less, or more, of the nodes.
    #[must_use]
    pub(crate) fn stepped(self, by: isize) -> Self {
        let place = Self::ALL.iter().position(|l| *l == self).unwrap_or(0);
        let next = place.saturating_add_signed(by).min(Self::ALL.len() - 1);
        Self::ALL.get(next).copied().unwrap_or(self)
    }

    /// Its arrangements without a bound on columns, the most comfortable first.
    fn arrangements(self) -> Vec<Arrangement> {
        use Gaps::{Comfortable, Tight};
        use HostView::{Counted, Folded};
        let styles: &[(Gaps, HostView, i32)] = match self {
            Self::Status => &[(Comfortable, Folded, LABEL)],
            Self::Ports => &[
                (Comfortable, Folded, LABEL),
                (Tight, Folded, LABEL),
                (Tight, Counted, LABEL),
                (Tight, Counted, SHORT_LABEL),
                (Tight, Counted, SHORTEST_LABEL),
            ],
            Self::Compact | Self::Names => &[(Comfortable, Folded, LABEL), (Tight, Counted, LABEL)],
        };
        let of = |(gaps, host, label_width): &(Gaps, HostView, i32)| Arrangement {
            level: self,
            gaps: *gaps,
            host: *host,
            label_width: *label_width,
            shape: Shape::default(),
        };
        styles.iter().map(of).collect()
    }

    /// Those whose chains go on below.
    fn folded(self) -> Vec<Arrangement> {
        let mut all = self.arrangements();
        all.retain(|a| a.host == HostView::Counted);
        all
    }

    /// What is looked at part by part where nothing fits.
    fn fallback(self) -> Arrangement {
        let all = self.arrangements();
        let close = all.iter().find(|a| a.host == HostView::Counted).or(all.first()).copied();
        close.unwrap_or_default()
    }
}

/// One way to draw a graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Arrangement {
    pub level: Level,
    pub gaps: Gaps,
    pub host: HostView,
    pub label_width: i32,
    pub shape: Shape,
}

impl Arrangement {
    fn options(&self, unfolded: &BTreeSet<String>) -> Options {
        Options {
            detail: match self.level {
                Level::Status | Level::Ports => Detail::Full,
                Level::Compact => Detail::Compact,
                Level::Names => Detail::Names,
            },
            status_width: if self.level == Level::Status { STATUS } else { 0 },
            host: self.host,
            unfolded: unfolded.clone(),
            label_width: self.label_width,
            gaps: self.gaps,
            shape: self.shape,
        }
    }
}

/// A graph in one arrangement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    pub(crate) arrangement: Arrangement,
    /// Its boxes.
    pub layout: Layout,
    /// Its wires.
    pub routes: Routes,
}

impl Drawn {
    fn new(arrangement: Arrangement, layout: Layout) -> Self {
        let routes = route::route(&layout);
        Self { arrangement, layout, routes }
    }

    /// Around boxes and wires, in the coordinates of the layout.
    pub fn extent(&self) -> Rect {
        canvas::extent(&self.layout, &self.routes)
    }

    /// Whether boxes and wires have room without scrolling.
    pub fn fits(&self, room: Room) -> bool {
        let extent = self.extent();
        extent.width <= room.columns && extent.height <= room.rows
    }
}

/// What is to be drawn, and where.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// Laid out whole, whatever is in view.
    pub graph: &'a Graph,
    /// Nodes whose host imports are listed one by one.
    pub unfolded: &'a BTreeSet<String>,
    /// Where the user put nodes.
    pub pinned: &'a BTreeMap<String, Place>,
    /// What the whole picture is to fit.
    pub room: Room,
}

impl Subject<'_> {
    /// Columns and rows that the whole takes where it has all the room it likes.
    pub(crate) fn natural(&self) -> (i32, i32) {
        let first = Level::Ports.arrangements().first().copied().unwrap_or_default();
        let extent = self.fresh(&first).extent();
        (extent.width, extent.height)
    }

    /// What is looked at part by part where nothing of a level fits.
    pub(crate) fn unfit(&self, level: Level, before: Option<&Drawn>) -> Drawn {
        let fallback = level.fallback();
        let kept = before.filter(|before| before.arrangement == fallback).and_then(|before| self.kept(before));
        kept.unwrap_or_else(|| self.fresh(&fallback))
    }

    /// What is looked at from top to bottom where nothing of a level fits: no wider than the room. `None` where even that
    /// cannot be.
    pub(crate) fn as_wide_as_the_room(&self, level: Level, before: Option<&Drawn>) -> Option<Drawn> {
        let tall = Self { room: Room { rows: TALL, ..self.room }, ..*self };
        let kept = before.and_then(|before| tall.kept(before)).filter(|kept| kept.fits(tall.room));
        kept.or_else(|| tall.search(level))
    }

    fn fresh(&self, arrangement: &Arrangement) -> Drawn {
        let options = arrangement.options(self.unfolded);
        Drawn::new(*arrangement, layout::layout(self.graph, &options, None, self.pinned))
    }

    /// What was there, with what is new in its place; `None` where a fresh picture is much simpler.
    pub fn kept(&self, before: &Drawn) -> Option<Drawn> {
        let options = before.arrangement.options(self.unfolded);
        let edited = layout::layout(self.graph, &options, Some(&before.layout), self.pinned);
        let edited = Drawn::new(before.arrangement, edited);
        (edited.routes.bends() <= self.fresh(&before.arrangement).routes.bends() + BENDS).then_some(edited)
    }

    /// The first arrangement of a level that fits.
    pub fn search(&self, level: Level) -> Option<Drawn> {
        let mut patience = PATIENCE;
        for arrangement in level.arrangements() {
            let Some(tried) = Tried::new(self, arrangement) else { continue };
            for (rows, _) in tried.heights() {
                if let Ok(found) = tried.shaped(Shape { columns: None, rows }, &mut patience) {
                    return Some(found);
                }
            }
        }
        level.folded().into_iter().find_map(|arrangement| Tried::new(self, arrangement)?.folded(&mut patience))
    }
}

/// An arrangement that is tried in several shapes.
struct Tried<'a> {
    subject: &'a Subject<'a>,
    arrangement: Arrangement,
    measured: Measured,
    options: Options,
}

impl<'a> Tried<'a> {
    /// `None` where even the boxes' cells are more than the room has.
    fn new(subject: &'a Subject<'a>, arrangement: Arrangement) -> Option<Self> {
        let options = arrangement.options(subject.unfolded);
        let measured = Measured::new(subject.graph, &options);
        let cells: i32 = measured.boxes.iter().map(|b| b.rect.width * b.rect.height).sum();
        let room = subject.room.columns.saturating_mul(subject.room.rows);
        (cells <= room).then_some(Self { subject, arrangement, measured, options })
    }

    /// How high columns may be, each with the columns that makes: as high as they are, then as high as the room, or less,
    /// for what passes between boxes takes rows too.
    fn heights(&self) -> Vec<(Option<i32>, usize)> {
        let rows = self.subject.room.rows;
        let mut heights: Vec<(Option<i32>, usize)> = Vec::new();
        for rows in [None, Some(rows), Some(rows * 2 / 3), Some(rows / 2)] {
            let shape = Shape { columns: None, rows };
            let depth = self.measured.columns(&Options { shape, ..self.options.clone() });
            if heights.iter().all(|(_, known)| *known != depth) {
                heights.push((rows, depth));
            }
        }
        heights
    }

    /// Of the shapes that fit by going on below, the one whose wires cross least: of as many columns as fit, and of few less,
    /// at every height.
    fn folded(&self, patience: &mut usize) -> Option<Drawn> {
        let mut best: Option<(usize, Drawn)> = None;
        for (rows, depth) in self.heights() {
            let mut columns = depth.saturating_sub(1);
            let mut tried = 0;
            while columns > 0 && tried < FOLDS {
                match self.shaped(Shape { columns: Some(columns), rows }, patience) {
                    Ok(found) => {
                        let crossings = found.routes.crossings();
                        if best.as_ref().is_none_or(|(fewest, _)| crossings < *fewest) {
                            best = Some((crossings, found));
                        }
                        tried += 1;
                        columns -= 1;
                    }
                    // Fewer columns are higher still.
                    Err(TooLarge::High) => break,
                    // What is twice as wide as the room will not fit with a column less.
                    Err(TooLarge::Wide(width)) => {
                        let fitting = columns * index(self.subject.room.columns) / index(width).max(1) + 1;
                        columns = fitting.min(columns - 1);
                    }
                }
            }
        }
        best.map(|(_, found)| found)
    }

    fn shaped(&self, shape: Shape, patience: &mut usize) -> Result<Drawn, TooLarge> {
        let options = Options { shape, ..self.options.clone() };
        let (room, pinned) = (self.subject.room, self.subject.pinned);
        if self.measured.weight() > *patience {
            return Err(TooLarge::High);
        }
        let layout = self.measured.clone().into_layout(&options, None, pinned, Some(room))?;
        *patience -= self.measured.weight();
        let drawn = Drawn::new(Arrangement { shape, ..self.arrangement }, layout);
        let extent = drawn.extent();
        match (extent.width <= room.columns, extent.height <= room.rows) {
            (true, true) => Ok(drawn),
            (false, _) => Err(TooLarge::Wide(extent.width)),
            (true, false) => Err(TooLarge::High),
        }
    }
}
