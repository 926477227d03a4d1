//! The canvas at work, as a person sees it.

use crate::draw::layout::Side;
use crate::tui::fixture::Session;
use crate::tui::pane::graph::wiring::shop_tests::{OPEN, Shop};
use crate::tui::screen::tests::screens_at;

const ALL: [&str; 5] = ["web", "cart", "store", "prices", "store-two"];

fn shop(size: (u16, u16), components: &[&str], text: &str) -> Shop {
    let mut shop = Shop::new(components, Some(text));
    shop.size = size;
    shop.draw();
    shop
}

fn two_stores(size: (u16, u16)) -> Shop {
    shop(size, &ALL, &OPEN.replace("let cart", "let other = new shop:store-two { ... };\nlet cart"))
}

#[test]
fn a_wire_that_is_drawn() {
    screens_at("wiring", |columns, rows| -> Session {
        let mut shop = two_stores((columns, rows));
        shop.focus("cart", Some((Side::Import, "store")));
        shop.keys("w");
        shop.session
    });
}

#[test]
fn a_plan() {
    screens_at("plan", planned);
}

#[test]
fn what_fits_here() {
    screens_at("add", |columns, rows| {
        let mut shop = two_stores((columns, rows));
        shop.focus("cart", Some((Side::Import, "store")));
        shop.keys("a");
        shop.session
    });
}

#[test]
fn an_explanation() {
    screens_at("explain", explained);
}

pub(crate) fn planned(columns: u16, rows: u16) -> Session {
    let mut shop = two_stores((columns, rows));
    shop.keys("A enter");
    shop.session
}

pub(crate) fn explained(columns: u16, rows: u16) -> Session {
    let text = OPEN
        .replace("let prices = new shop:prices", "let old = new shop:old-prices { ... };\nlet prices = new shop:prices")
        .replace(
            "shop:cart { ... }",
            "shop:cart { \"shop:prices/prices@1.0.0\": old[\"shop:prices/prices@0.9.0\"], ... }",
        );
    let mut shop = shop((columns, rows), &["web", "cart", "store", "prices", "old-prices"], &text);
    shop.focus("cart", Some((Side::Import, "prices")));
    shop.keys("W");
    shop.session
}
