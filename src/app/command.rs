//! The one list of commands. Keys, `?`, the footer and `docs/keys.md` are all read from it.

use std::fmt::Write as _;

use super::state::{RunStatus, State};
use super::view::{Pane, Tab};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Command {
    Trust,
    InstallTarget,
    Open,
    Edit,
    CloseFile,
    NextFile,
    PreviousFile,
    NextProblem,
    FoldRow,
    ShowProblems,
    ShowLogs,
    Follow,
    Rerun,
    Stop,
    Copy,
    ClearLog,
    CentreGraph,
    FitGraph,
    Detail,
    MoreDetail,
    LessDetail,
    NextNode,
    PreviousNode,
    Jump,
    Fold,
    Inspect,
    PanLeft,
    PanDown,
    PanUp,
    PanRight,
    Zoom,
    FocusNext,
    FocusPrevious,
    FocusProject,
    FocusGraph,
    FocusOutput,
    FocusInspector,
    FocusSource,
    NextTab,
    Do,
    Back,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Top,
    Bottom,
    ReleaseMouse,
    Redraw,
    Suspend,
    Help,
    Quit,
}

/// Where a key means its command. A key is asked of the innermost context first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    Project,
    Graph,
    Logs,
    Problems,
    Inspector,
    Source,
    /// The question whether the folder is trusted.
    Question,
    Help,
    /// Any pane: plain letters, which are text where text is typed.
    Panes,
    /// Always, also where text is typed: chords and keys that type nothing.
    Everywhere,
}

impl Context {
    pub const ALL: [Self; 10] = [
        Self::Everywhere,
        Self::Panes,
        Self::Project,
        Self::Graph,
        Self::Logs,
        Self::Problems,
        Self::Inspector,
        Self::Source,
        Self::Question,
        Self::Help,
    ];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Panes => "In every pane",
            Self::Project => "Project",
            Self::Graph => "Graph",
            Self::Logs => "Logs",
            Self::Problems => "Problems",
            Self::Inspector => "Inspector",
            Self::Source => "Source",
            Self::Question => "When asked for trust",
            Self::Help => "Help",
        }
    }

    /// The contexts that keys are asked of now, innermost first.
    pub fn current(state: &State) -> &'static [Self] {
        if state.view.help.is_some() {
            return &[Self::Help, Self::Everywhere];
        }
        if state.asks_for_trust() {
            return &[Self::Question, Self::Panes, Self::Everywhere];
        }
        match (state.view.focus, state.tab()) {
            (Pane::Project, _) => &[Self::Project, Self::Panes, Self::Everywhere],
            (Pane::Graph, _) => &[Self::Graph, Self::Panes, Self::Everywhere],
            (Pane::Inspector, _) => &[Self::Inspector, Self::Panes, Self::Everywhere],
            (Pane::Source, _) => &[Self::Source, Self::Panes, Self::Everywhere],
            (Pane::Output, Tab::Logs) => &[Self::Logs, Self::Panes, Self::Everywhere],
            (Pane::Output, Tab::Problems) => &[Self::Problems, Self::Panes, Self::Everywhere],
        }
    }
}

/// A row of the table.
#[derive(Debug)]
pub struct Spec {
    pub command: Command,
    /// As keymaps and the palette write it.
    pub name: &'static str,
    /// As the footer says it; empty for what needs no reminder.
    pub label: &'static str,
    /// One line for `?`.
    pub doc: &'static str,
    /// The favourite first.
    pub keys: &'static [(Context, &'static str)],
}

use Context::{Everywhere, Graph, Help, Inspector, Logs, Panes, Problems, Project, Question, Source};

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
    spec(
        Command::Trust,
        "trust",
        "trust and run",
        "trust this folder: build it, and run what it builds",
        &[(Panes, "t"), (Question, "t")],
    ),
    spec(
        Command::InstallTarget,
        "install-target",
        "install target",
        "install the wasm32-wasip2 target with rustup",
        &[(Panes, "i")],
    ),
    spec(Command::Do, "do", "do it", "do the selected command", &[(Help, "enter")]),
    spec(Command::Back, "back", "back", "back out by one level", &[(Everywhere, "esc")]),
    spec(
        Command::Open,
        "open",
        "open",
        "read the source of what is selected",
        &[(Project, "enter"), (Problems, "enter"), (Inspector, "enter"), (Panes, "o")],
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
    spec(Command::Copy, "copy", "copy", "copy the selected problem to the clipboard", &[(Problems, "y")]),
    spec(Command::ClearLog, "clear-log", "clear", "forget the lines of the log", &[(Logs, "x")]),
    spec(Command::Inspect, "inspect", "inspect", "show the details of the focused port or node", &[(Graph, "enter")]),
    spec(Command::Jump, "jump", "jump", "label what is in sight: its label leads there", &[(Graph, "f")]),
    spec(Command::NextNode, "next-node", "node", "move to the next node of the graph", &[(Graph, "n")]),
    spec(Command::PreviousNode, "previous-node", "", "move to the node before", &[(Graph, "N")]),
    spec(Command::Fold, "fold", "host", "list what the host gives to a node, or fold it", &[(Graph, "space")]),
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
    spec(Command::NextTab, "next-tab", "", "switch between logs and problems", &[(Panes, "]"), (Panes, "[")]),
    spec(Command::Up, "up", "", "move up", &[(Everywhere, "up"), (Panes, "k")]),
    spec(Command::Down, "down", "", "move down", &[(Everywhere, "down"), (Panes, "j")]),
    spec(Command::Left, "left", "", "move left, or see what is cut off there", &[(Everywhere, "left"), (Panes, "h")]),
    spec(Command::Right, "right", "", "move right, or see what is cut off there", &[(Everywhere, "right")]),
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
    spec(
        Command::ReleaseMouse,
        "release-mouse",
        "",
        "leave the mouse to the terminal, or take it back",
        &[(Panes, "m")],
    ),
    spec(Command::Redraw, "redraw", "", "draw the screen afresh", &[(Everywhere, "ctrl-l")]),
    spec(Command::Suspend, "suspend", "", "go to the background; `fg` comes back", &[(Everywhere, "ctrl-z")]),
    spec(Command::Help, "help", "help", "show all keys, and search them", &[(Panes, "?"), (Everywhere, "f1")]),
    spec(Command::Quit, "quit", "quit", "stop the program and leave", &[(Panes, "q"), (Everywhere, "ctrl-c")]),
];

impl Command {
    pub fn spec(self) -> Option<&'static Spec> {
        COMMANDS.iter().find(|spec| spec.command == self)
    }

    /// # Errors
    /// Why it can't be done now, as a sentence's end: `r: nothing is built yet`.
    pub fn enabled(self, state: &State) -> Result<(), &'static str> {
        let unless = |refused: bool, reason| if refused { Err(reason) } else { Ok(()) };
        match self {
            Self::Trust => unless(state.trusted, "this folder is trusted already"),
            Self::InstallTarget if state.installing.is_some() => Err("it is being installed"),
            Self::InstallTarget => unless(state.toolchain.is_none(), "nothing is missing"),
            Self::Open => unless(state.openable().is_none(), "nothing here has a file to open"),
            Self::FocusSource | Self::CloseFile => {
                unless(!state.view.source.is_open(), "no file is open (o opens one)")
            }
            Self::NextFile | Self::PreviousFile => unless(state.view.source.files.len() < 2, "no other file is open"),
            Self::NextProblem => {
                let file = state.view.source.file();
                let any = file.is_some_and(|f| super::source::problems(state, &f.path).next().is_some());
                unless(!any, "this file has no problems")
            }
            Self::FoldRow => unless(!super::tree::can_fold(state), "nothing is below this"),
            Self::Edit => unless(state.editable().is_none(), "nothing here has a file to open"),
            Self::Rerun if !state.trusted => Err("the folder is not trusted yet (t)"),
            Self::Rerun if state.project.components.is_empty() => Err("there is no component to run"),
            Self::Rerun => unless(!state.settled(), "the build is still going on"),
            Self::Stop => {
                let going = matches!(state.run.status, RunStatus::Starting | RunStatus::Running);
                unless(!going, "nothing is running")
            }
            Self::ShowProblems => unless(state.problems().is_empty(), "there are no problems"),
            Self::Copy => unless(state.problems().is_empty(), "there is nothing to copy"),
            Self::ClearLog => unless(state.log.is_empty(), "the log is empty"),
            Self::Follow => unless(state.view.log.top.is_none(), "the log is followed already"),
            Self::FitGraph => unless(!state.view.graph.is_moved(), "it shows what fits already"),
            Self::NextNode | Self::PreviousNode | Self::Jump | Self::Inspect | Self::CentreGraph => {
                unless(state.view.picture.graph().nodes.is_empty(), "there is no graph yet")
            }
            Self::Fold => unless(!super::graph::can_fold(state), "the host gives this node nothing that is folded"),
            Self::Back => unless(!state.can_back_out(), "there is nothing to back out of (q quits)"),
            _ => Ok(()),
        }
    }

    /// Whether it may be done while the help is open: what moves in it, leaves it, or leaves the program.
    pub const fn within_help(self) -> bool {
        matches!(
            self,
            Self::Do
                | Self::Back
                | Self::Help
                | Self::Quit
                | Self::Suspend
                | Self::Redraw
                | Self::Up
                | Self::Down
                | Self::PageUp
                | Self::PageDown
                | Self::Top
                | Self::Bottom
        )
    }

    /// Worth a place in the footer now.
    pub fn reminded(self, state: &State) -> bool {
        if state.view.help.is_some() {
            return self.within_help();
        }
        if state.asks_for_trust() {
            return matches!(self, Self::Trust | Self::Back | Self::Quit);
        }
        let output = state.view.focus == Pane::Output;
        match self {
            Self::ShowProblems => !output || state.tab() != Tab::Problems,
            Self::ShowLogs => state.tab() != Tab::Logs,
            Self::Trust => !state.trusted,
            Self::Edit | Self::Open if output => state.tab() == Tab::Problems,
            Self::Open => !matches!(state.view.focus, Pane::Source),
            _ => true,
        }
    }
}

/// `docs/keys.md`.
pub fn markdown() -> String {
    let mut out = String::from(
        "# Keys\n\n<!-- Generated from src/app/command.rs; `STUDIO_BLESS=1 cargo test keys_page` writes it again. -->\n\n\
         Plain letters belong to the focused pane; where text is typed only the keys under *Everywhere* are commands.\n\
         The mouse works on everything that is shown: click to focus and select, click twice to open, wheel to scroll.\n",
    );
    for context in Context::ALL {
        let specs = || {
            COMMANDS.iter().filter_map(move |spec| {
                let keys: Vec<String> =
                    spec.keys.iter().filter(|(c, _)| *c == context).map(|(_, key)| format!("`{key}`")).collect();
                (!keys.is_empty()).then(|| (keys.join(" "), spec))
            })
        };
        if specs().next().is_none() {
            continue;
        }
        let _ = write!(out, "\n## {}\n\n| key | command | |\n|---|---|---|\n", context.title());
        for (keys, spec) in specs() {
            let _ = writeln!(out, "| {keys} | {} | {} |", spec.name, spec.doc);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::*;
    use crate::app::keymap::Key;

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
                assert!(Key::parse(key).is_some(), "{key} is no key");
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
                let typed = Key::parse(key).and_then(Key::typed);
                assert!(!(matches!(context, Context::Everywhere | Context::Help) && typed.is_some()), "{key}");
            }
        }
    }

    #[test]
    fn keys_page_is_up_to_date() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/keys.md");
        let wanted = markdown();
        if std::env::var_os("STUDIO_BLESS").is_some() {
            std::fs::create_dir_all(page.parent().unwrap()).unwrap();
            std::fs::write(&page, &wanted).unwrap();
        }
        let have = std::fs::read_to_string(&page).unwrap_or_default().replace("\r\n", "\n");
        assert_eq!(have, wanted, "docs/keys.md is old: STUDIO_BLESS=1 cargo test keys_page");
    }
}
