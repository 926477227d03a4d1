//! The first row: what is open, how far it is, what runs, and where the time went.

use ratatui::layout::Rect;
use ratatui::text::Span;

use crate::app::build_status::BuildStatus;
use crate::app::state::RunStatus;
use crate::model::entry::Entry;
use crate::model::phases::millis;
use crate::model::port;
use crate::model::size::size;
use crate::run::Outcome;
use crate::tui::command::Command;
use crate::tui::hit::Target;
use crate::tui::screen::bar;
use crate::tui::screen::bar::Segment;
use crate::tui::screen::pen::Pen;
use crate::tui::screen::text;
use crate::tui::view::Tab;

/// Phases shorter than this part of the whole tell nobody anything.
const WORTH_SHOWING: u32 = 100;

pub(crate) fn draw(pen: &mut Pen, area: Rect) {
    let mut left = vec![Segment::new(0, vec![Span::styled(name(pen), pen.theme().strong)])];
    left.extend(badge(pen));
    left.extend(work(pen));
    left.extend(run(pen));
    left.extend(earlier(pen));
    let right = reload(pen);
    bar::draw(pen, area, left, right);
}

fn name(pen: &Pen) -> String {
    let project = &pen.state.app.project;
    if !project.name.is_empty() {
        return project.name.clone();
    }
    let root = &pen.state.app.options.root;
    root.file_name().map_or_else(|| root.display().to_string(), |n| n.to_string_lossy().into_owned())
}

fn badge(pen: &Pen) -> Option<Segment> {
    let spans = vec![Span::styled(format!("{} not trusted", pen.glyphs().warning), pen.theme().warn)];
    // Where nothing would run, nobody is asked.
    Command::Trust.enabled(pen.state).is_ok().then(|| Segment::new(1, spans).target(Target::Command(Command::Trust)))
}

/// What is being done, or what came of it.
fn work(pen: &Pen) -> Option<Segment> {
    let (state, theme, glyphs) = (pen.state, pen.theme(), pen.glyphs());
    let busy =
        |text: String| Some(Segment::new(2, vec![Span::styled(format!("{} {text}", glyphs.building), theme.warn)]));
    if !state.app.discovered {
        return busy("reading the folder".into());
    }
    if state.app.installing.is_some() {
        return busy("installing the target".into());
    }
    if let Some(building) = building(pen) {
        return busy(building);
    }
    if state.app.composing.is_some() && state.app.live.is_none() && !state.app.components.is_empty() {
        return busy("composing".into());
    }
    let errors = pen.errors();
    if errors > 0 {
        let spans = vec![Span::styled(format!("{} {}", glyphs.bad, text::count(errors, "error")), theme.bad)];
        return Some(Segment::new(1, spans).target(Target::Tab(Tab::Problems)));
    }
    let live = state.app.live.as_ref()?;
    let bytes = state.app.shipped.as_ref().map_or_else(
        || live.bytes.len() + live.modules.iter().map(|m| m.stripped.len()).sum::<usize>(),
        |shipped| shipped.len(),
    );
    let ports = live.ports.exports.len();
    Some(Segment::new(
        4,
        vec![
            Span::styled(glyphs.ok, theme.good),
            Span::raw(format!(" composed {}", size(bytes as u64))),
            Span::styled(format!(" {} {}", glyphs.dot, text::count(ports, "export")), theme.muted),
        ],
    ))
}

fn building(pen: &Pen) -> Option<String> {
    let state = pen.state;
    if let Some(reason) = &state.app.waiting {
        return Some(text::fit(reason, 48, pen.glyphs().more).into_owned());
    }
    let (count, first) = state.app.components.iter().fold((0, None), |(count, first), (name, c)| {
        if c.build_status.is_busy() { (count + 1, first.or(Some((name, c.build_status)))) } else { (count, first) }
    });
    let (name, _) = first?;
    let what = if count == 1 { name.clone() } else { format!("{count} components") };
    let since = state.app.components.values().filter_map(|c| match c.build_status {
        BuildStatus::Building { since } => Some(since),
        _ => None,
    });
    Some(match since.min() {
        Some(since) => format!(
            "building {what} {}",
            text::elapsed(pen.now.saturating_duration_since(since), pen.state.view.look.still)
        ),
        None => format!("{what} queued"),
    })
}

fn run(pen: &Pen) -> Option<Segment> {
    let (state, theme, glyphs) = (pen.state, pen.theme(), pen.glyphs());
    let run = &state.app.run;
    let entry = run.entry.as_ref().map_or_else(
        || "the program".into(),
        |e| match e {
            Entry::Command(_) => "command".into(),
            Entry::Http(_) => "http".into(),
            Entry::Function(name) => format!("{}()", text::fit(port::short(name), 18, glyphs.more)),
        },
    );
    let (glyph, style, word) = match &run.status {
        RunStatus::Never => return None,
        RunStatus::Starting => (glyphs.building, theme.warn, "starting".to_owned()),
        RunStatus::Running => match run.serving {
            Some(addr) => (glyphs.run, theme.good, format!("serving {addr}")),
            None => (glyphs.run, theme.good, "running".into()),
        },
        RunStatus::Ended(Outcome::Returned(None)) => (glyphs.ok, theme.good, "returned".into()),
        RunStatus::Ended(Outcome::Returned(Some(value))) => {
            (glyphs.ok, theme.good, format!("returned {}", text::fit(value, 16, glyphs.more)))
        }
        RunStatus::Ended(Outcome::Exited(code)) => (glyphs.bad, theme.bad, format!("exited with {code}")),
        RunStatus::Ended(Outcome::Crashed(_)) => (glyphs.bad, theme.bad, "crashed".into()),
        RunStatus::Ended(Outcome::Stopped) => (glyphs.ended, theme.muted, "stopped".into()),
        RunStatus::Ended(Outcome::Refused(_)) => (glyphs.bad, theme.bad, "could not start".into()),
    };
    let mut spans =
        vec![Span::styled(format!("{glyph} "), style), Span::raw(format!("{entry} ")), Span::styled(word, style)];
    if run.stale {
        spans.push(Span::styled(format!(" {} stale", glyphs.stale), theme.warn));
    }
    Some(Segment::new(1, spans))
}

/// While somebody went back: to which run, and what is newer.
fn earlier(pen: &Pen) -> Vec<Segment> {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let Some((to, newer)) = pen.state.app.earlier_runs() else { return Vec::new() };
    let went = format!("{} back to run {to}", glyphs.stale);
    let mut segments =
        vec![Segment::new(1, vec![Span::styled(went, theme.warn)]).target(Target::Command(Command::GoBack))];
    if let Some(newer) = newer {
        let change = text::fit(&newer.change(), 32, glyphs.more).into_owned();
        let spans = vec![Span::styled(format!("newer: run {}, {change}", newer.generation), theme.muted)];
        segments.push(Segment::new(3, spans).target(Target::Command(Command::GoBack)));
    }
    segments
}

/// `save→run 0.21 s`, at first `start→run`, and its phases where there is room.
fn reload(pen: &Pen) -> Vec<Segment> {
    let (theme, glyphs) = (pen.theme(), pen.glyphs());
    let Some(last) = pen.state.app.reload.last else { return Vec::new() };
    let phases: Vec<_> = last.iter().filter(|(_, took)| *took * WORTH_SHOWING >= last.total()).collect();
    let mut segments = Vec::new();
    if phases.len() > 1 {
        let dot = format!(" {} ", glyphs.dot);
        let mut spans = Vec::new();
        for (phase, took) in phases {
            if !spans.is_empty() {
                spans.push(Span::styled(dot.clone(), theme.faint));
            }
            spans.push(Span::styled(format!("{} {:.0} ms", phase.name(), millis(took)), theme.muted));
        }
        segments.push(Segment::new(5, spans));
    }
    let from = if pen.state.app.reload.last_was_saved { "save" } else { "start" };
    segments.push(Segment::new(
        2,
        vec![
            Span::styled(format!("{from}{}run ", glyphs.arrow), theme.muted),
            Span::styled(text::time(last.total()), theme.strong),
        ],
    ));
    segments
}
