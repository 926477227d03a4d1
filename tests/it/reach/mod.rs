//! What strangers' folders and guests can reach, and what they cost: real processes, each judged by a file that must not
//! change or by a bound that is measured from outside.

mod files;
mod hostile;
mod stranger;
mod trust;
mod trust_screen;
mod writes;
