//! What each command does: to the view at once, to the world as effects.

use std::time::Instant;

use super::command::Command;
use super::effect::Effect;
use super::logs::{self, Purpose};
use super::overlay::Overlay;
use super::picture::Level;
use super::splits::{self, Splits};
use super::spot::Way;
use super::state::State;
use super::view::{Pane, Tab};
use super::{
    back, graph, messages, new, overlay, pipeline, source, source_select, themes, tree, trust_question, wiring,
};

/// Does `command`, or says why it can't be done now.
pub fn act(state: &mut State, command: Command, now: Instant) -> Vec<Effect> {
    if let Err(reason) = command.enabled(state) {
        let name = command.spec().map_or("", |spec| if spec.label.is_empty() { spec.name } else { spec.label });
        let text = wiring::refused(state, command).unwrap_or_else(|| format!("{name}: {reason}"));
        state.view.flash(text, now);
        return Vec::new();
    }
    state.view.flash = None;
    match command {
        command if wiring::takes(state, command) => return wiring::act(state, command, now),
        Command::Wire
        | Command::Connect
        | Command::Cut
        | Command::Undo
        | Command::Redo
        | Command::AddNode
        | Command::RemoveNode
        | Command::RenameNode
        | Command::Expose
        | Command::AutoWire
        | Command::AcceptPlan
        | Command::LeaveOut
        | Command::Explain
        | Command::ApplyRemedy
        | Command::Pin
        | Command::MoveLeft
        | Command::MoveRight
        | Command::MoveUp
        | Command::MoveDown => {
            return wiring::act(state, command, now);
        }
        // The key of the question itself is taken where keys are: by no other way does anything count as an answer.
        Command::Trust | Command::AllowTrust => return trust_question::ask(state),
        Command::InstallTarget => return pipeline::install_target(state),
        Command::Rerun => {
            let effects = pipeline::rerun(state);
            if state.run.again {
                state.view.flash("it runs as soon as it is built", now);
            }
            return effects;
        }
        Command::Quit => return pipeline::quit(state),
        Command::Stop => return vec![Effect::StopRun],
        Command::Suspend => return vec![Effect::Suspend],
        Command::Accept if logs::typing::types_input(state) => return logs::typing::send(state, now),
        Command::Accept if state.types_in_log() => logs::typing::accept(state),
        Command::TypeInput => logs::typing::begin(state, Purpose::Input),
        Command::EndInput => return logs::typing::end(state),
        Command::RequestLines => {
            let selected = state.requests.get(state.requests.index(state.view.request));
            if let Some(id) = selected.map(|request| request.id) {
                logs::set_word(state, "request", Some(&id.to_string()));
                show(state, Tab::Logs);
            }
        }
        Command::Accept => return overlay::accept(state, now),
        Command::Palette => overlay::palette(state),
        Command::Arguments => overlay::ask_arguments(state),
        Command::Grants => overlay::grants::open(state),
        Command::AddGrant => overlay::grants::add(state),
        Command::Revoke => return overlay::grants::revoke(state),
        Command::Open => return open(state),
        Command::CloseFile => source::close(state),
        Command::NextFile => source::turn(state, false),
        Command::PreviousFile => source::turn(state, true),
        Command::NextProblem => source::next_problem(state),
        Command::FoldRow => tree::fold(state),
        Command::Edit => return edit(state),
        Command::Copy if state.view.focus == Pane::Source => return source_select::copy(state, now),
        Command::Copy if state.tab() == Tab::Logs => return logs::select::copy(state, now),
        Command::Copy => return copy(state, now),
        Command::Do => return overlay::help::accept(state, now),
        Command::ShowProblems => show(state, Tab::Problems),
        Command::ShowLogs => show(state, Tab::Logs),
        Command::GoBack => back::ask(state),
        Command::ShowRequests => show(state, Tab::Requests),
        Command::NextTab => show(state, state.next_tab()),
        Command::FocusOutput if state.view.focus == Pane::Output => show(state, state.next_tab()),
        Command::Follow => state.view.log.top = None,
        Command::ClearLog => logs::clear(state, now),
        Command::BringBackLog => logs::bring_back(state, now),
        Command::Theme => themes::ask(state),
        Command::FilterLog => logs::typing::begin(state, Purpose::Filter),
        Command::SearchLog => logs::typing::begin(state, Purpose::Search),
        Command::NextMatch => logs::next_match(state, false),
        Command::PreviousMatch => logs::next_match(state, true),
        Command::LogLevel => logs::next_level(state),
        Command::LogNode => overlay::ask_log_node(state),
        Command::LogTimes => {
            state.view.log.times = state.view.log.times.next();
            state.view.flash(state.view.log.times.told(), now);
        }
        Command::WrapLog => state.view.log.wrap = !state.view.log.wrap,
        Command::SelectLines => logs::select::toggle(state),
        Command::SelectUp => logs::select::extend(state, -1),
        Command::SelectDown => logs::select::extend(state, 1),
        Command::ExportLog => logs::select::ask_export(state, now),
        Command::MarkLog => logs::select::mark(state, now),
        Command::CentreGraph => graph::centre(state),
        Command::FitGraph => graph::fit(state),
        Command::Detail => {
            let level = match state.view.graph.level {
                None => Some(Level::Chips),
                Some(Level::Dots) => None,
                Some(level) => Some(level.stepped(1)),
            };
            graph::show_level(state, level);
        }
        Command::MoreDetail => graph::step_level(state, -1),
        Command::LessDetail => graph::step_level(state, 1),
        Command::NextNode => graph::walk_nodes(state, false),
        Command::PreviousNode => graph::walk_nodes(state, true),
        Command::Jump => graph::jump(state),
        Command::Fold => return graph::fold(state),
        Command::Inspect => state.view.focus(Pane::Inspector),
        Command::PanLeft => graph::pan_pages(state, -1, 0),
        Command::PanDown => graph::pan_pages(state, 0, 1),
        Command::PanUp => graph::pan_pages(state, 0, -1),
        Command::PanRight => graph::pan_pages(state, 1, 0),
        Command::Zoom => state.view.zoom = !state.view.zoom,
        Command::FocusNext => turn(state, 1),
        Command::FocusPrevious => turn(state, Pane::ALL.len() - 1),
        Command::FocusProject => state.view.focus(Pane::Project),
        Command::FocusGraph => state.view.focus(Pane::Graph),
        Command::FocusOutput => state.view.focus(Pane::Output),
        Command::FocusInspector => state.view.focus(Pane::Inspector),
        Command::FocusSource => state.view.focus(Pane::Source),
        Command::Back => return back_out(state),
        Command::Up if walks(state) => graph::walk(state, Way::Up),
        Command::Down if walks(state) => graph::walk(state, Way::Down),
        Command::Left if walks(state) => graph::walk(state, Way::Left),
        Command::Right if walks(state) => graph::walk(state, Way::Right),
        Command::Top if walks(state) => graph::walk_to_end(state, false),
        Command::Bottom if walks(state) => graph::walk_to_end(state, true),
        Command::Up => step(state, -1),
        Command::Down => step(state, 1),
        Command::PageUp => step(state, -page(state)),
        Command::PageDown => step(state, page(state)),
        Command::Top => step(state, isize::MIN / 2),
        Command::Bottom => step(state, isize::MAX / 2),
        Command::Left => sideways(state, -1),
        Command::Right => sideways(state, 1),
        Command::ReleaseMouse => {
            state.view.mouse_released = !state.view.mouse_released;
            let text = if state.view.mouse_released {
                "the mouse selects text now; m takes it back"
            } else {
                "the mouse is studio's again"
            };
            state.view.flash(text, now);
        }
        Command::EdgeLeft => push_edge(state, true, -SIDEWAYS, now),
        Command::EdgeRight => push_edge(state, true, SIDEWAYS, now),
        Command::EdgeUp => push_edge(state, false, -1, now),
        Command::EdgeDown => push_edge(state, false, 1, now),
        Command::ResetEdges => state.view.splits = Splits::default(),
        Command::Messages => messages::show(state),
        Command::New => new::choose(state),
        Command::Redraw => state.view.repaint = true,
        Command::Help => state.view.overlays.toggle_help(),
    }
    Vec::new()
}

/// Columns that one key moves an edge by.
const SIDEWAYS: i32 = 2;

fn push_edge(state: &mut State, sideways: bool, by: i32, now: Instant) {
    if !splits::push(state, sideways, by) {
        state.view.flash("this pane has no edge to move", now);
    }
}

/// Whether the arrows walk the graph.
fn walks(state: &State) -> bool {
    state.view.focus == Pane::Graph && !state.panes_are_covered()
}

fn show(state: &mut State, tab: Tab) {
    state.view.tab = Some(tab);
    state.view.focus(Pane::Output);
}

fn turn(state: &mut State, by: usize) {
    let there: Vec<Pane> =
        Pane::ALL.into_iter().filter(|p| *p != Pane::Source || state.view.source.is_open()).collect();
    let place = there.iter().position(|p| *p == state.view.focus).unwrap_or(0);
    let step = if by == 1 { 1 } else { there.len() - 1 };
    if let Some(pane) = there.get((place + step) % there.len()) {
        state.view.focus(*pane);
    }
}

/// One level out, the innermost first. A flash was taken away before.
fn back_out(state: &mut State) -> Vec<Effect> {
    if let Some(effects) = overlay::close(state) {
        return effects;
    }
    if state.asks_for_trust() {
        state.view.looking_only = true;
        return Vec::new();
    }
    let closed = state.view.graph.jump.take().is_some()
        || wiring::wire::drop_it(state)
        || logs::back(state)
        || source_select::back(state);
    if closed {
        return Vec::new();
    }
    if state.view.zoom {
        state.view.zoom = false;
    } else if state.view.focus == Pane::Source {
        source::leave(state);
    }
    Vec::new()
}

fn open(state: &mut State) -> Vec<Effect> {
    match state.openable() {
        Some(place) => source::open(state, &place),
        None => Vec::new(),
    }
}

fn edit(state: &State) -> Vec<Effect> {
    let Some(place) = state.editable() else { return Vec::new() };
    // Problems name files from the project's root; joining leaves an absolute path as it is.
    vec![Effect::Edit { file: state.project.root.join(place.file), line: place.line.max(1) }]
}

fn copy(state: &mut State, now: Instant) -> Vec<Effect> {
    let problems = state.problems();
    let Some(problem) = problems.get(state.view.problem.min(problems.len().saturating_sub(1))) else {
        return Vec::new();
    };
    let place = problem.place.as_ref().map(|p| format!("{p}: ")).unwrap_or_default();
    let text = format!("{place}{}", problem.message);
    state.view.flash("copied", now);
    vec![Effect::Copy(text)]
}

/// Rows of a list over the panes that a page key moves by.
const OVERLAY_PAGE: u16 = 10;

/// Rows of what has the keys that a page key moves by.
fn page(state: &State) -> isize {
    let height = match state.view.overlays.top() {
        Some(Overlay::Help(_)) => state.view.hits.help_height(),
        Some(top) if top.covers_panes() => OVERLAY_PAGE,
        _ if state.in_logs() => state.view.hits.log.height,
        _ => state.view.hits.body(state.view.focus).height,
    };
    isize::try_from(height.saturating_sub(1).max(1)).unwrap_or(1)
}

/// Up or down in what has the keys.
fn step(state: &mut State, by: isize) {
    if overlay::step(state, by) {
        return;
    }
    if state.panes_are_covered() {
        trust_question::scroll(state, by);
        return;
    }
    if state.view.focus == Pane::Source {
        source::step(state, by);
    } else if state.in_logs() && state.view.log.anchor.is_some() {
        logs::select::extend(state, by);
    } else {
        scroll(state, state.view.focus, by);
    }
}

/// Up or down in a pane, focused or not (the wheel scrolls what it is over).
pub fn scroll(state: &mut State, pane: Pane, by: isize) {
    match pane {
        Pane::Project => {
            state.view.project = stepped(state.view.project, by, state.rows().len());
            state.view.graph.spot = None;
            state.view.inspector = 0;
        }
        Pane::Output if state.tab() == Tab::Problems => {
            state.view.problem = stepped(state.view.problem, by, state.problems().len());
        }
        Pane::Output if state.tab() == Tab::Requests => {
            let index = stepped(state.requests.index(state.view.request), by, state.requests.len());
            state.view.request = state.requests.get(index).map(|r| r.id).filter(|_| index > 0);
        }
        Pane::Output => logs::scroll(state, by),
        Pane::Graph => graph::pan(state, 0, by),
        Pane::Source => source::scroll(state, by),
        Pane::Inspector => {
            let room = state.view.hits.inspector_rest();
            state.view.inspector = stepped(state.view.inspector, by, room + 1);
        }
    }
}

fn stepped(selected: usize, by: isize, len: usize) -> usize {
    let last = len.saturating_sub(1);
    selected.min(last).saturating_add_signed(by).min(last)
}

/// Columns or cells that one key moves the picture by.
const SIDESTEP: isize = 8;

fn sideways(state: &mut State, by: isize) {
    match state.view.focus {
        Pane::Output if state.tab() == Tab::Logs => {
            let column = state.view.log.column.saturating_add_signed(by * SIDESTEP);
            state.view.log.column = column.min(crate::model::log::MAX_LINE);
        }
        Pane::Source => source::sideways(state, by * SIDESTEP),
        Pane::Project => tree::sideways(state, by < 0),
        _ => {}
    }
}
