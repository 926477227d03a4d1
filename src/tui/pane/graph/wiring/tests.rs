//! Scripts on the canvas: keys in; the text of the composition, the graph and what runs out.

use crossterm::event::{MouseButton, MouseEventKind};

use crate::draw::layout::Side;
use crate::tui::hit::Target;
use crate::tui::overlay::{Choice, Item, Overlay, Picker};
use crate::tui::pane::graph::picture::Level;
use crate::tui::pane::graph::wiring::shop_tests::{OPEN, Shop};
use crate::tui::screen::tests::{draw, text};
use crate::tui::view::Pane;

const ALL: [&str; 4] = ["web", "cart", "store", "prices"];

#[test]
fn a_wire_is_drawn_by_keys_cut_and_taken_back_and_the_program_follows() {
    let mut shop = Shop::new(&ALL, Some(OPEN));
    assert_eq!((shop.open(), shop.runs), (3, 0), "{:?}", shop.session.state.app.graph.problems);
    shop.focus("web", Some((Side::Import, "cart")));
    shop.keys("w");
    assert!(shop.session.state.view.wire.is_some(), "{}", shop.flash());
    shop.keys("enter");
    assert_eq!(shop.wires(), ["web.cart → cart"]);
    assert_eq!(shop.flash(), "wired web's import cart to cart · u undoes it");
    assert_eq!(shop.wac(), OPEN.replace("shop:web { ... }", "shop:web { cart: cart.cart, ... }"));
    assert_eq!(shop.session.state.selection().unwrap().node, "web", "the focus is where the wire began");
    assert_eq!(shop.runs, 0, "two imports are open");
    for _ in 0..2 {
        shop.focus("cart", None);
        shop.keys("w enter");
    }
    assert_eq!(shop.wires(), ["cart.prices → prices", "cart.store → store", "web.cart → cart"]);
    assert_eq!((shop.open(), shop.runs), (0, 1), "all is wired, so it runs");
    shop.focus("cart", Some((Side::Import, "prices")));
    shop.keys("x");
    assert_eq!(shop.flash(), "cut cart's import prices · u undoes it");
    assert_eq!(
        (shop.open(), shop.runs, shop.session.state.app.run.stale),
        (1, 1, true),
        "the last good program goes on"
    );
    shop.keys("u");
    assert_eq!((shop.open(), shop.session.state.app.run.stale), (0, false));
    shop.keys("U u u u u");
    assert_eq!(shop.wac(), OPEN, "to the byte");
    shop.keys("u");
    assert!(shop.flash().contains("nothing to undo"), "{}", shop.flash());
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
        seen.insert(shop.session.state.selection().unwrap().node);
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["other", "store"]);
    let before = shop.wac();
    shop.keys("esc");
    assert!(shop.session.state.view.wire.is_none());
    assert_eq!((shop.wac(), shop.session.state.selection().unwrap().node), (before, "cart".to_owned()));
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
    assert!(shop.flash().contains("nothing in this composition exports `stdout`"), "{}", shop.flash());
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
    assert!(shop.flash().contains("created shop.wac"), "{}", shop.flash());
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
    let revision = shop.session.state.app.revision;
    shop.changed();
    assert_eq!(shop.session.state.app.revision, revision, "nothing is done twice");
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
    assert!(shop.session.state.app.graph_stale && shop.session.state.app.graph.nodes.len() > 4);
    shop.focus("web", Some((Side::Import, "cart")));
    shop.keys("w");
    assert!(shop.session.state.view.wire.is_none());
    assert!(shop.flash().contains("shop.wac:7") && shop.flash().contains("does not parse"), "{}", shop.flash());
    shop.keys("u");
    assert_eq!((shop.wac().as_str(), shop.session.state.app.graph_stale), (OPEN, false), "an undo fixes it");
}

#[test]
fn a_wire_is_let_go_of_when_the_text_stops_parsing() {
    let mut shop = Shop::new(&ALL, Some(OPEN));
    shop.focus("web", Some((Side::Import, "cart")));
    shop.keys("w");
    assert!(shop.session.state.view.wire.is_some());
    shop.save(&OPEN.replace("let web =", "let web"));
    assert!(shop.session.state.view.wire.is_none(), "enter could not connect it");
    assert!(shop.flash().contains("shop.wac:7") && shop.flash().contains("does not parse"), "{}", shop.flash());
}

#[test]
fn auto_wire_plans_asks_draws_and_is_one_step() {
    let text = OPEN.replace("let cart", "let other = new shop:store-two { ... };\nlet cart");
    let mut shop = Shop::new(&["web", "cart", "store", "prices", "store-two"], Some(&text));
    shop.keys("A");
    let plan = shop.session.state.view.overlays.plan().cloned().unwrap();
    assert_eq!((plan.wires.len(), plan.open.len()), (3, 0));
    assert!(
        matches!(shop.session.state.view.overlays.top(), Some(Overlay::Picker(p)) if p.title.contains("Who provides store to cart?"))
    );
    shop.type_text("other").keys("enter");
    assert_eq!(shop.session.state.view.overlays.plan().unwrap().wires.len(), 4);
    assert_eq!((shop.wac(), shop.open()), (text.clone(), 4), "nothing is made yet");
    let screen = shop.draw();
    assert!(screen.contains("Auto-wire: 4 wires, not made yet") && screen.contains("cart.store"), "{screen}");
    shop.keys("esc");
    assert!(shop.session.state.view.overlays.plan().is_none());
    assert_eq!(shop.wac(), text);
    assert_eq!(shop.session.state.view.picture.graph().wires.len(), shop.session.state.app.graph.wires.len());
    shop.keys("A enter enter");
    assert_eq!(shop.open(), 0, "{}", shop.flash());
    assert_eq!(shop.runs, 1, "it runs");
    shop.keys("u");
    assert_eq!(shop.wac(), text, "one step");
    shop.keys("U A");
    assert!(shop.flash().contains("all imports are wired"), "{}", shop.flash());
}

#[test]
fn the_first_question_of_a_plan_stands_above_no_empty_list() {
    let text = "package shop:app;\n\nlet store = new shop:store { ... };\nlet other = new shop:store-two { ... };\n\
                let prices = new shop:prices { ... };\nlet audit = new shop:audit { ... };\n";
    let mut shop = Shop::new(&["store", "store-two", "prices", "audit"], Some(text));
    shop.keys("A");
    assert!(matches!(shop.session.state.view.overlays.top(), Some(Overlay::Picker(_))), "{}", shop.flash());
    if shop.session.state.view.overlays.plan().unwrap().wires.is_empty() {
        assert!(!shop.draw().contains("0 wires"), "{}", shop.draw());
    } else {
        assert!(shop.draw().contains("Auto-wire"), "{}", shop.draw());
    }
    let nothing = shop.session.state.view.overlays.plan_mut().unwrap();
    (nothing.wires, nothing.open) = (Vec::new(), Vec::new());
    assert!(!shop.draw().contains("Auto-wire"), "{}", shop.draw());
}

#[test]
fn arrows_lead_from_who_imports_to_who_exports() {
    let mut shop = Shop::new(&ALL, Some(OPEN));
    shop.size = (200, 50);
    shop.focus("store", Some((Side::Export, "store")));
    shop.keys("w");
    assert!(shop.draw().contains("cart → store"), "{}", shop.draw());
    shop.keys("enter");
    let screen = shop.draw();
    assert!(screen.contains("imported by") && !screen.contains("→ ● cart") && !screen.contains("←"), "{screen}");
}

#[test]
fn a_wire_can_be_left_out_of_the_plan() {
    let mut shop = Shop::new(&ALL, Some(OPEN));
    shop.keys("A down x enter");
    assert_eq!(shop.wires().len(), 2);
    assert_eq!(shop.open(), 1);
}

#[test]
fn the_wire_that_is_looked_at_is_never_under_the_list_of_a_plan() {
    for (size, keys) in [((80, 24), "A"), ((80, 24), "z A"), ((120, 36), "z A"), ((60, 15), "A")] {
        let mut shop = Shop::new(&ALL, Some(OPEN));
        shop.size = size;
        shop.draw();
        shop.keys("+");
        shop.keys(keys);
        for _ in 0..3 {
            let screen = shop.draw();
            assert!(screen.contains("Auto-wire: 3 wires"), "{screen}");
            let plan = shop.session.state.view.overlays.plan().cloned().unwrap();
            let from = &plan.wires[plan.at].from;
            // It is where the mouse would hit it, too.
            shop.port(&from.node, Side::Import, &from.port);
            shop.keys("down");
        }
    }
}

#[test]
fn what_nobody_knows_is_not_said_to_fit() {
    let text = OPEN.replace("new shop:store {", "new shop:gone {");
    let text = text.replace("shop:cart { ... }", "shop:cart { store: store.store, ... }");
    let mut shop = Shop::new(&ALL, Some(&text));
    shop.focus("cart", Some((Side::Import, "store")));
    shop.keys("enter");
    let explaining = shop.session.state.view.overlays.explaining().unwrap();
    assert!(!explaining.explanation.fits);
    let screen = shop.draw();
    assert!(screen.contains("what `store` exports is not known"), "{screen}");
}

#[test]
fn a_file_that_is_read_only_is_told_by_its_name_and_stays() {
    let mut shop = Shop::wired();
    let before = shop.wac();
    let file = shop.root().join("shop.wac");
    let mut rights = std::fs::metadata(&file).unwrap().permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(&file, rights).unwrap();
    shop.focus("cart", Some((Side::Import, "store")));
    shop.keys("x");
    assert_eq!(shop.wac(), before);
    assert!(shop.flash().starts_with("refused: `shop.wac` cannot be written: it is read-only;"), "{}", shop.flash());
    assert_eq!(shop.wires().len(), 3);
}

#[test]
fn nodes_are_added_renamed_removed_and_what_fits_comes_first() {
    let mut shop = Shop::new(&["web", "cart", "store", "prices", "store-two"], Some(OPEN));
    shop.focus("cart", Some((Side::Import, "store")));
    shop.keys("a");
    let Some(Overlay::Picker(picker)) = shop.session.state.view.overlays.top() else { panic!("no list") };
    let rows: Vec<_> = picker.found().take(3).map(|i| format!("{} – {}", i.name, i.detail)).collect();
    assert_eq!(
        rows,
        [
            "store – store: fits, connect it",
            "store – store: fits, add another instance and connect it",
            "store-two – store: fits, add and connect it"
        ]
    );
    shop.keys("down down enter");
    assert!(shop.wires().contains(&"cart.store → store-two".to_owned()), "{:?} {}", shop.wires(), shop.flash());
    assert_eq!(shop.session.state.selection().unwrap().node, "store-two", "what is new has the focus");
    shop.keys("f2 ctrl-u");
    shop.type_text("Two").keys("enter");
    assert!(!shop.session.state.view.overlays.is_empty(), "that is no name");
    shop.keys("ctrl-u").type_text("shelf").keys("enter");
    assert!(shop.wires().contains(&"cart.store → shelf".to_owned()), "{:?} {}", shop.wires(), shop.flash());
    assert_eq!(shop.session.state.selection().unwrap().node, "shelf");
    // The old name is gone everywhere, and so is the new one when it is taken back.
    shop.keys("u");
    assert_eq!(shop.session.state.selection().unwrap().node, "store-two");
    shop.draw();
    assert!(
        !text(&draw(&mut shop.session, 120, 36)).replace("undone: renamed store-two to shelf", "").contains("shelf")
    );
    shop.keys("U");
    assert_eq!(shop.session.state.selection().unwrap().node, "shelf");
    shop.keys("D");
    assert!(shop.session.state.app.graph.node("shelf").is_none() && shop.wires().is_empty(), "{}", shop.flash());
    shop.keys("u u u");
    assert_eq!(shop.wac(), OPEN);
    shop.focus("entry", None);
    shop.keys("D");
    assert!(shop.flash().contains("select a component first"), "{}", shop.flash());
}

#[test]
fn exports_are_exposed_and_hidden() {
    let mut shop = Shop::wired();
    shop.focus("cart", Some((Side::Export, "cart")));
    shop.keys("E");
    assert!(shop.wac().contains("export cart"), "{} {}", shop.wac(), shop.flash());
    let entry = shop.session.state.app.graph.node("entry").unwrap().imports.len();
    assert_eq!(entry, 2);
    shop.keys("E");
    assert_eq!(shop.session.state.app.graph.node("entry").unwrap().imports.len(), 1);
    shop.focus("entry", Some((Side::Import, "run")));
    shop.keys("x");
    assert!(!shop.wac().contains("export web.run"), "{}", shop.wac());
    shop.keys("u");
    assert!(shop.wac().contains("export web.run"));
}

#[test]
fn nodes_stay_where_they_are_put_and_the_text_never_hears_of_it() {
    let mut shop = Shop::wired();
    let before = shop.wac();
    let rect = |shop: &Shop, node: &str| {
        let b = shop.session.state.view.picture.at(Level::Ports).layout.node(node).unwrap().clone();
        (b.column, b.rect.y)
    };
    shop.focus("prices", None);
    let (column, y) = rect(&shop, "prices");
    shop.keys("ctrl-down ctrl-down ctrl-down ctrl-down ctrl-down ctrl-down");
    assert_eq!(rect(&shop, "prices"), (column, y + 6));
    let kept = crate::tui::pane::graph::wiring::places::load(shop.root(), true);
    assert_eq!(kept["shop.wac"]["prices"], (i32::try_from(column).unwrap(), y + 6));
    shop.keys("P");
    assert!(
        crate::tui::pane::graph::wiring::places::load(shop.root(), true).is_empty(),
        "it is let go, and nothing is left"
    );
    shop.keys("P ctrl-up");
    assert_eq!(rect(&shop, "prices").1, y + 5);
    assert_eq!(shop.wac(), before);
    shop.focus("host", None);
    shop.keys("ctrl-up");
    assert!(shop.flash().contains("select a component first"), "{}", shop.flash());
}

#[test]
fn the_mouse_draws_wires_moves_nodes_and_lists_what_fits() {
    let mut shop = Shop::new(&ALL, Some(OPEN));
    shop.size = (200, 50);
    let from = shop.port("web", Side::Import, "cart");
    let to = shop.port("cart", Side::Export, "cart");
    shop.drag(from, to);
    assert_eq!(shop.wires(), ["web.cart → cart"], "{}", shop.flash());
    // From the other end.
    let from = shop.port("prices", Side::Export, "prices");
    let to = shop.port("cart", Side::Import, "prices");
    shop.drag(from, to);
    assert_eq!(shop.wires().len(), 2, "{}", shop.flash());
    // On what does not fit.
    let from = shop.port("cart", Side::Import, "store");
    let to = shop.port("prices", Side::Export, "prices");
    shop.drag(from, to);
    assert_eq!(shop.wires().len(), 2);
    assert!(
        shop.flash().starts_with("refused: `shop:prices/prices@1.0.0` of `prices` does not fit"),
        "{}",
        shop.flash()
    );
    // On nothing.
    let from = shop.port("cart", Side::Import, "store");
    let body = shop.session.state.view.hits.body(Pane::Graph);
    let empty = (body.y..body.bottom()).rev().flat_map(|y| (body.x..body.right()).rev().map(move |x| (x, y)));
    let empty =
        empty.into_iter().find(|(x, y)| shop.session.state.view.hits.at(*x, *y) == Some(Target::Pane(Pane::Graph)));
    shop.drag(from, empty.unwrap());
    assert!(matches!(shop.session.state.view.overlays.top(), Some(Overlay::Picker(_))), "{}", shop.flash());
    shop.keys("enter");
    assert_eq!((shop.wires().len(), shop.open(), shop.runs), (3, 0, 1), "{}", shop.flash());
    assert!(
        crate::tui::pane::graph::wiring::places::load(shop.root(), true).is_empty(),
        "what was there stays where it was"
    );
    // A node by its title.
    shop.draw();
    let state = &shop.session.state;
    let node = state.view.picture.node("store").unwrap();
    let title = state.view.hits.places().iter().find(|(_, t)| *t == Target::Node(node)).unwrap().0;
    let y = state.view.picture.at(state.shown_level()).layout.boxes[node].rect.y;
    shop.drag((title.x + 2, title.y), (title.x + 2, title.y + 3));
    let state = &shop.session.state;
    let moved = state.view.picture.at(state.shown_level()).layout.boxes[node].rect.y;
    assert!(moved >= y + 3, "the box goes with the pointer: {y} to {moved}");
    assert!(crate::tui::pane::graph::wiring::places::load(shop.root(), true)["shop.wac"].contains_key("store"));
    // And a press on a lit port puts a wire down that the keys draw.
    shop.keys("u");
    shop.focus("cart", Some((Side::Import, "store")));
    shop.keys("w");
    let to = shop.port("store", Side::Export, "store");
    shop.mouse(MouseEventKind::Down(MouseButton::Left), to);
    assert_eq!(shop.wires().len(), 3, "{}", shop.flash());
}

/// Some cell of the graph's pane where nothing is.
fn empty_cell(shop: &mut Shop, low: bool) -> (u16, u16) {
    shop.draw();
    let hits = &shop.session.state.view.hits;
    let body = hits.body(Pane::Graph);
    let cells = (body.y..body.bottom()).flat_map(|y| (body.x..body.right()).map(move |x| (x, y)));
    let is_empty = |(x, y): &(u16, u16)| hits.at(*x, *y) == Some(Target::Pane(Pane::Graph));
    let mut cells: Vec<_> = cells.filter(is_empty).collect();
    if low {
        cells.reverse();
    }
    cells.into_iter().find(|(x, _)| *x > body.x + body.width / 2).unwrap()
}

#[test]
fn what_is_dropped_on_empty_canvas_stands_where_it_was_dropped() {
    for low in [false, true] {
        let mut shop = Shop::new(&["web", "cart", "store", "prices", "store-two"], Some(OPEN));
        shop.size = (200, 50);
        let from = shop.port("cart", Side::Import, "store");
        let cell = empty_cell(&mut shop, low);
        let state = &shop.session.state;
        let user = state.view.picture.at(state.shown_level()).layout.node("cart").unwrap().rect.y;
        shop.drag(from, cell);
        // The first connect it; the last is a component that is added.
        shop.keys("down down enter");
        assert!(shop.wires().contains(&"cart.store → store-two".to_owned()), "{:?} {}", shop.wires(), shop.flash());
        let kept = crate::tui::pane::graph::wiring::places::load(shop.root(), true)["shop.wac"]["store-two"];
        shop.draw();
        let state = &shop.session.state;
        let there = state.view.picture.at(state.shown_level()).layout.node("store-two").unwrap();
        assert_eq!((i32::try_from(there.column).unwrap(), there.rect.y), kept);
        // So many rows above or below its user; the picture as a whole stays in the pane's middle.
        let dropped = i32::from(cell.1) - i32::from(from.1) + 1;
        assert_eq!(dropped, there.rect.y - user, "rows below its user");
        assert!(!shop.wac().contains("place"), "the text never hears of it");
        // What the keys add afterwards stands where it fits.
        shop.focus("cart", Some((Side::Import, "store")));
        shop.keys("a down down enter");
        assert_eq!(
            crate::tui::pane::graph::wiring::places::load(shop.root(), true)["shop.wac"].len(),
            1,
            "{}",
            shop.flash()
        );
    }
}

#[test]
fn what_is_pinned_stands_in_its_column_and_order_at_every_level() {
    let mut shop = Shop::wired();
    let place = |shop: &Shop, level: Level, node: &str| {
        let there = shop.session.state.view.picture.at(level).layout.node(node).unwrap().clone();
        (there.column, there.rect.y)
    };
    let levels = [Level::Status, Level::Ports, Level::Compact, Level::Names];
    let (upper, lower) = if place(&shop, Level::Ports, "store").1 < place(&shop, Level::Ports, "prices").1 {
        ("store", "prices")
    } else {
        ("prices", "store")
    };
    let before = levels.map(|level| place(&shop, level, lower));
    // The lower one goes far down, and the upper one below that.
    shop.focus(lower, None);
    for _ in 0..8 {
        shop.keys("ctrl-down");
    }
    for (level, before) in levels.into_iter().zip(before) {
        let now = place(&shop, level, lower);
        assert!(now.0 == before.0 && now.1 > before.1, "{level:?}: {before:?} {now:?}");
    }
    shop.focus(upper, None);
    for _ in 0..24 {
        shop.keys("ctrl-down");
    }
    for level in levels {
        let (upper, lower) = (place(&shop, level, upper), place(&shop, level, lower));
        assert!(upper.0 == lower.0 && upper.1 > lower.1, "{level:?}: {upper:?} is to be below {lower:?}");
    }
    // Another column, too.
    shop.keys("ctrl-left");
    let moved = levels.map(|level| place(&shop, level, upper).0);
    assert!(moved.iter().all(|column| *column == moved[0] && *column < before[0].0), "{moved:?}");
}

/// What the right button at a place offers under this name, taken with a click.
fn by_menu(shop: &mut Shop, at: (u16, u16), name: &str) {
    shop.mouse(MouseEventKind::Down(MouseButton::Right), at);
    let Some(Overlay::Picker(picker)) = shop.session.state.view.overlays.top() else { panic!("no menu") };
    let label = |item: &Item| match item.choice {
        Choice::Command(command) => command.spec().map(|spec| spec.label),
        _ => None,
    };
    let row = picker.found().position(|item| label(item) == Some(name));
    let row = row.unwrap_or_else(|| panic!("no `{name}`: {:?}", picker.found().map(|i| &i.name).collect::<Vec<_>>()));
    assert_eq!(picker.found().nth(row).unwrap().refused, None, "{name}");
    for _ in 0..row {
        shop.keys("down");
    }
    shop.draw();
    let places = shop.session.state.view.hits.places();
    let place = places.iter().rev().find(|(_, target)| *target == Target::PickerRow(row)).unwrap().0;
    shop.mouse(MouseEventKind::Down(MouseButton::Left), (place.x, place.y));
    shop.mouse(MouseEventKind::Up(MouseButton::Left), (place.x, place.y));
}

#[test]
fn every_edit_is_in_the_menu_under_the_right_button_too() {
    for size in [(80, 24), (120, 36), (200, 50)] {
        let mut shop = Shop::wired();
        shop.size = size;
        let before = shop.wac();
        shop.keys("z");
        // Expose, and hide.
        shop.focus("cart", Some((Side::Export, "cart")));
        let at = shop.port("cart", Side::Export, "cart");
        by_menu(&mut shop, at, "expose");
        assert!(shop.wac().contains("export cart"), "{} {}", shop.wac(), shop.flash());
        shop.focus("cart", Some((Side::Export, "cart")));
        let at = shop.port("cart", Side::Export, "cart");
        by_menu(&mut shop, at, "expose");
        assert_eq!(shop.wac(), before);
        // Rename.
        shop.focus("cart", Some((Side::Import, "store")));
        let at = shop.port("cart", Side::Import, "store");
        by_menu(&mut shop, at, "rename");
        shop.keys("ctrl-u").type_text("basket").keys("enter");
        assert!(shop.wires().contains(&"basket.store → store".to_owned()), "{:?} {}", shop.wires(), shop.flash());
        // Cut, and remove.
        shop.focus("basket", Some((Side::Import, "store")));
        let at = shop.port("basket", Side::Import, "store");
        by_menu(&mut shop, at, "cut");
        assert_eq!(shop.wires().len(), 2, "{}", shop.flash());
        shop.focus("basket", Some((Side::Import, "prices")));
        let at = shop.port("basket", Side::Import, "prices");
        by_menu(&mut shop, at, "remove");
        assert!(shop.session.state.app.graph.node("basket").is_none(), "{}", shop.flash());
        let gone = shop.wac();
        // Somebody saves in between: that is a step like any other.
        shop.save(&format!("{gone}// mine\n"));
        shop.focus("web", Some((Side::Export, "run")));
        let mut at = shop.port("web", Side::Export, "run");
        for text in [gone.as_str(), "", "", ""] {
            by_menu(&mut shop, at, "undo");
            assert!(text.is_empty() || shop.wac() == text, "{}", shop.wac());
            shop.focus("web", Some((Side::Export, "run")));
            at = shop.port("web", Side::Export, "run");
        }
        // Two more steps were exposing and hiding; four of five are taken back.
        assert_eq!(shop.wac(), before, "{}", shop.flash());
        for _ in 0..4 {
            by_menu(&mut shop, at, "redo");
            shop.focus("web", Some((Side::Export, "run")));
            at = shop.port("web", Side::Export, "run");
        }
        assert_eq!(shop.wac(), format!("{gone}// mine\n"));
    }
}

fn explained(shop: &Shop) -> &crate::tui::overlay::explanation::Explaining {
    shop.session.state.view.overlays.explaining().unwrap()
}

#[test]
fn a_mismatch_is_explained_and_a_digit_selects_the_fix_that_enter_makes() {
    let text = OPEN.replace(
        "let prices = new shop:prices",
        "let old = new shop:old-prices { ... };\nlet prices = new shop:prices",
    );
    let text = text.replace(
        "shop:cart { ... }",
        "shop:cart { \"shop:prices/prices@1.0.0\": old[\"shop:prices/prices@0.9.0\"], ... }",
    );
    let mut shop = Shop::new(&["web", "cart", "store", "prices", "old-prices"], Some(&text));
    shop.focus("cart", Some((Side::Import, "prices")));
    shop.keys("enter");
    assert!(shop.session.state.view.overlays.explaining().is_some(), "{:?}", shop.session.state.app.graph.problems);
    shop.keys("esc");
    shop.size = (80, 24);
    let footer = shop.draw().lines().last().unwrap().to_owned();
    assert!(footer.trim_start().starts_with("W why"), "{footer}");
    shop.size = (120, 36);
    shop.keys("W");
    let screen = shop.draw();
    assert!(
        screen.contains("does not fit") && screen.contains("import of cart") && screen.contains("0.9.0"),
        "{screen}"
    );
    shop.size = (80, 24);
    let (screen, fixes) = (shop.draw(), &shop.session.state.view.overlays.explaining().unwrap().explanation.fixes);
    for word in fixes.iter().flat_map(|fix| fix.what.split(' ')) {
        assert!(screen.contains(word), "the fixes can be read to their end: {word} in {screen}");
    }
    assert!(!screen.contains('←'), "{screen}");
    let wire = fixes.iter().position(|r| r.kind == "wire").unwrap();
    let before = shop.wac();
    shop.keys(&(wire + 1).to_string());
    assert_eq!((shop.wac(), explained(&shop).selected), (before, wire), "nothing is written yet");
    shop.keys("9");
    assert_eq!(explained(&shop).selected, wire, "there is no such fix");
    let screen = shop.draw();
    assert!(screen.lines().last().unwrap().contains("enter apply"), "{screen}");
    shop.keys("enter");
    assert_eq!(shop.wires(), ["cart.prices → prices"], "{}", shop.flash());
    let explaining = shop.session.state.view.overlays.explaining().unwrap();
    assert!(explaining.explanation.fits && explaining.done.is_some(), "it is checked at once");
    shop.keys("u");
    assert!(!shop.session.state.view.overlays.explaining().unwrap().explanation.fits);
    assert_eq!(shop.wac(), text);
    shop.keys("esc");
    assert!(shop.session.state.view.overlays.explaining().is_none());
}

#[test]
fn what_fits_both_ends_is_inserted_into_a_wire_in_one_step() {
    let mut shop = Shop::wired();
    let components = ["web", "cart", "store", "prices", "audit"];
    let mut wider = Shop::new(&components, Some(&shop.wac()));
    shop.keys("esc");
    wider.focus("cart", Some((Side::Import, "store")));
    wider.keys("a");
    let Some(Overlay::Picker(picker)) = wider.session.state.view.overlays.top() else { panic!("a list") };
    assert_eq!(picker.items()[0].detail, "between cart and store: fits at both ends");
    wider.keys("enter");
    assert_eq!(wider.wires(), ["audit.store → store", "cart.prices → prices", "cart.store → audit", "web.cart → cart"]);
    wider.focus("cart", Some((Side::Import, "store")));
    wider.keys("a");
    let Some(Overlay::Picker(picker)) = wider.session.state.view.overlays.top() else { panic!("a list") };
    assert_eq!(picker.items()[0].detail, "between cart and audit: fits at both ends");
    wider.keys("enter");
    let twice = ["audit-n2.store → audit", "audit.store → store", "cart.prices → prices", "cart.store → audit-n2"];
    assert_eq!(wider.wires()[..4], twice, "{}\n{}", wider.flash(), wider.wac());
    wider.keys("u u");
    assert_eq!(wider.wires().len(), 3, "each was one step");
}

#[test]
fn it_is_inserted_from_the_providers_end_too_and_before_all_who_import_it() {
    let mut shop = Shop::new(&["web", "cart", "store", "prices", "audit"], Some(&Shop::wired().wac()));
    shop.focus("store", Some((Side::Export, "store")));
    shop.keys("a");
    let Some(Overlay::Picker(picker)) = shop.session.state.view.overlays.top() else { panic!("a list") };
    assert_eq!(picker.items()[0].detail, "between cart and store: fits at both ends");
    shop.keys("enter");
    assert_eq!(shop.wires(), ["audit.store → store", "cart.prices → prices", "cart.store → audit", "web.cart → cart"]);

    // A second one that imports it directly: both, or one of them.
    shop.focus("store", Some((Side::Export, "store")));
    shop.keys("a");
    let second =
        |picker: &Picker| picker.items().iter().position(|item| item.detail.contains("add another instance and"));
    let Some(Overlay::Picker(picker)) = shop.session.state.view.overlays.top() else { panic!("a list") };
    let down = second(picker).expect("one more that imports it");
    shop.keys(&format!("{}enter", "down ".repeat(down)));
    shop.focus("store", Some((Side::Export, "store")));
    shop.keys("a");
    let Some(Overlay::Picker(picker)) = shop.session.state.view.overlays.top() else { panic!("a list") };
    let details: Vec<&str> = picker.items().iter().take(3).map(|item| item.detail.as_str()).collect();
    assert_eq!(details[0], "between all 2 importers and store: fits at both ends", "{details:?}");
    assert!(details[1..].iter().all(|d| d.starts_with("between ") && d.ends_with(" and store: fits at both ends")));
    shop.keys("enter");
    let into_store: Vec<String> = shop.wires().into_iter().filter(|wire| wire.ends_with("→ store")).collect();
    assert_eq!(into_store.len(), 1, "{:?}\n{}", shop.wires(), shop.wac());
}
