//! The verbs: one file each, all through the same pipeline as the terminal UI.
//!
//! Exit codes: 0 good, 1 problems were found or the guest failed, 2 usage or environment; of a run the guest's own.

mod add;
pub(crate) mod args;
mod auto_wire;
mod build;
mod candidates;
mod capabilities;
mod check;
mod check_fix;
mod completions;
mod compose;
mod cut;
mod demo;
mod diary;
mod doctor;
mod edit;
mod explain;
mod expose;
mod fmt;
mod grant;
mod grants;
mod graph;
mod hide;
mod lsp;
mod new;
mod open;
mod out;
#[cfg(test)]
mod page;
mod remove;
mod rename;
mod run;
mod screen;
mod session;
mod theme;
mod trust;
mod weight;
mod wire;
mod wit;

use std::ffi::OsString;
use std::process::ExitCode;

use args::{Arguments, Verb};
use clap::{CommandFactory as _, Parser as _};

use crate::model::alike::alike;
use crate::model::visible::visible;

pub use out::panicked;

/// Problems were found, or the guest failed.
pub(crate) const PROBLEMS: u8 = 1;
/// The call or the machine is at fault, not the project.
pub(crate) const ENVIRONMENT: u8 = 2;

/// Does what the command line says, to the exit code. Output that could not be written is an error of its own.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(answer) = completions::answered(&arguments) {
        return ExitCode::from(answer.unwrap_or_else(|error| {
            complain(&error);
            ENVIRONMENT
        }));
    }
    let parsed = Arguments::try_parse_from(&arguments);
    let has_verb = parsed.as_ref().is_ok_and(|arguments| arguments.verb.is_some());
    if let Some((written, meant)) = if has_verb { None } else { mistyped(&arguments) } {
        out::error_line(&format!("studio: there is no command or folder `{written}`; did you mean `studio {meant}`?"));
        return ExitCode::from(ENVIRONMENT);
    }
    let code = match parsed {
        Ok(arguments) => verb(arguments).unwrap_or_else(|error| {
            complain(&error);
            ENVIRONMENT
        }),
        Err(error) => usage(&arguments, error),
    };
    // Of a terminal that is gone it is known why nothing can be written to it.
    match out::failure().filter(|_| crate::tui::terminal::ended_by().is_none()) {
        Some(sentence) => {
            out::error_line(&format!("studio: {sentence}"));
            ExitCode::from(ENVIRONMENT)
        }
        None => ExitCode::from(code),
    }
}

/// The first argument, and the verb that was probably meant by it. clap takes what is no verb for a folder.
fn mistyped(arguments: &[OsString]) -> Option<(String, String)> {
    let written = arguments.get(1)?.to_str().filter(|a| !a.starts_with('-') && !std::path::Path::new(a).exists())?;
    let command = Arguments::command();
    let verbs =
        || command.get_subcommands().flat_map(|verb| std::iter::once(verb.get_name()).chain(verb.get_all_aliases()));
    if written == "help" || verbs().any(|verb| verb == written) {
        return None;
    }
    // As it sounds: `graf` is as far from `grant`.
    let sound = |name: &str| name.replace("ph", "f");
    let heard = verbs().find(|verb| sound(verb) == sound(written));
    Some((written.to_owned(), heard.or_else(|| alike(written, verbs()))?.to_owned()))
}

/// Prints what clap says. It quotes the arguments raw, so of these it is given a form that a terminal does not obey.
fn usage(arguments: &[OsString], error: clap::Error) -> u8 {
    let shown = arguments.iter().map(|argument| visible(&argument.to_string_lossy()).into_owned());
    let error = Arguments::try_parse_from(shown).err().unwrap_or(error);
    out::usage(&error);
    u8::try_from(error.exit_code()).unwrap_or(ENVIRONMENT)
}

/// # Errors
/// What no verb foresaw, with its causes.
fn verb(arguments: Arguments) -> anyhow::Result<u8> {
    Ok(match arguments.verb {
        None => open::run(&arguments.path, arguments.addr)?,
        Some(Verb::Demo(args)) => demo::run(&args)?,
        Some(Verb::New(args)) => new::run(&args)?,
        Some(Verb::Check(args)) => check::run(&args)?,
        Some(Verb::Fmt(args)) => fmt::run(&args)?,
        Some(Verb::Wit(args)) => wit::run(&args)?,
        Some(Verb::Lsp(args)) => lsp::run(&args)?,
        Some(Verb::Build(args)) => build::run(&args)?,
        Some(Verb::Graph(args)) => graph::run(&args)?,
        Some(Verb::Screen(args)) => screen::run(&args)?,
        Some(Verb::Compose(args)) => compose::run(&args)?,
        Some(Verb::Wire(args)) => wire::run(&args)?,
        Some(Verb::Cut(args)) => cut::run(&args)?,
        Some(Verb::Add(args)) => add::run(&args)?,
        Some(Verb::Remove(args)) => remove::run(&args)?,
        Some(Verb::Rename(args)) => rename::run(&args)?,
        Some(Verb::Expose(args)) => expose::run(&args)?,
        Some(Verb::Hide(args)) => hide::run(&args)?,
        Some(Verb::AutoWire(args)) => auto_wire::run(&args)?,
        Some(Verb::Explain(args)) => explain::run(&args)?,
        Some(Verb::Run(args)) => run::run(&args)?,
        Some(Verb::Grant(args)) => grant::grant(&args)?,
        Some(Verb::Revoke(args)) => grant::revoke(&args)?,
        Some(Verb::Trust(args)) => trust::run(&args)?,
        Some(Verb::Theme(args)) => theme::run(&args)?,
        Some(Verb::Grants(args)) => grants::run(&args)?,
        Some(Verb::Doctor(args)) => doctor::run(&args)?,
        Some(Verb::Completions(args)) => completions::completions(&args)?,
        Some(Verb::Man(args)) => completions::man(&args)?,
    })
}

/// Prints an error with its causes to stderr.
fn complain(error: &anyhow::Error) {
    if let Some(session::Refusal(lines)) = error.downcast_ref() {
        for (at, line) in lines.iter().enumerate() {
            out::error_line(&format!("{}{line}", if at == 0 { "studio: " } else { "" }));
        }
        return;
    }
    let mut text = format!("studio: {error}");
    // Many of our sentences hold their cause already.
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text += &format!(": {cause}");
        }
    }
    out::error_line(&text);
}
