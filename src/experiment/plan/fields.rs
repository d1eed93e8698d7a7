//! The fields of every experiment.

use super::{
    field::{Among, Choice, Field, Kind, Limit, Row, Start},
    number::EXACT,
};

const fn choice(name: &'static str, title: &'static str, help: &'static str) -> Choice {
    Choice { name, title, help }
}

const fn workload(among: Among, default: &'static str) -> Field {
    Field {
        name: "workload",
        label: "Work",
        help: "What is done.",
        kind: Kind::Choice(among, default),
    }
}

const SIZE: Field = Field {
    name: "size",
    label: "Size",
    help: "How much of it. Also written 5e8.",
    kind: Kind::Number(Limit::Size, Start::Size),
};

const WORKERS: Field = Field {
    name: "workers",
    label: "Workers",
    help: "How many processes work.",
    kind: Kind::Number(Limit::Workers(2), Start::Cores),
};

const REPEATS: Field = Field {
    name: "repeats",
    label: "Repeats",
    help: "How often everything is measured: more repeats, less doubt.",
    kind: Kind::Number(Limit::Fixed(1, 50, ""), Start::At(5)),
};

const START: Field = Field {
    name: "start",
    label: "Start method",
    help: "How processes get their workers.",
    kind: Kind::Choice(Among::StartMethods, "forkserver"),
};

const SEED: Field = Field {
    name: "seed",
    label: "Seed",
    help: "The same seed makes the same random numbers.",
    kind: Kind::Number(Limit::Fixed(0, EXACT - 1, ""), Start::At(1)),
};

const SKEW: Field = Field {
    name: "skew",
    label: "Tasks",
    help: "Whether all tasks take equally long.",
    kind: Kind::Several(
        Among::These(&[
            choice("uniform", "even", "All tasks take equally long."),
            choice(
                "skewed",
                "uneven",
                "A few tasks, all near the beginning, take far longer than the others.",
            ),
        ]),
        &["uniform", "skewed"],
    ),
};

pub(in crate::experiment) const SPEED_UP: &[Field] = &[
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

pub(in crate::experiment) const MESSAGING: &[Field] = &[
    Field {
        name: "payloads",
        label: "Payloads",
        help: "What is sent.",
        kind: Kind::Several(
            Among::These(&[
                choice("number", "a number", "One floating-point number."),
                choice("struct", "a struct", "A name, a time and three numbers."),
                choice("table", "a table", "Rows of nested fields, up to the size."),
                choice("bytes", "bytes", "So many bytes."),
                choice(
                    "integers",
                    "integers",
                    "As many 64-bit integers as fit the size.",
                ),
            ]),
            &["number", "struct", "table", "bytes", "integers"],
        ),
    },
    Field {
        name: "ways",
        label: "Ways",
        help: "How it is sent.",
        kind: Kind::Several(
            Among::These(&[
                choice(
                    "clone",
                    "structured clone",
                    "A JavaScript object, copied by the browser.",
                ),
                choice("json", "JSON", "As JSON text, through shared memory."),
                choice(
                    "codec",
                    "binary codec",
                    "As Manyhands sends everything: in few bytes, through shared memory.",
                ),
                choice(
                    "bytes",
                    "plain bytes",
                    "Bytes as they are, through shared memory: for bytes and integers.",
                ),
                choice(
                    "transfer",
                    "transfer",
                    "A buffer that changes hands without a copy: for bytes and integers.",
                ),
                choice(
                    "shared",
                    "shared array",
                    "An array that both can see, read in one copy: for bytes and integers.",
                ),
                choice(
                    "in-place",
                    "shared array, in place",
                    "The same, read element by element where it lies.",
                ),
            ]),
            &[
                "clone", "json", "codec", "bytes", "transfer", "shared", "in-place",
            ],
        ),
    },
    Field {
        name: "sizes",
        label: "Sizes",
        help: "How large tables, bytes and integers are.",
        kind: Kind::Numbers(
            Limit::Fixed(100, 10_000_000, "bytes"),
            Row::At(&[1_000, 10_000, 100_000, 1_000_000]),
            8,
        ),
    },
    REPEATS,
];

pub(in crate::experiment) const GRANULARITY: &[Field] = &[
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

pub(in crate::experiment) const START_UP: &[Field] = &[
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
        kind: Kind::Choice(
            Among::These(&[choice("yes", "yes", ""), choice("no", "no", "")]),
            "no",
        ),
    },
];

pub(in crate::experiment) const SHARING: &[Field] = &[
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

pub(in crate::experiment) const PIPELINES: &[Field] = &[
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

pub(in crate::experiment) const POOL_METHODS: &[Field] = &[
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

pub(in crate::experiment) const IO_BOUND: &[Field] = &[
    workload(Among::Waiting, "scrape"),
    SIZE,
    Field {
        name: "workers",
        label: "Workers",
        help: "How many wait at the same time: processes, or tasks of the event loop.",
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
        kind: Kind::Choice(
            Among::These(&[choice("yes", "yes", ""), choice("no", "no", "")]),
            "yes",
        ),
    },
    REPEATS,
    START,
    SEED,
];
