//! Starts the system and tells the logger, whoever provides it, how that went.

mod bindings;

use bindings::Guest;
use bindings::cyber::core::log_handler::{Level, log};

struct CoreLogic;

impl Guest for CoreLogic {
    fn run() {
        log("System startup initiated.", Level::Info);
        if !mainframe_is_safe() {
            log("Mainframe breach detected.", Level::Critical);
        }
    }
}

/// The mainframe is never safe.
fn mainframe_is_safe() -> bool {
    false
}

bindings::export!(CoreLogic with_types_in bindings);
