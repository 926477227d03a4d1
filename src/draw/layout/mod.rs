//! Where the boxes of the graph stand, in cells: entry first, callers left of callees, the host last.
//!
//! ```text
//! graph ─ measure ─▶ boxes ─ layers ─▶ columns ─ order, place ─▶ rows ─ route::channel ─▶ gaps ─▶ Layout
//!                      └─ nets ─▶ lanes ───────────┘ settle (next to what was there before)
//! ```
//!
//! Boxes never leave their column and columns never overlap, so a wire has two kinds of cells that are free of boxes
//! by construction: the *channels* between the columns, and the *lanes*, free rows through a column. `route` only draws
//! what is decided here.

pub(crate) mod label;
pub(crate) mod layers;
pub(crate) mod measure;
pub(crate) mod nets;
pub(crate) mod order;
pub(crate) mod place;
pub(crate) mod settle;
pub(crate) mod strata;

use std::collections::{BTreeMap, BTreeSet};

use crate::draw::geometry::{Point, Rect};
use crate::draw::route::channel;
use crate::draw::route::channel::Channel;
use crate::model::graph::{Graph, NodeKind};

pub(crate) use label::{char_width, clip, text_width};
pub(crate) use nets::{Drawn, Link, Net, Pin};

/// How much of a node is drawn; what a zoom is elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Detail {
    /// A row a port.
    #[default]
    Full,
    /// The name and how many ports; all wires of a side meet in one place.
    Compact,
    /// One row a node: its name between the ends of its wires.
    Names,
}

/// How what the host provides is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HostView {
    /// One dashed row a node, ending in a stub; the host lists its packages.
    #[default]
    Folded,
    /// One row a node that says how many; the host itself is not drawn.
    Counted,
    /// A row and a dashed wire for every interface.
    Open,
}

/// How much is kept free between things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Gaps {
    /// A free row between boxes, and room beside wires.
    #[default]
    Comfortable,
    /// What wires need, and no more.
    Tight,
}

/// How large the block of columns may be. A longer chain of calls goes on below, from the left again, as text does; a
/// higher column becomes several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shape {
    /// The most columns of components.
    pub columns: Option<usize>,
    /// The most rows that the boxes of one column take.
    pub rows: Option<i32>,
}

/// How a graph is laid out; all sizes in cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many rows a box has.
    pub detail: Detail,
    /// For all nodes but those of `unfolded`.
    pub host: HostView,
    /// Nodes whose host imports are listed one by one although the host is folded.
    pub unfolded: BTreeSet<String>,
    /// The widest a port's name may be, in cells; longer ones are clipped.
    pub label_width: i32,
    /// Cells kept free beside every component's name, for a build status such as `✔ 0.4 s`.
    pub status_width: i32,
    /// Between boxes, and between wires.
    pub gaps: Gaps,
    /// Without bounds where nothing has to fit.
    pub shape: Shape,
}

impl Options {
    /// Free rows between two boxes.
    pub(crate) fn margin(&self) -> i32 {
        i32::from(self.detail != Detail::Names && self.gaps == Gaps::Comfortable)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            detail: Detail::Full,
            host: HostView::Folded,
            unfolded: BTreeSet::new(),
            label_width: 28,
            status_width: 0,
            gaps: Gaps::Comfortable,
            shape: Shape::default(),
        }
    }
}

/// Where the user put a node: the column (0 is the entry's) and the row of its top border. [`Layout::column_at`] turns
/// the cell where a drag ended into the column.
pub type Place = (i32, i32);

/// An edge of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The left edge.
    Export,
    /// The right edge.
    Import,
}

/// What is known of a port; drawn by glyph, word and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PortState {
    /// An export nobody imports, or an import of types alone.
    Free,
    /// The host provides it, or it is one of the host's own.
    Host,
    /// It has a wire; one that does not fit is reported at the import.
    Wired,
    /// An import that nothing in the project provides: the composition imports it.
    Open,
    /// An import nobody provides.
    Needed,
    /// Wired to what does not fit.
    Mismatch,
}

impl PortState {
    /// The word beside the glyph, for what needs the user's hand.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Open => Some("open"),
            Self::Needed => Some("unwired"),
            Self::Mismatch => Some("mismatch"),
            Self::Free | Self::Host | Self::Wired => None,
        }
    }
}

/// Names one row of one box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PortRef {
    /// The node's index in the graph, as in [`Layout::boxes`].
    pub node: usize,
    /// The edge at which the row lies.
    pub side: Side,
    /// An index in [`NodeBox::rows`] of that side.
    pub row: usize,
}

/// One row at one edge of a box: a port, or several folded into one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub(crate) label: String,
    pub(crate) state: PortState,
    /// Which of the node's imports (or exports), by their index in the graph; never empty.
    pub ports: Vec<usize>,
}

/// A node's box. Its index in [`Layout::boxes`] is the node's in the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeBox {
    /// The node's name, unclipped.
    pub name: String,
    /// What is written on it.
    pub title: String,
    pub(crate) kind: NodeKind,
    /// An index in [`Layout::columns`].
    pub column: usize,
    /// Where the chain of calls goes on below: how often it began again from the left.
    pub(crate) band: usize,
    /// Empty for a host that is not drawn.
    pub rect: Rect,
    pub(crate) exports: Vec<Row>,
    pub(crate) imports: Vec<Row>,
}

impl NodeBox {
    /// From top to bottom.
    pub fn rows(&self, side: Side) -> &[Row] {
        match side {
            Side::Export => &self.exports,
            Side::Import => &self.imports,
        }
    }

    /// The cell of a row's port glyph, on the box's edge.
    pub fn port(&self, detail: Detail, side: Side, row: usize) -> Point {
        let x = match side {
            Side::Export => self.rect.x,
            Side::Import => self.rect.right() - 1,
        };
        Point::new(x, self.rect.y + measure::row_offset(detail, row))
    }
}

/// The strip of cells a layer of boxes stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// Its leftmost cell.
    pub x: i32,
    /// Of its widest box; zero where it holds none.
    pub width: i32,
}

/// The drawn graph without its wires; hand it to [`crate::draw::route::route`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// As it was asked for.
    pub detail: Detail,
    /// One a node of the graph, in its order.
    pub boxes: Vec<NodeBox>,
    /// The entry's first, the host's last.
    pub columns: Vec<Column>,
    /// Around all boxes.
    pub bounds: Rect,
    pub(crate) nets: Vec<Net>,
    pub(crate) stubs: Vec<PortRef>,
    /// How each wire of the graph is drawn, in the graph's order.
    pub(crate) drawn: Vec<Drawn>,
    /// `channels[c]` lies left of column `c`; the last one right of the last column.
    pub(crate) channels: Vec<Channel>,
}

impl Layout {
    /// The box of the node of this name.
    pub fn node(&self, name: &str) -> Option<&NodeBox> {
        self.boxes.iter().find(|b| b.name == name)
    }

    /// The column nearest to a cell.
    pub fn column_at(&self, x: i32) -> usize {
        let distance = |c: &Column| c.x.saturating_sub(x).max(x.saturating_sub(c.x + c.width - 1)).max(0);
        (0..self.columns.len()).min_by_key(|&c| distance(&self.columns[c])).unwrap_or(0)
    }

    /// The cell of a row's glyph; `None` where there is no such row.
    pub fn port(&self, port: PortRef) -> Option<Point> {
        let b = self.boxes.get(port.node)?;
        b.rows(port.side).get(port.row).map(|_| b.port(self.detail, port.side, port.row))
    }

    /// The drawn nodes in reading order: column by column, each from top to bottom.
    pub fn walk(&self) -> Vec<usize> {
        let mut nodes: Vec<usize> = (0..self.boxes.len()).filter(|&n| !self.boxes[n].rect.is_empty()).collect();
        nodes.sort_by_key(|&n| (self.boxes[n].band, self.boxes[n].column, self.boxes[n].rect.y));
        nodes
    }

    /// The ports in reading order: node by node, row by row, what is left before what is right.
    pub fn walk_ports(&self) -> Vec<PortRef> {
        let rows = |node: usize| {
            let b = &self.boxes[node];
            (0..b.exports.len().max(b.imports.len())).flat_map(move |row| {
                let there = [Side::Export, Side::Import].into_iter().filter(move |s| row < b.rows(*s).len());
                there.map(move |side| PortRef { node, side, row })
            })
        };
        self.walk().into_iter().flat_map(rows).collect()
    }

    pub(crate) fn pin(&self, pin: Pin, side: Side) -> Point {
        self.boxes[pin.node].port(self.detail, side, pin.row)
    }
}

/// Lays the graph out.
///
/// With `previous`, what stood there stays there: a node moves only if a wire of its own now forces it into another
/// column, or if a box above it grew. Without, the picture is the best this knows. `pinned` nodes stand where the user
/// put them, and all others make room.
pub fn layout(graph: &Graph, options: &Options, previous: Option<&Layout>, pinned: &BTreeMap<String, Place>) -> Layout {
    Measured::new(graph, options).into_layout(options, previous, pinned, None).unwrap_or_default()
}

/// Columns and rows that a picture is to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Room {
    /// Cells from left to right.
    pub columns: i32,
    /// Cells from top to bottom.
    pub rows: i32,
}

/// What of a picture is the same wherever its boxes stand.
#[derive(Clone)]
pub(crate) struct Measured {
    links: Vec<Option<Link>>,
    pub boxes: Vec<NodeBox>,
    nets: Vec<Net>,
    drawn: Vec<Drawn>,
}

impl Measured {
    pub(crate) fn new(graph: &Graph, options: &Options) -> Self {
        let links = nets::resolve(graph);
        let boxes = measure::measure(graph, &links, options);
        let (nets, drawn) = nets::nets(graph, &links, &boxes, options);
        Self { links, boxes, nets, drawn }
    }

    /// Boxes and wires that are to be placed: what a layout costs.
    pub(crate) fn weight(&self) -> usize {
        self.boxes.len() + self.nets.len()
    }

    /// Columns that the boxes would stand in.
    pub(crate) fn columns(&self, options: &Options) -> usize {
        let mut boxes = self.boxes.clone();
        layers::assign(&mut boxes, &self.links, options, None, &BTreeMap::new())
    }

    /// Everything in its place.
    ///
    /// # Errors
    /// Where it is plain at once that it does not fit the room.
    pub(crate) fn into_layout(
        self,
        options: &Options,
        previous: Option<&Layout>,
        pinned: &BTreeMap<String, Place>,
        room: Option<Room>,
    ) -> Result<Layout, TooLarge> {
        let Self { links, mut boxes, mut nets, drawn } = self;
        let count = layers::assign(&mut boxes, &links, options, previous, pinned);
        if let Some(room) = room {
            could_fit(&boxes, count, options, room)?;
        }
        let detail = options.detail;
        let stubs = nets::stubs(&boxes, &nets, options);
        nets::reserve_lanes(&mut nets, &boxes);
        let same_scale = previous.filter(|p| p.detail == detail);
        if same_scale.is_none() {
            let mut strata = strata::Strata::new(&boxes, &nets, options, count);
            let rows = room.map(|room| room.rows);
            if rows.is_some_and(|rows| strata.height() > rows) {
                return Err(TooLarge::High);
            }
            strata.level_host(&boxes, &stubs, detail);
            order::order(&mut strata, &boxes, previous);
            place::place(&mut strata, rows);
            strata.write(&mut boxes, &mut nets);
        }
        if same_scale.is_some() || !pinned.is_empty() {
            settle::settle(&mut boxes, &mut nets, options, count, same_scale, pinned);
        }
        let channels = channel::plan(&boxes, &nets, &stubs, options, count);
        let mut layout = Layout { detail, boxes, nets, stubs, drawn, channels, ..Layout::default() };
        stretch(&mut layout, count, same_scale);
        Ok(layout)
    }
}

/// Why a picture does not fit; of both, that it is too wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TooLarge {
    /// It takes so many columns, at least.
    Wide(i32),
    High,
}

/// Whether the boxes alone, as close as they may stand, fit the room.
fn could_fit(boxes: &[NodeBox], count: usize, options: &Options, room: Room) -> Result<(), TooLarge> {
    let mut columns = vec![(0, 0); count];
    for b in boxes.iter().filter(|b| !b.rect.is_empty()) {
        let (width, height) = &mut columns[b.column];
        *width = b.rect.width.max(*width);
        *height += b.rect.height + if *height > 0 { options.margin() } else { 0 };
    }
    let used = columns.iter().filter(|c| c.0 > 0);
    let least = channel::narrowest(options.gaps);
    let width = used.clone().map(|c| c.0 + least).sum::<i32>() - least;
    if width > room.columns {
        return Err(TooLarge::Wide(width));
    }
    if used.map(|c| c.1).max().unwrap_or(0) > room.rows { Err(TooLarge::High) } else { Ok(()) }
}

/// Gives columns and boxes their `x`: each channel as wide as looks well, but where it was before if that will do.
fn stretch(layout: &mut Layout, count: usize, previous: Option<&Layout>) {
    let mut x = 0;
    for c in 0..count {
        let inside = || layout.boxes.iter().filter(|b| b.column == c);
        let width = inside().map(|b| b.rect.width).max().unwrap_or(0);
        let before = c.checked_sub(1).map(|left| layout.columns[left]);
        let old = previous.and_then(|p| p.columns.get(c));
        if let Some(left) = before {
            let (edge, tight, channel) = (left.x + left.width, left.width == 0, &layout.channels[c]);
            x = old
                .map(|o| o.x)
                .filter(|x| *x >= edge + channel.least_width(tight))
                .unwrap_or(edge + channel.width(tight));
        }
        layout.columns.push(Column { x, width });
    }
    for b in &mut layout.boxes {
        b.rect.x = layout.columns[b.column].x;
        layout.bounds = layout.bounds.union(&b.rect);
    }
    for c in 0..=count {
        let left = c.checked_sub(1).map(|left| layout.columns[left].x + layout.columns[left].width);
        let right = layout.columns.get(c).map(|right| right.x);
        layout.channels[c].spread(left, right);
    }
}
