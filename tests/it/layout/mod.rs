//! The drawn graph: golden pictures, and what holds for any graph.
//!
//! `tests/layout/<case>/graph.txt` is a graph in the notation of `notation.rs`, `picture.txt` beside it what is drawn.
//! `STUDIO_BLESS=1` writes the pictures anew: read them before they are committed.

#![allow(clippy::expect_used, clippy::panic)] // helpers of tests, which clippy does not see as such

mod notation;
mod properties;

use std::path::{Path, PathBuf};

use studio::model::canvas::{draw, extent};
use studio::model::layout::layout;
use studio::model::route::route;

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/layout");
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("tests/layout").map(|e| e.expect("an entry").path()).collect();
    cases.sort();
    cases
}

#[test]
fn pictures_are_as_they_were_read() {
    let bless = std::env::var_os("STUDIO_BLESS").is_some();
    let cases = cases();
    assert!(cases.len() >= 10, "golden cases are missing");
    let mut different = Vec::new();
    for folder in &cases {
        let case = notation::parse(&std::fs::read_to_string(folder.join("graph.txt")).expect("graph.txt"));
        let layout = layout(&case.graph, &case.options, None, &case.pinned);
        let routes = route(&case.graph, &layout);
        let drawn = draw(&layout, &routes, &case.canvas, extent(&layout, &routes)).to_text();
        let golden = folder.join("picture.txt");
        if bless {
            std::fs::write(&golden, &drawn).expect("picture.txt written");
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != drawn {
            different.push(format!("{}:\n{drawn}", folder.display()));
        }
    }
    assert!(different.is_empty(), "pictures changed; STUDIO_BLESS=1 writes them anew:\n{}", different.join("\n"));
}
