//! How things look here: what this terminal can show, found out from the environment; its background is known when it
//! has answered.

pub(crate) mod contrast;
mod glyphs;
mod indexed;
pub(crate) mod sheet;
mod theme;
pub(crate) mod themes;

pub(crate) use glyphs::*;
pub use theme::*;
use themes::Themes;

#[derive(Clone, Debug, Default)]
pub(crate) struct Look {
    pub(crate) theme: Theme,
    pub(crate) glyphs: Glyphs,
    /// Nothing on the screen moves by itself more than once a second.
    pub(crate) still: bool,
    pub(crate) themes: Themes,
    /// The theme that was chosen by name, and the one that shows; `None` is ours, as the terminal is.
    pub(crate) chosen: Option<String>,
    pub(crate) shown: Option<String>,
    /// As the terminal told it, else as the environment says.
    background: Background,
    /// The terminal shows no more.
    only_ascii: bool,
    /// The environment asks for it.
    only_still: bool,
}

impl Look {
    /// Read from the environment; `variable` looks one up. `ascii` asks for ASCII whatever the terminal can do.
    pub(crate) fn detect(variable: impl Fn(&str) -> Option<String>, ascii: bool) -> Self {
        let depth = depth(&variable);
        let background = background(&variable);
        let only_ascii = ascii || !unicode(&variable);
        let glyphs = if only_ascii { Glyphs::ascii() } else { Glyphs::unicode() };
        let still = variable(STILL).is_some_and(|v| !matches!(v.as_str(), "" | "0" | "false" | "no"));
        let theme = Theme::new(depth, background);
        Self { theme, glyphs, background, only_ascii, still, only_still: still, ..Self::default() }
    }

    /// As the terminal told it, else as the environment says.
    pub(crate) const fn background(&self) -> Background {
        self.background
    }

    /// Shows a theme by name; where there is none of that name, ours.
    pub(crate) fn show(&mut self, name: Option<String>) {
        let sheet = name.as_deref().and_then(|name| self.themes.sheet(name));
        let depth = self.theme.depth;
        self.theme = sheet.map_or_else(|| Theme::new(depth, self.background), |sheet| Theme::of(depth, &sheet));
        self.shown = name;
    }

    /// Whether dark or light makes a difference: where no theme was chosen, and enough colours show.
    pub(crate) fn wants_background(&self) -> bool {
        self.chosen.is_none() && matches!(self.theme.depth, Depth::True | Depth::Indexed)
    }

    /// The terminal answered with its own background.
    pub(crate) fn stand_on(&mut self, rgb: [u8; 3]) {
        self.background = if contrast::is_light(rgb) { Background::Light } else { Background::Dark };
        self.show(self.shown.clone());
    }

    /// ASCII signs where the user or the terminal wants them.
    pub(crate) fn use_ascii(&mut self, wanted: bool) {
        self.glyphs = if wanted || self.only_ascii { Glyphs::ascii() } else { Glyphs::unicode() };
    }

    /// Reduced motion, where the user or the environment wants it.
    pub(crate) fn keep_still(&mut self, wanted: bool) {
        self.still = wanted || self.only_still;
    }
}

/// Asks for a screen on which little moves, whatever the settings say.
const STILL: &str = "STUDIO_REDUCED_MOTION";

fn depth(variable: &impl Fn(&str) -> Option<String>) -> Depth {
    let term = variable("TERM").unwrap_or_default();
    let colorterm = variable("COLORTERM").unwrap_or_default();
    // https://no-color.org: any value but the empty one.
    if variable("NO_COLOR").is_some_and(|v| !v.is_empty()) || term == "dumb" {
        Depth::Mono
    } else if matches!(colorterm.as_str(), "truecolor" | "24bit")
        || term.ends_with("-direct")
        || variable("WT_SESSION").is_some()
        || ["kitty", "ghostty", "alacritty", "wezterm", "foot"].iter().any(|t| term.contains(t))
    {
        Depth::True
    } else if term.contains("256color") {
        Depth::Indexed
    } else if term.starts_with("vt") {
        Depth::Mono
    } else {
        Depth::Sixteen
    }
}

/// `COLORFGBG=foreground;background`, where a terminal sets it; dark otherwise.
fn background(variable: &impl Fn(&str) -> Option<String>) -> Background {
    let value = variable("COLORFGBG").unwrap_or_default();
    match value.rsplit(';').next().and_then(|n| n.parse::<u8>().ok()) {
        Some(7 | 9..=15) => Background::Light,
        _ => Background::Dark,
    }
}

fn unicode(variable: &impl Fn(&str) -> Option<String>) -> bool {
    // The Linux console has 256 or 512 glyphs, and ours are not among them.
    if matches!(variable("TERM").as_deref(), Some("linux" | "dumb")) {
        return false;
    }
    if cfg!(windows) {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable).find(|v| !v.is_empty());
    let locale = locale.unwrap_or_default().to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use crate::look::*;

    fn look(variables: &[(&str, &str)]) -> (Depth, bool) {
        let look = Look::detect(
            |name| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()),
            false,
        );
        (look.theme.depth, look.glyphs.is_ascii())
    }

    #[test]
    fn what_the_terminal_can_show_comes_from_the_environment() {
        let utf8 = ("LANG", "en_GB.UTF-8");
        assert_eq!(look(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), utf8]), (Depth::True, false));
        assert_eq!(look(&[("TERM", "xterm-256color"), utf8]), (Depth::Indexed, false));
        assert_eq!(look(&[("TERM", "screen"), utf8]), (Depth::Sixteen, false));
        assert_eq!(look(&[("TERM", "linux"), utf8]), (Depth::Sixteen, true));
        assert_eq!(look(&[("TERM", "xterm-kitty"), ("NO_COLOR", "1"), utf8]), (Depth::Mono, false));
        assert_eq!(look(&[("TERM", "xterm-kitty"), ("NO_COLOR", ""), utf8]), (Depth::True, false));
        assert_eq!(look(&[("TERM", "xterm"), ("LANG", "C")]), (Depth::Sixteen, !cfg!(windows)));
        assert_eq!(look(&[("TERM", "xterm"), ("LC_ALL", "C.UTF-8"), ("LANG", "C")]), (Depth::Sixteen, false));
    }
}
