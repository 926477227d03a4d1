//! What the footer answers fits beside `? help` at 80 columns, or is shown whole by the key behind it.

use std::path::{Path, PathBuf};

use crate::draw::layout::Side;
use crate::tui::command::commands;
use crate::tui::fixture::Session;
use crate::tui::pane::graph::wiring::shop_tests::{OPEN, Shop};
use crate::tui::screen::tests::{draw, text};
use crate::tui::screen::text::width;
use crate::tui::state::State;
use crate::tui::view::Pane;

/// Columns of a message beside `? help` in a terminal of 80.
const ROOM: usize = 69;

/// The answer to every command that can't be done now.
fn answers(state: &State) -> Vec<String> {
    let answer = |spec: &crate::tui::command::Spec| {
        let name = if spec.label.is_empty() { spec.name } else { spec.label };
        spec.command.enabled(state).err().map(|reason| format!("{name}: {reason}"))
    };
    commands().filter_map(answer).collect()
}

#[test]
fn every_reason_why_a_command_cannot_run_fits_at_80_columns() {
    let mut found = Vec::new();
    let (mut empty, mut untrusted, mut running) = (Session::new(true), Session::new(false), Session::new(true));
    found.extend(answers(&empty.state));
    found.extend(answers(&empty.empty().state));
    found.extend(answers(&untrusted.neon().state));
    found.extend(answers(&running.running().state));
    found.extend(answers(&running.crashes().state));
    let mut shop = Shop::new(&["web", "cart", "store", "prices"], Some(OPEN));
    let ports = [None, Some((Side::Import, "cart")), Some((Side::Import, "stdout")), Some((Side::Export, "run"))];
    for port in ports {
        shop.focus("web", port);
        found.extend(answers(&shop.session.state));
    }
    for node in ["entry", "host"] {
        shop.focus(node, None);
        found.extend(answers(&shop.session.state));
    }
    shop.focus("host", Some((Side::Export, "stdout")));
    found.extend(answers(&shop.session.state));
    shop.save(&OPEN.replace("let web =", "let web"));
    found.extend(answers(&shop.session.state));
    for pane in Pane::ALL {
        running.state.view.focus(pane);
        found.extend(answers(&running.state));
    }
    assert!(found.len() > 200, "{}", found.len());
    found.retain(|answer| width(answer) > ROOM);
    assert!(found.is_empty(), "{found:#?}");
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") && !name.contains("test") {
            found.push(path);
        }
    }
}

/// Those that no session above comes to are found in the sources, as they are written: a literal in `Err`, `ok_or` or
/// `unless`.
#[test]
fn no_reason_in_the_sources_is_longer() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui"), &mut files);
    let written = regex::Regex::new(r#"(?:Err|ok_or)\(\s*"([^"]*)"|unless\([^"]*?,\s*"([^"]*)"\)"#).unwrap();
    let (mut count, mut long) = (0, Vec::new());
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        for found in written.captures_iter(&source) {
            let reason = found.get(1).or_else(|| found.get(2)).unwrap().as_str();
            count += 1;
            // `cut: ` and the like stand before it.
            if width(reason) + "cut: ".len() > ROOM {
                long.push(format!("{}: {reason}", file.display()));
            }
        }
    }
    assert!(count > 60, "{count} reasons were found");
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn a_message_that_is_cut_names_the_key_that_shows_it_whole() {
    let mut session = Session::new(true);
    session.running();
    let message = format!("refused: {} zenith", "a long story ".repeat(20));
    let now = session.now;
    let footer = |session: &mut Session| text(&draw(session, 80, 24)).lines().last().unwrap().to_owned();
    session.state.view.flash("short", now);
    assert!(!footer(&mut session).contains("M all"));
    session.state.view.flash(message.clone(), now);
    let row = footer(&mut session);
    assert!(row.contains("refused: a long story") && row.contains("M all") && row.contains("? help"), "{row}");
    session.keys("M");
    for (columns, rows) in [(80, 24), (120, 36)] {
        let screen = text(&draw(&mut session, columns, rows));
        assert!(screen.contains("zenith"), "{screen}");
    }
    // Where letters are text, a chord does it.
    session.keys("esc ctrl-p");
    session.state.view.flash(message, now);
    let row = footer(&mut session);
    assert!(row.contains("alt-m all"), "{row}");
}
