//! Where the built guests are.
