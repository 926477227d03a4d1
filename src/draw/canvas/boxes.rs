//! Boxes: a border with the name in it, and a row for every port.

use crate::draw::geometry::{Rect, cells};
use crate::draw::layout::{Detail, Layout, NodeBox, PortRef, PortState, Row, Side, clip, text_width};
use crate::model::graph::NodeKind;

use crate::draw::canvas::glyph::Glyphs;
use crate::draw::canvas::{Canvas, CanvasOptions, Hit, Role};

pub(crate) fn draw(canvas: &mut Canvas, layout: &Layout, options: &CanvasOptions, glyphs: &Glyphs) {
    let view = canvas.area;
    for (node, b) in layout.boxes.iter().enumerate().filter(|(_, b)| b.rect.intersects(&view)) {
        let mut pen = Pen { canvas: &mut *canvas, glyphs, node, b, detail: layout.detail };
        match layout.detail {
            Detail::Names => pen.name(),
            Detail::Compact => {
                pen.frame("", options.build_status.get(&b.name));
                pen.summary();
            }
            Detail::Full => {
                pen.frame(&b.title, options.build_status.get(&b.name));
                pen.rows();
            }
        }
    }
}

/// Draws one box.
struct Pen<'a> {
    canvas: &'a mut Canvas,
    glyphs: &'a Glyphs,
    node: usize,
    b: &'a NodeBox,
    detail: Detail,
}

impl Pen<'_> {
    /// A text of ours in the glyphs of this set.
    fn text(&mut self, x: i32, y: i32, text: &str, role: Role, hit: Hit) -> i32 {
        let glyphs = self.glyphs;
        self.canvas.text(x, y, text.chars().map(|c| glyphs.sign(c)), role, hit)
    }

    fn frame(&mut self, title: &str, build_status: Option<&String>) {
        let Rect { x, y, .. } = self.b.rect;
        let (right, bottom) = (self.b.rect.right() - 1, self.b.rect.bottom() - 1);
        let (role, hit) = (Role::Border(self.b.kind), Hit::Node(self.node));
        let (level, upright) = match self.b.kind {
            NodeKind::Host => (self.glyphs.dashed_level, self.glyphs.dashed_upright),
            NodeKind::Component | NodeKind::Entry => (self.glyphs.level, self.glyphs.upright),
        };
        for column in x + 1..right {
            self.canvas.put(column, y, level, role, hit);
            self.canvas.put(column, bottom, level, role, hit);
        }
        for row in y + 1..bottom {
            for column in x + 1..right {
                self.canvas.put(column, row, ' ', Role::Blank, hit);
            }
            self.canvas.put(x, row, upright, role, hit);
            self.canvas.put(right, row, upright, role, hit);
        }
        let [upper_left, upper_right, lower_left, lower_right] = self.glyphs.corners;
        self.canvas.put(x, y, upper_left, role, hit);
        self.canvas.put(right, y, upper_right, role, hit);
        self.canvas.put(x, bottom, lower_left, role, hit);
        self.canvas.put(right, bottom, lower_right, role, hit);
        let mut end = x + 1;
        if !title.is_empty() {
            end = self.text(x + 1, y, &format!(" {title} "), Role::NodeName(self.b.kind), hit);
        }
        if let Some(build_status) = build_status {
            let build_status = clip(build_status, right - end - 3);
            if !build_status.is_empty() {
                self.text(
                    right - 2 - text_width(&build_status),
                    y,
                    &format!(" {build_status} "),
                    Role::BuildStatus,
                    hit,
                );
            }
        }
    }

    fn rows(&mut self) {
        for row in 0..self.b.exports.len().max(self.b.imports.len()) {
            let y = self.b.rect.y + 1 + cells(row);
            let (export, import) = (self.b.exports.get(row), self.b.imports.get(row));
            let mut free = self.b.rect.x + 1;
            if let Some(export) = export {
                self.glyph(Side::Export, row, export.state);
                let hit = self.blank(free, row, Side::Export);
                free = self.text(free + 1, y, &export.label, Role::PortName(export.state), hit);
            }
            if let Some(import) = import {
                let hit = self.blank(free, row, Side::Import);
                self.import(row, import, free, hit);
            }
        }
    }

    /// Gives what is left of a row to one side, so that a click beside a name still means that port.
    fn blank(&mut self, from: i32, row: usize, side: Side) -> Hit {
        let hit = Hit::Port(PortRef { node: self.node, side, row });
        for x in from..self.b.rect.right() - 1 {
            self.canvas.put(x, self.b.rect.y + 1 + cells(row), ' ', Role::Blank, hit);
        }
        hit
    }

    /// The name at the right edge, and the word before it where there is room.
    fn import(&mut self, row: usize, import: &Row, free: i32, hit: Hit) {
        let y = self.b.rect.y + 1 + cells(row);
        self.glyph(Side::Import, row, import.state);
        let mut x = self.b.rect.right() - 2 - text_width(&import.label);
        self.text(x, y, &import.label, Role::PortName(import.state), hit);
        if let Some(word) = import.state.word() {
            x -= text_width(word) + 1;
            if x > free {
                self.text(x, y, word, Role::PortWord(import.state), hit);
            }
        }
    }

    /// `●→2 name 3→●`
    fn summary(&mut self) {
        let (y, hit) = (self.b.rect.y + 1, Hit::Node(self.node));
        let mut x = self.b.rect.x + 2;
        if let Some(exports) = self.b.exports.first() {
            self.glyph(Side::Export, 0, exports.state);
            x = self.text(x, y, &exports.label, Role::Count, hit) + 1;
        }
        self.text(x, y, &self.b.title, Role::NodeName(self.b.kind), hit);
        if let Some(imports) = self.b.imports.first().filter(|row| !row.label.is_empty()) {
            self.glyph(Side::Import, 0, imports.state);
            let x = self.b.rect.right() - 2 - text_width(&imports.label);
            self.text(x, y, &imports.label, Role::Count, hit);
        }
    }

    fn glyph(&mut self, side: Side, row: usize, state: PortState) {
        let (at, hit) = (self.b.port(self.detail, side, row), Hit::Port(PortRef { node: self.node, side, row }));
        self.canvas.put(at.x, at.y, self.glyphs.port(state), Role::Port(state), hit);
    }

    /// `● name ●`, without a sign where nothing is wired that could be.
    fn name(&mut self) {
        let (y, hit) = (self.b.rect.y, Hit::Node(self.node));
        for x in self.b.rect.x..self.b.rect.right() {
            self.canvas.put(x, y, ' ', Role::Blank, hit);
        }
        self.text(self.b.rect.x + 2, y, &self.b.title, Role::NodeName(self.b.kind), hit);
        for side in [Side::Export, Side::Import] {
            if let Some(row) = self.b.rows(side).first().filter(|row| row.state != PortState::Host) {
                self.glyph(side, 0, row.state);
            }
        }
    }
}
