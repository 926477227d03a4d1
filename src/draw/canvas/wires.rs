//! Wires: the directions in which they leave each cell are gathered first, then each cell gets its one character.

use std::collections::BTreeSet;

use crate::draw::geometry::{Point, Rect, cells, index};
use crate::draw::route::Routes;

use crate::draw::canvas::glyph::{Glyphs, direction, raised, toward, weight};
use crate::draw::canvas::{Canvas, CanvasOptions, Hit, Role};

/// The directions and the owner of each cell in view.
struct Masks {
    area: Rect,
    directions: Vec<u8>,
    /// The wire plus one; zero for a stub.
    owners: Vec<u32>,
}

impl Masks {
    /// A stretch along a row (`level`) or a column, both ends included.
    fn stretch(&mut self, level: bool, at: i32, from: i32, to: i32, weight: u8, wire: Option<usize>) {
        let a = self.area;
        let (across, start, end) =
            if level { (a.y..a.bottom(), a.x, a.right()) } else { (a.x..a.right(), a.y, a.bottom()) };
        if !across.contains(&at) {
            return;
        }
        let (back, ahead) = if level { (direction::LEFT, direction::RIGHT) } else { (direction::UP, direction::DOWN) };
        let owner = wire.map_or(0, |w| u32::try_from(w + 1).unwrap_or(0));
        let width = index(a.width);
        for along in from.max(start)..=to.min(end - 1) {
            let (x, y) = if level { (along, at) } else { (at, along) };
            let i = index(y - a.y) * width + index(x - a.x);
            let mut mask = self.directions[i];
            let strongest = [0, 2, 4, 6].into_iter().map(|d| toward(mask, d)).max().unwrap_or(weight::NONE);
            if weight >= strongest {
                self.owners[i] = owner;
            }
            if along > from {
                mask = raised(mask, back, weight);
            }
            if along < to {
                mask = raised(mask, ahead, weight);
            }
            self.directions[i] = mask;
        }
    }

    /// One wire by its corners, over whatever its net has drawn.
    fn path(&mut self, points: &[Point], weight: u8, wire: usize) {
        for pair in points.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            if a.y == b.y {
                self.stretch(true, a.y, a.x.min(b.x), a.x.max(b.x), weight, Some(wire));
            } else {
                self.stretch(false, a.x, a.y.min(b.y), a.y.max(b.y), weight, Some(wire));
            }
        }
    }
}

pub(crate) fn draw(canvas: &mut Canvas, routes: &Routes, options: &CanvasOptions, glyphs: &Glyphs) {
    let area = canvas.area;
    let size = canvas.cells.len();
    let mut masks = Masks { area, directions: vec![0; size], owners: vec![0; size] };
    // Where some wires of a net are only proposed, each is drawn by itself.
    let mixed: BTreeSet<usize> =
        options.tentative.iter().filter_map(|w| routes.nets.get(*w).copied().flatten()).collect();
    for (level, lines, view) in
        [(true, &routes.rows, area.y..area.bottom()), (false, &routes.columns, area.x..area.right())]
    {
        let first = lines.partition_point(|l| l.at < view.start);
        for line in lines[first..].iter().take_while(|l| l.at < view.end) {
            if !line.owner.is_some_and(|(net, _)| mixed.contains(&net)) {
                let weight = if line.dashed { weight::DASHED } else { weight::LIGHT };
                masks.stretch(level, line.at, line.from, line.to, weight, line.owner.map(|o| o.1));
            }
        }
    }
    if !mixed.is_empty() {
        for (wire, net) in routes.nets.iter().enumerate() {
            if net.is_some_and(|n| mixed.contains(&n)) {
                let solid = !options.tentative.contains(&wire) && !routes.paths[wire].dashed;
                let weight = if solid { weight::LIGHT } else { weight::DASHED };
                masks.path(&routes.paths[wire].points, weight, wire);
            }
        }
    }
    for &wire in &options.heavy {
        if let Some(path) = routes.paths.get(wire) {
            masks.path(&path.points, weight::HEAVY, wire);
        }
    }
    write(canvas, &masks, &routes.joins, glyphs);
}

fn write(canvas: &mut Canvas, masks: &Masks, joins: &[Point], glyphs: &Glyphs) {
    let width = index(masks.area.width);
    for (i, (&mask, cell)) in masks.directions.iter().zip(&mut canvas.cells).enumerate() {
        if mask == 0 {
            continue;
        }
        let full = [0, 2, 4, 6].into_iter().all(|d| toward(mask, d) > 0);
        let joined = full && {
            let (row, column) = (i / width, i % width);
            let at = |origin: i32, offset: usize| origin.saturating_add(cells(offset));
            joins.binary_search(&Point::new(at(masks.area.x, column), at(masks.area.y, row))).is_ok()
        };
        cell.symbol = glyphs.line(mask, joined);
        (cell.role, cell.hit) = match masks.owners[i].checked_sub(1) {
            Some(wire) => (Role::Wire(wire as usize), Hit::Wire(wire as usize)),
            None => (Role::Stub, Hit::Nothing),
        };
    }
}
