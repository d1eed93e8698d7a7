//! What the experiment about waiting is asked.

use super::{REPEATS, SEED, SIZE, START, YES_OR_NO, workload};
use crate::plan::field::{Among, Field, Kind, Limit, Row};

pub(crate) const IO_BOUND: &[Field] = &[
    workload(Among::Waiting, "scrape"),
    SIZE,
    Field {
        name: "workers",
        label: "Workers",
        help: "How many wait at the same time: processes, threads, or tasks of the event loop, which is also asked with all at once.",
        kind: Kind::Numbers(Limit::Workers(4), Row::Doubling(4), 8),
    },
    Field {
        name: "models",
        label: "Models",
        help: "Who waits.",
        kind: Kind::Several(
            Among::Waiters,
            &["main", "event-loop", "processes", "threads-gil"],
        ),
    },
    Field {
        name: "posing",
        label: "Sleep as work",
        help: "Whether sleeping, which tutorials use in place of work, is held against computing.",
        kind: Kind::Choice(YES_OR_NO, "yes"),
    },
    REPEATS,
    START,
    SEED,
];
