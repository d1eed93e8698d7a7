//! What a plan consists of.

use manyhands::{Policy, StartMethod};
use std::ops::RangeInclusive;
use workloads::{Bound, Workload};

/// One page has memories for about 120 processes (Chromium's limit), and warm
/// workers need some of them.
const MOST_WORKERS: u64 = 100;

/// One value of a plan: one control of the page and one key of a URL.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// The key in URLs and in a report's plan.
    pub name: &'static str,
    /// The control's label.
    pub label: &'static str,
    /// The help under it.
    pub help: &'static str,
    /// What it may be.
    pub kind: Kind,
}

/// What a field may be, and what it is to begin with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// One name of several.
    Choice(Among, &'static str),
    /// Some of several names, at least one; to begin with these.
    Several(Among, &'static [&'static str]),
    /// A whole number.
    Number(Limit, Start),
    /// Whole numbers, at least one and at most so many.
    Numbers(Limit, Row, usize),
}

/// The names to choose from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Among {
    /// Workloads that only compute, in a single round.
    Compute,
    /// Workloads that only compute, in rounds, too.
    ComputeInRounds,
    /// Workloads that wait.
    Waiting,
    /// How processes get their workers.
    StartMethods,
    /// How a pool hands out its items.
    Policies,
    /// Which threads of one process do the same.
    Threads,
    /// Who waits.
    Waiters,
    /// These.
    These(&'static [Choice]),
}

const NO_THREADS: Choice = Choice {
    name: "none",
    title: "none",
    help: "Only the main thread and processes.",
};

const THREADS: [Choice; 3] = [
    Choice {
        name: "threads-gil",
        title: "with a GIL",
        help: "Threads of one process that must have one lock to compute, as Python’s.",
    },
    Choice {
        name: "threads-gil-released",
        title: "GIL released in kernels",
        help: "The same, but a chunk is computed without the lock, as NumPy does.",
    },
    Choice {
        name: "threads-free",
        title: "without a GIL",
        help: "Threads of one process that need no lock: rayon’s.",
    },
];

const WAITERS: [Choice; 3] = [
    Choice {
        name: "main",
        title: "one after another",
        help: "The page waits for each in turn.",
    },
    Choice {
        name: "event-loop",
        title: "event loop",
        help: "The page waits for several at the same time.",
    },
    Choice {
        name: "processes",
        title: "processes",
        help: "Each process waits for one at a time.",
    },
];

/// Can this build start threads?
const HAS_THREADS: bool = cfg!(feature = "threads");

/// Does this choice need a build that can start threads?
fn needs_threads(choice: &Choice) -> bool {
    THREADS.iter().any(|one| one.name == choice.name)
}

impl Choice {
    /// Can this build run it?
    pub(super) fn is_runnable(&self) -> bool {
        HAS_THREADS || !needs_threads(self)
    }
}

/// A name to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// In URLs and reports.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// What it means, in a sentence; may be empty.
    pub help: &'static str,
}

/// The numbers that a field may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// From the first to the second, of this unit.
    Fixed(u64, u64, &'static str),
    /// What the workload allows, in its own unit.
    Size,
    /// From 1 to so many times the cores: at least to 2, at most to 100.
    Workers(u64),
}

/// The number to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// This one.
    At(u64),
    /// The workload's own.
    Size,
    /// The number of cores.
    Cores,
}

/// The numbers to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// These.
    At(&'static [u64]),
    /// 1, 2, 4, … to so many times the cores, and that number itself.
    Doubling(u64),
}

impl Among {
    /// The choices, in the order of the page. A build without threads can read of
    /// theirs, and not run them.
    pub fn choices(self) -> Vec<Choice> {
        let workloads = |fits: fn(&Workload) -> bool| {
            let all = Workload::ALL.into_iter().filter(fits);
            all.map(|workload| Choice {
                name: workload.name(),
                title: workload.title(),
                help: workload.description(),
            })
            .collect()
        };
        match self {
            Among::Compute => workloads(|workload| Workload::COMPUTE.contains(workload)),
            Among::ComputeInRounds => workloads(|workload| !workload.waits()),
            Among::Waiting => workloads(|workload| {
                matches!(workload.bound(), Bound::Io) || *workload == Workload::Server
            }),
            Among::StartMethods => StartMethod::ALL
                .map(|method| Choice {
                    name: method.name(),
                    title: method.name(),
                    help: match method {
                        StartMethod::Spawn => {
                            "Every process gets a fresh worker, made when it is asked for."
                        }
                        StartMethod::Forkserver => {
                            "Processes come from warm workers that wait for their first target: a faster start."
                        }
                    },
                })
                .to_vec(),
            Among::Policies => Policy::ALL
                .map(|policy| Choice {
                    name: policy.name(),
                    title: policy.name(),
                    help: match policy {
                        Policy::Shared => "Python’s: equal chunks in one line; who is free takes the next.",
                        Policy::Static => "One chunk for each worker, cut beforehand.",
                        Policy::Guided => "Large chunks first, single items last.",
                        Policy::Auto => "Chunks that grow until one takes about half a second.",
                        Policy::Stealing => "Who has nothing left takes half of what the slowest has.",
                    },
                })
                .to_vec(),
            Among::Threads => std::iter::once(NO_THREADS).chain(THREADS).collect(),
            Among::Waiters => {
                // Who waits needs no lock either way.
                let threads = THREADS.into_iter().filter(|one| one.name == "threads-gil").map(|one| Choice {
                    title: "threads with a GIL",
                    help: "Threads that let go of their lock while they wait.",
                    ..one
                });
                WAITERS.into_iter().chain(threads).collect()
            }
            Among::These(choices) => choices.to_vec(),
        }
    }
}

impl Field {
    /// The names to choose from, of what this build can run; none for a number.
    pub fn choices(&self) -> Vec<Choice> {
        let mut choices = self.known();
        choices.retain(Choice::is_runnable);
        choices
    }

    /// The names that may be in a report.
    pub(super) fn known(&self) -> Vec<Choice> {
        match self.kind {
            Kind::Choice(among, _) | Kind::Several(among, _) => among.choices(),
            Kind::Number(..) | Kind::Numbers(..) => Vec::new(),
        }
    }

    pub(super) fn limit(&self) -> Option<Limit> {
        match self.kind {
            Kind::Number(limit, _) | Kind::Numbers(limit, ..) => Some(limit),
            Kind::Choice(..) | Kind::Several(..) => None,
        }
    }
}

impl Limit {
    pub(super) fn range(self, workload: Option<Workload>, cores: u32) -> RangeInclusive<u64> {
        match self {
            Limit::Fixed(low, high, _) => low..=high,
            Limit::Size => workload.map_or(1..=1, Workload::sizes),
            Limit::Workers(times) => 1..=(u64::from(cores) * times).clamp(2, MOST_WORKERS),
        }
    }

    pub(super) fn unit(self, workload: Option<Workload>) -> &'static str {
        match self {
            Limit::Fixed(.., unit) => unit,
            Limit::Size => workload.map_or("", Workload::unit),
            Limit::Workers(_) => "",
        }
    }
}

impl Start {
    pub(super) fn number(self, workload: Option<Workload>, cores: u32) -> u64 {
        match self {
            Start::At(number) => number,
            Start::Size => workload.map_or(1, Workload::default_size),
            Start::Cores => u64::from(cores).clamp(1, MOST_WORKERS),
        }
    }
}

impl Row {
    pub(super) fn numbers(self, cores: u32) -> Vec<u64> {
        match self {
            Row::At(numbers) => numbers.to_vec(),
            Row::Doubling(times) => {
                let last = (u64::from(cores) * times).clamp(2, MOST_WORKERS);
                let powers = (0..7).map(|power| 1 << power);
                powers.filter(|n| *n < last).chain([last]).collect()
            }
        }
    }
}
