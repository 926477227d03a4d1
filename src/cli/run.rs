//! `studio run`: build, compose and run; with `--watch`, again on every save.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::app::effect::Form;
use crate::app::event::Event;
use crate::app::runs::STUDIO;
use crate::app::state::{Goal, RunStatus, State};
use crate::build::{BuildEvent, Profile};
use crate::cli::args::Run;
use crate::cli::{ENVIRONMENT, PROBLEMS, out, session, weight};
use crate::ledgers;
use crate::log::{Line, Stream};
use crate::model::limits::Overrides;
use crate::model::phases::{Phase, millis};
use crate::model::requests::Request;
use crate::model::size::size;
use crate::run::{Outcome, RunEvent, Stdin};

pub(super) fn run(args: &Run) -> anyhow::Result<u8> {
    let mut options = session::options(&args.project.path, Goal::Run, Profile::Dev)?;
    options.watch = args.watch;
    options.stats = args.stats;
    options.entry.clone_from(&args.entry);
    options.args.clone_from(&args.args);
    options.addr = args.addr;
    options.stdin = Stdin::Inherit;
    options.as_written = !args.project.json && !out::shows_guests();
    options.limits = Overrides { memory: args.memory, cpu: args.cpu, fuel: args.fuel, time: args.time };
    let mut printer = Printer::new(args.project.json, args.watch);
    let watch = args.watch;
    let tell = |state: &State, event: &Event| printer.report(state, event);
    let state = session::drive_trusted(options, &args.trust, tell, |state| !watch && over(state))?;
    if let Err(error) = ledgers::save(&state.options.root, &state.run.ledger) {
        tracing::warn!("the ledger of this run was not saved: {error}");
    }
    Ok(if watch { 0 } else { finish(&state, args.project.json) })
}

/// The run ended, or there can be none.
pub(super) fn over(state: &State) -> bool {
    match state.run.status {
        RunStatus::Ended(Outcome::Refused(_)) => true,
        RunStatus::Ended(_) => !state.options.stats || state.run.weighed,
        RunStatus::Never => state.settled() && (state.errors() > 0 || state.live.is_none()),
        RunStatus::Starting | RunStatus::Running => false,
    }
}

fn finish(state: &State, json: bool) -> u8 {
    if session::has_nothing(state) {
        out::error_line(&session::nothing_to(state, "run"));
        return PROBLEMS;
    }
    let code = session::verdict(state, json);
    if json && code != 0 {
        out::json(&serde_json::json!({ "problems": session::problems_json(state) }));
    }
    match &state.run.status {
        RunStatus::Ended(Outcome::Refused(_)) => {
            if !json {
                address_hint(state);
            }
            ENVIRONMENT
        }
        RunStatus::Ended(Outcome::Exited(0) | Outcome::Returned(_)) => code,
        RunStatus::Ended(Outcome::Exited(guests)) => *guests,
        RunStatus::Ended(Outcome::Stopped) if state.quit => 0,
        RunStatus::Ended(_) => PROBLEMS,
        // The wrong name on the command line.
        RunStatus::Never if state.options.entry.is_some() && !state.run_problems.is_empty() => ENVIRONMENT,
        RunStatus::Never | RunStatus::Starting if state.quit => session::INTERRUPTED,
        RunStatus::Never if code == 0 => {
            out::error_line("studio: nothing was run, and no reason is known; this is a bug in studio");
            PROBLEMS
        }
        _ => code,
    }
}

/// How another address is chosen here, where the one that is wanted is not to be had.
fn address_hint(state: &State) {
    if let Some(unavailable) = &state.run.unavailable {
        let free = unavailable.free.map_or_else(|| "HOST:PORT".into(), |free| free.to_string());
        out::error_line(&format!("help: --addr {free} serves there; port 0 takes any that is free"));
    }
}

/// Since the epoch.
fn seconds(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// Prints what happens: guests' lines on stdout, everything of ours on stderr (or all of it as JSON on stdout).
pub(super) struct Printer {
    json: bool,
    /// Goes on after a run has ended, so that problems are told as they come and go.
    watch: bool,
    /// The problems as they were told last.
    told: serde_json::Value,
    /// Guests' bytes go to a terminal, where a control sequence could do harm.
    terminal: bool,
}

impl Printer {
    pub(super) fn new(json: bool, watch: bool) -> Self {
        Self { json, watch, told: serde_json::json!([]), terminal: out::shows_guests() }
    }

    pub(super) fn report(&mut self, state: &State, event: &Event) {
        match event {
            Event::Run { event: RunEvent::Output(lines), .. } => lines.iter().for_each(|l| self.line(l)),
            Event::Run { event: RunEvent::Unfinished(line), .. } => self.unfinished(line),
            Event::Run { event: RunEvent::Started { .. }, .. } => self.reload(state),
            Event::Run { event: RunEvent::Weighed { stats: Some(stats), .. }, .. } => {
                weight::print(state, stats, self.json);
            }
            Event::Run { event: RunEvent::Ledger(ledger), .. } if self.json => {
                out::json(&serde_json::json!({ "ledger": ledger.rows().collect::<Vec<_>>() }));
            }
            Event::Run { event: RunEvent::Serving { addr }, .. } if self.json => {
                out::json(&serde_json::json!({ "serving": { "addr": addr } }));
            }
            Event::Run { event: RunEvent::Requests { served, lost }, .. } => self.requests(served, *lost),
            Event::Run { event: RunEvent::RequestCrashed { request, .. }, .. } => self.crashed(state, *request),
            Event::Run { event: RunEvent::Ended { generation, outcome }, .. } => {
                let silent = matches!(outcome, Outcome::Returned(None) | Outcome::Stopped | Outcome::Refused(_));
                if *generation == state.run.generation && (self.watch || !silent) {
                    self.print_newest_remark(state);
                }
            }
            Event::Run { event: RunEvent::Serving { .. }, .. } => match &state.run.untold {
                Some(text) => out::error_line(&format!("{STUDIO} | {text}")),
                None => self.print_newest_remark(state),
            },
            // What `on_save` holds back.
            Event::Composed(composed) if composed.form == Form::Live && state.run.held.is_some() => {
                self.print_newest_remark(state);
            }
            Event::Build { event: BuildEvent::Waiting { reason, .. }, .. } => out::error_line(reason),
            _ => {}
        }
        // In the middle of a build some problems are old and some are missing.
        if self.watch && state.settled() {
            self.problems(state);
        }
    }

    fn requests(&self, served: &[Request], lost: u64) {
        for Request { id, generation, method, path, status, took, time } in served {
            if self.json {
                out::json(&serde_json::json!({ "request": {
                    "id": id, "generation": generation, "method": method, "path": path, "status": status,
                    "took_ms": millis(*took), "time": seconds(*time),
                }}));
            } else {
                out::error_line(&format!("{STUDIO} | {method} {path} → {status} in {} ms", millis(*took)));
            }
        }
        match lost {
            0 => {}
            _ if self.json => out::json(&serde_json::json!({ "requests_untold": lost })),
            lost => out::error_line(&format!("{STUDIO} | and {lost} more requests")),
        }
    }

    /// The crash of this request, as the log has it.
    fn crashed(&self, state: &State, request: u64) {
        let told = |l: &&Line| l.request == Some(request) && l.stream == Stream::Studio && &*l.node == STUDIO;
        if let Some(line) = state.log.iter().rev().find(told) {
            self.line(line);
        }
    }

    /// What a guest wrote of a line, so that its question can be read before it is answered.
    fn unfinished(&self, line: &Line) {
        if self.json {
            out::json(&serde_json::json!({ "unfinished": {
                "node": &*line.node, "stream": line.stream, "text": line.text, "time": seconds(line.time),
            } }));
        } else {
            out::unfinished_guest_line(line, self.terminal);
        }
    }

    fn line(&self, line: &Line) {
        if self.json {
            let mut told = serde_json::json!({
                "node": &*line.node, "stream": line.stream, "text": line.text, "time": seconds(line.time),
            });
            if line.goes_on {
                told["goes_on"] = true.into();
            }
            if let Some(request) = line.request {
                told["request"] = request.into();
            }
            out::json(&told);
        } else if line.stream == Stream::Studio {
            out::error_line(&format!("{} | {}", line.node, line.text));
        } else {
            out::guest_line(line, self.terminal);
        }
    }

    /// The newest line of studio's own.
    fn print_newest_remark(&self, state: &State) {
        if let Some(line) = state.log.iter().rev().find(|l| l.stream == Stream::Studio && &*l.node == STUDIO) {
            if self.json { self.line(line) } else { out::error_line(&format!("{} | {}", line.node, line.text)) }
        }
    }

    /// Every problem, when they are others than before.
    fn problems(&mut self, state: &State) {
        let problems = session::problems_json(state);
        if problems == self.told {
            return;
        }
        if self.json {
            out::json(&serde_json::json!({ "problems": problems }));
        } else if state.problems().is_empty() {
            out::error_line("studio | no more problems");
        } else {
            for problem in state.problems() {
                out::problem(problem);
            }
            address_hint(state);
        }
        self.told = problems;
    }

    fn reload(&self, state: &State) {
        let Some(phases) = state.reload.last else { return };
        let startup = state.run.startup;
        let bytes = state.run.program.as_ref().map_or(0, |p| p.size());
        if self.json {
            out::json(&serde_json::json!({ "reload": {
                "generation": state.run.generation,
                "changed": state.run.kept.iter().next().map(|kept| &kept.what),
                "phases": phases,
                "total_ms": millis(phases.total()),
                "bytes": bytes,
                "compiled": startup.compiled,
                "cached": startup.cached,
                "compile_ms": millis(startup.compile),
                "instantiate_ms": millis(startup.instantiate),
            }}));
            return;
        }
        let parts: Vec<String> = phases
            .iter()
            .filter(|(phase, took)| !took.is_zero() && *phase != Phase::Event)
            .map(|(phase, took)| format!("{} {:.1} ms", phase.name(), millis(took)))
            .collect();
        out::error_line(&format!(
            "studio | run {}, {} · {:.0} ms: {}",
            state.run.generation,
            size(bytes as u64),
            millis(phases.total()),
            parts.join(", ")
        ));
    }
}
