//! What the experiment about granularity is asked.

use super::{REPEATS, SEED, SIZE, SKEW, START, WORKERS, workload};
use crate::plan::field::{Among, Field, Kind, Limit, Row};

pub(crate) const GRANULARITY: &[Field] = &[
    workload(Among::Compute, "sum-of-squares"),
    SIZE,
    WORKERS,
    Field {
        name: "chunks",
        label: "Chunks",
        help: "Into how many tasks the work is cut, from one to as many as it has items.",
        kind: Kind::Numbers(
            Limit::Fixed(1, 20_000, ""),
            Row::At(&[1, 2, 8, 32, 128, 512, 2_048, 8_192]),
            12,
        ),
    },
    Field {
        name: "policies",
        label: "Policies",
        help: "How the pool hands out tasks.",
        kind: Kind::Several(
            Among::Policies,
            &["shared", "static", "guided", "auto", "stealing"],
        ),
    },
    SKEW,
    REPEATS,
    START,
    SEED,
];
