//! The fields of every experiment, a file each; here are those that several of
//! them have.

mod granularity;
mod io_bound;
mod messaging;
mod pipelines;
mod pool_methods;
mod sharing;
mod speed_up;
mod start_up;

pub(crate) use granularity::GRANULARITY;
pub(crate) use io_bound::IO_BOUND;
pub(crate) use messaging::MESSAGING;
pub(crate) use pipelines::PIPELINES;
pub(crate) use pool_methods::POOL_METHODS;
pub(crate) use sharing::SHARING;
pub(crate) use speed_up::SPEED_UP;
pub(crate) use start_up::START_UP;

use super::{
    field::{Among, Choice, Field, Kind, Limit, Start},
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

const YES_OR_NO: Among = Among::These(&[choice("yes", "yes", ""), choice("no", "no", "")]);

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
