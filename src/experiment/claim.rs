//! What tutorials say, and what CPython showed of it.

use serde::Serialize;

/// A sentence that people are taught.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Claim {
    /// Its name in reports.
    pub id: &'static str,
    /// The sentence.
    pub text: &'static str,
    /// Where such sentences stand.
    pub source: Source,
    /// What CPython showed, where it was measured.
    pub reference: Option<Reference>,
}

/// Where a claim comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
            Source::Documentation => "Python's documentation",
        }
    }
}

/// What CPython showed: on another machine than the reader's, so only to be
/// held beside their figures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reference {
    /// Who measured where.
    pub machine: &'static str,
    /// In words.
    pub text: &'static str,
    /// In figures, for charts.
    pub figures: &'static [Figure],
}

/// One figure of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Of what.
    pub label: &'static str,
    /// How much.
    pub value: f64,
    /// Of which unit.
    pub unit: &'static str,
}

/// The machine of all references.
const MACHINE: &str = "CPython 3.11, natively on Linux with 2 cores, November 2026";

const fn tutorial(
    id: &'static str,
    text: &'static str,
    shown: &'static str,
    figures: &'static [Figure],
) -> Claim {
    Claim {
        id,
        text,
        source: Source::Tutorial,
        reference: Some(Reference {
            machine: MACHINE,
            text: shown,
            figures,
        }),
    }
}

const fn without_reference(id: &'static str, text: &'static str, source: Source) -> Claim {
    Claim {
        id,
        text,
        source,
        reference: None,
    }
}

const fn figure(label: &'static str, value: f64, unit: &'static str) -> Figure {
    Figure { label, value, unit }
}

pub(super) const SPEED_UP: &[Claim] = &[
    tutorial(
        "near-linear",
        "With 4 processes on 4 cores, compute-bound work runs nearly 4 times as fast.",
        "Pool(2) on 2 cores ran 1.87 times as fast as a plain loop.",
        &[figure("Pool(2), 2 cores", 1.87, "×")],
    ),
    tutorial(
        "gil-threads",
        "Threads make compute-bound Python no faster, because of the GIL.",
        "2 threads ran 0.96 times as fast as a plain loop.",
        &[figure("2 threads", 0.96, "×")],
    ),
    without_reference(
        "more-than-cores",
        "More processes than cores do not help compute-bound work.",
        Source::Tutorial,
    ),
];

pub(super) const MESSAGING: &[Claim] = &[
    without_reference(
        "pickling-dominates",
        "Between processes, turning objects into bytes and back costs more than moving the bytes.",
        Source::Tutorial,
    ),
    tutorial(
        "pipe-faster",
        "A Pipe is faster than a Queue.",
        "A Pipe's round trip took 62 µs and a Queue's 143 µs; one way, both carried about as many objects a second (255,000 and 224,000).",
        &[
            figure("Pipe round trip", 62.0, "µs"),
            figure("Queue round trip", 143.0, "µs"),
        ],
    ),
    without_reference(
        "shared-memory-large",
        "For large arrays, shared memory is much faster than sending them.",
        Source::Tutorial,
    ),
];

pub(super) const GRANULARITY: &[Claim] = &[
    tutorial(
        "tiny-tasks",
        "Handing tiny tasks to a pool is 500 times slower than a plain loop.",
        "Starting a Pool(4) for tiny tasks was 771 times (fork) and 5,673 times (spawn) slower than a plain loop.",
        &[
            figure("fork", 771.0, "× slower"),
            figure("spawn", 5_673.0, "× slower"),
        ],
    ),
    without_reference(
        "tenth-of-a-second",
        "A task should take at least 0.1 s to be worth a process.",
        Source::Tutorial,
    ),
    without_reference(
        "chunks-help",
        "For very long iterables, a large chunksize makes the job complete much faster than the default of 1.",
        Source::Documentation,
    ),
];

pub(super) const START_UP: &[Claim] = &[
    tutorial(
        "start-up-cost",
        "Starting a process costs 50 to 200 ms.",
        "From start to joined: spawn 62 ms, forkserver 16.5 ms, fork 2.3 ms.",
        &[
            figure("spawn", 62.0, "ms"),
            figure("forkserver", 16.5, "ms"),
            figure("fork", 2.3, "ms"),
        ],
    ),
    tutorial(
        "memory-cost",
        "Every process takes 10 to 50 MB of memory.",
        "Private memory of an idle child: spawn 10.4 MiB, fork 1.65 MiB; counting shared pages too, 17.6 and 20.9 MiB.",
        &[figure("spawn", 10.4, "MiB"), figure("fork", 1.65, "MiB")],
    ),
];

pub(super) const SHARING: &[Claim] = &[
    tutorial(
        "updates-lost",
        "Without the lock, updates are lost.",
        "2 processes that added to a Value without its lock lost 27 % of their additions.",
        &[figure("lost", 27.0, "%")],
    ),
    tutorial(
        "lock-costs",
        "The lock makes it right, but slow: better let each process count for itself.",
        "With the lock, 2 processes together made 0.95 million additions a second, and one alone 1.8 million.",
        &[
            figure("2 processes", 0.95, "M/s"),
            figure("1 process", 1.8, "M/s"),
        ],
    ),
    tutorial(
        "manager-slow",
        "A Manager is more flexible than shared memory, but slower.",
        "Reading one entry of a Manager's dict took 61 µs.",
        &[figure("dict get", 61.0, "µs")],
    ),
];

pub(super) const PIPELINES: &[Claim] = &[
    without_reference(
        "slowest-stage",
        "A pipeline is as fast as its slowest stage.",
        Source::Tutorial,
    ),
    without_reference(
        "bounded-queue",
        "A bounded queue keeps a fast producer from filling the memory.",
        Source::Tutorial,
    ),
];

pub(super) const POOL_METHODS: &[Claim] = &[
    without_reference(
        "imap-first",
        "imap gives results as they come, while map waits for all of them.",
        Source::Tutorial,
    ),
    without_reference(
        "unordered-first",
        "imap_unordered does not hold a finished result back for a slow one before it.",
        Source::Documentation,
    ),
];

pub(super) const IO_BOUND: &[Claim] = &[
    without_reference(
        "event-loop-best",
        "For many slow connections an event loop is the best choice.",
        Source::Tutorial,
    ),
    without_reference(
        "sleep-is-work",
        "sleep(0.1) can stand for work: 4 processes do it 4 times as fast.",
        Source::Tutorial,
    ),
];
