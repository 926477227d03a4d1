//! One layout for every WIT text: two spaces a level, or four where the text has four, 100 columns, an item a line. Comments stay where they are said, and
//! so do single blank lines between items; what a text means does not change.

mod build;
mod comment;
mod print;

use crate::wit::problem::Problem;
use crate::wit::syntax::parse;

/// The text in its layout. The line ends are those of the first line.
///
/// # Errors
/// The problems of a text that does not follow the grammar; there is no telling what of it belongs together.
pub fn format(text: &str) -> Result<String, Vec<Problem>> {
    let is_crlf = text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r'));
    let plain = text.replace("\r\n", "\n");
    let parsed = parse(&plain);
    if !parsed.problems().is_empty() {
        // As the text is counted that was given.
        return Err(parse(text).problems().to_vec());
    }
    let mark = if text.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    let formatted = mark.to_owned() + &print::print(&build::build(&parsed.tree()), indent(&plain));
    Ok(if is_crlf { formatted.replace('\n', "\r\n") } else { formatted })
}

/// The spaces of a level: both two and four are common, and a text that has four by now keeps them.
fn indent(text: &str) -> usize {
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let mut indented = text.lines().filter(|line| !line.trim().is_empty()).map(spaces).filter(|spaces| *spaces > 0);
    if indented.next() == Some(4) { 4 } else { 2 }
}

#[cfg(test)]
mod tests;
