//! `docs/keys.md`, made from the table.

use std::fmt::Write as _;

use crate::tui::command::{Context, GROUPS, Group, Spec};

/// `docs/keys.md`.
pub(crate) fn markdown() -> String {
    let mut out = String::from(
        "# Keys\n\n<!-- Generated from the tables in src/tui; `STUDIO_BLESS=1 cargo test keys_page` writes it again. -->\n\n\
         Plain letters belong to the focused pane; where text is typed only the keys under *Everywhere* are commands.\n\
         The mouse works on everything that is shown: click to focus and select, click twice to open, wheel to scroll.\n\
         How to change keys: [at the end](#changing-keys).\n",
    );
    for group in GROUPS {
        let _ = write!(out, "\n## {}\n\n| key | command | |\n|---|---|---|\n", group.title);
        for spec in group.rows {
            let _ = writeln!(out, "| {} | {} | {} |", keys(group, spec), spec.name, spec.doc);
        }
    }
    out.push_str(CHANGING);
    let names: Vec<String> = Context::ALL.iter().map(|c| format!("`[{}]`", c.name())).collect();
    let _ = writeln!(out, "The sections are {}.", names.join(", "));
    out
}

/// The keys of a command; those that it has in other places name them.
fn keys(group: &Group, spec: &Spec) -> String {
    let own =
        |context: &Context| group.contexts.contains(context) || matches!(context, Context::Panes | Context::Everywhere);
    let mut names: Vec<(&str, Vec<&str>)> = Vec::new();
    for (context, key) in spec.keys {
        let place = (!own(context)).then(|| context.name());
        match names.iter_mut().find(|(name, _)| name == key) {
            Some((_, places)) => places.extend(place),
            None => names.push((key, place.into_iter().collect())),
        }
    }
    let shown = |(key, places): (&str, Vec<&str>)| match places.as_slice() {
        [] => format!("`{key}`"),
        places => format!("`{key}` ({})", places.join(", ")),
    };
    names.into_iter().map(shown).collect::<Vec<_>>().join(" ")
}

const CHANGING: &str = r#"
## Changing keys

Write `$XDG_CONFIG_HOME/studio/keys.toml` (`~/.config/studio/keys.toml`); a running studio takes each save at once.
Each section is a context and each row binds a key, with the names of the tables above:

```toml
[graph]
"x" = "open"
"space f" = "fit-graph"   # a sequence: after `space` a box lists the next keys
"d" = "no_op"             # unbinds the key, also in the contexts further out

[panes]
"g g" = "top"
```

Keys are `x`, `G`, `ctrl-o`, `alt-1`, `shift-tab`, `f5`, `enter`, `esc`, `tab`, `space`, `backspace`, `delete`, `insert`,
the arrows `up`, `down`, `left` and `right`, `pageup`, `pagedown`, `home` and `end`. The innermost section that knows a key
has it: the focused pane's, then `[panes]`, then `[everywhere]`. Where text is typed only keys that type nothing can be
commands, and `ctrl-c` always quits. A row that cannot be read is listed among the problems with its line, and the default
is kept. "#;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::tui::command::page::*;

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
