//! What the experiment about the pool's methods is asked.

use super::{REPEATS, SKEW, START, WORKERS, choice};
use crate::plan::field::{Among, Field, Kind, Limit, Start};

pub(crate) const POOL_METHODS: &[Field] = &[
    WORKERS,
    Field {
        name: "items",
        label: "Tasks",
        help: "How many tasks there are.",
        kind: Kind::Number(Limit::Fixed(1, 2_000, ""), Start::At(40)),
    },
    Field {
        name: "task",
        label: "Task length",
        help: "How long a short task computes, about; an uneven one takes up to ten times that.",
        kind: Kind::Number(Limit::Fixed(1, 1_000, "ms"), Start::At(5)),
    },
    Field {
        name: "chunk",
        label: "Chunk size",
        help: "How many tasks are handed out at once.",
        kind: Kind::Number(Limit::Fixed(1, 2_000, ""), Start::At(1)),
    },
    Field {
        name: "methods",
        label: "Methods",
        help: "How tasks are given to the pool.",
        kind: Kind::Several(
            Among::These(&[
                choice("map", "map", "All results at the end, in order."),
                choice("starmap", "starmap", "The same for several arguments."),
                choice("imap", "imap", "One result after another, in order."),
                choice(
                    "imap-unordered",
                    "imap_unordered",
                    "One result after another, as they come.",
                ),
                choice("apply-async", "apply_async", "Each task by itself."),
            ]),
            &["map", "starmap", "imap", "imap-unordered", "apply-async"],
        ),
    },
    Field {
        kind: Kind::Choice(
            Among::These(&[
                choice("uniform", "even", "All tasks take equally long."),
                choice(
                    "skewed",
                    "uneven",
                    "One task in eight takes ten times as long.",
                ),
            ]),
            "skewed",
        ),
        ..SKEW
    },
    REPEATS,
    START,
];
