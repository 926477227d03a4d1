//! Builds the guests for the tests of the host.

fn main() {
    println!("cargo::rerun-if-changed=../../guests");
}
