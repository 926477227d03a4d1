//! The shell around the panes, in a real terminal: what is remembered, the user's keys, a project made from inside.

use std::fs;

use crate::pty::Screen;
use crate::support::Project;

#[test]
fn a_folder_is_opened_as_it_was_left_also_by_a_signal() {
    let project = Project::new("blank");
    let mut screen = Screen::studio(&project, &["."], 120, 36);
    screen.wait_for("Hello from your component.");
    screen.press("1\r");
    screen.wait_for("5 lib.rs");
    screen.press("z");
    screen.until("the file alone", |s| s.contains("5 lib.rs") && !s.contains("3 Logs"));
    screen.signal("TERM");
    screen.end();
    screen.assert_restored();
    assert_eq!(fs::read_to_string(project.path(".studio/.gitignore")).unwrap(), "*\n");
    let kept = fs::read_to_string(project.path(".studio/session.toml")).unwrap();
    assert!(kept.contains("zoom = true") && kept.contains("src/lib.rs"), "{kept}");

    let mut screen = Screen::studio(&project, &["."], 120, 36);
    screen.until("the file alone again", |s| s.contains("impl Guest") && !s.contains("3 Logs"));
    screen.press("z");
    screen.wait_for("3 Logs");
    screen.press("q");
    assert_eq!(screen.end(), 0);

    fs::write(project.path(".studio/session.toml"), "zoom = [").unwrap();
    let mut screen = Screen::studio(&project, &["."], 120, 36);
    screen.wait_for("Problems 1");
    screen.press("p");
    screen.wait_for("How this folder was left cannot be read");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn the_users_keys_are_read_again_when_saved() {
    let project = Project::new("blank");
    let keys = project.state().join("config/studio/keys.toml");
    fs::create_dir_all(keys.parent().unwrap()).unwrap();
    fs::write(&keys, "[panes]\n'W' = 'help'\n").unwrap();
    let mut screen = Screen::studio(&project, &["."], 100, 30);
    screen.wait_for("Hello from your component.");
    screen.press("W");
    screen.wait_for("Keys and commands");
    screen.press("\x1b");
    screen.until("the help's end", |s| !s.contains("Keys and commands"));
    fs::write(&keys, "[panes]\n'W h' = 'help'\n'W z' = 'zooom'\n").unwrap();
    screen.wait_for("Problems 1");
    screen.press("W");
    screen.wait_for("h  show all keys");
    screen.press("h");
    screen.wait_for("Keys and commands");
    screen.press("\x03");
    assert_eq!(screen.end(), 0);
}

#[test]
fn from_an_empty_folder_to_a_running_program_without_leaving() {
    let project = Project::empty();
    let mut screen = Screen::studio(&project, &["."], 100, 30);
    screen.wait_for("ctrl-n");
    screen.press("\x0e");
    screen.wait_for("New project");
    screen.press("blank\r");
    screen.wait_for("Folder of the new blank");
    screen.press("\r");
    screen.wait_for("Hello from your component.");
    // And from here to another folder, which is opened in its place.
    screen.press("\x0e");
    screen.wait_for("New project");
    screen.press("hello\r");
    screen.wait_for("Folder of the new hello");
    screen.press("\r");
    screen.until("the other project", |s| s.starts_with(" hello") && s.contains("── run 1"));
    screen.press("q");
    assert_eq!(screen.end(), 0);
    screen.assert_restored();
}

#[test]
fn what_the_shell_and_man_are_given_names_the_verbs() {
    let project = Project::empty();
    // A shell is given what asks studio itself (tests/it/completions.rs asks).
    for (arguments, part) in
        [(&["completions", "bash"][..], "COMPLETE="), (&["completions", "fish"], "COMPLETE="), (&["man"], "compose")]
    {
        let output = project.studio(arguments).output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains(part), "{arguments:?}: {text}");
    }
    let output = project.studio(&["doctor", "--report"]).output().unwrap();
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    for part in ["### Where", "studio  ", "colours", "studio.log"] {
        assert!(report.contains(part), "{part}: {report}");
    }
}
