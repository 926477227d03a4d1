//! What the run stage's events do to the state.

use std::collections::BTreeSet;
use std::time::{Instant, SystemTime};

use crate::app::generations::same_program;
use crate::app::state::{Cause, RunStatus, State};
pub(crate) use crate::log::STUDIO;
use crate::log::{Line, Stream};
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::phases::{Phase, millis};
use crate::run::{Crash, Outcome, RunEvent, Startup};

pub(crate) fn update(state: &mut State, event: RunEvent, at: Instant) {
    match event {
        RunEvent::Started { generation, startup, at: time, .. } => {
            started(state, generation, startup, time);
            if let Some(text) = state.run.untold.take_if(|_| state.run.alive == Some(state.run.generation)) {
                log_line(state, text, at);
            }
        }
        RunEvent::Weighed { .. } => state.run.weighed = true,
        RunEvent::Serving { addr } => {
            let returned = state.run.fallback.is_some() && state.run.asked.as_ref().is_some_and(|a| a.addr == addr);
            let before = state.run.serving.replace(addr);
            let text = match (state.run.fallback, &state.run.asked) {
                (Some(_), _) if returned && before.is_some() => format!("serving http://{addr}: it is free again"),
                (Some(fallback), Some(asked)) if fallback == addr => {
                    format!("serving http://{addr} until {} is free", asked.addr)
                }
                _ => format!("serving http://{addr}"),
            };
            if returned {
                state.run.fallback = None;
            }
            // The address is bound before the run begins; it is told of one that has begun.
            if state.run.alive == Some(state.run.generation) {
                log_line(state, text, at);
            } else {
                state.run.untold = Some(text);
            }
        }
        RunEvent::Unavailable(unavailable) => state.run.unavailable = Some(unavailable),
        RunEvent::Output(lines) => lines.into_iter().for_each(|line| state.log.push(line)),
        RunEvent::Unfinished(line) => state.log.push_unfinished(line),
        RunEvent::Ledger(ledger) => state.run.ledger.merge(ledger),
        RunEvent::Lost(lines) => state.log.lost(lines),
        RunEvent::Requests { served, lost } => {
            state.requests.lost(lost);
            for request in served {
                let text =
                    format!("{} {} → {} in {} ms", request.method, request.path, request.status, millis(request.took));
                let (generation, id) = (request.generation, request.id);
                log_line_of(state, text, state.time_of(at), generation, Some(id));
                state.requests.push(request);
            }
        }
        RunEvent::RequestCrashed { generation, request, crash } => {
            log_line_of(state, crash.message.clone(), state.time_of(at), generation, Some(request));
            state.run_problems = vec![problem(&crash)];
        }
        RunEvent::Ended { generation, outcome } => ended(state, generation, outcome, at),
    }
}

fn started(state: &mut State, generation: u64, startup: Startup, time: SystemTime) {
    if generation < state.run.generation {
        return;
    }
    state.run.alive = Some(generation);
    state.run.status = RunStatus::Running;
    state.run.startup = startup;
    state.run.stale = false;
    state.run.unavailable = None;
    state.run_problems.clear();
    let phases = &mut state.reload.under_way;
    phases.set(Phase::Compile, startup.compile);
    phases.set(Phase::Start, startup.instantiate);
    let phases = *phases;
    if generation == state.run.generation
        && let Some(program) = state.run.program.clone()
    {
        // A new program may have waited for a key.
        let is_known = state.run.kept.iter().any(|kept| same_program(&kept.live, &program));
        let of_change = matches!(state.run.cause, Cause::Start | Cause::Save);
        let files = if of_change || !is_known { std::mem::take(&mut state.reload.files) } else { BTreeSet::new() };
        state.run.kept.keep(generation, &program, time, files.into_iter().collect());
    }
    let text = match state.run.cause {
        Cause::Asked => format!("run {generation}, restarted"),
        Cause::Back(to) => format!("run {generation}, back to the program of run {to}"),
        cause @ (Cause::Start | Cause::Save) => {
            state.reload.last = Some(phases);
            state.reload.last_was_saved = cause == Cause::Save;
            let since = if cause == Cause::Start { "the start" } else { "the save" };
            format!("run {generation}, {:.2} s after {since}", phases.total().as_secs_f64())
        }
    };
    // When the runner began, not when we heard of it: its first lines may be older than that.
    log_line_of(state, text, time, state.run.generation, None);
}

fn ended(state: &mut State, generation: u64, outcome: Outcome, at: Instant) {
    if let Outcome::Refused(problem) = outcome {
        // The generation before it, if there is one, goes on.
        state.run_problems = vec![problem.clone()];
        if let Some(unavailable) = &state.run.unavailable {
            let help = match unavailable.free {
                Some(free) => format!("{free} is free"),
                None => "no port near it is free; set another `addr` under [run] in studio.toml".into(),
            };
            state.run_problems = vec![problem.clone().help(help)];
        }
        state.run.stale = state.run.generation > 1;
        if state.run.alive.is_none() {
            state.run.status = RunStatus::Ended(Outcome::Refused(problem));
        }
        return;
    }
    if state.run.alive.is_some_and(|alive| alive != generation) || generation < state.run.generation {
        return;
    }
    state.run.alive = None;
    match &outcome {
        Outcome::Crashed(crash) => {
            log_line(state, crash.message.clone(), at);
            state.run_problems = vec![problem(crash)];
        }
        Outcome::Exited(0) => log_line(state, "ended".into(), at),
        Outcome::Exited(code) => log_line(state, format!("failed: the command ended with exit code {code}"), at),
        Outcome::Returned(Some(value)) => log_line(state, format!("returned {value}"), at),
        Outcome::Returned(None) => log_line(state, "returned".into(), at),
        Outcome::Stopped => log_line(state, "stopped".into(), at),
        Outcome::Refused(_) => {}
    }
    state.run.status = RunStatus::Ended(outcome);
}

/// A crash as a problem, at the place to blame; the user's own frames are listed, the others counted.
fn problem(crash: &Crash) -> Diagnostic {
    let mut problem = Diagnostic::error(Origin::Run, crash.message.clone());
    problem.component.clone_from(&crash.node);
    problem.place.clone_from(&crash.place);
    for frame in crash.frames.iter().filter(|frame| frame.own) {
        problem = problem.remark(frame.function.clone(), frame.place.clone());
    }
    match crash.frames.iter().filter(|frame| !frame.own).count() {
        0 => problem,
        1 => problem.remark("and 1 frame outside the project", None),
        n => problem.remark(format!("and {n} frames outside the project"), None),
    }
}

/// A line of studio's own in the log.
pub(crate) fn log_line(state: &mut State, text: String, at: Instant) {
    log_line_of(state, text, state.time_of(at), state.run.generation, None);
}

fn log_line_of(state: &mut State, text: String, time: SystemTime, generation: u64, request: Option<u64>) {
    state.log.push(Line {
        node: STUDIO.into(),
        stream: Stream::Studio,
        text,
        raw: None,
        goes_on: false,
        time,
        generation,
        request,
    });
}
