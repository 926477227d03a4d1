//! The same on the screen: what answers the question of trust, and what does not.

use std::fs;
use std::path::{Path, PathBuf};

use portable_pty::CommandBuilder;

use super::stranger::{Hostile, write};
use crate::pty::Screen;
use crate::support::stdout;

const QUESTION: &str = "Do you trust this folder?";
const KEY: &str = "trust, build and run";

/// Leaves, and says whether the trap was sprung or anything was remembered.
fn left_alone(hostile: &Hostile, mut screen: Screen, what: &str) {
    screen.press("\x03");
    screen.end();
    let list = hostile.as_user(&["trust", "list"]);
    assert_eq!(stdout(&list).trim(), "no folder is trusted", "{what}");
    assert!(!hostile.is_sprung() && !hostile.root.join("target").exists(), "{what}");
}

#[test]
fn the_question_lists_what_runs_and_its_key_answers() {
    let hostile = Hostile::set("a wrapper");
    let mut screen = hostile.open(100, 30);
    let text = screen.until("the question", |s| s.contains(QUESTION) && s.contains(KEY));
    assert!(text.contains(".cargo/config.toml") && text.contains("rustc-wrapper"), "{text}");
    assert!(!hostile.is_sprung());
    screen.press("t");
    screen.until_so("the build", |_| hostile.is_sprung());
    screen.wait_for("run 1");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert!(hostile.as_user(&["build"]).status.success(), "it is remembered");
}

#[test]
fn no_walk_past_the_question_trusts() {
    let hostile = Hostile::set("a wrapper");
    let mut screen = hostile.open(100, 30);
    screen.until("the question", |s| s.contains(QUESTION) && s.contains(KEY));
    // What is pressed, and what the screen shows and does not show then.
    for (keys, shows, gone) in [
        ("\r", QUESTION, "Commands"),
        ("\x10", QUESTION, "Commands"),
        ("?", "Keys and commands", "nothing"),
        ("\r", QUESTION, "Keys and commands"),
        ("\x1b", "not trusted", QUESTION),
        ("\x10", "Commands", QUESTION),
        ("\x1bOP", "Keys and commands", QUESTION),
        ("\r", QUESTION, "Commands"),
        ("\r", QUESTION, "Commands"),
        ("\x1b", "not trusted", QUESTION),
        ("r", "the folder is not trusted yet", QUESTION),
        ("\x1b[<0;12;1M\x1b[<0;12;1m", QUESTION, "Commands"),
    ] {
        screen.press(keys);
        screen.until(&format!("{shows} after {keys:?}"), |s| s.contains(shows) && !s.contains(gone));
    }
    left_alone(&hostile, screen, "walks");
}

#[test]
fn clicks_on_the_badge_and_on_the_footer_open_the_question_alone() {
    let hostile = Hostile::set("a wrapper");
    let mut screen = hostile.open(100, 30);
    screen.until("the question", |s| s.contains(QUESTION) && s.contains(KEY));
    for row in 1..=30 {
        for column in [12, 24, 30, 40] {
            screen.press(&format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"));
        }
    }
    // `q` may have been clicked: then it has ended, which trusts nothing either.
    let list = hostile.as_user(&["trust", "list"]);
    assert_eq!(stdout(&list).trim(), "no folder is trusted");
    drop(screen);
    assert!(!hostile.is_sprung());
}

#[test]
fn letters_typed_ahead_do_not_trust() {
    let hostile = Hostile::set("a wrapper");
    let mut screen = hostile.open(100, 30);
    screen.press("tttttttt");
    screen.until("the question", |s| s.contains(QUESTION) && s.contains(KEY));
    left_alone(&hostile, screen, "typed ahead");
}

#[test]
fn a_terminal_too_small_to_ask_trusts_nothing() {
    let hostile = Hostile::set("a wrapper");
    let mut screen = hostile.open(59, 14);
    screen.wait_for("studio needs");
    for keys in ["t", "\r", "\x10", "\r", "t", "r"] {
        screen.press(keys);
        screen.pump();
    }
    // What was opened unseen would show now.
    screen.resize(100, 30);
    let text = screen.until("the question", |s| s.contains(QUESTION));
    assert!(!text.contains("Commands"), "{text}");
    left_alone(&hostile, screen, "too small");
}

#[test]
fn a_list_that_is_longer_than_the_screen_is_read_first() {
    let hostile = Hostile::new();
    let settings: String = (0..30).fold("[env]\n".into(), |text, n| format!("{text}SETTING_{n:02} = 'x'\n"));
    write(&hostile.root.join(".cargo/config.toml"), &settings);
    hostile.spring("a build script");
    let mut screen = hostile.open(80, 24);
    let text = screen.until("the question", |s| s.contains(QUESTION) && s.contains("read on"));
    assert!(!text.contains(KEY) && !text.contains("build script"), "{text}");
    screen.press("t");
    let mut rest = 0;
    while !screen.text().contains(KEY) {
        rest += 1;
        assert!(rest < 40, "the end never comes:\n{}", screen.text());
        let before = screen.text();
        screen.press("\x1b[B");
        screen.until("the next row", |s| s != before);
    }
    assert!(screen.text().contains("build script"), "{}", screen.text());
    assert!(!hostile.is_sprung());
    screen.press("t");
    screen.until_so("the build", |_| hostile.is_sprung());
    screen.press("q");
    screen.end();
}

#[test]
fn a_configuration_that_comes_while_it_is_open_is_asked_about() {
    let hostile = Hostile::new();
    let mut screen = hostile.open(100, 30);
    screen.until("the question", |s| s.contains(QUESTION) && s.contains(KEY));
    screen.press("t");
    screen.wait_for("run 1");
    hostile.spring("a wrapper above");
    let main = hostile.root.join("src/main.rs");
    fs::write(&main, fs::read_to_string(&main).unwrap() + "\n// saved\n").unwrap();
    screen.wait_for("not trusted");
    assert!(!hostile.is_sprung());
    screen.press("t");
    let text = screen.until("the difference", |s| s.contains("What runs here has changed") && s.contains(KEY));
    assert!(text.contains("new: cargo configuration"), "{text}");
    assert!(!hostile.is_sprung(), "asking is not allowing");
    screen.press("t");
    screen.until_so("the build", |_| hostile.is_sprung());
    screen.press("q");
    screen.end();
}

#[test]
fn the_editor_is_not_started_in_an_untrusted_folder() {
    let hostile = Hostile::new();
    let editor = hostile.made.path("editor.sh");
    let note = hostile.made.path("where");
    fs::write(&editor, format!("#!/bin/sh\npwd > '{}'\n", note.display())).unwrap();
    fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let link = PathBuf::from("/tmp").join(format!("studio-editor-{}", std::process::id()));
    let _ = fs::remove_file(&link);
    std::os::unix::fs::symlink(&editor, &link).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_studio"));
    command.arg(".");
    command.cwd(&hostile.root);
    command.env("XDG_STATE_HOME", hostile.user.state());
    command.env("VISUAL", &link);
    let mut screen = Screen::open(command, 100, 30);
    screen.until("the question", |s| s.contains(QUESTION) && s.contains(KEY));
    screen.press("\x1b");
    screen.until("the panes", |s| !s.contains(QUESTION));
    screen.press("e");
    screen.until_so("the editor", |_| fs::read_to_string(&note).is_ok_and(|text| text.ends_with('\n')));
    let started = fs::read_to_string(&note).unwrap();
    assert!(!Path::new(started.trim()).starts_with(hostile.root.canonicalize().unwrap()), "{started}");
    fs::remove_file(&link).unwrap();
    left_alone(&hostile, screen, "edited");
}
