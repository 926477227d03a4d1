//! `studio theme list|check`: the themes there are, and whether they can be read.

use std::path::Path;

use anyhow::Context as _;

use crate::cli::args::{ThemeArguments, ThemeVerb};
use crate::cli::out;
use crate::files;
use crate::files::{Kind, walk};
use crate::folders;
use crate::look::Look;
use crate::look::contrast::{Pair, pairs};
use crate::look::sheet::{Fault, Sheet};
use crate::look::themes::Themes;
use crate::model::diagnostic::{Diagnostic, Origin, line_column};

pub(super) fn run(args: &ThemeArguments) -> anyhow::Result<u8> {
    let (themes, faults) = themes();
    match &args.verb {
        ThemeVerb::List { json } => {
            if *json {
                let all: Vec<_> =
                    themes.names().iter().map(|(name, own)| serde_json::json!({ "name": name, "own": own })).collect();
                out::json(&serde_json::json!({ "themes": all }));
            } else {
                for (name, own) in themes.names() {
                    out::line(&if own { format!("{name} (yours)") } else { name });
                }
            }
            faults.iter().for_each(out::problem);
            Ok(u8::from(!faults.is_empty()))
        }
        ThemeVerb::Check { theme, json } => check(&themes, faults, theme.as_deref(), *json),
    }
}

/// The themes with the user's, and what is wrong with those.
pub(super) fn themes() -> (Themes, Vec<Diagnostic>) {
    let (mut themes, mut faults) = (Themes::default(), Vec::new());
    let folder = folders::config().map(|folder| folder.join("themes"));
    let files = folder.and_then(|folder| walk::list(&folder, walk::MAX_ENTRIES).ok());
    let files = files.into_iter().flat_map(|(entries, _)| entries).map(|e| e.path);
    for path in files.filter(|p| p.extension().is_some_and(|e| e == "toml")) {
        let Some(name) = path.file_stem().and_then(|n| n.to_str()) else { continue };
        if let Ok(text) = files::text(&path, Kind::Settings)
            && let Err(found) = themes.read(name, &text)
        {
            faults.extend(found.iter().map(|fault| problem(&text, &path, fault)));
        }
    }
    (themes, faults)
}

/// How a picture looks that is no terminal's: in our dark colours, or those of the theme of this name.
///
/// # Errors
/// Where there is no such theme.
pub(super) fn look(name: Option<&str>, ascii: bool) -> anyhow::Result<Look> {
    let mut look = Look::default();
    if let Some(name) = name {
        look.themes = themes().0;
        let is_known = look.themes.sheet(name).is_some();
        anyhow::ensure!(is_known, "`{name}` is not a theme; `studio theme list` lists them");
        look.show(Some(name.to_owned()));
    }
    look.use_ascii(ascii);
    Ok(look)
}

fn problem(text: &str, path: &Path, fault: &Fault) -> Diagnostic {
    let (line, column) = line_column(text, fault.at);
    Diagnostic::error(Origin::Project, &fault.message).at(path, line, column)
}

fn check(themes: &Themes, mut faults: Vec<Diagnostic>, wanted: Option<&str>, json: bool) -> anyhow::Result<u8> {
    let mut sheets: Vec<(String, Sheet)> = Vec::new();
    match wanted {
        None => {
            sheets
                .extend(themes.names().into_iter().filter_map(|(name, _)| Some((name.clone(), themes.sheet(&name)?))));
        }
        Some(name) => {
            faults.retain(|p| p.place.as_ref().is_some_and(|at| at.file.file_stem().is_some_and(|stem| stem == name)));
            if let Some(sheet) = themes.sheet(name) {
                sheets.push((name.to_owned(), sheet));
            } else if faults.is_empty() {
                let path = Path::new(name);
                let text = files::text(path, Kind::Settings)
                    .with_context(|| format!("`{name}` is neither a theme (`studio theme list`) nor a file"))?;
                match Sheet::parse(&text, |parent| themes.sheet(parent)) {
                    Ok(sheet) => sheets.push((name.to_owned(), sheet)),
                    Err(found) => faults.extend(found.iter().map(|fault| problem(&text, path, fault))),
                }
            }
        }
    }
    let checked: Vec<(String, Vec<Pair>)> = sheets.iter().map(|(name, sheet)| (name.clone(), pairs(sheet))).collect();
    let ok = faults.is_empty() && checked.iter().all(|(_, pairs)| pairs.iter().all(Pair::is_readable));
    if json {
        let themes: Vec<_> =
            checked.iter().map(|(name, pairs)| serde_json::json!({ "name": name, "pairs": pairs })).collect();
        out::json(&serde_json::json!({ "ok": ok, "themes": themes, "problems": faults }));
    } else {
        faults.iter().for_each(out::problem);
        for (name, pairs) in &checked {
            let bad: Vec<&Pair> = pairs.iter().filter(|p| !p.is_readable()).collect();
            let least = pairs.iter().map(|p| p.ratio / p.needs).fold(f64::INFINITY, f64::min);
            out::line(&match bad.len() {
                0 => format!(
                    "✔ {name}: all {} pairs have enough contrast (lowest: {least:.2} of the minimum)",
                    pairs.len()
                ),
                n => format!("✘ {name}: {n} of {} pairs have too little contrast", pairs.len()),
            });
            for pair in bad {
                out::line(&format!("  {} on {}: {:.2}, needs {:.1}", pair.role, pair.on, pair.ratio, pair.needs));
            }
        }
    }
    Ok(u8::from(!ok))
}
