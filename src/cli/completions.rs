//! `studio completions`, `studio man`: made from the same definition that reads the command line.

use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;

use crate::cli::args::{Arguments, Completions, Man};
use crate::cli::out;
use crate::files::{Folder, Links};

/// Prints a shell's completions.
pub(super) fn completions(args: &Completions) -> u8 {
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "studio", &mut bytes);
    out::bytes(&bytes);
    0
}

/// Prints the man page, or writes it and one a verb into a folder.
pub(super) fn man(args: &Man) -> anyhow::Result<u8> {
    let mut command = Arguments::command();
    command.build();
    let Some(dir) = &args.dir else {
        out::bytes(&page(command)?);
        return Ok(0);
    };
    let folder = Folder::create(dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
    let verbs = command.get_subcommands().filter(|verb| !verb.is_hide_set() && verb.get_name() != "help");
    for verb in verbs {
        let name = format!("studio-{}", verb.get_name());
        write(&folder, &name, &page(verb.clone())?)?;
    }
    write(&folder, "studio", &page(command)?)?;
    Ok(0)
}

fn page(command: clap::Command) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    clap_mangen::Man::new(command).render(&mut bytes)?;
    Ok(bytes)
}

fn write(folder: &Folder, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let file = format!("{name}.1");
    folder.write(Path::new(&file), bytes, Links::Inside).with_context(|| format!("cannot write `{file}`"))
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;
    use clap_complete::Shell;

    use crate::cli::completions::*;

    #[test]
    fn every_shell_completes_every_verb() {
        for shell in Shell::value_variants() {
            let mut bytes = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "studio", &mut bytes);
            let script = String::from_utf8(bytes).unwrap();
            for verb in Arguments::command().get_subcommands().filter(|v| !v.is_hide_set()) {
                assert!(script.contains(verb.get_name()), "{shell} knows no {}", verb.get_name());
            }
        }
    }

    #[test]
    fn a_page_a_verb_and_one_for_all() {
        let folder = tempfile::tempdir().unwrap();
        man(&Man { dir: Some(folder.path().join("man1")) }).unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.path().join("man1").join(name)).unwrap();
        assert!(read("studio.1").contains("composes"), "{}", read("studio.1"));
        assert!(read("studio-run.1").contains("studio run"), "{}", read("studio-run.1"));
    }
}
