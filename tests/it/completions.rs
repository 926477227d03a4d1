//! What a shell is offered to complete.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::support::{Project, stderr, stdout};

/// What fish is offered behind these words.
fn offered(project: &Project, words: &[&str]) -> Vec<String> {
    let mut command = project.studio(&["--"]);
    let output = command.args(words).env("STUDIO_COMPLETE", "fish").current_dir(&project.dir).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stdout(&output);
    let names = said.lines().map(|line| line.split('\t').next().unwrap_or_default().to_owned());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('-')).collect();
    names.sort();
    names
}

#[test]
fn shells_complete_commands_nodes_ports_components_templates_and_themes() {
    let project = Project::new("neon");
    assert!(offered(&project, &["studio", "gra"]).contains(&"graph".to_owned()));
    assert_eq!(offered(&project, &["studio", "rename", ""]), ["core-logic", "logger"]);
    assert_eq!(offered(&project, &["studio", "cut", "core-logic.l"]), ["core-logic.log-handler"]);
    let from = ["studio", "wire", "core-logic.log-handler", "logger."];
    assert_eq!(offered(&project, &from), ["logger.log-handler"]);
    assert_eq!(offered(&project, &["studio", "add", "log"]), ["logger"]);
    assert_eq!(offered(&project, &["studio", "hide", ""]), ["run"]);
    assert!(offered(&project, &["studio", "new", ""]).contains(&"neon".to_owned()));
    assert!(offered(&project, &["studio", "theme", "check", "nor"]).contains(&"nord".to_owned()));
    let script = stdout(&project.verb(&["completions", "bash"]));
    assert!(script.contains("STUDIO_COMPLETE") && script.contains("complete"), "{script}");
}
