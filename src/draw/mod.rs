//! A graph becomes cells: layout, routes, canvas. Pure, and of studio it knows only the graph.

pub mod canvas;
pub mod fit;
pub mod geometry;
pub mod layout;
pub mod route;
#[cfg(test)]
pub(crate) mod samples;
