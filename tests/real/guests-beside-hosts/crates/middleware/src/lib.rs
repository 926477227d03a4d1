//! What wraps the calls of a guest.
