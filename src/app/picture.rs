//! The graph as it is drawn: laid out when it changes, not when it is looked at.

use std::collections::BTreeMap;

use crate::model::canvas;
use crate::model::geometry::Rect;
use crate::model::graph::Graph;
use crate::model::layout::{self, Detail, Layout, Options};
use crate::model::route::{self, Routes};

/// Cells kept free on a node for its build chip, as in `✔ 0.42 s`.
const CHIP: i32 = 10;

/// One graph at one level of detail.
#[derive(Clone, Debug, Default)]
pub struct Drawn {
    pub layout: Layout,
    pub routes: Routes,
}

impl Drawn {
    pub fn extent(&self) -> Rect {
        canvas::extent(&self.layout, &self.routes)
    }
}

/// The graph at the levels of detail that a pane chooses from.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// What was laid out.
    of: Graph,
    full: Drawn,
    compact: Drawn,
}

impl Picture {
    /// Lays the graph out again if it is another one; what can stay where it was stays.
    pub fn follow(&mut self, graph: &Graph) {
        if self.of.nodes == graph.nodes && self.of.wires == graph.wires {
            return;
        }
        let before = !self.of.nodes.is_empty();
        for (detail, drawn) in [(Detail::Full, &mut self.full), (Detail::Compact, &mut self.compact)] {
            let chip_width = if detail == Detail::Full { CHIP } else { 0 };
            let options = Options { detail, chip_width, ..Options::default() };
            let previous = before.then_some(&drawn.layout);
            let layout = layout::layout(graph, &options, previous, &BTreeMap::new());
            let routes = route::route(&layout);
            *drawn = Drawn { layout, routes };
        }
        self.of = graph.clone();
    }

    pub fn at(&self, detail: Detail) -> &Drawn {
        if detail == Detail::Full { &self.full } else { &self.compact }
    }

    /// The fullest level of detail that fits a pane of this size, else the one that is panned least.
    pub fn fitting(&self, columns: u16, rows: u16) -> Detail {
        let fits = |drawn: &Drawn| {
            let extent = drawn.extent();
            extent.width <= i32::from(columns) && extent.height <= i32::from(rows)
        };
        if fits(&self.full) || !fits(&self.compact) { Detail::Full } else { Detail::Compact }
    }
}
