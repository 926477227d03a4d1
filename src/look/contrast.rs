//! Whether every word of a theme can be read on every background it stands on (WCAG 2).

use serde::Serialize;

use crate::look::sheet::{Ink, ROLES, Sheet};

/// What text needs.
pub(crate) const TEXT: f64 = 4.5;

/// What frames and rules need.
pub(crate) const FAINT: f64 = 3.0;

/// One word on one background.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Pair {
    pub(crate) role: String,
    pub(crate) on: &'static str,
    pub(crate) ratio: f64,
    pub(crate) needs: f64,
}

impl Pair {
    pub(crate) fn is_readable(&self) -> bool {
        self.ratio >= self.needs
    }
}

/// Every pair there is.
pub(crate) fn pairs(sheet: &Sheet) -> Vec<Pair> {
    let (Some(text), Some(background)) = (sheet.screen.fg, sheet.screen.bg) else { return Vec::new() };
    let selections = ["selection", "selection-idle"].map(|name| (name, sheet.role(name)));
    let words = ROLES.iter().chain([&"control"]).filter(|role| !role.starts_with("selection"));
    let mut inks: Vec<(String, Ink)> = words.map(|role| ((*role).to_owned(), sheet.role(role))).collect();
    inks.extend(sheet.nodes.iter().enumerate().map(|(n, ink)| (format!("node {}", n + 1), *ink)));
    let mut pairs = Vec::new();
    for (role, ink) in inks {
        let needs = if role == "faint" { FAINT } else { TEXT };
        let fg = ink.fg.unwrap_or(text);
        let own = if ink.bg.is_some() { "its own" } else { "screen" };
        pairs.push(Pair { role: role.clone(), on: own, ratio: ratio(fg, ink.bg.unwrap_or(background)), needs });
        // Frames don't stand on what is selected, and what has a background of its own keeps it.
        if role == "faint" || ink.bg.is_some() {
            continue;
        }
        for (on, selection) in selections {
            let fg = selection.fg.unwrap_or(fg);
            pairs.push(Pair { role: role.clone(), on, ratio: ratio(fg, selection.bg.unwrap_or(background)), needs });
        }
    }
    pairs
}

/// Whether black is read better on it than white.
pub(crate) fn is_light([r, g, b]: [u8; 3]) -> bool {
    let background = u32::from_be_bytes([0, r, g, b]);
    ratio(0, background) > ratio(0x00ff_ffff, background)
}

/// From 1 to 21.
pub(crate) fn ratio(a: u32, b: u32) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
    // Two decimals, down: what is shown as 4.5 is enough.
    (ratio * 100.0).floor() / 100.0
}

fn luminance(rgb: u32) -> f64 {
    let [_, r, g, b] = rgb.to_be_bytes();
    let linear = |v: u8| {
        let v = f64::from(v) / 255.0;
        if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

#[cfg(test)]
mod tests {
    use crate::look::contrast::*;
    use crate::look::themes::Themes;

    #[test]
    fn ratios_as_the_standard_gives_them() {
        assert!((ratio(0, 0xff_ffff) - 21.0).abs() < 0.01);
        assert!((ratio(0x77_7777, 0xff_ffff) - 4.47).abs() < 0.02, "the grey that is just too light");
        assert!((ratio(5, 5) - 1.0).abs() < 0.01);
    }

    #[test]
    fn every_theme_of_ours_can_be_read() {
        let themes = Themes::default();
        for (name, _) in themes.names() {
            let pairs = pairs(&themes.sheet(&name).unwrap());
            assert!(pairs.len() > 40, "{name}");
            let bad: Vec<_> = pairs.iter().filter(|p| !p.is_readable()).collect();
            assert!(bad.is_empty(), "{name}: {bad:?}");
        }
    }
}
