//! Pictures as a user gets them: `graph --format svg`, `graph -o`, `screen`. Every one is parsed as XML.

use std::collections::BTreeSet;

use roxmltree::Document;

use crate::support::{Project, stderr, stdout};

/// Every word that a viewer would show, in the order of the file.
fn words(svg: &str) -> String {
    let document = Document::parse(svg).unwrap_or_else(|e| panic!("{e}\n{svg}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "svg");
    assert_eq!(root.tag_name().namespace(), Some("http://www.w3.org/2000/svg"), "browsers draw nothing without it");
    assert!(root.attribute("width").is_some() && root.attribute("viewBox").is_some(), "a size of its own");
    let harmless = |n: &roxmltree::Node| !matches!(n.tag_name().name(), "script" | "image" | "use" | "foreignObject");
    assert!(document.descendants().all(|n| harmless(&n)), "a picture loads and runs nothing");
    document.descendants().filter(roxmltree::Node::is_text).filter_map(|n| n.text()).collect::<Vec<_>>().join("")
}

fn fills(svg: &str) -> BTreeSet<String> {
    let document = Document::parse(svg).unwrap();
    document.descendants().filter_map(|n| n.attribute("fill")).map(str::to_owned).collect()
}

#[test]
fn the_graph_is_written_as_a_picture_with_every_node_in_it() {
    let project = Project::new("neon");
    let output = project.verb(&["graph", "--format", "svg"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let svg = stdout(&output);
    let shown = words(&svg);
    for name in ["core-logic", "logger"] {
        assert!(shown.contains(name), "{name} in {shown}");
    }
    let written = project.verb(&["graph", "--format", "svg", "-o", "graph.svg"]);
    assert!(written.status.success() && stdout(&written).is_empty(), "{}", stderr(&written));
    assert_eq!(project.read("graph.svg"), svg, "the same picture, in a file");
}

#[test]
fn a_picture_replaces_no_file_through_a_link_and_says_where_it_cannot_be_written() {
    let project = Project::new("neon");
    let output = project.verb(&["graph", "--format", "svg", "-o", "no/such/folder/graph.svg"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("graph.svg"), "{}", stderr(&output));
}

#[test]
fn the_screen_is_written_as_a_picture_of_the_size_and_theme_that_was_asked_for() {
    let project = Project::new("neon");
    let picture = |arguments: &[&str]| {
        let output = project.verb(&[&["screen"], arguments].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    let dark = picture(&["--size", "80x24"]);
    let shown = words(&dark);
    for name in ["core-logic", "logger"] {
        assert!(shown.contains(name), "{name} in {shown}");
    }
    let light = picture(&["--size", "80x24", "--theme", "light"]);
    assert_ne!(fills(&dark), fills(&light), "other colours");
    assert_eq!(words(&light), shown, "the same words");
    let wide = picture(&["--size", "200x50"]);
    let width = |svg: &str| {
        let document = Document::parse(svg).unwrap();
        document.root_element().attribute("width").unwrap().parse::<f32>().unwrap()
    };
    assert!((width(&wide) / width(&dark) - 200.0 / 80.0).abs() < 0.2, "{} {}", width(&wide), width(&dark));
    // The folder's own name keeps its letters.
    let ascii = words(&picture(&["--size", "80x24", "--ascii"])).replace('ü', "u");
    assert!(ascii.is_ascii(), "{ascii}");
}

#[test]
fn what_a_stranger_named_is_text_in_a_picture_and_no_markup() {
    let project = Project::new("neon");
    project.write("<script>alert(1)</script>&.wasm", "not wasm");
    let output = project.verb(&["screen", "--size", "120x36"]);
    words(&stdout(&output));
}
