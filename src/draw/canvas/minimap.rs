//! The whole picture in a corner: where the boxes are, and which part of it is in view.

use crate::draw::geometry::{Point, Rect};
use crate::draw::layout::Layout;

use crate::draw::canvas::{Canvas, Hit, Role};

/// A picture of `whole` scaled down to `width` × `height` cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minimap {
    /// The extent of the picture, in its own cells.
    pub whole: Rect,
    /// Of the map, in cells.
    pub width: i32,
    /// Of the map, in cells.
    pub height: i32,
}

impl Minimap {
    /// Draws the boxes, in cells from (0, 0) on, and shades what is in `view`.
    pub fn draw(&self, layout: &Layout, view: Rect, ascii: bool) -> Canvas {
        let (shade, block) = if ascii { ('.', '#') } else { ('░', '▪') };
        let mut canvas = Canvas::blank(Rect::new(0, 0, self.width, self.height));
        let mut fill = |rect: &Rect, symbol: char, role: Role, hit: Hit| {
            let (from, to) = (self.cell(rect.x, rect.y), self.cell(rect.right() - 1, rect.bottom() - 1));
            for y in from.y.max(0)..=to.y.min(self.height - 1) {
                for x in from.x.max(0)..=to.x.min(self.width - 1) {
                    canvas.put(x, y, symbol, role, hit);
                }
            }
        };
        if !view.is_empty() {
            fill(&view, shade, Role::MapView, Hit::Nothing);
        }
        for (node, b) in layout.boxes.iter().enumerate() {
            fill(&b.rect, block, Role::MapBox(b.kind), Hit::Node(node));
        }
        canvas
    }

    /// The point of the picture that a cell of the map stands for: where to look after a click.
    pub fn point(&self, cell: Point) -> Point {
        let scale = |at: i32, from: i32, size: i32, cells: i32| {
            let middle = (2 * i64::from(at) + 1) * i64::from(size) / (2 * i64::from(cells.max(1)));
            from.saturating_add(i32::try_from(middle).unwrap_or(0))
        };
        Point::new(
            scale(cell.x, self.whole.x, self.whole.width, self.width),
            scale(cell.y, self.whole.y, self.whole.height, self.height),
        )
    }

    fn cell(&self, x: i32, y: i32) -> Point {
        let scale = |at: i32, from: i32, size: i32, cells: i32| {
            let scaled = (i64::from(at) - i64::from(from)) * i64::from(cells);
            i32::try_from(scaled.div_euclid(i64::from(size.max(1)))).unwrap_or(i32::MAX)
        };
        Point::new(
            scale(x, self.whole.x, self.whole.width, self.width),
            scale(y, self.whole.y, self.whole.height, self.height),
        )
    }
}
