//! Whole screens, as a person sees them.

use std::fmt::Write as _;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use crate::log::Stream;
use crate::look::Glyphs;
use crate::look::{Background, Depth, Theme};
use crate::tui::fixture::Session;
use crate::tui::state::State;

/// What a guest writes stays what it is, in ASCII too.
const WIDE: &str = "日本語";

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 50)];

/// Draws one frame as the loop does, and keeps its hit map.
pub(crate) fn draw(session: &mut Session, columns: u16, rows: u16) -> Buffer {
    session.state.view.hits.set_screen(ratatui::layout::Rect::new(0, 0, columns, rows));
    crate::tui::pane::graph::arrange(&mut session.state);
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let mut hits = None;
    terminal.draw(|frame| hits = Some(crate::tui::screen::draw(&session.state, session.now, frame))).unwrap();
    session.state.view.hits = hits.unwrap();
    terminal.backend().buffer().clone()
}

pub(crate) fn text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut out = String::new();
    for y in 0..area.height {
        let mut skip = 0;
        let mut row = String::new();
        for x in 0..area.width {
            let symbol = buffer[(x, y)].symbol();
            if skip == 0 {
                row.push_str(symbol);
                skip = crate::tui::screen::text::width(symbol).saturating_sub(1);
            } else {
                skip -= 1;
            }
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}

/// The screen with its colours, where `STUDIO_SHOTS` names a folder: `term-shot` and `cat` show it.
fn keep_shot(name: &str, buffer: &Buffer) {
    let Some(folder) = std::env::var_os("STUDIO_SHOTS") else { return };
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut skip = 0;
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            if skip > 0 {
                skip -= 1;
                continue;
            }
            skip = crate::tui::screen::text::width(cell.symbol()).saturating_sub(1);
            out.push_str("\x1b[0");
            for (modifier, code) in
                [(Modifier::BOLD, 1), (Modifier::DIM, 2), (Modifier::UNDERLINED, 4), (Modifier::REVERSED, 7)]
            {
                if cell.modifier.contains(modifier) {
                    let _ = write!(out, ";{code}");
                }
            }
            for (color, base) in [(cell.fg, 30), (cell.bg, 40)] {
                match color {
                    Color::Rgb(r, g, b) => {
                        let _ = write!(out, ";{};2;{r};{g};{b}", base + 8);
                    }
                    Color::Indexed(n) => {
                        let _ = write!(out, ";{};5;{n}", base + 8);
                    }
                    Color::Reset => {}
                    named => {
                        let order = [
                            Color::Black,
                            Color::Red,
                            Color::Green,
                            Color::Yellow,
                            Color::Blue,
                            Color::Magenta,
                            Color::Cyan,
                            Color::Gray,
                            Color::DarkGray,
                        ];
                        let n = order.iter().position(|c| *c == named).unwrap_or(7);
                        let _ = write!(out, ";{}", if n < 8 { base + n } else { base + 60 });
                    }
                }
            }
            out.push('m');
            out.push_str(cell.symbol());
        }
        out.push_str("\x1b[0m\n");
    }
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(std::path::Path::new(&folder).join(format!("{name}.ansi")), out).unwrap();
}

fn mono_ascii(state: &mut State) {
    state.view.look.theme = Theme::new(Depth::Mono, Background::Dark);
    state.view.look.glyphs = Glyphs::ascii();
}

/// A snapshot at every size, and one in mono and ASCII.
fn screens(name: &str, mut make: impl FnMut() -> Session) {
    screens_at(name, |_, _| make());
}

/// The same, for what depends on how large the screen was when keys were pressed.
pub(crate) fn screens_at(name: &str, mut make: impl FnMut(u16, u16) -> Session) {
    for (columns, rows) in SIZES {
        let mut session = make(columns, rows);
        let name = format!("{name}_{columns}x{rows}");
        let buffer = draw(&mut session, columns, rows);
        keep_shot(&name, &buffer);
        insta::assert_snapshot!(name, text(&buffer));
    }
    let mut session = make(80, 24);
    mono_ascii(&mut session.state);
    let buffer = draw(&mut session, 80, 24);
    let name = format!("{name}_mono_ascii");
    keep_shot(&name, &buffer);
    let shown = text(&buffer);
    assert!(shown.replace(WIDE, "").is_ascii(), "{shown}");
    assert!(buffer.content.iter().all(|c| c.fg == Color::Reset && c.bg == Color::Reset));
    insta::assert_snapshot!(name, shown);
}

#[test]
fn reading() {
    screens("reading", || Session::new(true));
}

#[test]
fn empty_folder() {
    screens("empty", || {
        let mut session = Session::new(true);
        session.empty();
        session
    });
}

#[test]
fn untrusted() {
    screens("untrusted", || {
        let mut session = Session::new(false);
        session.neon();
        session
    });
}

#[test]
fn building() {
    screens("building", || {
        let mut session = Session::new(true);
        session.neon().wait(5).started(&["core-logic", "logger"]).wait(300).built("logger", 300).wait(940);
        session
    });
}

#[test]
fn running() {
    screens("running", || {
        let mut session = Session::new(true);
        session.running();
        session
    });
}

#[test]
fn broken() {
    screens("broken", || {
        let mut session = Session::new(true);
        session.broken().keys("3");
        session
    });
}

#[test]
fn crashed() {
    screens("crashed", || {
        let mut session = Session::new(true);
        session.running().crashes();
        session
    });
}

#[test]
fn scrolled_up_in_a_noisy_log() {
    screens("scrolled", || {
        let mut session = Session::new(true);
        session.running();
        session.state.app.log.lost(7);
        for n in 0..60 {
            session.wait(3).say("logger", Stream::Stdout, &format!("\x1b[32mtick\x1b[0m {n}\t{WIDE} \x1b[2J done"));
        }
        draw(&mut session, 80, 24);
        session.keys("3 pageup");
        session
    });
}

#[test]
fn a_node_looked_at() {
    screens("inspected", || {
        let mut session = Session::new(true);
        session.running().keys("down 4");
        session
    });
}

#[test]
fn a_reason_said() {
    screens("refused", || {
        let mut session = Session::new(true);
        session.running().keys("z i");
        session
    });
}

#[test]
fn help() {
    screens("help", || {
        let mut session = Session::new(true);
        session.running().keys("?");
        session
    });
}

#[test]
fn palette() {
    screens("palette", || {
        let mut session = Session::new(true);
        session.running().keys("ctrl-p g r a");
        session
    });
}

#[test]
fn a_question() {
    screens("question", || {
        let mut session = Session::new(true);
        session.running().keys("R \" a");
        session.keys("enter");
        session
    });
}

#[test]
fn tiny() {
    let mut session = Session::new(true);
    session.running();
    insta::assert_snapshot!("tiny_60x15", text(&draw(&mut session, 60, 15)));
    insta::assert_snapshot!("tiny_40x10", text(&draw(&mut session, 40, 10)));
}

#[test]
fn a_log_filtered_searched_and_selected() {
    screens_at("log_filtered", log_filtered);
}

pub(crate) fn log_filtered(columns: u16, rows: u16) -> Session {
    let mut session = Session::new(true);
    session.running();
    for n in 0..60 {
        let level = if n % 7 == 0 { "WARN" } else { "INFO" };
        session.say("logger", Stream::Stdout, &format!("[{level}] packet {n} of the \x1b[35mflood\x1b[0m")).wait(3);
    }
    draw(&mut session, columns, rows);
    session.keys("3 L / f l o o d");
    draw(&mut session, columns, rows);
    session.keys("enter N v up T");
    session
}

#[test]
fn a_cleared_log_says_how_its_lines_come_back() {
    let mut session = Session::new(true);
    session.running();
    session.keys("3 x");
    let shown = text(&draw(&mut session, 80, 24));
    assert!(shown.contains("u restores what was cleared") && !shown.contains("written nothing"), "{shown}");
    session.keys("u");
    let shown = text(&draw(&mut session, 80, 24));
    assert!(shown.contains("[INFO] >> System startup initiated."), "{shown}");
}
