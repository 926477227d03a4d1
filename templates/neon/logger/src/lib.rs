//! Prints what it is told, with the severity in front.

mod bindings;

use bindings::exports::cyber::core::log_handler::{Guest, Level};

struct Logger;

impl Guest for Logger {
    fn log(msg: String, severity: Level) {
        let tag = match severity {
            Level::Info => "INFO",
            Level::Warning => "WARN",
            Level::Critical => "CRITICAL ERROR",
        };
        println!("[{tag}] >> {msg}");
    }
}

bindings::export!(Logger with_types_in bindings);
