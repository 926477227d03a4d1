//! A theme in xterm's 256 colours: the nearest ones that can still be told apart and read.

use crate::look::contrast::{FAINT, TEXT, ratio};
use crate::look::sheet::{Ink, Sheet};

/// Contrast to the background that a marked row needs to be seen.
pub(crate) const MARKED: f64 = 1.2;

/// The same where its pane has not the focus.
pub(crate) const MARKED_IDLE: f64 = 1.1;

/// The colours that every such terminal shows alike: the cube of 6×6×6, and 24 greys.
fn palette() -> impl Iterator<Item = (u8, [u8; 3])> {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let cube = (0..216u8).map(|i| {
        let level = |n: u8| LEVELS.get(usize::from(n % 6)).copied().unwrap_or(0);
        (16 + i, [level(i / 36), level(i / 6), level(i)])
    });
    cube.chain((0..24u8).map(|i| (232 + i, [8 + i * 10; 3])))
}

/// The nearest of the 256.
pub(crate) fn nearest(rgb: [u8; 3]) -> u8 {
    palette().min_by_key(|(_, color)| distance(*color, rgb)).map_or(7, |(index, _)| index)
}

fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    a.iter().zip(b).map(|(x, y)| u32::from(x.abs_diff(y)).pow(2)).sum()
}

/// Whether a colour is the lighter one of two.
fn is_above(color: u32, other: u32) -> bool {
    ratio(color, 0) > ratio(other, 0)
}

/// The nearest colour that is good enough, if there is one.
fn nearest_where(wanted: u32, is_good: impl Fn(u32) -> bool) -> Option<u32> {
    let [_, r, g, b] = wanted.to_be_bytes();
    let colors = palette().map(|(_, color)| color).filter(|[r, g, b]| is_good(u32::from_be_bytes([0, *r, *g, *b])));
    let [r, g, b] = colors.min_by_key(|color| distance(*color, [r, g, b]))?;
    Some(u32::from_be_bytes([0, r, g, b]))
}

/// The theme with colours of the 256 alone. Rounding alone would bring what is close together to one colour: a marked row
/// and the background, a frame and the background.
pub(crate) fn reduced(sheet: &Sheet) -> Sheet {
    let round = |color: u32| nearest_where(color, |_| true).unwrap_or(color);
    let mut sheet = sheet.clone();
    let Some(own_base) = sheet.screen.bg else { return sheet };
    let base = round(own_base);
    let read = |ink: Ink, needs: f64| {
        let bg = ink.bg.map(round);
        let on = bg.unwrap_or(base);
        let fg = |color: u32| nearest_where(color, |c| ratio(c, on) >= needs).unwrap_or_else(|| round(color));
        Ink { fg: ink.fg.map(fg), bg, ..ink }
    };
    sheet.screen = read(sheet.screen, TEXT);
    for (role, ink) in &mut sheet.roles {
        *ink = read(*ink, if role == "faint" { FAINT } else { TEXT });
    }
    for ink in &mut sheet.nodes {
        *ink = read(*ink, TEXT);
    }
    let words = sheet.roles.iter().filter(|(role, ink)| *role != "faint" && ink.bg.is_none()).map(|(_, ink)| ink.fg);
    let words: Vec<u32> =
        words.chain(sheet.nodes.iter().map(|ink| ink.fg)).chain([sheet.screen.fg]).flatten().collect();
    for (role, seen) in [("selection", MARKED), ("selection-idle", MARKED_IDLE)] {
        let Some(ink) = sheet.roles.get_mut(role) else { continue };
        let Some(bg) = ink.bg else { continue };
        let words = ink.fg.map_or_else(|| words.clone(), |fg| vec![fg]);
        let worst = |color: u32| words.iter().map(|word| ratio(*word, color)).fold(f64::INFINITY, f64::min);
        // That the row is seen comes first; then its words, as well as these colours allow.
        // A row that is lighter than the background stays lighter.
        let is_seen = |color: u32| ratio(color, base) >= seen && (is_above(color, base) == is_above(bg, own_base));
        let found = [TEXT, 4.0, FAINT, 0.0]
            .into_iter()
            .find_map(|needs| nearest_where(bg, |color| is_seen(color) && worst(color) >= needs));
        ink.bg = found.or(ink.bg);
    }
    sheet
}

#[cfg(test)]
mod tests {
    use crate::look::indexed::*;
    use crate::look::themes::Themes;

    #[test]
    fn the_nearest_of_256_is_itself_where_there_is_one() {
        assert_eq!(nearest([0, 0, 0]), 16);
        assert_eq!(nearest([255, 255, 255]), 231);
        assert_eq!(nearest([95, 135, 175]), 67);
        assert_eq!(nearest([9, 8, 7]), 232);
    }

    #[test]
    fn every_theme_of_ours_is_seen_and_read_in_256_colours() {
        let themes = Themes::default();
        let mut bad = Vec::new();
        for (name, _) in themes.names() {
            let sheet = reduced(&themes.sheet(&name).unwrap());
            let base = sheet.screen.bg.unwrap();
            let mut check = |what: String, a: u32, b: u32, needs: f64| {
                if ratio(a, b) < needs {
                    bad.push(format!("{name}: {what} {:.2}, not {needs}", ratio(a, b)));
                }
            };
            for (role, needs) in [("selection", MARKED), ("selection-idle", MARKED_IDLE)] {
                let ink = sheet.role(role);
                let bg = ink.bg.unwrap();
                check(role.into(), bg, base, needs);
                for word in ["text", "muted", "accent", "good", "warn", "bad"] {
                    let fg = ink.fg.or(sheet.role(word).fg).or(sheet.screen.fg).unwrap();
                    check(format!("{word} on {role}"), fg, bg, FAINT);
                }
            }
            for word in ["text", "muted", "faint", "accent", "good", "warn", "bad", "stale"] {
                let needs = if word == "faint" { FAINT } else { TEXT };
                check(word.into(), sheet.role(word).fg.or(sheet.screen.fg).unwrap(), base, needs);
            }
        }
        assert!(bad.is_empty(), "{bad:#?}");
    }
}
