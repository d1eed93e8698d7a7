//! What tutorials say. What CPython showed of it is the business of `cpython.rs`.

use serde::Serialize;

/// A sentence that people are taught.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Claim {
    /// Its name in reports.
    pub id: &'static str,
    /// The sentence.
    pub text: &'static str,
    /// Where such sentences stand.
    pub source: Source,
}

/// Where a claim comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Tutorials and articles.
    Tutorial,
    /// Python's own documentation.
    Documentation,
}

impl Source {
    /// The word for people.
    pub fn title(self) -> &'static str {
        match self {
            Source::Tutorial => "Tutorials",
            Source::Documentation => "Python’s documentation",
        }
    }
}

const fn claim(id: &'static str, text: &'static str, source: Source) -> Claim {
    Claim { id, text, source }
}

pub(super) const SPEED_UP: &[Claim] = &[
    claim(
        "near-linear",
        "With 4 processes on 4 cores, compute-bound work runs nearly 4 times as fast.",
        Source::Tutorial,
    ),
    claim(
        "gil-threads",
        "Threads make compute-bound Python no faster, because of the GIL.",
        Source::Tutorial,
    ),
    claim(
        "more-than-cores",
        "More processes than cores do not help compute-bound work.",
        Source::Tutorial,
    ),
];

pub(super) const MESSAGING: &[Claim] = &[
    claim(
        "pickling-dominates",
        "Between processes, turning objects into bytes and back costs more than moving the bytes.",
        Source::Tutorial,
    ),
    claim(
        "pipe-faster",
        "A Pipe is faster than a Queue.",
        Source::Tutorial,
    ),
    claim(
        "shared-memory-large",
        "For large arrays, shared memory is much faster than sending them.",
        Source::Tutorial,
    ),
];

pub(super) const GRANULARITY: &[Claim] = &[
    claim(
        "tiny-tasks",
        "Handing tiny tasks to a pool is 500 times slower than a plain loop.",
        Source::Tutorial,
    ),
    claim(
        "tenth-of-a-second",
        "A task should take at least 0.1 s to be worth a process.",
        Source::Tutorial,
    ),
    claim(
        "chunks-help",
        "For very long iterables, a large chunksize makes the job complete much faster than the default of 1.",
        Source::Documentation,
    ),
];

pub(super) const START_UP: &[Claim] = &[
    claim(
        "start-up-cost",
        "Starting a process costs 50 to 200 ms.",
        Source::Tutorial,
    ),
    claim(
        "memory-cost",
        "Every process takes 10 to 50 MB of memory.",
        Source::Tutorial,
    ),
];

pub(super) const SHARING: &[Claim] = &[
    claim(
        "updates-lost",
        "Without the lock, updates are lost.",
        Source::Tutorial,
    ),
    claim(
        "lock-costs",
        "The lock makes it right, but slow: better let each process count for itself.",
        Source::Tutorial,
    ),
    claim(
        "manager-slow",
        "A Manager is more flexible than shared memory, but slower.",
        Source::Tutorial,
    ),
];

pub(super) const PIPELINES: &[Claim] = &[
    claim(
        "slowest-stage",
        "A pipeline is as fast as its slowest stage.",
        Source::Tutorial,
    ),
    claim(
        "bounded-queue",
        "A bounded queue keeps a fast producer from filling the memory.",
        Source::Tutorial,
    ),
];

pub(super) const POOL_METHODS: &[Claim] = &[
    claim(
        "imap-first",
        "imap gives results as they come, while map waits for all of them.",
        Source::Tutorial,
    ),
    claim(
        "unordered-first",
        "imap_unordered does not hold a finished result back for a slow one before it.",
        Source::Documentation,
    ),
];

pub(super) const IO_BOUND: &[Claim] = &[
    claim(
        "event-loop-best",
        "For many slow connections an event loop is the best choice.",
        Source::Tutorial,
    ),
    claim(
        "sleep-is-work",
        "sleep(0.1) can stand for work: 4 processes do it 4 times as fast.",
        Source::Tutorial,
    ),
];
