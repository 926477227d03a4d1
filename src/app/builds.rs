//! What the build stage's events do to the state.

use std::time::Instant;

use crate::app::build_status::BuildStatus;
use crate::app::effect::{Effect, Form};
use crate::app::pipeline::{compose, compose_for_goal, rediscover, watch};
use crate::app::state::{Rebuild, State};
use crate::build::BuildEvent;
use crate::model::diagnostic::{Diagnostic, Origin};
use crate::model::phases::{Phase, Phases};
use crate::model::project::Revision;

pub(crate) fn update(state: &mut State, event: BuildEvent, at: Instant) -> Vec<Effect> {
    match event {
        BuildEvent::Started { components, .. } => {
            state.waiting = None;
            state.build_problems.clear();
            state.loops.build_began(&components, at);
            for name in components {
                if let Some(component) = state.components.get_mut(&name) {
                    component.build_status = BuildStatus::Building { since: at };
                    component.incoming.clear();
                }
            }
        }
        BuildEvent::Waiting { reason, .. } => state.waiting = Some(reason),
        BuildEvent::Progress { text, .. } => {
            state.waiting = None;
            state.progress = Some(text);
        }
        BuildEvent::BindingsWritten { .. } => {}
        BuildEvent::Inputs { component, inputs, .. } => {
            if let Some(component) = state.components.get_mut(&component)
                && component.inputs != inputs
            {
                component.inputs = inputs;
                return watch(state);
            }
        }
        BuildEvent::Diagnostic { diagnostic, .. } => take(state, diagnostic),
        BuildEvent::Built { revision, artifact, took } => {
            if let Some(component) = state.components.get_mut(&artifact.component)
                && revision >= component.wanted
            {
                component.build_status = BuildStatus::Built { took };
                component.problems = std::mem::take(&mut component.incoming);
                component.artifact = Some(artifact);
                component.built = revision;
            }
        }
        BuildEvent::Failed { revision, component } => {
            if let Some(component) = state.components.get_mut(&component)
                && revision >= component.wanted
            {
                component.problems = std::mem::take(&mut component.incoming);
                let errors = component.problems.iter().filter(|p| p.is_error()).count();
                component.build_status = BuildStatus::Failed { errors };
            }
        }
        BuildEvent::Finished { revision, ok, phases } => {
            let mut effects = build_ended(state, at);
            effects.extend(finished(state, revision, ok, &phases));
            return effects;
        }
        BuildEvent::NotAllowed { revision } => {
            if over(state, revision) {
                idle(state);
                return rediscover(state, Rebuild::Everything);
            }
        }
        BuildEvent::Cancelled { revision } => {
            if over(state, revision) {
                idle(state);
            }
            return build_ended(state, at);
        }
    }
    Vec::new()
}

fn idle(state: &mut State) {
    for component in state.components.values_mut().filter(|c| c.build_status.is_busy()) {
        component.build_status = BuildStatus::Idle;
    }
}

/// A diagnostic goes to its component, where it has one.
fn take(state: &mut State, diagnostic: Diagnostic) {
    if diagnostic.origin == Origin::Toolchain {
        state.toolchain = Some(diagnostic);
        return;
    }
    match diagnostic.component.as_ref().and_then(|name| state.components.get_mut(name)) {
        Some(component) => component.incoming.push(diagnostic),
        None => state.build_problems.push(diagnostic),
    }
}

/// Whether this was the newest request; if so nothing is being built any more.
fn over(state: &mut State, revision: Revision) -> bool {
    let newest = state.building.is_none_or(|b| revision >= b);
    if newest {
        state.building = None;
        state.waiting = None;
        state.progress = None;
    }
    newest
}

fn build_ended(state: &mut State, at: Instant) -> Vec<Effect> {
    state.loops.build_ended(at).into_iter().map(Effect::Pause).collect()
}

fn finished(state: &mut State, revision: Revision, ok: bool, phases: &Phases) -> Vec<Effect> {
    if !over(state, revision) {
        // A newer build follows at once; what it makes is what will run.
        return Vec::new();
    }
    for phase in [Phase::Bindings, Phase::Cargo, Phase::Inspect] {
        state.reload.under_way.set(phase, phases.get(phase));
    }
    if ok {
        state.toolchain.clone_from(&state.options.prebuilt);
        return compose_for_goal(state);
    }
    state.run.stale = state.run.generation > 0;
    compose(state, Form::Check)
}
