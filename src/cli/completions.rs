//! `studio completions`, `studio man`: made from the same definition that reads the command line.

use std::ffi::OsString;
use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_complete::env::{EnvCompleter, Shells};

use crate::cli::args::{Arguments, Completions, Man};
use crate::cli::out;
use crate::files::{Folder, Links};

/// The variable by which a shell asks for what may follow: it holds the shell's name.
const ASKED_BY: &str = "STUDIO_COMPLETE";

/// Prints what has a shell ask studio itself: nodes and ports are those of the folder that one is in.
///
/// # Errors
/// Where the shell is not known.
pub(crate) fn completions(args: &Completions) -> anyhow::Result<u8> {
    let mut bytes = Vec::new();
    shell(&args.shell.to_string())?.write_registration(ASKED_BY, "studio", "studio", "studio", &mut bytes)?;
    out::bytes(&bytes);
    Ok(0)
}

/// Answers a shell that asks what may follow; `None` where none does.
///
/// # Errors
/// Where the shell is not known, or its words are none.
pub(crate) fn answered(arguments: &[OsString]) -> Option<anyhow::Result<u8>> {
    let name = std::env::var(ASKED_BY).ok().filter(|name| !name.is_empty())?;
    // What stands before the dashes is how studio was called.
    let words = arguments.iter().skip_while(|word| *word != "--").skip(1).cloned().collect();
    Some(answer(&name, words))
}

fn answer(name: &str, words: Vec<OsString>) -> anyhow::Result<u8> {
    let mut bytes = Vec::new();
    let folder = std::env::current_dir().ok();
    shell(name)?.write_complete(&mut Arguments::command(), words, folder.as_deref(), &mut bytes)?;
    out::bytes(&bytes);
    Ok(0)
}

fn shell(name: &str) -> anyhow::Result<&'static dyn EnvCompleter> {
    const SHELLS: &Shells<'static> = &Shells::builtins();
    SHELLS.completer(name).with_context(|| format!("no completions are known for the shell `{name}`"))
}

/// Prints the man page, or writes it and one a verb into a folder.
pub(crate) fn man(args: &Man) -> anyhow::Result<u8> {
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
    fn every_shell_is_known() {
        for name in Shell::value_variants() {
            let mut bytes = Vec::new();
            let known = shell(&name.to_string()).unwrap();
            known.write_registration(ASKED_BY, "studio", "studio", "studio", &mut bytes).unwrap();
            assert!(String::from_utf8(bytes).unwrap().contains(ASKED_BY), "{name}");
        }
        assert!(shell("cmd").is_err());
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
