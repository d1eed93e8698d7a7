//! What does it cost to change the same number together? What is asked, and what is
//! recorded.

pub(super) mod claims;
pub(super) mod findings;
pub(super) mod run;

use crate::{
    Quantity, Series,
    form::{Kind, Limit, Named, Rules, choices, few, one_each, plan},
    series_id::SeriesId,
};
use manyhands::StartMethod;

choices! {
    /// How processes count together.
    pub enum Way {
        Unlocked = "unlocked", "without a lock",
            "Read, add, write back: another process may come between.";
        Locked = "locked", "with the lock", "with counter.get_lock(): counter.value += 1";
        Atomic = "atomic", "atomic", "One step that nobody comes between.";
        Partial = "partial", "partial sums",
            "Each process counts for itself and adds its sum at the end.";
        Manager = "manager", "Manager", "A process of its own keeps the number.";
    }
}

plan! {
    /// What is measured of counting together.
    Plan(cores) {
        /// How many processes count together.
        workers: u32 = few(cores) => one_each(cores), "Workers", Kind::Number(Limit::Workers(2));
        /// How often each process adds 1; through a manager, at most 2,000 times.
        increments: u64 = 200_000, "Additions", Kind::Number(Limit::Fixed(1, 10_000_000, ""));
        /// How they count.
        ways: Vec<Way> = Way::ALL.to_vec(), "Ways";
        /// How often everything is measured: more repeats, less doubt.
        repeats: u32 = 3 => 10, "Repeats", Kind::Number(Limit::Fixed(1, 50, ""));
        /// How processes get their workers.
        start: StartMethod = StartMethod::Forkserver, "Start method";
    }
}

impl Rules for Plan {}

/// What is recorded.
#[derive(Clone, Copy)]
pub(crate) enum Measured {
    /// How long one addition takes.
    Time(Way),
    /// How many additions without a lock are lost.
    Lost,
}

impl SeriesId for Measured {
    fn series(&self) -> Series {
        let axis = Quantity::new("processes", "");
        match self {
            Measured::Time(way) => {
                let measure = Quantity::new("time per addition", "µs");
                let series = Series::new(way.name(), way.title(), axis, measure);
                let may_be_wrong = *way == Way::Unlocked;
                Series {
                    may_be_wrong,
                    ..series.of_way(way.name())
                }
            }
            Measured::Lost => {
                let measure = Quantity::new("additions lost", "%");
                Series::new("lost", "lost without a lock", axis, measure)
            }
        }
    }
}
