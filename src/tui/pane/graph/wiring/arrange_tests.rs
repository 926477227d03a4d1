//! Scripts that arrange the graph: nodes are dragged and pinned, and all of it is tidied.

use crate::tui::hit::Target;
use crate::tui::pane::graph::picture::Level;
use crate::tui::pane::graph::wiring::shop_tests::Shop;

#[test]
fn a_drag_where_no_ports_are_shown_says_how_to_show_them() {
    let mut shop = Shop::wired();
    shop.keys("d d d");
    shop.draw();
    assert_eq!(shop.session.state.shown_level(), Level::Compact);
    let node = shop.session.state.view.picture.node("cart").unwrap();
    let area = shop.session.state.view.hits.places().iter().find(|(_, t)| *t == Target::Node(node)).unwrap().0;
    shop.drag((area.x + 2, area.y + 1), (area.x + 9, area.y + 3));
    assert!(shop.flash().contains("press + until they are"), "{}", shop.flash());
}

#[test]
fn a_tidied_graph_lets_go_of_what_was_put_somewhere_and_the_undo_puts_it_back() {
    let mut shop = Shop::wired();
    let stands = |shop: &Shop| {
        let b = shop.session.state.view.picture.at(Level::Ports).layout.node("prices").unwrap().clone();
        (b.column, b.rect.y)
    };
    shop.draw();
    let fresh = stands(&shop);
    shop.focus("prices", None);
    shop.keys("ctrl-down ctrl-down ctrl-down");
    let moved = stands(&shop);
    assert_ne!(fresh, moved);
    shop.keys("T");
    assert!(shop.session.state.view.places.values().all(std::collections::BTreeMap::is_empty));
    assert_ne!(stands(&shop), moved);
    shop.keys("u");
    assert_eq!(stands(&shop), moved);
    assert_eq!(shop.wires().len(), 3, "no edit was taken back");
}
