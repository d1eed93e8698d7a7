//! What the experiment about sharing is asked.

use super::{REPEATS, START, WORKERS, choice};
use crate::plan::field::{Among, Field, Kind, Limit, Start};

pub(crate) const SHARING: &[Field] = &[
    Field {
        help: "How many processes count together.",
        ..WORKERS
    },
    Field {
        name: "increments",
        label: "Additions",
        help: "How often each process adds 1; through a manager, at most 2,000 times.",
        kind: Kind::Number(Limit::Fixed(1, 10_000_000, ""), Start::At(200_000)),
    },
    Field {
        name: "ways",
        label: "Ways",
        help: "How they count.",
        kind: Kind::Several(
            Among::These(&[
                choice(
                    "unlocked",
                    "without a lock",
                    "Read, add, write back: another process may come between.",
                ),
                choice(
                    "locked",
                    "with the lock",
                    "with counter.get_lock(): counter.value += 1",
                ),
                choice("atomic", "atomic", "One step that nobody comes between."),
                choice(
                    "partial",
                    "partial sums",
                    "Each process counts for itself and adds its sum at the end.",
                ),
                choice(
                    "manager",
                    "Manager",
                    "A process of its own keeps the number.",
                ),
            ]),
            &["unlocked", "locked", "atomic", "partial", "manager"],
        ),
    },
    REPEATS,
    START,
];
