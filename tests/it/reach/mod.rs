//! What strangers' folders, guests and clients can reach, and what they cost: real processes, each judged by a file that
//! must not change or by a bound that is measured from outside.

mod bounds;
mod bounds_clients;
mod bounds_compile;
mod bounds_files;
mod bounds_floods;
mod bounds_folders;
mod files;
mod guest;
mod guest_files;
pub mod hostile;
mod leaving;
mod output;
mod stranger;
mod terminal;
mod trust;
mod trust_names;
mod trust_open;
mod trust_screen;
mod writes;
