//! What guests write and read: taps, lines, standard input.

pub(crate) mod keyboard;
pub(crate) mod lines;
pub(crate) mod tap;
