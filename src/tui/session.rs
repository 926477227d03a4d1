//! How a folder was left, taken from the state and given back to it.

use std::path::{Component, Path};

use crate::draw::layout::Side;
use crate::log::filter::Filter;
use crate::model::session;
use crate::model::session::Session;
use crate::tui::effect::Effect;
use crate::tui::pane::graph::selection::Selection;
use crate::tui::pane::output::logs::Times;
use crate::tui::pane::source::SourceFile;
use crate::tui::splits::Splits;
use crate::tui::state::State;
use crate::tui::view::{Pane, Tab, Upper};

/// What is remembered of a session.
pub(crate) fn taken(state: &State) -> Session {
    let (view, root) = (&state.view, &state.app.options.root);
    let inside = |file: &SourceFile| {
        let path = file.path.strip_prefix(root).ok()?.to_owned();
        Some(session::File { path, line: file.line + 1, top: file.top + 1 })
    };
    let shown = view.source.file().map(|f| &f.path);
    let kept: Vec<&SourceFile> = view.source.files.iter().filter(|f| f.path.starts_with(root)).collect();
    Session {
        focus: Some(pane(view.focus)),
        zoom: view.zoom,
        upper: Some(match view.upper {
            Upper::Graph => session::Pane::Graph,
            Upper::Source => session::Pane::Source,
            Upper::Inspector => session::Pane::Inspector,
        }),
        tab: view.tab.and_then(|tab| TABS.iter().find(|(t, _)| *t == tab).map(|(_, name)| *name)),
        row: view.row_wanted.clone().or_else(|| state.row_name(state.selected_row()?)),
        log: session::Log {
            filter: view.log.filter.lasting(),
            wrap: view.log.wrap,
            times: TIMES.iter().find(|(t, _)| *t == view.log.times).map(|(_, name)| *name),
        },
        graph: session::Graph {
            node: view.graph.selection.as_ref().map(|selection| selection.node.clone()),
            import: port(view.graph.selection.as_ref(), Side::Import),
            export: port(view.graph.selection.as_ref(), Side::Export),
            unfolded: view.graph.unfolded.clone(),
            marks: view.marks.clone(),
        },
        splits: session::Splits {
            project: view.splits.project,
            source: view.splits.source,
            inspector: view.splits.inspector,
            output: view.splits.output,
        },
        toggled: view.toggled.clone(),
        shown: kept.iter().position(|f| Some(&f.path) == shown).unwrap_or(0),
        files: kept.into_iter().filter_map(inside).collect(),
    }
}

/// Takes up a session where it was left; what is not there any more is passed over.
pub(crate) fn resume(state: &mut State, session: Session) -> Vec<Effect> {
    let root = state.app.options.root.clone();
    let mut effects = Vec::new();
    // Nothing outside of the folder is read because a file says so.
    for (index, file) in session.files.into_iter().enumerate().filter(|(_, file)| is_inside(&file.path)) {
        let path = root.join(&file.path);
        let line = file.line.saturating_sub(1);
        let top = file.top.checked_sub(1).unwrap_or(line.saturating_sub(5));
        effects.push(Effect::Read(path.clone()));
        let sources = &mut state.view.source;
        if index == session.shown {
            sources.shown = sources.files.len();
        }
        sources.files.push(SourceFile { path, line, top, ..SourceFile::default() });
    }
    let is_open = state.view.source.is_open();
    let view = &mut state.view;
    view.zoom = session.zoom;
    view.upper = match session.upper {
        Some(session::Pane::Inspector) => Upper::Inspector,
        Some(session::Pane::Source) if is_open => Upper::Source,
        _ => Upper::Graph,
    };
    view.focus = match session.focus {
        Some(session::Pane::Source) if !is_open => Pane::Project,
        Some(focus) => Pane::ALL.into_iter().find(|p| pane(*p) == focus).unwrap_or_default(),
        None => Pane::default(),
    };
    view.tab = session.tab.and_then(|tab| TABS.iter().find(|(_, name)| *name == tab).map(|(t, _)| *t));
    let import = session.graph.import.map(|name| (Side::Import, name));
    let port = import.or(session.graph.export.map(|name| (Side::Export, name)));
    view.graph.selection = session.graph.node.map(|node| Selection { node, port });
    view.row_wanted = session.row;
    // A filter that another studio understood, and this one does not, shows everything.
    view.log.filter_by(Filter::parse(&session.log.filter).unwrap_or_default());
    view.log.wrap = session.log.wrap;
    let times = session.log.times.and_then(|times| TIMES.iter().find(|(_, name)| *name == times));
    view.log.times = times.map_or(Times::default(), |(times, _)| *times);
    view.graph.unfolded = session.graph.unfolded;
    view.marks = session.graph.marks;
    view.splits = Splits {
        project: session.splits.project,
        source: session.splits.source,
        inspector: session.splits.inspector,
        output: session.splits.output,
    };
    view.toggled = session.toggled;
    effects
}

const TABS: [(Tab, session::Tab); 3] =
    [(Tab::Logs, session::Tab::Logs), (Tab::Problems, session::Tab::Problems), (Tab::Requests, session::Tab::Requests)];

const TIMES: [(Times, session::Times); 4] = [
    (Times::Clock, session::Times::Clock),
    (Times::Run, session::Times::Run),
    (Times::Delta, session::Times::Delta),
    (Times::Off, session::Times::Off),
];

/// The port that has the focus, where it is on this side.
fn port(selection: Option<&Selection>, side: Side) -> Option<String> {
    selection?.port.as_ref().filter(|(s, _)| *s == side).map(|(_, name)| name.clone())
}

fn pane(pane: Pane) -> session::Pane {
    match pane {
        Pane::Project => session::Pane::Project,
        Pane::Graph => session::Pane::Graph,
        Pane::Source => session::Pane::Source,
        Pane::Output => session::Pane::Output,
        Pane::Inspector => session::Pane::Inspector,
    }
}

fn is_inside(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use crate::tui::fixture;
    use crate::tui::session::*;

    #[test]
    fn a_session_is_taken_up_where_it_was_left() {
        let mut before = fixture::Session::new(true);
        before.running().keys("1 down space enter 2 d n space 4 z");
        let left = taken(&before.state);
        assert_eq!((left.focus, left.files.len(), left.zoom), (Some(session::Pane::Inspector), 1, true));
        let mut after = fixture::Session::new(true);
        let effects = resume(&mut after.state, left.clone());
        assert!(matches!(effects.as_slice(), [Effect::Read(_)]), "{effects:?}");
        after.running();
        assert_eq!(taken(&after.state), left);
    }

    #[test]
    fn log_ports_and_rows_are_as_they_were() {
        let mut before = fixture::Session::new(true);
        before.running().keys("1 down down 2 right right 3 f l e v e l : w a r n enter w T T");
        before.state.view.tab = Some(Tab::Requests);
        let left = taken(&before.state);
        assert_eq!((left.log.filter.as_str(), left.log.wrap), ("level:warn", true));
        assert_eq!((left.tab, left.log.times), (Some(session::Tab::Requests), Some(session::Times::Delta)));
        assert!(left.graph.import.is_some() != left.graph.export.is_some(), "{left:?}");
        assert!(left.row.is_some());
        let mut after = fixture::Session::new(true);
        resume(&mut after.state, left.clone());
        assert_eq!(taken(&after.state), left, "also before the folder is read");
        after.running();
        assert_eq!(taken(&after.state), left);
        let broken = session::Log { filter: "/(/".into(), ..session::Log::default() };
        resume(&mut after.state, Session { log: broken, ..Session::default() });
        assert!(after.state.view.log.filter.is_empty());
    }

    #[test]
    fn nothing_outside_of_the_folder_is_opened() {
        let mut session = fixture::Session::new(true);
        let file = |path: &str| session::File { path: path.into(), line: 1, top: 1 };
        let files = vec![file("/etc/passwd"), file("../x"), file("a/../../x"), file("a/b.rs")];
        let effects = resume(&mut session.state, Session { shown: 3, files, ..Session::default() });
        assert!(matches!(effects.as_slice(), [Effect::Read(path)] if path.ends_with("neon/a/b.rs")), "{effects:?}");
        assert_eq!(session.state.view.source.shown, 0);
    }
}
