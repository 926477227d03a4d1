//! From what the terminal sends to commands: keys through the keymap, the mouse through the last frame's hit map.

use crate::tui::overlay::plan;
use crate::tui::overlay::{explanation, grants};
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::draw::geometry::Point;
use crate::tui::act::act;
use crate::tui::command::{Command, Context};
use crate::tui::effect::Effect;
use crate::tui::event::Input;
use crate::tui::hit::Target;
use crate::tui::keymap::{Key, Meaning};
use crate::tui::movement::scroll;
use crate::tui::overlay;
use crate::tui::overlay::menu;
use crate::tui::overlay::themes;
use crate::tui::overlay::trust;
use crate::tui::overlay::{Overlay, Owner};
use crate::tui::pane::graph;
use crate::tui::pane::graph::wiring;
use crate::tui::pane::output::logs;
use crate::tui::pane::source;
use crate::tui::pane::source::select as source_select;
use crate::tui::splits;
use crate::tui::state::State;
use crate::tui::view::{Pane, Press, Tab};

/// A second click at the same place within this time opens.
const DOUBLE_CLICK: Duration = Duration::from_millis(400);

/// Rows that one notch of the wheel moves.
const NOTCH: isize = 3;

pub(crate) fn update(state: &mut State, input: Input, at: Instant) -> Vec<Effect> {
    match input {
        Input::Key(event) => key(state, event, at),
        Input::Mouse(event) => mouse(state, event, at),
        Input::Paste(text) => {
            // Text that is pasted where none is typed would be so many commands: it does nothing.
            if overlay::paste(state, &text, at) { Vec::new() } else { logs::typing::paste(state, &text, at) }
        }
        // The next frame measures the terminal itself. Of what was on it, who knows what is left: sizes may have come
        // and gone between two frames.
        Input::Resize { columns, rows } => {
            state.view.repaint = true;
            state.view.hits.set_screen(ratatui::layout::Rect::new(0, 0, columns, rows));
            state.view.hits.forget_question();
            Vec::new()
        }
        // Whoever was elsewhere may have turned the lights on.
        Input::Focus(true) => {
            themes::ask_background(state);
            Vec::new()
        }
        Input::Focus(false) => Vec::new(),
        Input::Background(rgb) => {
            state.view.look.stand_on(rgb);
            Vec::new()
        }
    }
}

fn key(state: &mut State, event: KeyEvent, at: Instant) -> Vec<Effect> {
    if event.kind == KeyEventKind::Release {
        return Vec::new();
    }
    let key = Key::from(event);
    let asked = state.view.confirming.take();
    if state.view.hits.is_too_small() {
        return key_unseen(state, key, at);
    }
    if let Some(effects) = explanation::typed(state, key) {
        return effects;
    }
    if overlay::type_key(state, key) || logs::typing::type_key(state, key) || typed_label(state, key) {
        return Vec::new();
    }
    let mut pressed = std::mem::take(&mut state.view.pending);
    pressed.push(key);
    match state.view.keymap.meaning(Context::current(state), &pressed) {
        // A key that is held down may have been pressed before there was a question.
        Meaning::Command(Command::AllowTrust) if event.kind == KeyEventKind::Repeat => Vec::new(),
        Meaning::Command(Command::AllowTrust) => trust::answer(state, at),
        Meaning::Command(command) if key.typed().is_some() && !confirmed(state, (command, key), asked, at) => {
            Vec::new()
        }
        Meaning::Command(command) => match state.owner().allows(command) {
            Ok(()) => act(state, command, at),
            Err(reason) => {
                state.view.flash(reason, at);
                Vec::new()
            }
        },
        Meaning::Begun => {
            state.view.pending = pressed;
            Vec::new()
        }
        // What ends a sequence does nothing else; `esc` ends it without a word.
        Meaning::Nothing if pressed.len() > 1 && key.code() != KeyCode::Esc => {
            let keys: Vec<String> = pressed.iter().map(ToString::to_string).collect();
            state.view.flash(format!("{}: no command has these keys", keys.join(" ")), at);
            Vec::new()
        }
        Meaning::Nothing => Vec::new(),
    }
}

/// Whether a letter may do this: one that ends the program while it waits for input may have been meant for the program,
/// so it counts when it is pressed once more.
fn confirmed(state: &mut State, (command, key): (Command, Key), asked: Option<Command>, at: Instant) -> bool {
    let consequence = match command {
        Command::Rerun | Command::Arguments => "restarts it",
        Command::Stop => "stops it",
        Command::GoBack => "lists earlier programs to replace it",
        Command::Quit => "quits studio",
        _ => return true,
    };
    if asked == Some(command) || !logs::typing::waits_for_input(state) || command.enabled(state).is_err() {
        return true;
    }
    let input = state.view.keymap.key(Context::of_pane(Pane::Output, Tab::Logs), Command::TypeInput);
    let input = input.map(|input| format!(" ({input} types it)")).unwrap_or_default();
    state.view.flash(format!("the program waits for input{input}; {key} once more {consequence}"), at);
    state.view.confirming = Some(command);
    false
}

/// Nothing is on the screen that a key could be about: it leaves, sets aside or draws again, and no more.
fn key_unseen(state: &mut State, key: Key, at: Instant) -> Vec<Effect> {
    state.view.pending.clear();
    match state.view.keymap.meaning(&[Context::Panes, Context::Everywhere], &[key]) {
        Meaning::Command(command @ (Command::Quit | Command::Suspend | Command::Redraw)) => act(state, command, at),
        _ => Vec::new(),
    }
}

/// Letters choose a label while the graph wears them; any other key ends that first.
fn typed_label(state: &mut State, key: Key) -> bool {
    if !matches!(state.owner(), Owner::Jump) {
        return false;
    }
    match key.typed().filter(char::is_ascii_alphabetic) {
        Some(letter) => graph::typed(state, letter),
        None => state.view.graph.jump = None,
    }
    // What ends it does nothing else.
    true
}

fn mouse(state: &mut State, event: MouseEvent, at: Instant) -> Vec<Effect> {
    if state.view.hits.is_too_small() {
        return Vec::new();
    }
    let (column, row) = (event.column, event.row);
    let sideways = event.modifiers.contains(KeyModifiers::SHIFT);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => {
            state.view.pending.clear();
            let before = state.view.pressed.replace(Press { at, column, row, edge: None });
            let double = before.is_some_and(|b| {
                (b.column, b.row) == (column, row) && at.saturating_duration_since(b.at) <= DOUBLE_CLICK
            });
            wiring::mouse::press(state, column, row);
            click(state, column, row, double, at)
        }
        MouseEventKind::Down(MouseButton::Right) if state.panes_are_covered() => click(state, column, row, false, at),
        MouseEventKind::Down(MouseButton::Right) => {
            // What a click selects is what the menu is about; what a click would do is left undone.
            let does = matches!(state.view.hits.at(column, row), Some(Target::Command(_) | Target::Edge(_)));
            let effects = if does { Vec::new() } else { click(state, column, row, false, at) };
            menu::open(state, column, row);
            effects
        }
        MouseEventKind::Up(MouseButton::Left) => {
            if let Some(press) = &mut state.view.pressed {
                press.edge = None;
            }
            if state.panes_are_covered() {
                wiring::mouse::let_go(state);
                return Vec::new();
            }
            wiring::mouse::drop_at(state, column, row, at)
        }
        MouseEventKind::Drag(MouseButton::Left) => drag(state, column, row),
        MouseEventKind::ScrollUp if sideways => glide(state, column, row, -NOTCH),
        MouseEventKind::ScrollDown if sideways => glide(state, column, row, NOTCH),
        MouseEventKind::ScrollLeft => glide(state, column, row, -NOTCH),
        MouseEventKind::ScrollRight => glide(state, column, row, NOTCH),
        MouseEventKind::ScrollUp => wheel(state, column, row, -NOTCH),
        MouseEventKind::ScrollDown => wheel(state, column, row, NOTCH),
        _ => Vec::new(),
    }
}

fn click(state: &mut State, column: u16, row: u16, double: bool, at: Instant) -> Vec<Effect> {
    let Some(target) = state.view.hits.at(column, row) else { return Vec::new() };
    if let Some(effects) = wiring::mouse::click(state, target, at) {
        return effects;
    }
    match target {
        Target::Pane(pane) => state.view.focus(pane),
        Target::Tab(tab) => {
            state.view.tab = Some(tab);
            state.view.focus(Pane::Output);
        }
        Target::ProjectRow(index) => {
            state.view.focus(Pane::Project);
            state.view.project = index;
            state.view.graph.selection = None;
            state.view.inspector = 0;
            if double {
                return act(state, Command::Open, at);
            }
        }
        Target::Request(index) => {
            state.view.focus(Pane::Output);
            state.view.request = state.app.requests.get(index).map(|r| r.id);
        }
        Target::Problem(index) => {
            state.view.focus(Pane::Output);
            state.view.select_problem(index);
            if double {
                return act(state, Command::Open, at);
            }
        }
        Target::LogLine(number) => {
            state.view.focus(Pane::Output);
            logs::select::press(state, number, column, row);
            if double && state.openable().is_some() {
                return act(state, Command::Open, at);
            }
        }
        Target::Node(index) => {
            state.view.focus(Pane::Graph);
            graph::focus_node(state, index);
        }
        Target::Port(port) => {
            state.view.focus(Pane::Graph);
            graph::focus_port(state, port);
        }
        Target::Wire(wire) => {
            state.view.focus(Pane::Graph);
            graph::focus_wire(state, wire);
        }
        Target::Map => {
            state.view.focus(Pane::Graph);
            look_at_map(state, column, row);
        }
        Target::SourceLine(line) => {
            state.view.focus(Pane::Source);
            source::go_to_shown(state, line);
            source_select::press(state, column, row);
            if double {
                return act(state, Command::Edit, at);
            }
        }
        Target::SourceFile(index) => {
            state.view.focus(Pane::Source);
            state.view.source.shown = index;
        }
        Target::HelpRow(index) => {
            if let Some(Overlay::Help(help)) = state.view.overlays.top_mut() {
                help.selected = index;
            }
            if double {
                return act(state, Command::Do, at);
            }
        }
        Target::PickerRow(index) => {
            if let Some(Overlay::Picker(picker)) = state.view.overlays.top_mut() {
                picker.selected = index;
                return act(state, Command::Accept, at);
            }
        }
        Target::PlanRow(index) => {
            let by = index.cast_signed() - state.view.overlays.plan().map_or(0, |p| p.at).cast_signed();
            plan::step(state, by);
        }
        Target::Fix(index) => {
            let explaining = state.view.overlays.explaining_mut();
            let selected = explaining.map(|e| std::mem::replace(&mut e.selected, index));
            if double && selected == Some(index) {
                return explanation::apply(state, index);
            }
        }
        Target::GrantRow(index) => {
            grants::select(state, index);
            if double {
                return act(state, Command::Accept, at);
            }
        }
        Target::Command(command) => {
            return match state.owner().allows(command) {
                Ok(()) => act(state, command, at),
                Err(reason) => {
                    state.view.flash(reason, at);
                    Vec::new()
                }
            };
        }
        Target::Outside => return act(state, Command::Back, at),
        Target::Edge(edge) => {
            if double {
                state.view.splits.set(edge, None);
            } else if let Some(press) = &mut state.view.pressed {
                press.edge = Some(edge);
            }
        }
        Target::Inside => {}
    }
    Vec::new()
}

/// A place on the small map is a place of the picture.
fn look_at_map(state: &mut State, column: u16, row: u16) {
    if let Some((area, map)) = state.view.hits.map() {
        let cell = Point::new(i32::from(column) - i32::from(area.x), i32::from(row) - i32::from(area.y));
        graph::look_at(state, map.point(cell));
    }
}

fn drag(state: &mut State, column: u16, row: u16) -> Vec<Effect> {
    let Some(from) = state.view.pressed else { return Vec::new() };
    if let Some(edge) = from.edge {
        splits::drag(state, edge, column, row);
        return Vec::new();
    }
    if state.view.hits.at(from.column, from.row) == Some(Target::Map) && !state.panes_are_covered() {
        look_at_map(state, column, row);
        return Vec::new();
    }
    // Not only where lines are: what a selection shows below them takes the row that it may have begun on.
    let in_output = state.view.hits.body(Pane::Output).contains((from.column, from.row).into());
    if in_output && state.in_logs() && !state.panes_are_covered() {
        logs::select::drag(state, column, row);
        return Vec::new();
    }
    if state.view.focus == Pane::Source
        && state.view.hits.body(Pane::Source).contains((from.column, from.row).into())
        && !state.panes_are_covered()
    {
        source_select::drag(state, column, row);
        return Vec::new();
    }
    if state.view.hits.pane_at(from.column, from.row) == Some(Pane::Graph) && !state.panes_are_covered() {
        if let Some(effects) = wiring::mouse::drag(state, from, column, row) {
            return effects;
        }
        graph::pan(state, moved(column, from.column), moved(row, from.row));
        state.view.pressed = Some(Press { column, row, ..from });
    }
    Vec::new()
}

/// The picture goes with the pointer, so the place looked at goes against it.
fn moved(to: u16, from: u16) -> isize {
    isize::from(from.cast_signed()) - isize::from(to.cast_signed())
}

/// The wheel sideways.
fn glide(state: &mut State, column: u16, row: u16, by: isize) -> Vec<Effect> {
    match state.view.hits.pane_at(column, row) {
        Some(Pane::Graph) if !state.panes_are_covered() => graph::pan(state, by * 2, 0),
        Some(Pane::Source) if !state.panes_are_covered() => source::sideways(state, by),
        _ => {}
    }
    Vec::new()
}

fn wheel(state: &mut State, column: u16, row: u16, by: isize) -> Vec<Effect> {
    if overlay::wheel(state, by) {
        return Vec::new();
    }
    if state.panes_are_covered() {
        trust::scroll(state, by);
    } else if let Some(pane) = state.view.hits.pane_at(column, row) {
        scroll(state, pane, by);
    }
    Vec::new()
}
