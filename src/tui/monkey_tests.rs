//! A monkey at the keys, the mouse and the window's corner.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::log::Stream;
use crate::tui::event::{Event, Input};
use crate::tui::fixture;
use crate::tui::fixture::Session;
use crate::tui::jobs::user::UserFile;
use crate::tui::overlay::trust::tests::{listing, runs_code};
use crate::tui::screen::tests::draw;

/// So many inputs in every run of the tests; `just monkey` does a million, `STUDIO_SEED` asks for others.
const INPUTS: usize = 100_000;

/// A frame after so many inputs: a person types more slowly than that, and drawing takes nearly all of the time.
const FRAME: usize = 24;

const PASTES: [&str; 5] = ["", "retry", "two\nlines\r\n", "日本語 \u{301}\u{202e}", "\x1b[201~q\x1b[2J\x00"];

const KEYS: &str = "q w e r t y p a s d f g h j k l z x c b n m G ? [ ] 1 2 3 4 up down left right pageup pagedown home end tab shift-tab esc enter backspace ctrl-o o N space + - 0 H J K L 5 alt-5 shift-up shift-right i v ctrl-z f1 R M < > ctrl-left ctrl-right ctrl-up ctrl-down ctrl-n ctrl-p : u U A \\ ctrl-g delete / E W Q B I alt-i L T C $ ctrl-u ctrl-w";

fn running() -> Session {
    let mut session = Session::new(true);
    session.running();
    session
}

/// Every session that a monkey may start from.
fn sessions() -> Vec<Session> {
    let mut untrusted = Session::new(false);
    untrusted.neon();
    let mut long = Session::new(false);
    long.discovered_with(fixture::neon(), listing(40));
    let mut building = Session::new(true);
    building.neon().started(&["core-logic", "logger"]);
    let mut empty = Session::new(true);
    empty.empty();
    let mut noisy = running();
    for n in 0..300 {
        noisy.say("logger", Stream::Stderr, &format!("\x1b[3{}m{n}\x1b[2J 日本語 \t{}", n % 8, "x".repeat(n)));
    }
    let mut broken = Session::new(true);
    broken.broken();
    // Keys one after the other, too.
    let mut keyed = running();
    let text = "[panes]\n'g g' = 'top'\n'g x y' = 'zoom'\n'k j' = 'messages'\n";
    keyed.event(Event::UserFile(UserFile { path: "/home/ada/keys.toml".into(), text: Some(text.into()) }));
    vec![untrusted, long, building, empty, noisy, broken, keyed]
}

#[test]
fn a_monkey_breaks_nothing() {
    const SIZES: [(u16, u16); 8] = [(1, 1), (20, 5), (60, 15), (61, 16), (80, 24), (110, 24), (120, 36), (300, 80)];
    const MOUSE: [MouseEventKind; 7] = [
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Drag(MouseButton::Left),
        MouseEventKind::Up(MouseButton::Left),
        MouseEventKind::ScrollUp,
        MouseEventKind::ScrollDown,
        MouseEventKind::ScrollRight,
        MouseEventKind::Down(MouseButton::Right),
    ];
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let inputs = number("STUDIO_MONKEY").map_or(INPUTS, |n| usize::try_from(n).unwrap());
    let mut seed = number("STUDIO_SEED").unwrap_or(0x9e37_79b9_7f4a_7c15) | 1;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap()
    };
    let keys: Vec<&str> = KEYS.split(' ').collect();
    let at = |n| u16::try_from(n).unwrap();
    let (mut pressed, mut begun) = (0, 0);
    let mut sessions = sessions();
    while pressed < inputs {
        // A monkey leaves soon, by q: then the next session begins.
        let (mut session, mut size) = (sessions.remove(0), (80, 24));
        if sessions.is_empty() {
            sessions = self::sessions();
        }
        begun += 1;
        for _ in 0..inputs.div_ceil(10) {
            pressed += 1;
            // What runs code of the folder passes the question: trusted before, or answered on a frame that showed it.
            let may_run =
                session.state.app.trusted || session.state.view.hits.question().is_some_and(|drawn| drawn.whole);
            match random(10) {
                0 => {
                    size = SIZES[random(SIZES.len())];
                    session.input(Input::Resize { columns: size.0, rows: size.1 });
                }
                1 | 2 => {
                    let (kind, column, row) = (MOUSE[random(MOUSE.len())], at(random(310)), at(random(90)));
                    session.input(Input::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
                }
                3 => {
                    session.wait(random(500) as u64);
                    session.event(Event::Tick(session.now));
                }
                4 if random(8) == 0 => {
                    session.input(Input::Paste(PASTES[random(PASTES.len())].into()));
                }
                5 if random(8) == 0 => {
                    session.say("core-logic", Stream::Stdout, "\x1b]0;x\x07more");
                }
                _ => {
                    session.keys(keys[random(keys.len())]);
                }
            }
            assert!(may_run || !runs_code(&session.effects), "it ran unasked: {:?}", session.effects);
            if random(FRAME) == 0 {
                draw(&mut session, size.0, size.1);
                let (shown, owner) = (session.state.view.hits.owner(), session.state.owner().kind());
                assert!(
                    shown.is_none_or(|shown| shown == owner),
                    "the screen shows {shown:?}, the keys go to {owner:?}"
                );
            }
        }
    }
    assert!(pressed >= inputs && begun >= 10);
}
