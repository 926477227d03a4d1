//! A component in any language: the user's own build command, as `studio.toml` names it.

use std::collections::VecDeque;

use tokio::process::Command;

use crate::build::job::Stop;
use crate::build::process::Tree;
use crate::files;
use crate::files::Kind;
use crate::files::exhausted::{HELP, is_exhausted};
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::project::Component;
use crate::trust::absolute_path;

/// So many of its last lines are kept for when it fails.
const KEPT: usize = 20;

/// The line (1-based) of a component's table in `studio.toml`; 0 where it is written in another way.
fn table_line(text: &str, component: &str) -> u32 {
    let is_it = |line: &str| {
        let name = line.trim().strip_prefix("[components.").and_then(|rest| rest.split_once(']'));
        name.is_some_and(|(name, _)| name.trim_matches(['"', '\'']) == component)
    };
    text.lines().position(is_it).and_then(|at| u32::try_from(at + 1).ok()).unwrap_or(0)
}

/// Runs it in the component's folder; `say` gets its lines. `Err(None)` where it was stopped.
pub(super) async fn run(
    component: &Component,
    words: &[String],
    stop: &mut Stop,
    mut say: impl FnMut(String),
) -> Result<(), Option<Box<Diagnostic>>> {
    let Some((program, arguments)) = words.split_first() else { return Err(None) };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(&component.folder).envs(absolute_path());
    let failed = |text: String, help: &str| {
        let file = component.folder.join("studio.toml");
        let line = table_line(&files::text(&file, Kind::Settings).unwrap_or_default(), &component.name);
        Diagnostic::error(Origin::Toolchain, text).at(file, line, 0).component(&component.name).help(help)
    };
    let mut tree = Tree::spawn(command).map_err(|e| {
        let text = format!("The build command `{program}` of `{}` can't be started: {e}.", component.name);
        let help = if is_exhausted(&e) { HELP } else { "Install the program, or correct the command." };
        Some(Box::new(failed(text, help)))
    })?;
    let mut last: VecDeque<String> = VecDeque::new();
    loop {
        let line = tokio::select! {
            line = tree.line() => line,
            () = stop.asked() => {
                tree.end().await;
                return Err(None);
            }
        };
        let Some((_, line)) = line else { break };
        if last.len() == KEPT {
            last.pop_front();
        }
        last.push_back(line.clone());
        say(line);
    }
    let status = tokio::select! {
        status = tree.wait() => status,
        () = stop.asked() => {
            tree.end().await;
            return Err(None);
        }
    };
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            let text = format!("The build command of `{}` failed ({status}).", component.name);
            let mut problem = failed(text, "Run it by hand in the component's folder to see more.");
            for line in last {
                problem = problem.remark(line, None);
            }
            Err(Some(Box::new(problem)))
        }
        Err(e) => Err(Some(Box::new(failed(format!("The build command's end can't be awaited: {e}."), "Try again.")))),
    }
}

#[cfg(test)]
mod tests {
    use crate::build::command::*;

    #[test]
    fn a_component_s_table_is_found() {
        let text = "composition = \"a.wac\"\n\n[components.front]\n[components.\"two words\"] # here\n";
        assert_eq!(table_line(text, "front"), 3);
        assert_eq!(table_line(text, "two words"), 4);
        assert_eq!(table_line(text, "other"), 0);
    }
}
