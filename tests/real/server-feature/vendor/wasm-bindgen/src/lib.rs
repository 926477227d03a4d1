//! A stand-in for what talks to a browser.

pub fn count() {}
