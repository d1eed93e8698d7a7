//! What the experiment about the speed-up is asked.

use super::{REPEATS, SEED, SIZE, START, WORKERS, choice, workload};
use crate::plan::field::{Among, Field, Kind};

pub(crate) const SPEED_UP: &[Field] = &[
    workload(Among::ComputeInRounds, "sum-of-squares"),
    SIZE,
    Field {
        help: "1 process, 2, and so on to this number, each number in turn.",
        ..WORKERS
    },
    REPEATS,
    START,
    SEED,
    Field {
        name: "scaling",
        label: "Scaling",
        help: "Whether the work stays the same or grows with the workers.",
        kind: Kind::Several(
            Among::These(&[
                choice(
                    "strong",
                    "strong",
                    "The same work, divided among more and more workers.",
                ),
                choice(
                    "weak",
                    "weak",
                    "The same work for each worker, however many.",
                ),
            ]),
            &["strong"],
        ),
    },
    Field {
        name: "threads",
        label: "Threads",
        help: "Which threads of one process do the same work, too.",
        kind: Kind::Several(Among::Threads, &["threads-gil", "threads-free"]),
    },
];
