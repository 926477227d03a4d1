//! Scripts: settings and themes come, change, break and go; a theme is chosen from the list.

use ratatui::style::Color;

use crate::tui::effect::Effect;
use crate::tui::event::{Event, Input};
use crate::tui::fixture::Session;
use crate::tui::jobs::user::UserFile;
use crate::tui::screen::tests::draw;

const HOME: &str = "/home/ada/.config/studio";

fn file(session: &mut Session, name: &str, text: Option<&str>) {
    let path = std::path::Path::new(HOME).join(name);
    session.event(Event::UserFile(UserFile { path, text: text.map(str::to_owned) }));
}

fn problems(session: &Session) -> Vec<String> {
    session.state.app.user_problems.iter().map(|p| format!("{}: {}", p.place.as_ref().unwrap(), p.message)).collect()
}

fn accent(session: &Session) -> Option<Color> {
    session.state.view.look.theme.accent.fg
}

#[test]
fn a_theme_is_named_changed_broken_and_fixed() {
    let mut session = Session::new(true);
    session.running();
    file(&mut session, "themes/mine.toml", Some("inherits = \"dark\"\naccent = \"#010203\"\n"));
    file(&mut session, "config.toml", Some("theme = \"mine\"\n"));
    assert_eq!((accent(&session), problems(&session)), (Some(Color::Rgb(1, 2, 3)), vec![]));
    file(&mut session, "themes/mine.toml", Some("inherits = \"dark\"\naccent = \"#040506\"\n"));
    assert_eq!(accent(&session), Some(Color::Rgb(4, 5, 6)), "a save shows");
    file(&mut session, "themes/mine.toml", Some("inherits = \"dark\"\naccent = \"blu\"\n"));
    assert_eq!(accent(&session), Some(Color::Rgb(4, 5, 6)), "the last good one stays");
    let told =
        "/home/ada/.config/studio/themes/mine.toml:2:10: invalid colour `blu`: write #rrggbb, or a name of the palette";
    assert_eq!(problems(&session), [told]);
    file(&mut session, "themes/mine.toml", Some("inherits = \"light\"\n"));
    assert!(problems(&session).is_empty());
}

#[test]
fn what_is_wrong_in_the_settings_is_told_at_its_line() {
    let mut session = Session::new(true);
    session.running();
    file(&mut session, "config.toml", Some("theme = \"light\"\n"));
    let light = accent(&session);
    file(&mut session, "config.toml", Some("ascii = true\nthem = 1\ntheme = \"nope\"\n"));
    assert_eq!(accent(&session), light, "the last good one stays");
    assert!(session.state.view.look.glyphs.is_ascii());
    let told = problems(&session);
    assert!(told.iter().any(|p| p.contains("config.toml:2:1: Unknown setting `them`")), "{told:?}");
    assert!(told.iter().any(|p| p.contains("config.toml:3:9: unknown theme `nope`; expected auto, dark")), "{told:?}");
    file(&mut session, "config.toml", None);
    assert!(problems(&session).is_empty() && !session.state.view.look.glyphs.is_ascii());
    assert_ne!(accent(&session), light);
}

#[test]
fn the_list_shows_each_theme_at_once_and_backing_out_shows_the_old_one() {
    let mut session = Session::new(true);
    session.running();
    let auto = accent(&session);
    session.keys("alt-t l i g");
    let light = accent(&session);
    assert_ne!(light, auto);
    let buffer = draw(&mut session, 80, 24);
    let shown = crate::tui::screen::tests::text(&buffer);
    assert!(shown.contains("core-logic") && shown.contains("3 Logs"), "the list leaves room to look: {shown}");
    assert_eq!(buffer[(0, 0)].bg, Color::Rgb(0xff, 0xff, 0xff), "a theme chosen by name brings its background");
    session.keys("esc");
    assert_eq!(accent(&session), auto);
    session.keys("alt-t l i g enter");
    assert_eq!(accent(&session), light);
    assert!(
        matches!(session.effects.as_slice(), [Effect::SaveTheme(name)] if name == "light"),
        "{:?}",
        session.effects
    );
}

#[test]
fn the_grounds_colour_decides_until_a_theme_is_named() {
    let mut session = Session::new(true);
    session.running();
    let dark = accent(&session);
    session.input(Input::Background([0xfd, 0xf6, 0xe3]));
    let light = accent(&session);
    assert_ne!(light, dark);
    session.input(Input::Background([0, 0x2b, 0x36]));
    assert_eq!(accent(&session), dark);
    // Whoever comes back may have changed it meanwhile.
    session.state.view.ask_background = false;
    session.input(Input::Focus(true));
    assert!(session.state.view.ask_background);
    file(&mut session, "config.toml", Some("theme = \"dark\"\n"));
    session.state.view.ask_background = false;
    session.input(Input::Focus(true));
    assert!(!session.state.view.ask_background, "nobody wants to know");
    session.input(Input::Background([255; 3]));
    assert_eq!(accent(&session), dark, "an answer that comes late changes nothing that was chosen");
    file(&mut session, "config.toml", Some("theme = \"auto\"\n"));
    assert!(session.state.view.ask_background);
    assert_eq!(accent(&session), light);
}

#[test]
fn the_choice_is_written_beside_what_stands_there() {
    let home = tempfile::tempdir().unwrap();
    let (folder, path) = (home.path().join("studio"), home.path().join("studio/config.toml"));
    crate::tui::jobs::theme::save(Some(&folder), "light").unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "theme = \"light\"\n");
    std::fs::write(&path, "# mine\ntheme = \"dark\" # at night\nascii = true\n").unwrap();
    crate::tui::jobs::theme::save(Some(&folder), "auto").unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "# mine\ntheme = \"auto\" # at night\nascii = true\n");
    std::fs::write(&path, "theme = ").unwrap();
    let error = crate::tui::jobs::theme::save(Some(&folder), "light").unwrap_err();
    assert!(error.ends_with("config.toml: it cannot be read as TOML"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "theme = ", "and nothing is lost");
}
