//! Every pair of overlays and modes, one opened over the other: the keys go to what is drawn on top, and esc closes one.

use crossterm::event::{MouseButton, MouseEventKind};

use crate::draw::layout::Side;
use crate::log::Stream;
use crate::tui::command::{Command, Context};
use crate::tui::fixture::{Session, neon};
use crate::tui::overlay::trust::tests::listing;
use crate::tui::overlay::{OwnerKind, help};
use crate::tui::pane::graph::wiring::shop_tests::{OPEN, Shop};
use crate::tui::screen::tests::draw;

/// What opens each, from wherever one is.
const OPENERS: [(&str, &str); 14] = [
    ("help", "f1"),
    ("help by its letter", "alt-2 ?"),
    ("palette", "ctrl-p"),
    ("palette by its letter", "alt-2 :"),
    ("themes", "alt-2 T"),
    ("arguments", "alt-2 R"),
    ("grants", "alt-2 g"),
    ("plan", "alt-2 A"),
    ("explanation", "alt-2 W"),
    ("labels", "alt-2 f"),
    ("wire", "alt-2 w"),
    ("filter", "alt-3 \\"),
    ("search", "alt-3 /"),
    ("new", "ctrl-n"),
];

fn shop() -> Shop {
    let mut shop = Shop::new(&["web", "cart", "store", "prices"], Some(OPEN));
    shop.session.say("web", Stream::Stdout, "a line");
    shop.focus("web", None);
    shop
}

fn owner(shop: &mut Shop) -> OwnerKind {
    shop.draw();
    let owner = shop.session.state.owner().kind();
    assert_eq!(shop.session.state.view.hits.owner(), Some(owner), "what is drawn on top has the keys");
    owner
}

#[test]
fn of_every_pair_the_one_on_top_has_the_keys_and_esc_closes_one_at_a_time() {
    for (first, keys) in OPENERS {
        for (second, more) in OPENERS {
            let mut shop = shop();
            shop.keys(keys);
            let below = owner(&mut shop);
            shop.keys(more);
            let mut top = owner(&mut shop);
            let mut depth = 0;
            while !matches!(top, OwnerKind::Pane(_)) {
                depth += 1;
                assert!(depth < 5, "{second} over {first}: esc closes nothing of {top:?} (over {below:?})");
                shop.keys("esc");
                top = owner(&mut shop);
            }
            assert!(!shop.session.state.app.quit, "{second} over {first}: esc never leaves");
        }
    }
}

#[test]
fn letters_and_enter_over_a_list_go_to_the_help_on_top_of_it() {
    let mut session = Session::new(true);
    session.running();
    session.keys("ctrl-p f1 z o o m");
    draw(&mut session, 100, 30);
    let help = session.state.view.overlays.help().map(|help| help.query.text().to_owned());
    assert_eq!(help.as_deref(), Some("zoom"));
    session.keys("enter");
    assert!(session.state.view.zoom && session.state.view.overlays.is_empty(), "both lists are closed");
}

#[test]
fn what_is_chosen_over_the_grants_of_a_node_waits_until_they_are_closed() {
    let mut shop = shop();
    shop.keys("alt-2 g f1 z o o m enter");
    assert!(!shop.session.state.view.zoom);
    assert_eq!(owner(&mut shop), OwnerKind::Grants);
    assert!(shop.flash().contains("close the grants first"), "{}", shop.flash());
}

#[test]
fn what_arrives_late_takes_no_keys_from_what_was_opened_meanwhile() {
    for asks in ["W", "A"] {
        let mut shop = shop();
        shop.session.keys("alt-2");
        let asked = shop.session.keys(asks).effects.clone();
        assert!(!asked.is_empty(), "{asks} asks for something");
        shop.session.keys("ctrl-p q");
        shop.perform(asked);
        assert_eq!(owner(&mut shop), OwnerKind::Picker, "{asks}");
        assert!(shop.flash().contains(&format!("{asks} shows it")), "{}", shop.flash());
        shop.keys("u i t");
        assert!(!shop.session.state.app.quit, "letters stay in the palette");
    }
}

#[test]
fn a_wire_that_the_mouse_holds_is_let_go_where_something_opens_over_the_graph() {
    let mut shop = shop();
    shop.size = (200, 50);
    shop.draw();
    let (from, to) = (shop.port("web", Side::Import, "cart"), shop.port("cart", Side::Export, "cart"));
    shop.mouse(MouseEventKind::Down(MouseButton::Left), from);
    shop.mouse(MouseEventKind::Drag(MouseButton::Left), to);
    shop.keys("f1");
    shop.draw();
    shop.mouse(MouseEventKind::Up(MouseButton::Left), to);
    shop.keys("esc");
    assert!(shop.wires().is_empty(), "{:?}", shop.wires());
    assert!(matches!(owner(&mut shop), OwnerKind::Pane(_)));
}

#[test]
fn a_key_that_means_nothing_over_an_overlay_says_what_to_close() {
    let mut shop = shop();
    shop.keys("alt-2 g alt-1");
    assert_eq!(owner(&mut shop), OwnerKind::Grants);
    assert!(shop.flash().contains("close the grants first"), "{}", shop.flash());
}

#[test]
fn a_question_mark_shows_the_help_wherever_no_text_is_typed() {
    let mut asked = 0;
    for (name, keys) in OPENERS {
        let mut shop = shop();
        shop.keys(keys);
        let below = owner(&mut shop);
        let types = Context::current(&shop.session.state)[0].types();
        // Labels of a jump are typed too; another key ends it.
        if types || below == OwnerKind::Jump {
            continue;
        }
        asked += 1;
        shop.keys("?");
        assert_eq!(owner(&mut shop), OwnerKind::Help, "over {name}");
        shop.keys("?");
        assert_eq!(owner(&mut shop), below, "and away again");
    }
    assert!(asked >= 4, "{asked}");
    let mut session = Session::new(false);
    session.discovered_with(neon(), listing(1)).keys("?");
    assert!(session.state.view.overlays.help().is_some(), "over the question of trust");
}

#[test]
fn the_help_over_the_question_of_trust_has_its_key_once() {
    let mut session = Session::new(false);
    session.discovered_with(neon(), listing(1));
    session.keys("f1");
    let listed = help::found(&session.state, "trust");
    assert_eq!(listed, [Command::AllowTrust]);
    session.keys("esc esc f1");
    assert_eq!(help::found(&session.state, "trust"), [Command::Trust]);
}
