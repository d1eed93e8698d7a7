//! What the experiment about starting processes is asked.

use super::{REPEATS, YES_OR_NO};
use crate::plan::field::{Among, Field, Kind, Limit, Row};

pub(crate) const START_UP: &[Field] = &[
    Field {
        name: "counts",
        label: "Processes",
        help: "How many processes are started at once.",
        kind: Kind::Numbers(Limit::Fixed(1, 64, ""), Row::At(&[1, 2, 4, 8]), 8),
    },
    Field {
        name: "methods",
        label: "Start methods",
        help: "How processes get their workers.",
        kind: Kind::Several(Among::StartMethods, &["spawn", "forkserver"]),
    },
    REPEATS,
    Field {
        name: "browser-memory",
        label: "Ask the browser, too",
        help: "Whether the browser is asked how much memory its workers take. It may need half a minute to answer, and not every browser does.",
        kind: Kind::Choice(YES_OR_NO, "no"),
    },
];
