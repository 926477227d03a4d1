//! The picture: cells with a character, what they stand for, and what a click on them means.
//!
//! Drawing costs by the cells in view, not by the graph: wires are found by row and column, and boxes out of view are
//! passed over. What lies under a cell is written while it is drawn, so that mouse and picture cannot disagree.

pub(crate) mod boxes;
pub(crate) mod glyph;
pub(crate) mod minimap;
pub(crate) mod wires;

use std::collections::{BTreeMap, BTreeSet};

use crate::draw::geometry::{Point, Rect, index};
use crate::draw::layout;
use crate::draw::layout::{Layout, PortRef, PortState};
use crate::draw::route;
use crate::draw::route::Routes;
use crate::model::graph::{Graph, NodeKind};

pub use minimap::Minimap;

/// What a cell shows; the theme turns it into colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// Nothing is drawn here.
    #[default]
    Blank,
    /// The frame of a box.
    Border(NodeKind),
    /// The title on a box, clipped to its width.
    NodeName(NodeKind),
    /// The glyph on a box's edge.
    Port(PortState),
    /// The label of a row, clipped to the layout's label width.
    PortName(PortState),
    /// `unwired`, `mismatch`.
    PortWord(PortState),
    /// How many ports a side has.
    Count,
    /// A build status on a box's upper edge ([`CanvasOptions::build_status`]).
    BuildStatus,
    /// The index of a wire of the graph; on a trunk the first that ends where it leads
    /// ([`Routes::together`] tells the others).
    Wire(usize),
    /// Where a wire to the folded host begins or ends.
    Stub,
    /// On the minimap: a node, and what is in view.
    MapBox(NodeKind),
    /// On the minimap: what of the picture is in view.
    MapView,
}

/// What lies at a cell. Nodes by their index in the graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Hit {
    /// Neither a box nor a wire.
    #[default]
    Nothing,
    /// A box, where it is none of its rows.
    Node(usize),
    /// A row of a box; [`layout::NodeBox::rows`] tells which ports it stands for.
    Port(PortRef),
    /// The index of a wire of the graph.
    Wire(usize),
}

/// One character cell of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// [`WIDE_TAIL`] in the second cell of a wide character.
    pub symbol: char,
    /// What colour it gets.
    pub role: Role,
    /// What a click on it means.
    pub hit: Hit,
}

/// Stands in the cell that the wide character left of it also covers.
pub const WIDE_TAIL: char = '\0';

const BLANK: Cell = Cell { symbol: ' ', role: Role::Blank, hit: Hit::Nothing };

/// A canvas never holds more cells, whatever view is asked for.
pub(crate) const MOST_CELLS: i32 = 1 << 22;

/// How a layout is drawn, besides where; wires by their index in the graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CanvasOptions {
    /// `+-|*ox.` instead of box drawing characters.
    pub ascii: bool,
    /// Wires drawn heavy: focused, or busy.
    pub heavy: BTreeSet<usize>,
    /// Wires drawn dashed: proposed, not yet made.
    pub tentative: BTreeSet<usize>,
    /// A word on a node's upper edge, by the node's name: its build, its calls a second.
    pub build_status: BTreeMap<String, String>,
}

/// The cells of one view of the picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Canvas {
    /// The view that was drawn, in the coordinates of the layout.
    pub area: Rect,
    /// Row by row.
    cells: Vec<Cell>,
}

/// Draws what lies in `view`, which is in the coordinates of the layout.
pub fn draw(layout: &Layout, routes: &Routes, options: &CanvasOptions, view: Rect) -> Canvas {
    let mut canvas = Canvas::blank(view);
    let glyphs = if options.ascii { &glyph::ASCII } else { &glyph::UNICODE };
    wires::draw(&mut canvas, routes, options, glyphs);
    boxes::draw(&mut canvas, layout, options, glyphs);
    canvas
}

/// The rectangle around boxes and wires.
pub fn extent(layout: &Layout, routes: &Routes) -> Rect {
    layout.bounds.union(&routes.bounds)
}

/// The whole graph as text, as `studio graph` prints it.
pub(crate) fn picture(graph: &Graph, ascii: bool) -> String {
    let layout = layout::layout(graph, &layout::Options::default(), None, &BTreeMap::new());
    let routes = route::route(&layout);
    let options = CanvasOptions { ascii, ..CanvasOptions::default() };
    draw(&layout, &routes, &options, extent(&layout, &routes)).to_text()
}

impl Canvas {
    fn blank(view: Rect) -> Self {
        let width = view.width.clamp(0, MOST_CELLS);
        let height = view.height.clamp(0, MOST_CELLS / width.max(1));
        let area = Rect::new(view.x, view.y, width, height);
        Self { area, cells: vec![BLANK; index(width) * index(height)] }
    }

    /// The cell at a point of the layout; `None` out of view.
    pub fn at(&self, p: Point) -> Option<&Cell> {
        self.offset(p.x, p.y).and_then(|i| self.cells.get(i))
    }

    /// The rows in view, from top to bottom.
    pub fn rows(&self) -> impl Iterator<Item = &[Cell]> {
        self.cells.chunks(index(self.area.width).max(1))
    }

    /// Plain text, a line a row, without trailing blanks. Half a wide character at an edge of the view is a blank.
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(self.cells.len());
        for row in self.rows() {
            for (x, cell) in row.iter().enumerate() {
                let tail = |x: usize| row.get(x).is_some_and(|c| c.symbol == WIDE_TAIL);
                match cell.symbol {
                    WIDE_TAIL if x == 0 => text.push(' '),
                    WIDE_TAIL => {}
                    wide if layout::char_width(wide) == 2 && !tail(x + 1) => text.push(' '),
                    symbol => text.push(symbol),
                }
            }
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
        }
        text
    }

    fn offset(&self, x: i32, y: i32) -> Option<usize> {
        let inside = self.area.contains(Point::new(x, y));
        inside.then(|| index(y - self.area.y) * index(self.area.width) + index(x - self.area.x))
    }

    fn put(&mut self, x: i32, y: i32, symbol: char, role: Role, hit: Hit) {
        if let Some(i) = self.offset(x, y) {
            self.cells[i] = Cell { symbol, role, hit };
        }
    }

    /// Writes a text from `x` on and returns the cell after it.
    fn text(&mut self, x: i32, y: i32, text: impl Iterator<Item = char>, role: Role, hit: Hit) -> i32 {
        let mut x = x;
        for c in text {
            let width = layout::char_width(c);
            if width > 0 {
                self.put(x, y, c, role, hit);
            }
            if width == 2 {
                self.put(x + 1, y, WIDE_TAIL, role, hit);
            }
            x += width;
        }
        x
    }
}
