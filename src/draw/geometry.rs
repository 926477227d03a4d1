//! Cells, points and rectangles of the drawn graph. `x` grows rightwards, `y` downwards; both may be negative, because
//! a wire that needs room above the picture must not push the picture down.

/// Farthest coordinate a user may pin a node to, so that no sum of coordinates overflows.
pub(crate) const FAR: i32 = 1_000_000;

/// One cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Point {
    /// The column.
    pub x: i32,
    /// The row.
    pub y: i32,
}

impl Point {
    /// From its column and its row.
    pub const fn new(x: i32, y: i32) -> Self {
        Self { x, y }
    }
}

/// A block of cells, its right and bottom edges exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    /// The leftmost column.
    pub x: i32,
    /// The uppermost row.
    pub y: i32,
    /// In columns; zero or less makes it empty.
    pub width: i32,
    /// In rows; zero or less makes it empty.
    pub height: i32,
}

impl Rect {
    /// From its upper left cell and its size.
    pub const fn new(x: i32, y: i32, width: i32, height: i32) -> Self {
        Self { x, y, width, height }
    }

    /// The first column to the right of it.
    pub const fn right(&self) -> i32 {
        self.x.saturating_add(self.width)
    }

    /// The first row below it.
    pub const fn bottom(&self) -> i32 {
        self.y.saturating_add(self.height)
    }

    /// Whether it holds no cell.
    pub const fn is_empty(&self) -> bool {
        self.width <= 0 || self.height <= 0
    }

    /// Whether it holds this cell.
    pub const fn contains(&self, p: Point) -> bool {
        p.x >= self.x && p.x < self.right() && p.y >= self.y && p.y < self.bottom()
    }

    /// Whether a cell lies in both.
    pub const fn intersects(&self, other: &Self) -> bool {
        !self.is_empty()
            && !other.is_empty()
            && self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }

    /// The smallest rectangle around both; an empty one adds nothing.
    #[must_use]
    pub(crate) fn union(&self, other: &Self) -> Self {
        if self.is_empty() {
            return *other;
        }
        if other.is_empty() {
            return *self;
        }
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self::new(x, y, self.right().max(other.right()) - x, self.bottom().max(other.bottom()) - y)
    }
}

/// A count as a number of cells.
pub fn cells(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A number of cells as an index; negative ones are zero.
pub(crate) fn index(cells: i32) -> usize {
    usize::try_from(cells).unwrap_or(0)
}
