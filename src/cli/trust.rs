//! `studio trust`: which folders' code may run, and what of it. Runs nothing.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::Path;

use crate::app::trust_question::question;
use crate::cli::args::{TrustArguments, TrustVerb};
use crate::cli::{PROBLEMS, out, session};
use crate::trust;
use crate::trust::{Approval, Moment, Standing, shown};

pub(super) fn run(args: &TrustArguments) -> anyhow::Result<u8> {
    match &args.verb {
        TrustVerb::List { json } => list(*json),
        TrustVerb::Add { path, yes, json } => add(path, *yes, *json),
        TrustVerb::Revoke { path, json } => revoke(path, *json),
    }
}

fn list(json: bool) -> anyhow::Result<u8> {
    let entries = trust::list()?;
    if json {
        let folders: Vec<_> = entries
            .iter()
            .map(|e| serde_json::json!({ "path": e.path, "standing": e.standing(), "items": e.items }))
            .collect();
        out::json(&serde_json::json!({ "folders": folders }));
        return Ok(0);
    }
    for entry in &entries {
        let note = match entry.standing() {
            Standing::Present => "",
            Standing::Replaced => "   (another folder stands there now, and is not trusted)",
            Standing::Missing => "   (it is gone)",
        };
        out::line(&format!("{}{note}", shown(&entry.path.display().to_string())));
        for item in &entry.items {
            out::line(&format!("  {}", item.title(&entry.path)));
        }
    }
    if entries.is_empty() {
        out::line("no folder is trusted");
    }
    Ok(0)
}

fn add(path: &Path, yes: bool, json: bool) -> anyhow::Result<u8> {
    let root = session::root(path)?;
    let survey = session::look(&root)?;
    let before = trust::recorded(&root).map(|approval| approval.difference(&survey, Moment::Opening));
    if before.as_ref().is_some_and(|d| !d.asks()) {
        return Ok(report_trusted(&root, json, "is trusted already"));
    }
    let question = question(&survey, before.as_ref());
    out::error_line(question.title);
    out::error_line(&shown(&root.display().to_string()));
    session::listed(&question).for_each(|row| out::error_line(&row));
    if !yes && !is_confirmed()? {
        out::error_line("nothing was changed");
        return Ok(PROBLEMS);
    }
    trust::remember(&Approval::of(&survey))?;
    Ok(report_trusted(&root, json, "is trusted"))
}

/// Asks on the terminal; the word counts, not a key.
fn is_confirmed() -> anyhow::Result<bool> {
    anyhow::ensure!(std::io::stdin().is_terminal(), "there is no terminal to ask on; look at the list, then add --yes");
    out::prompt("trust what is listed? (yes/no) ");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}

fn revoke(path: &Path, json: bool) -> anyhow::Result<u8> {
    let gone = trust::revoke(path)?;
    if json {
        out::json(&serde_json::json!({ "revoked": gone }));
    }
    for folder in gone.iter().filter(|_| !json) {
        out::line(&format!("`{}` is not trusted any more", shown(&folder.display().to_string())));
    }
    if gone.is_empty() {
        let around = path.canonicalize().ok().filter(|root| trust::recorded(root).is_some());
        let why = match around {
            Some(_) => "a folder around it is; name that one (`studio trust list`)",
            None => "`studio trust list` lists those that are",
        };
        out::error_line(&format!("`{}` is not on the list; {why}", shown(&path.display().to_string())));
        return Ok(PROBLEMS);
    }
    Ok(0)
}

fn report_trusted(root: &Path, json: bool, what: &str) -> u8 {
    if json {
        out::json(&serde_json::json!({ "path": root, "trusted": true }));
    } else {
        out::line(&format!("`{}` {what}", shown(&root.display().to_string())));
    }
    0
}
