//! `docs/cli.md`, made from the definition that reads the command line.

use std::fmt::Write as _;

use clap::CommandFactory as _;

use crate::cli::args::Arguments;

/// `docs/cli.md`.
pub(super) fn markdown() -> String {
    let mut out = String::from(
        "# The command line\n\n\
         <!-- Generated from src/cli/args.rs; `STUDIO_BLESS=1 cargo test cli_page` writes it again. -->\n",
    );
    let mut command = Arguments::command().term_width(100);
    command.build();
    section(&mut out, &mut command);
    let names: Vec<String> = command
        .get_subcommands()
        .filter(|verb| !verb.is_hide_set() && verb.get_name() != "help")
        .map(|verb| verb.get_name().to_owned())
        .collect();
    for name in names {
        if let Some(verb) = command.find_subcommand_mut(&name) {
            section(&mut out, &mut verb.clone().term_width(100));
        }
    }
    out
}

fn section(out: &mut String, command: &mut clap::Command) {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
    let _ = write!(out, "\n## {name}\n\n```text\n{}\n```\n", help.join("\n"));
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::cli::page::*;

    #[test]
    fn cli_page_is_up_to_date() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
        let wanted = markdown();
        if std::env::var_os("STUDIO_BLESS").is_some() {
            std::fs::write(&page, &wanted).unwrap();
        }
        let have = std::fs::read_to_string(&page).unwrap_or_default().replace("\r\n", "\n");
        assert_eq!(have, wanted, "docs/cli.md is old: STUDIO_BLESS=1 cargo test cli_page");
    }
}
