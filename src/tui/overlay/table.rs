//! Commands of the lists, questions and the help, and those that are there whatever has the keys.

use crate::app::pipeline;
use crate::tui::command::Context::{Everywhere, Explanation, Grants, Help, LogLine, Panes, Picker, Prompt, Question};
use crate::tui::command::{Command, Group, Reason, row, unless};
use crate::tui::effect::{Effect, of_app};
use crate::tui::overlay::{self, help, messages, new, themes, trust};
use crate::tui::pane::general;
use crate::tui::pane::output::logs;
use crate::tui::state::State;

pub(crate) const GROUP: Group = Group {
    title: "Over the panes",
    contexts: &[Question, Help, Picker, Prompt, Everywhere],
    rows: &[
        // The key of the question itself is taken where keys are: by no other way does anything count as an answer.
        row(Command::Trust, "trust", "trust…", "show what this folder runs, and ask for trust")
            .keys(&[(Panes, "t")])
            .rank(0)
            .when(can_ask)
            .does(|state, _| trust::ask(state)),
        row(Command::AllowTrust, "allow-trust", "", "trust what is listed: build and run it")
            .keys(&[(Question, "t")])
            .rank(0)
            .when(can_ask)
            .does(|state, _| trust::ask(state)),
        row(Command::InstallTarget, "install-target", "install target", "install the wasm32-wasip2 target with rustup")
            .keys(&[(Everywhere, "alt-i")])
            .rank(0)
            .when(|state| match state.app.installing {
                _ if !state.app.trusted => Err("the folder is not trusted yet (t)"),
                Some(_) => Err("it is being installed"),
                None => unless(state.app.toolchain.is_none(), "nothing is missing"),
            })
            .does(|state, _| of_app(pipeline::install_target(&mut state.app))),
        row(Command::Do, "do", "run", "run the selected command").keys(&[(Help, "enter")]).rank(0).does(help::accept),
        row(Command::Accept, "accept", "accept", "accept what is selected, or what was typed")
            .keys(&[(Picker, "enter"), (Prompt, "enter"), (Grants, "enter"), (LogLine, "enter")])
            .rank(0)
            .does(accept),
        row(Command::Back, "back", "back", "close what is on top, or leave the mode")
            .keys(&[(Everywhere, "esc")])
            .rank(1)
            .when(|state| unless(!state.can_back_out(), "nothing to close (q quits)"))
            .does(|state, _| general::back_out(state)),
        row(Command::New, "new", "new project", "create a project from a template, and open it")
            .keys(&[(Panes, "ctrl-n")])
            .does(|state, _| {
                new::choose(state);
                Vec::new()
            }),
        row(Command::Theme, "theme", "", "choose the colours; each shows at once").keys(&[(Everywhere, "alt-t")]).does(
            |state, _| {
                themes::ask(state);
                Vec::new()
            },
        ),
        row(Command::Messages, "messages", "", "show past messages").keys(&[(Panes, "M"), (Everywhere, "alt-m")]).does(
            |state, _| {
                messages::show(state);
                Vec::new()
            },
        ),
        row(Command::Palette, "palette", "commands", "search all commands, and run one")
            .keys(&[(Panes, ":"), (Everywhere, "ctrl-p")])
            .rank(90)
            .does(|state, _| {
                overlay::palette(state);
                Vec::new()
            }),
        row(Command::Help, "help", "help", "show all keys, and search them")
            .keys(&[(Panes, "?"), (Question, "?"), (Explanation, "?"), (Grants, "?"), (Everywhere, "f1")])
            .rank(91)
            .does(|state, _| {
                state.view.overlays.toggle_help();
                Vec::new()
            }),
        row(Command::Redraw, "redraw", "", "redraw the whole screen").keys(&[(Everywhere, "ctrl-l")]).does(
            |state, _| {
                state.view.repaint = true;
                Vec::new()
            },
        ),
        row(Command::Suspend, "suspend", "", "suspend studio; `fg` resumes it")
            .keys(&[(Everywhere, "ctrl-z")])
            .does(|_, _| vec![Effect::Suspend]),
        row(Command::Quit, "quit", "quit", "stop the program and quit")
            .keys(&[(Panes, "q"), (Question, "q"), (Everywhere, "ctrl-c")])
            .rank(92)
            .does(|state, _| of_app(pipeline::quit(&mut state.app))),
    ],
};

fn accept(state: &mut State, now: std::time::Instant) -> Vec<Effect> {
    if logs::typing::types_input(state) {
        return logs::typing::send(state, now);
    }
    if state.types_in_log() {
        logs::typing::accept(state);
        return Vec::new();
    }
    overlay::accept(state, now)
}

fn can_ask(state: &State) -> Reason {
    if state.app.trusted {
        return Err("this folder is trusted already");
    }
    let nothing = state.app.trusting.question().is_none() || state.app.project.components.is_empty();
    unless(nothing, "nothing here runs")
}
