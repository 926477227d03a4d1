//! Integration tests: the real program on real projects.

mod layout;
