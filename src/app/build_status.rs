//! The build state of one component, as it is shown beside its name.

use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum BuildStatus {
    /// Never built in this session.
    #[default]
    Idle,
    /// Changed, and waits for its turn.
    Queued,
    Building {
        since: Instant,
    },
    Built {
        took: Duration,
    },
    /// Not built; how many errors it has.
    Failed {
        errors: usize,
    },
    /// Taken as it was prebuilt, because this machine cannot build it.
    Prebuilt,
}

impl BuildStatus {
    /// The word for it: state is never told by colour or glyph alone.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Idle => "not built",
            Self::Queued => "queued",
            Self::Building { .. } => "building",
            Self::Built { .. } => "built",
            Self::Failed { .. } => "failed",
            Self::Prebuilt => "prebuilt",
        }
    }

    pub(crate) const fn is_busy(self) -> bool {
        matches!(self, Self::Queued | Self::Building { .. })
    }
}
