//! News that were read or made before an edit and come after it change nothing, and no key is lost on their account.

use std::sync::Arc;
use std::time::Duration;

use crate::app::effect::{Effect as AppEffect, Form};
use crate::app::event::{Composed, Event as AppEvent};
use crate::app::trust_question::WhatRuns;
use crate::compose::Document;
use crate::draw::layout::Side;
use crate::tui::effect::Effect;
use crate::tui::event::Event;
use crate::tui::pane::graph::wiring::shop_tests::{OPEN, Shop};

const STORE: Option<(Side, &str)> = Some((Side::Import, "store"));

fn cut(shop: &mut Shop) {
    shop.focus("cart", STORE);
    shop.keys("x");
    assert_eq!(shop.open(), 1, "{}", shop.flash());
}

#[test]
fn a_folder_that_was_read_before_an_edit_is_read_again() {
    let mut shop = Shop::wired();
    let (root, now) = (shop.root().to_owned(), shop.session.now);
    let paths = vec![root.join("studio.toml")];
    shop.session.event(Event::App(AppEvent::Changed { paths, first: now, at: now }));
    let app = &shop.session.state.app;
    let read_before = Event::App(AppEvent::Discovered {
        revision: app.revision,
        project: Arc::clone(&app.project),
        what_runs: WhatRuns::default(),
        documents: app.documents.clone(),
        artifacts: Vec::new(),
    });
    cut(&mut shop);
    shop.session.event(read_before);
    assert_eq!(shop.open(), 1, "the edit still shows");
    let effects = std::mem::take(&mut shop.session.effects);
    assert!(effects.iter().any(|e| matches!(e, Effect::App(AppEffect::Discover { .. }))), "{effects:?}");
    shop.keys("w enter");
    assert_eq!(shop.open(), 0, "{}", shop.flash());
    shop.perform(effects);
    assert_eq!(shop.open(), 0);
}

#[test]
fn a_composition_that_was_made_before_an_edit_is_not_shown() {
    let mut shop = Shop::wired();
    let app = &shop.session.state.app;
    let made_before = Event::App(AppEvent::Composed(Composed {
        revision: app.revision,
        form: Form::Live,
        document: Document { path: Some("shop.wac".into()), text: shop.wac() },
        graph: app.graph.clone(),
        parsed: true,
        live: None,
        shipped: None,
        unchecked: Vec::new(),
        took: Duration::ZERO,
    }));
    shop.focus("cart", STORE);
    // The edit is written, and what it asks for is still under way.
    let asked = shop.session.keys("x").effects.clone();
    for effect in asked {
        let Effect::EditComposition(request) = effect else { panic!("{effect:?}") };
        let edited = Box::new(crate::app::edit::composition::make(*request));
        let at = shop.session.now;
        shop.session.event(Event::Edited { edited, at });
    }
    shop.session.event(made_before);
    assert_eq!(shop.open(), 1);
    shop.keys("w enter");
    assert_eq!(shop.open(), 0, "{}", shop.flash());
}

#[test]
fn a_file_that_was_read_before_an_edit_is_nobody_elses_change() {
    let mut shop = Shop::wired();
    let (file, now) = (shop.root().join("shop.wac"), shop.session.now);
    let texts = vec![(file, Some(shop.wac()))];
    let edited = shop.session.state.app.edited;
    cut(&mut shop);
    let mine = shop.wac();
    shop.event(Event::Reread { texts, edited, first: now, at: now });
    assert!(!shop.flash().contains("outside"), "{}", shop.flash());
    shop.keys("u");
    assert_eq!(shop.open(), 0, "one key takes the cut back: {}", shop.flash());
    shop.keys("U");
    assert_eq!(shop.wac(), mine);
}

#[test]
fn a_wire_that_fits_nowhere_any_more_says_so_when_it_is_connected() {
    let mut shop = Shop::new(&["web", "cart", "store", "prices"], Some(OPEN));
    shop.focus("cart", STORE);
    shop.keys("w");
    shop.save(&OPEN.replace("let store = new shop:store { ... };\n", ""));
    shop.keys("n down enter");
    assert!(shop.flash().contains("nothing fits this port any more"), "{}", shop.flash());
    shop.save(OPEN);
    shop.keys("enter");
    assert_eq!(shop.wires(), ["cart.store → store"], "{}", shop.flash());
}

#[test]
fn a_wire_that_came_to_exist_meanwhile_is_not_made_twice() {
    let mut shop = Shop::wired();
    cut(&mut shop);
    shop.keys("w");
    let wired = shop.wac().replace("prices: prices.prices", "store: store.store, prices: prices.prices");
    shop.save(&wired);
    shop.keys("enter");
    assert_eq!(shop.wac(), wired);
    assert!(shop.flash().contains("already wired to store"), "{}", shop.flash());
}
