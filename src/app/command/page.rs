//! `docs/keys.md`, made from the table.

use std::fmt::Write as _;

use super::{COMMANDS, Context};

/// `docs/keys.md`.
pub fn markdown() -> String {
    let mut out = String::from(
        "# Keys\n\n<!-- Generated from src/app/command/table.rs; `STUDIO_BLESS=1 cargo test keys_page` writes it again. -->\n\n\
         Plain letters belong to the focused pane; where text is typed only the keys under *Everywhere* are commands.\n\
         The mouse works on everything that is shown: click to focus and select, click twice to open, wheel to scroll.\n",
    );
    for context in Context::ALL {
        let specs = || {
            COMMANDS.iter().filter_map(move |spec| {
                let keys: Vec<String> =
                    spec.keys.iter().filter(|(c, _)| *c == context).map(|(_, key)| format!("`{key}`")).collect();
                (!keys.is_empty()).then(|| (keys.join(" "), spec))
            })
        };
        if specs().next().is_none() {
            continue;
        }
        let _ = write!(out, "\n## {}\n\n| key | command | |\n|---|---|---|\n", context.title());
        for (keys, spec) in specs() {
            let _ = writeln!(out, "| {keys} | {} | {} |", spec.name, spec.doc);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn keys_page_is_up_to_date() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/keys.md");
        let wanted = markdown();
        if std::env::var_os("STUDIO_BLESS").is_some() {
            std::fs::create_dir_all(page.parent().unwrap()).unwrap();
            std::fs::write(&page, &wanted).unwrap();
        }
        let have = std::fs::read_to_string(&page).unwrap_or_default().replace("\r\n", "\n");
        assert_eq!(have, wanted, "docs/keys.md is old: STUDIO_BLESS=1 cargo test keys_page");
    }
}
