//! The graph as it is drawn: laid out when it changes, not when it is looked at.

use std::collections::BTreeMap;

use crate::model::canvas;
use crate::model::geometry::Rect;
use crate::model::graph::{Graph, NodeKind};
use crate::model::layout::{self, Detail, Layout, Options};
use crate::model::route::{self, Routes};

/// Cells kept free on a node for its build chip, as in `✔ 0.42 s`.
const CHIP: i32 = 10;

/// How much is shown of the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Every port, and room for build chips.
    Chips,
    Ports,
    /// Names, and how many ports.
    Compact,
}

impl Level {
    const ALL: [Self; 3] = [Self::Chips, Self::Ports, Self::Compact];

    fn options(self) -> Options {
        let (detail, chip_width) = match self {
            Self::Chips => (Detail::Full, CHIP),
            Self::Ports => (Detail::Full, 0),
            Self::Compact => (Detail::Compact, 0),
        };
        Options { detail, chip_width, ..Options::default() }
    }
}

/// One graph at one level.
#[derive(Clone, Debug, Default)]
pub struct Drawn {
    pub layout: Layout,
    pub routes: Routes,
}

impl Drawn {
    pub fn extent(&self) -> Rect {
        canvas::extent(&self.layout, &self.routes)
    }

    /// Columns of what is the user's own: the host stands last and may be cut off.
    fn own_width(&self) -> i32 {
        let boxes = self.layout.boxes.iter().filter(|b| b.kind != NodeKind::Host);
        boxes.map(|b| b.rect.right()).max().unwrap_or(0) - self.extent().x
    }
}

/// The graph at the levels that a pane chooses from.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// What was laid out.
    of: Graph,
    levels: [Drawn; 3],
}

impl Picture {
    /// Lays the graph out again if it is another one; what can stay where it was stays.
    pub fn follow(&mut self, graph: &Graph) {
        if self.of.nodes == graph.nodes && self.of.wires == graph.wires {
            return;
        }
        let before = !self.of.nodes.is_empty();
        for (level, drawn) in Level::ALL.into_iter().zip(&mut self.levels) {
            let previous = before.then_some(&drawn.layout);
            let layout = layout::layout(graph, &level.options(), previous, &BTreeMap::new());
            let routes = route::route(&layout);
            *drawn = Drawn { layout, routes };
        }
        self.of = graph.clone();
    }

    pub fn at(&self, level: Level) -> &Drawn {
        let [chips, ports, compact] = &self.levels;
        match level {
            Level::Chips => chips,
            Level::Ports => ports,
            Level::Compact => compact,
        }
    }

    /// The fullest level that fits a pane of this size, else the fullest that says what every port is.
    pub fn fitting(&self, columns: u16, rows: u16) -> Level {
        let fits = |level: &Level| {
            let drawn = self.at(*level);
            let width = if *level == Level::Chips { drawn.extent().width } else { drawn.own_width() };
            width <= i32::from(columns) && drawn.extent().height <= i32::from(rows)
        };
        Level::ALL.into_iter().find(fits).unwrap_or(Level::Ports)
    }
}
