//! Where the time from a save to its first effect went.

use std::time::Duration;

use serde::Serialize;
use serde::ser::SerializeMap;

/// The steps of a reload, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// From the file's event to the start of the work.
    Event,
    /// `src/bindings.rs` is generated, where the WIT changed.
    Bindings,
    /// cargo, or the user's own command.
    Cargo,
    /// Ports are read from the built bytes.
    Inspect,
    /// From the `.wac` to the live composition.
    Compose,
    /// Core modules to machine code; those in a cache take next to nothing.
    Compile,
    /// From the compiled program to its first instruction: link and instantiate.
    Start,
}

impl Phase {
    /// In their order.
    pub const ALL: [Self; 7] =
        [Self::Event, Self::Bindings, Self::Cargo, Self::Inspect, Self::Compose, Self::Compile, Self::Start];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Bindings => "bindings",
            Self::Cargo => "cargo",
            Self::Inspect => "inspect",
            Self::Compose => "compose",
            Self::Compile => "compile",
            Self::Start => "start",
        }
    }
}

/// One duration a phase; what did not happen is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases([Duration; Phase::ALL.len()]);

impl Phases {
    /// Zero where it did not happen.
    pub fn get(&self, phase: Phase) -> Duration {
        self.0[phase as usize]
    }

    pub(crate) fn set(&mut self, phase: Phase, took: Duration) {
        self.0[phase as usize] = took;
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Phase, Duration)> + '_ {
        Phase::ALL.into_iter().map(|p| (p, self.get(p)))
    }

    pub(crate) fn total(&self) -> Duration {
        self.0.iter().sum()
    }
}

/// Milliseconds with microsecond resolution, as `--json` prints every duration.
pub(crate) fn millis(d: Duration) -> f64 {
    (d.as_secs_f64() * 1e6).round() / 1e3
}

impl Serialize for Phases {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(Some(Phase::ALL.len()))?;
        for (phase, took) in self.iter() {
            map.serialize_entry(phase.name(), &millis(took))?;
        }
        map.end()
    }
}
