//! A composition is read from top to bottom: who provides must stand above who uses.

use std::collections::BTreeSet;

use crate::wac::outline::Outline;
use crate::wac::style::Style;
use crate::wac::{patch, slice, statement};

/// The text with statement `provider`, and what it needs, above statement `user`; `None` where the two need one
/// another.
pub(crate) fn above(outline: &Outline<'_>, style: &Style, provider: usize, user: usize) -> Option<String> {
    if provider < user {
        return Some(outline.text.to_owned());
    }
    let mut moving = BTreeSet::new();
    let mut waiting = vec![provider];
    while let Some(number) = waiting.pop() {
        if number == user {
            return None;
        }
        if number < user || !moving.insert(number) {
            continue;
        }
        let needs = outline.uses.iter().filter(|u| u.statement == number);
        waiting.extend(needs.filter_map(|u| outline.definition(u.name)));
    }
    let target = statement::block(outline, user).start;
    let gap = if style.airy { style.newline } else { "" };
    let mut moved = String::new();
    let mut changes = Vec::new();
    if !slice(outline.text, 0..target).ends_with('\n') {
        moved.push_str(style.newline);
    }
    for number in moving {
        let block = statement::block(outline, number);
        let words = slice(outline.text, block).trim_end();
        moved.push_str(words);
        moved.push_str(style.newline);
        moved.push_str(gap);
        changes.push((statement::removal(outline, number), String::new()));
    }
    changes.push((target..target, moved));
    Some(patch(outline.text, changes))
}
