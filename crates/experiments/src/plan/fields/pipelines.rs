//! What the experiment about pipelines is asked.

use super::{REPEATS, SEED, START};
use crate::plan::field::{Field, Kind, Limit, Row, Start};

pub(crate) const PIPELINES: &[Field] = &[
    Field {
        name: "items",
        label: "Recordings",
        help: "How many recordings go through.",
        kind: Kind::Number(Limit::Fixed(1, 2_000, ""), Start::At(60)),
    },
    Field {
        name: "readers",
        label: "Readers",
        help: "How many processes read.",
        kind: Kind::Number(Limit::Fixed(1, 16, ""), Start::At(1)),
    },
    Field {
        name: "transformers",
        label: "Smoothers",
        help: "How many processes smooth.",
        kind: Kind::Numbers(Limit::Fixed(1, 16, ""), Row::At(&[1, 2]), 4),
    },
    Field {
        name: "writers",
        label: "Writers",
        help: "How many processes write.",
        kind: Kind::Number(Limit::Fixed(1, 16, ""), Start::At(1)),
    },
    Field {
        name: "capacities",
        label: "Queue lengths",
        help: "How many recordings a queue may hold.",
        kind: Kind::Numbers(Limit::Fixed(1, 64, ""), Row::At(&[1, 8]), 4),
    },
    REPEATS,
    START,
    SEED,
];
