//! Scripts on the canvas: keys in; the text of the composition, the graph and what runs out.

use super::fixture::{OPEN, Shop};
use crate::model::layout::Side;

const ALL: [&str; 4] = ["web", "cart", "store", "prices"];

#[test]
fn a_wire_is_drawn_by_keys_cut_and_taken_back_and_the_program_follows() {
    let mut shop = Shop::new(&ALL, Some(OPEN));
    assert_eq!((shop.open(), shop.runs), (3, 0), "{:?}", shop.session.state.graph.problems);
    shop.focus("web", Some((Side::Import, "cart")));
    shop.keys("w");
    assert!(shop.session.state.view.wire.is_some(), "{}", shop.flash());
    shop.keys("enter");
    assert_eq!(shop.wires(), ["web.cart → cart"]);
    assert_eq!(shop.wac(), OPEN.replace("shop:web { ... }", "shop:web { cart: cart.cart, ... }"));
    assert_eq!(shop.session.state.spot().unwrap().node, "web", "the focus is where the wire began");
    assert_eq!(shop.runs, 0, "two imports are open");
    for _ in 0..2 {
        shop.focus("cart", None);
        shop.keys("w enter");
    }
    assert_eq!(shop.wires(), ["cart.prices → prices", "cart.store → store", "web.cart → cart"]);
    assert_eq!((shop.open(), shop.runs), (0, 1), "all is wired, so it runs");
    shop.focus("cart", Some((Side::Import, "prices")));
    shop.keys("x");
    assert_eq!((shop.open(), shop.runs, shop.session.state.run.stale), (1, 1, true), "the last good program goes on");
    shop.keys("u");
    assert_eq!((shop.open(), shop.session.state.run.stale), (0, false));
    shop.keys("U u u u u");
    assert_eq!(shop.wac(), OPEN, "to the byte");
    shop.keys("u");
    assert!(shop.flash().contains("nothing was edited"), "{}", shop.flash());
    shop.keys("ctrl-r U U");
    assert_eq!(shop.open(), 0);
    assert!(shop.wac().contains("// Who keeps things."));
}

#[test]
fn only_what_fits_is_reached_and_esc_leaves_everything_as_it_was() {
    let mut shop = Shop::new(
        &["web", "cart", "store", "prices", "store-two"],
        Some(&OPEN.replace("let cart", "let other = new shop:store-two { ... };\nlet cart")),
    );
    shop.focus("cart", Some((Side::Import, "store")));
    shop.keys("w");
    let mut seen = std::collections::BTreeSet::new();
    for key in ["down", "up", "left", "right", "n", "N", "down", "n"] {
        shop.keys(key);
        seen.insert(shop.session.state.spot().unwrap().node);
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["other", "store"]);
    let before = shop.wac();
    shop.keys("esc");
    assert!(shop.session.state.view.wire.is_none());
    assert_eq!((shop.wac(), shop.session.state.spot().unwrap().node), (before, "cart".to_owned()));
    // From the other end: an export looks for imports.
    shop.focus("prices", Some((Side::Export, "prices")));
    shop.keys("w");
    let ends: Vec<String> =
        shop.session.state.view.wire.as_ref().unwrap().targets.iter().map(|t| t.end.node.clone()).collect();
    assert_eq!(ends.len(), 2, "{ends:?}");
    shop.keys("enter");
    assert_eq!(shop.wires().len(), 1);
}

#[test]
fn what_cannot_be_wired_is_told_in_one_line() {
    let mut shop = Shop::new(
        &["web", "cart", "store", "old-prices"],
        Some(&OPEN.replace("let prices = new shop:prices { ... };", "let prices = new shop:old-prices { ... };")),
    );
    shop.focus("cart", Some((Side::Import, "prices")));
    shop.keys("w");
    assert!(shop.session.state.view.wire.is_none());
    assert!(shop.flash().contains("promises nothing to 1.0.0"), "{}", shop.flash());
    shop.focus("web", Some((Side::Import, "stdout")));
    shop.keys("w");
    assert!(shop.flash().contains("nothing in this composition provides `stdout`"), "{}", shop.flash());
}

#[test]
fn a_folder_without_a_composition_gets_one_and_the_undo_takes_it_away() {
    let mut shop = Shop::new(&ALL, None);
    assert_eq!(shop.wac(), "(no file)");
    assert_eq!(shop.open(), 0, "what fits is plugged");
    shop.focus("cart", Some((Side::Import, "prices")));
    shop.keys("x");
    assert!(shop.wac().starts_with("package shop:composition;"), "{}", shop.wac());
    assert_eq!(shop.open(), 1);
    assert!(shop.flash().contains("shop.wac is the composition now"), "{}", shop.flash());
    shop.keys("u");
    assert_eq!((shop.wac().as_str(), shop.open()), ("(no file)", 0));
    shop.keys("U");
    assert_eq!(shop.open(), 1);
}

#[test]
fn what_others_write_is_a_step_of_its_own_and_our_own_saves_are_not_news() {
    let mut shop = Shop::new(&ALL, Some(OPEN));
    shop.focus("web", Some((Side::Import, "cart")));
    shop.keys("w enter");
    let revision = shop.session.state.revision;
    shop.changed();
    assert_eq!(shop.session.state.revision, revision, "nothing is done twice");
    let mine = shop.wac();
    let theirs = mine.replace("// Who keeps", "// Who really keeps");
    shop.save(&theirs);
    assert!(shop.flash().contains("changed outside"), "{}", shop.flash());
    shop.keys("u");
    assert_eq!(shop.wac(), mine, "their step is taken back first");
    shop.keys("U");
    assert_eq!(shop.wac(), theirs);
    // A change that nobody has told of yet.
    let unseen = theirs.replace("// Who really keeps", "// Whoever keeps");
    std::fs::write(shop.root().join("shop.wac"), &unseen).unwrap();
    shop.keys("u");
    assert_eq!(shop.wac(), unseen, "nothing is overwritten unseen");
    assert!(shop.flash().contains("changed outside"), "{}", shop.flash());
    shop.keys("u u u");
    assert_eq!(shop.wac(), OPEN);
}

#[test]
fn text_that_does_not_parse_keeps_the_graph_and_refuses_edits() {
    let mut shop = Shop::new(&ALL, Some(OPEN));
    shop.save(&OPEN.replace("let web =", "let web"));
    assert!(shop.session.state.graph_stale && shop.session.state.graph.nodes.len() > 4);
    shop.focus("web", Some((Side::Import, "cart")));
    shop.keys("w");
    assert!(shop.session.state.view.wire.is_none());
    assert!(shop.flash().contains("shop.wac:7") && shop.flash().contains("does not parse"), "{}", shop.flash());
    shop.keys("u");
    assert_eq!((shop.wac().as_str(), shop.session.state.graph_stale), (OPEN, false), "an undo mends it");
}
