//! A library that is tried by its examples.

pub use bytewise_derive::Sized as SizedInBytes;

/// How many bytes a text has.
pub fn bytes(text: &str) -> usize {
    text.len()
}
