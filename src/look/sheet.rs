//! A theme as a file writes it: roles, their colours by name, and the palette that names them.
//!
//! ```toml
//! background = "dark"
//! screen = { fg = "text", bg = "base" }
//! accent = "blue"
//! selection = { bg = "#2b3a4f" }
//! nodes = ["blue", "orange"]
//!
//! [palette]
//! blue = "#6cb6ff"
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

use ratatui::style::Modifier;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::look::Background;

/// The words a theme gives colours to.
pub(crate) const ROLES: [&str; 13] = [
    "text",
    "strong",
    "muted",
    "faint",
    "accent",
    "good",
    "warn",
    "bad",
    "stale",
    "selection",
    "selection-idle",
    "found",
    "button",
];

/// And the last of them, which text from outside wears.
const CONTROL: &str = "control";

/// What one word looks like; colours are 24 bits of RGB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ink {
    pub fg: Option<u32>,
    pub(crate) bg: Option<u32>,
    pub(crate) modifiers: Modifier,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub background: Background,
    /// Text and background, as they are taken to be when contrast is measured; painted where the theme was chosen by name.
    pub screen: Ink,
    pub(crate) roles: BTreeMap<String, Ink>,
    pub(crate) nodes: Vec<Ink>,
}

/// What is wrong with a theme, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) message: String,
}

impl Sheet {
    pub(crate) fn role(&self, name: &str) -> Ink {
        self.roles.get(name).copied().unwrap_or_default()
    }

    /// Reads a theme; `inherited` knows the others by name.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of its lines.
    pub(crate) fn parse(text: &str, inherited: impl Fn(&str) -> Option<Self>) -> Result<Self, Vec<Fault>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            let fault = |error: &toml::de::Error| Fault {
                at: error.span().map_or(0, |span| span.start),
                message: error.message().trim().lines().collect::<Vec<_>>().join(", "),
            };
            return Err(errors.iter().map(fault).collect());
        }
        let mut reader = Reader { palette: BTreeMap::new(), faults: Vec::new() };
        let sheet = reader.read(table.get_ref(), inherited);
        reader.faults.sort_by_key(|fault| fault.at);
        if reader.faults.is_empty() { Ok(sheet) } else { Err(reader.faults) }
    }
}

struct Reader {
    palette: BTreeMap<String, u32>,
    faults: Vec<Fault>,
}

type Value<'a> = Spanned<DeValue<'a>>;

impl Reader {
    fn fault(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.faults.push(Fault { at: span.start, message: message.into() });
    }

    fn read(&mut self, table: &DeTable, inherited: impl Fn(&str) -> Option<Sheet>) -> Sheet {
        let mut sheet = Sheet::default();
        let of = |name: &str| table.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value);
        let parent = of("inherits");
        if let Some(value) = parent {
            match value.get_ref().as_str().and_then(inherited) {
                Some(base) => sheet = base,
                None => self.fault(&value.span(), "unknown theme in `inherits`; `studio theme list` lists them"),
            }
        }
        match of("palette").map(|v| (v.get_ref(), v.span())) {
            Some((DeValue::Table(colors), _)) => {
                for (name, value) in colors {
                    match value.get_ref().as_str().and_then(hex) {
                        Some(rgb) => _ = self.palette.insert(name.get_ref().to_string(), rgb),
                        None => {
                            self.fault(&value.span(), format!("invalid colour `{}`: write #rrggbb", name.get_ref()));
                        }
                    }
                }
            }
            Some((_, span)) => self.fault(&span, "`palette` must be a table of colours"),
            None => {}
        }
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "inherits" | "palette" => {}
                "background" => match value.get_ref().as_str() {
                    Some("dark") => sheet.background = Background::Dark,
                    Some("light") => sheet.background = Background::Light,
                    _ => self.fault(&value.span(), "`background` must be \"dark\" or \"light\""),
                },
                "screen" => sheet.screen = self.ink(value),
                "nodes" => match value.get_ref() {
                    DeValue::Array(inks) if !inks.is_empty() => {
                        sheet.nodes = inks.iter().map(|ink| self.ink(ink)).collect();
                    }
                    _ => self.fault(&value.span(), "`nodes` must be a list of colours"),
                },
                role if role == CONTROL || ROLES.contains(&role) => {
                    let ink = self.ink(value);
                    sheet.roles.insert(role.to_owned(), ink);
                }
                other => {
                    let known = ROLES.join(", ");
                    self.fault(
                        &key.span(),
                        format!("unknown role `{other}`; expected one of {known}, {CONTROL}, nodes, screen"),
                    );
                }
            }
        }
        if parent.is_none() {
            let lacks = ROLES.iter().chain([&CONTROL]).find(|role| !sheet.roles.contains_key(**role)).copied();
            let lacks = lacks.or(sheet.nodes.is_empty().then_some("nodes"));
            let lacks = lacks.or((sheet.screen.fg.is_none() || sheet.screen.bg.is_none()).then_some("screen"));
            if let Some(role) = lacks.filter(|_| self.faults.is_empty()) {
                self.fault(
                    &(0..0),
                    format!("`{role}` is not there; a theme that changes little begins with inherits = \"dark\""),
                );
            }
        }
        sheet
    }

    fn ink(&mut self, value: &Value) -> Ink {
        let mut ink = Ink::default();
        match value.get_ref() {
            DeValue::String(_) => ink.fg = self.color(value),
            DeValue::Table(parts) => {
                for (key, value) in parts {
                    match (key.get_ref().as_ref(), value.get_ref()) {
                        ("fg", _) => ink.fg = self.color(value),
                        ("bg", _) => ink.bg = self.color(value),
                        ("modifiers", DeValue::Array(names)) => {
                            for name in names {
                                match name.get_ref().as_str().and_then(modifier) {
                                    Some(modifier) => ink.modifiers |= modifier,
                                    None => {
                                        self.fault(&name.span(), "expected bold, dim, italic, underlined, reversed");
                                    }
                                }
                            }
                        }
                        (other, _) => {
                            self.fault(
                                &key.span(),
                                format!("unknown key `{other}`; expected fg, bg, modifiers = [..]"),
                            );
                        }
                    }
                }
            }
            _ => self.fault(&value.span(), "expected \"#rrggbb\", a name of the palette, or { fg = .., bg = .. }"),
        }
        ink
    }

    fn color(&mut self, value: &Value) -> Option<u32> {
        let name = value.get_ref().as_str().unwrap_or_default();
        let rgb = self.palette.get(name).copied().or_else(|| hex(name));
        if rgb.is_none() {
            self.fault(&value.span(), format!("invalid colour `{name}`: write #rrggbb, or a name of the palette"));
        }
        rgb
    }
}

fn hex(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

fn modifier(name: &str) -> Option<Modifier> {
    Some(match name {
        "bold" => Modifier::BOLD,
        "dim" => Modifier::DIM,
        "italic" => Modifier::ITALIC,
        "underlined" => Modifier::UNDERLINED,
        "reversed" => Modifier::REVERSED,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::look::sheet::*;

    fn faults(text: &str) -> Vec<(usize, String)> {
        let dark = |name: &str| (name == "dark").then(Sheet::default);
        let faults = Sheet::parse(text, dark).unwrap_err();
        faults.into_iter().map(|f| (text[..f.at].lines().count().max(1), f.message)).collect()
    }

    #[test]
    fn what_is_wrong_is_told_at_its_place() {
        let text = "inherits = \"dark\"\naccent = \"nocolour\"\nwhat = \"#ffffff\"\nmuted = { fg = \"#12\" }\n";
        let said = faults(text);
        assert_eq!(said.len(), 3, "{said:?}");
        assert_eq!(said[0], (2, "invalid colour `nocolour`: write #rrggbb, or a name of the palette".into()));
        assert!(said[1].1.starts_with("unknown role `what`; expected one of text, "), "{said:?}");
        assert_eq!(faults("accent = \"#ffffff\"")[0].1.split(';').next(), Some("`text` is not there"));
        assert_eq!(faults("a = [").len(), 1);
    }

    #[test]
    fn a_theme_changes_what_it_inherits() {
        let base =
            Sheet { roles: [("bad".to_owned(), Ink { fg: Some(1), ..Ink::default() })].into(), ..Sheet::default() };
        let text = "inherits = \"dark\"\naccent = { fg = \"b\", modifiers = [\"bold\"] }\n[palette]\nb = \"#0000ff\"";
        let sheet = Sheet::parse(text, |_| Some(base.clone())).unwrap();
        assert_eq!(sheet.role("bad").fg, Some(1));
        assert_eq!(sheet.role("accent"), Ink { fg: Some(0xff), bg: None, modifiers: Modifier::BOLD });
    }

    #[test]
    fn no_text_makes_it_panic() {
        arbtest::arbtest(|u| {
            let text: String = u.arbitrary()?;
            let _ = Sheet::parse(&text, |_| None);
            Ok(())
        });
    }
}
