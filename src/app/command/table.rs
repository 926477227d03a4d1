//! The table itself: a row a command.

use super::Context::{
    Everywhere, Explanation, Grants, Graph, Help, Inspector, LogLine, Logs, Panes, Picker, Plan, Problems, Project,
    Prompt, Question, Requests, Source, Wiring,
};
use super::{Command, Context, Spec};

const fn spec(
    command: Command,
    name: &'static str,
    label: &'static str,
    doc: &'static str,
    keys: &'static [(Context, &'static str)],
) -> Spec {
    Spec { command, name, label, doc, keys }
}

/// In the order of the footer: what is most likely wanted first.
pub const COMMANDS: &[Spec] = &[
    spec(Command::Trust, "trust", "trust…", "show what this folder runs, and ask for trust", &[(Panes, "t")]),
    spec(Command::AllowTrust, "allow-trust", "", "trust what is listed: build and run it", &[(Question, "t")]),
    spec(
        Command::InstallTarget,
        "install-target",
        "install target",
        "install the wasm32-wasip2 target with rustup",
        &[(Panes, "i")],
    ),
    spec(Command::Do, "do", "do it", "do the selected command", &[(Help, "enter")]),
    spec(
        Command::Accept,
        "accept",
        "take it",
        "take what is selected, or what was typed",
        &[(Picker, "enter"), (Prompt, "enter"), (Grants, "enter"), (LogLine, "enter")],
    ),
    spec(Command::Back, "back", "back", "back out by one level", &[(Everywhere, "esc")]),
    spec(
        Command::Connect,
        "connect",
        "connect",
        "put the wire down at the lit port it leads to",
        &[(Wiring, "enter"), (Wiring, "w")],
    ),
    spec(Command::Wire, "wire", "wire", "light up what fits the focused port, to wire it", &[(Graph, "w")]),
    spec(Command::AcceptPlan, "accept-plan", "make it", "make all wires of the plan, as one step", &[(Plan, "enter")]),
    spec(Command::LeaveOut, "leave-out", "leave one out", "take the selected wire out of the plan", &[(Plan, "x")]),
    spec(
        Command::ApplyRemedy,
        "apply-remedy",
        "apply",
        "do what the selected remedy says; so do digits",
        &[(Explanation, "enter")],
    ),
    spec(Command::AddNode, "add", "add", "add a component, what fits the port first", &[(Graph, "a")]),
    spec(Command::Cut, "cut", "cut", "cut the wire at the focused port", &[(Graph, "x")]),
    spec(Command::AutoWire, "auto-wire", "auto-wire", "plan wires for all that is open, to look at", &[(Graph, "A")]),
    spec(
        Command::Undo,
        "undo",
        "undo",
        "take the last edit of the composition back",
        &[(Graph, "u"), (Explanation, "u")],
    ),
    spec(Command::Redo, "redo", "redo", "make again what was taken back", &[(Graph, "U"), (Graph, "ctrl-r")]),
    spec(Command::Inspect, "inspect", "inspect", "show the details of the focused port or node", &[(Graph, "enter")]),
    spec(
        Command::Open,
        "open",
        "open",
        "read the source of what is selected",
        &[(Project, "enter"), (Problems, "enter"), (Logs, "enter"), (Inspector, "enter"), (Panes, "o")],
    ),
    spec(
        Command::Edit,
        "edit",
        "edit",
        "hand what is selected to $EDITOR, at its line",
        &[(Source, "enter"), (Panes, "e"), (Everywhere, "ctrl-o")],
    ),
    spec(Command::FoldRow, "fold-files", "files", "show the files of a component, or hide them", &[(Project, "space")]),
    spec(Command::NextProblem, "next-problem", "problem", "move to the next problem of this file", &[(Source, "n")]),
    spec(Command::NextFile, "next-file", "next file", "show the next open file", &[(Source, "]")]),
    spec(Command::PreviousFile, "previous-file", "", "show the open file before", &[(Source, "[")]),
    spec(Command::CloseFile, "close-file", "close", "close the file", &[(Source, "x")]),
    spec(
        Command::Follow,
        "follow",
        "follow",
        "jump to the newest line and follow the log",
        &[(Logs, "end"), (Logs, "G")],
    ),
    spec(Command::ShowProblems, "show-problems", "problems", "show the problems, first error first", &[(Panes, "p")]),
    spec(Command::ShowLogs, "show-logs", "logs", "show the logs", &[(Panes, "l")]),
    spec(Command::Rerun, "rerun", "run", "run the program again (build first, where needed)", &[(Panes, "r")]),
    spec(Command::Stop, "stop", "stop", "stop the running program", &[(Panes, "s")]),
    spec(Command::GoBack, "go-back", "", "go back to a program that ran before", &[(Panes, "b")]),
    spec(Command::ShowRequests, "show-requests", "requests", "show the HTTP requests", &[(Panes, "W")]),
    spec(
        Command::RequestLines,
        "request-lines",
        "lines",
        "show the lines of this request alone",
        &[(Requests, "enter")],
    ),
    spec(
        Command::Copy,
        "copy",
        "copy",
        "copy what is selected to the clipboard",
        &[(Problems, "y"), (Logs, "y"), (Source, "y")],
    ),
    spec(Command::ClearLog, "clear-log", "clear", "put the lines of the log out of sight", &[(Logs, "x")]),
    spec(
        Command::BringBackLog,
        "bring-back-log",
        "bring back",
        "bring back the lines that were cleared",
        &[(Logs, "u")],
    ),
    spec(Command::FilterLog, "filter-log", "filter", "show only lines that say this", &[(Logs, "f")]),
    spec(Command::TypeInput, "type-input", "type", "type lines for the program to read", &[(Logs, "I")]),
    spec(Command::EndInput, "end-input", "end", "end the program's input", &[(LogLine, "ctrl-d")]),
    spec(Command::SearchLog, "search-log", "search", "search the lines that show", &[(Logs, "/")]),
    spec(Command::NextMatch, "next-match", "next", "move to the next line that was found", &[(Logs, "n")]),
    spec(Command::PreviousMatch, "previous-match", "", "move to the line found before", &[(Logs, "N")]),
    spec(Command::LogLevel, "log-level", "level", "show warnings and errors, errors, or all", &[(Logs, "L")]),
    spec(Command::LogNode, "log-node", "", "show the lines of one component", &[(Logs, "c")]),
    spec(Command::LogTimes, "log-times", "", "time of day, of the run, between lines, or none", &[(Logs, "T")]),
    spec(Command::WrapLog, "wrap-log", "wrap", "wrap long lines, or cut them", &[(Logs, "w")]),
    spec(Command::SelectLines, "select-lines", "select", "begin to select lines, or end it", &[(Logs, "v")]),
    spec(Command::SelectUp, "select-up", "", "select one line more upwards", &[(Logs, "shift-up"), (Logs, "K")]),
    spec(
        Command::SelectDown,
        "select-down",
        "",
        "select one line more downwards",
        &[(Logs, "shift-down"), (Logs, "J")],
    ),
    spec(Command::ExportLog, "export-log", "", "write the lines that show to a file", &[(Logs, "E")]),
    spec(Command::MarkLog, "mark-log", "mark", "put a mark into the log", &[(Logs, "b")]),
    spec(Command::Jump, "jump", "jump", "label what is in sight: its label leads there", &[(Graph, "f")]),
    spec(
        Command::NextNode,
        "next-node",
        "node",
        "move to the next node, or port that fits",
        &[(Graph, "n"), (Wiring, "n")],
    ),
    spec(Command::PreviousNode, "previous-node", "", "move to the one before", &[(Graph, "N"), (Wiring, "N")]),
    spec(Command::Fold, "fold", "host", "list what the host gives to a node, or fold it", &[(Graph, "space")]),
    spec(Command::Explain, "explain", "why", "explain why a port fits or not, and what mends it", &[(Graph, "W")]),
    spec(Command::Expose, "expose", "expose", "make an export the composition's own, or hide it", &[(Graph, "E")]),
    spec(
        Command::RemoveNode,
        "remove",
        "remove",
        "remove the focused component with its wires",
        &[(Graph, "D"), (Graph, "delete")],
    ),
    spec(Command::RenameNode, "rename", "rename", "give the focused component another name", &[(Graph, "f2")]),
    spec(Command::Pin, "pin", "pin", "pin the focused component where it is, or let it go", &[(Graph, "P")]),
    spec(Command::MoveLeft, "move-left", "", "move the focused component a column left", &[(Graph, "ctrl-left")]),
    spec(Command::MoveRight, "move-right", "", "move the focused component a column right", &[(Graph, "ctrl-right")]),
    spec(Command::MoveUp, "move-up", "", "move the focused component up", &[(Graph, "ctrl-up")]),
    spec(Command::MoveDown, "move-down", "", "move the focused component down", &[(Graph, "ctrl-down")]),
    spec(Command::CentreGraph, "centre-graph", "centre", "put what has the focus into the middle", &[(Graph, "c")]),
    spec(Command::FitGraph, "fit-graph", "fit", "show as much of the graph as fits", &[(Graph, "0")]),
    spec(Command::Detail, "detail", "detail", "show more or less of the nodes, or what fits", &[(Graph, "d")]),
    spec(Command::MoreDetail, "more-detail", "", "show more of the nodes", &[(Graph, "+"), (Graph, "=")]),
    spec(Command::LessDetail, "less-detail", "", "show less of the nodes, and more of them", &[(Graph, "-")]),
    spec(Command::PanLeft, "pan-left", "", "look further left in the graph", &[(Graph, "H"), (Graph, "shift-left")]),
    spec(Command::PanDown, "pan-down", "", "look further down in the graph", &[(Graph, "J"), (Graph, "shift-down")]),
    spec(Command::PanUp, "pan-up", "", "look further up in the graph", &[(Graph, "K"), (Graph, "shift-up")]),
    spec(
        Command::PanRight,
        "pan-right",
        "",
        "look further right in the graph",
        &[(Graph, "L"), (Graph, "shift-right")],
    ),
    spec(Command::Zoom, "zoom", "zoom", "give the focused pane the whole screen, and back", &[(Panes, "z")]),
    spec(Command::FocusNext, "focus-next", "next pane", "move to the next pane", &[(Everywhere, "tab")]),
    spec(Command::FocusPrevious, "focus-previous", "", "move to the previous pane", &[(Everywhere, "shift-tab")]),
    spec(
        Command::FocusProject,
        "focus-project",
        "",
        "move to the project's components",
        &[(Panes, "1"), (Everywhere, "alt-1")],
    ),
    spec(
        Command::FocusGraph,
        "focus-graph",
        "",
        "move to the graph",
        &[(Panes, "2"), (Everywhere, "alt-2"), (Everywhere, "ctrl-g")],
    ),
    spec(
        Command::FocusOutput,
        "focus-output",
        "",
        "move to logs and problems; again: switch the two",
        &[(Panes, "3"), (Everywhere, "alt-3")],
    ),
    spec(
        Command::FocusInspector,
        "focus-inspector",
        "",
        "move to the details of what is selected",
        &[(Panes, "4"), (Everywhere, "alt-4")],
    ),
    spec(
        Command::FocusSource,
        "focus-source",
        "",
        "move to the open source files",
        &[(Panes, "5"), (Everywhere, "alt-5")],
    ),
    spec(Command::NextTab, "next-tab", "", "switch between logs, problems and requests", &[(Panes, "]"), (Panes, "[")]),
    spec(Command::Up, "up", "", "move up", &[(Everywhere, "up"), (Panes, "k"), (Grants, "k")]),
    spec(Command::Down, "down", "", "move down", &[(Everywhere, "down"), (Panes, "j"), (Grants, "j")]),
    spec(Command::Left, "left", "", "move left, or see what is cut off there", &[(Everywhere, "left"), (Panes, "h")]),
    spec(
        Command::Right,
        "right",
        "",
        "move right, or see what is cut off there",
        // Elsewhere `l` shows the logs: these two are walked in both directions.
        &[(Everywhere, "right"), (Graph, "l"), (Source, "l"), (Wiring, "l")],
    ),
    spec(Command::PageUp, "page-up", "", "move up by a screenful", &[(Everywhere, "pageup"), (Everywhere, "ctrl-u")]),
    spec(
        Command::PageDown,
        "page-down",
        "",
        "move down by a screenful",
        &[(Everywhere, "pagedown"), (Everywhere, "ctrl-d")],
    ),
    spec(Command::Top, "top", "", "move to the first line", &[(Everywhere, "home"), (Panes, "g")]),
    spec(Command::Bottom, "bottom", "", "move to the last line", &[(Everywhere, "end"), (Panes, "G")]),
    spec(Command::Theme, "theme", "", "choose the colours; each shows at once", &[(Everywhere, "alt-t")]),
    spec(
        Command::ReleaseMouse,
        "release-mouse",
        "",
        "leave the mouse to the terminal, or take it back",
        &[(Panes, "m")],
    ),
    spec(
        Command::EdgeLeft,
        "edge-left",
        "",
        "move the focused pane's edge to the left",
        &[(Panes, "<"), (Panes, "ctrl-left")],
    ),
    spec(
        Command::EdgeRight,
        "edge-right",
        "",
        "move the focused pane's edge to the right",
        &[(Panes, ">"), (Panes, "ctrl-right")],
    ),
    spec(Command::EdgeUp, "edge-up", "", "move the edge above logs and problems up", &[(Panes, "ctrl-up")]),
    spec(Command::EdgeDown, "edge-down", "", "move the edge above logs and problems down", &[(Panes, "ctrl-down")]),
    spec(Command::ResetEdges, "reset-edges", "", "put the edges between panes back", &[(Panes, "\\")]),
    spec(Command::New, "new", "new project", "make a project from a template, and open it", &[(Panes, "ctrl-n")]),
    spec(Command::Messages, "messages", "", "read again what was said in the last row", &[(Panes, "M")]),
    spec(Command::Redraw, "redraw", "", "draw the screen afresh", &[(Everywhere, "ctrl-l")]),
    spec(Command::Suspend, "suspend", "", "go to the background; `fg` comes back", &[(Everywhere, "ctrl-z")]),
    spec(Command::Arguments, "arguments", "", "run the program with other arguments", &[(Panes, "R")]),
    spec(
        Command::Grants,
        "grants",
        "grants",
        "show what a node may do and was denied; change it",
        &[(Graph, "g"), (Project, "g")],
    ),
    spec(Command::AddGrant, "add-grant", "add", "let the node do something", &[(Grants, "a")]),
    spec(Command::Revoke, "revoke", "revoke", "take back what the node may do", &[(Grants, "x"), (Grants, "delete")]),
    spec(
        Command::Palette,
        "palette",
        "commands",
        "search all commands, and do one",
        &[(Panes, ":"), (Everywhere, "ctrl-p")],
    ),
    spec(
        Command::Help,
        "help",
        "help",
        "show all keys, and search them",
        &[(Panes, "?"), (Question, "?"), (Everywhere, "f1")],
    ),
    spec(
        Command::Quit,
        "quit",
        "quit",
        "stop the program and leave",
        &[(Panes, "q"), (Question, "q"), (Everywhere, "ctrl-c")],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::keymap::{Key, Keys};
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn every_command_has_one_row_a_name_and_a_key() {
        let mut names = BTreeSet::new();
        let mut commands = BTreeSet::new();
        for spec in COMMANDS {
            assert!(names.insert(spec.name), "{} stands twice", spec.name);
            assert!(commands.insert(spec.command), "{} stands twice", spec.name);
            assert!(!spec.keys.is_empty() && !spec.doc.is_empty(), "{}", spec.name);
            assert!(spec.doc.len() <= 52, "{} is explained at more length than 80 columns show", spec.name);
        }
    }

    #[test]
    fn no_key_means_two_things_in_one_context() {
        let mut seen = BTreeMap::new();
        for spec in COMMANDS {
            for (context, key) in spec.keys {
                assert!(Keys::parse(key).is_ok(), "{key} is no key");
                if let Some(other) = seen.insert((*context, *key), spec.name) {
                    panic!("{key} is both {other} and {} in {context:?}", spec.name);
                }
            }
        }
    }

    #[test]
    fn what_types_text_is_never_a_command_everywhere() {
        for spec in COMMANDS {
            for (context, key) in spec.keys {
                let typed = key.split(' ').next().and_then(Key::parse).and_then(Key::typed);
                assert!(!(context.types() && typed.is_some()), "{key}");
            }
        }
    }
}
