//! The pictures of README.md and docs/, made of the same sessions as the snapshots, and the key that makes one.

use std::collections::BTreeSet;
use std::path::Path;

use crate::look::{Depth, Theme, themes::Themes};
use crate::tui::effect::Effect;
use crate::tui::event::Event;
use crate::tui::fixture::Session;
use crate::tui::pane::graph::wiring::draw_tests::{explained, planned};
use crate::tui::screen::tests::{draw, log_filtered};
use crate::tui::svg::{Colours, picture};

const SIZE: (u16, u16) = (120, 36);

/// The largest that a page is to load (bytes).
const LARGEST: usize = 60_000;

fn running() -> Session {
    let mut session = Session::new(true);
    session.running();
    session
}

fn pictures() -> Vec<(&'static str, Session)> {
    let mut light = running();
    light.state.view.look.theme = Theme::of(Depth::True, &Themes::default().sheet("light").unwrap());
    vec![
        ("running", running()),
        ("running-light", light),
        ("plan", planned(SIZE.0, SIZE.1)),
        ("explanation", explained(SIZE.0, SIZE.1)),
        ("log", log_filtered(SIZE.0, SIZE.1)),
    ]
}

#[test]
fn the_pictures_of_the_docs_are_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("docs/pictures");
    let bless = std::env::var_os("STUDIO_BLESS").is_some();
    let mut files = BTreeSet::new();
    for (name, mut session) in pictures() {
        let buffer = draw(&mut session, SIZE.0, SIZE.1);
        let title = format!("studio: {}", session.state.app.project.name);
        let svg = picture(&buffer, &Colours::of(&session.state.view.look), &title);
        assert!(svg.len() < LARGEST, "{name} has {} bytes", svg.len());
        let path = folder.join(format!("{name}.svg"));
        if bless {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &svg).unwrap();
        }
        let have = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(have == svg, "docs/pictures/{name}.svg is old: just pictures");
        files.insert(path);
    }
    let there: BTreeSet<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(there, files, "what nothing makes any more is to go");
    let pages = ["README.md", "docs/wiring.md", "docs/logs.md", "docs/themes.md"];
    let text: String = pages.map(|page| std::fs::read_to_string(root.join(page)).unwrap()).concat();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        assert!(text.contains(&format!("pictures/{name})")), "no page shows {name}");
    }
}

#[test]
fn a_key_writes_what_is_on_the_screen() {
    let mut session = running();
    let shown = draw(&mut session, 120, 36);
    session.keys("alt-s");
    let [Effect::SavePicture { folder, buffer, .. }] = session.effects.as_slice() else {
        panic!("{:?}", session.effects)
    };
    assert_eq!(**buffer, shown);
    assert!(folder.ends_with("neon"));
    let saved = Ok(folder.join("studio-1.svg"));
    let at = session.now;
    session.event(Event::PictureSaved { result: saved, at });
    assert_eq!(session.state.view.flash.as_ref().unwrap().text, "the screen was written to studio-1.svg");
    // What was just said is on the next one, and so is what lies over the panes.
    let shown = draw(&mut session, 120, 36);
    session.keys("alt-s");
    assert!(matches!(session.effects.as_slice(), [Effect::SavePicture { buffer, .. }] if **buffer == shown));
    session.keys("?");
    let shown = draw(&mut session, 80, 24);
    session.keys("alt-s");
    let cells =
        |buffer: &ratatui::buffer::Buffer| buffer.content.iter().map(|c| c.symbol().to_owned()).collect::<String>();
    assert!(
        matches!(session.effects.as_slice(), [Effect::SavePicture { buffer, .. }] if cells(buffer) == cells(&shown))
    );
}

#[test]
fn nothing_is_written_to_a_folder_that_is_not_trusted() {
    let mut session = Session::new(false);
    session.neon();
    draw(&mut session, 120, 36);
    session.keys("alt-s");
    assert!(session.effects.is_empty(), "{:?}", session.effects);
    let said = &session.state.view.flash.as_ref().unwrap().text;
    assert_eq!(said, "save-picture: the folder is not trusted yet (t)");
}
