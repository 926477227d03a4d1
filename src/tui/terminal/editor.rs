//! Which editor the user has, and how it is told a line.

use std::path::Path;

/// `$VISUAL`, `$EDITOR`, or what every system of its kind has.
pub(crate) fn choose(variable: impl Fn(&str) -> Option<String>) -> String {
    let set = ["VISUAL", "EDITOR"].into_iter().filter_map(variable).find(|value| !value.trim().is_empty());
    set.unwrap_or_else(|| if cfg!(windows) { "notepad" } else { "vi" }.into())
}

/// The program and its arguments that open `file` at `line` (from 1). `editor` may hold arguments of its own.
pub(crate) fn command(editor: &str, file: &Path, line: u32) -> (String, Vec<String>) {
    let mut words = editor.split_whitespace().map(str::to_owned);
    let program = words.next().unwrap_or_else(|| "vi".into());
    let mut arguments: Vec<String> = words.collect();
    let name = Path::new(&program).file_stem().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    let file = file.display().to_string();
    match name.as_str() {
        "hx" | "helix" | "zed" | "subl" => arguments.push(format!("{file}:{line}")),
        "code" | "codium" | "cursor" => {
            if !arguments.iter().any(|a| a == "--wait" || a == "-w") {
                arguments.push("--wait".into());
            }
            arguments.extend(["--goto".into(), format!("{file}:{line}")]);
        }
        "vi" | "vim" | "nvim" | "nano" | "emacs" | "emacsclient" | "kak" | "micro" | "joe" | "ne" | "mg" | "ed" => {
            arguments.extend([format!("+{line}"), file]);
        }
        // An editor nobody told us of opens the file at least.
        _ => arguments.push(file),
    }
    (program, arguments)
}

#[cfg(test)]
mod tests {
    use crate::tui::terminal::editor::*;

    #[test]
    fn every_editor_is_told_the_line_in_its_own_way() {
        let open = |editor| {
            let (program, arguments) = command(editor, Path::new("/a b/lib.rs"), 12);
            format!("{program} {}", arguments.join("|"))
        };
        assert_eq!(open("nvim"), "nvim +12|/a b/lib.rs");
        assert_eq!(open("/usr/bin/vim -u NONE"), "/usr/bin/vim -u|NONE|+12|/a b/lib.rs");
        assert_eq!(open("hx"), "hx /a b/lib.rs:12");
        assert_eq!(open("code"), "code --wait|--goto|/a b/lib.rs:12");
        assert_eq!(open("code --wait"), "code --wait|--goto|/a b/lib.rs:12");
        assert_eq!(open("my-editor -x"), "my-editor -x|/a b/lib.rs");
        assert_eq!(open("  "), "vi +12|/a b/lib.rs");
    }

    #[test]
    fn visual_before_editor_before_vi() {
        let choose = |variables: &[(&str, &str)]| {
            choose(|name| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(choose(&[("VISUAL", "hx"), ("EDITOR", "nano")]), "hx");
        assert_eq!(choose(&[("VISUAL", ""), ("EDITOR", "nano")]), "nano");
    }
}
