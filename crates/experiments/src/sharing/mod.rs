//! The sharing experiment: what does it cost if several processes change the same number? Its
//! plan and its series.

pub(super) mod claims;
pub(super) mod findings;
pub(super) mod run;

use crate::{
    Quantity, Series,
    form::{Kind, Limit, Named, Rules, choices, one_per_core, one_per_core_up_to_8, plan},
    report::SeriesId,
};
use manyhands::StartMethod;

choices! {
    /// How several processes add to the same number.
    pub enum CountMethod {
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
    /// The plan of the sharing experiment.
    Plan(cores) {
        /// How many processes count together.
        workers: u32 = one_per_core_up_to_8(cores) => one_per_core(cores), "Processes", Kind::Number(Limit::Workers(2));
        /// How often each process adds 1; through a manager, at most 2,000 times.
        increments: u64 = 200_000, "Additions", Kind::Number(Limit::Fixed(1, 10_000_000, ""));
        /// How they count.
        methods as "ways": Vec<CountMethod> = CountMethod::ALL.to_vec(), "Ways";
        /// How often everything is measured: more repeats, less doubt.
        repeats: u32 = 3 => 10, "Repeats", Kind::Number(Limit::Fixed(1, 50, ""));
        /// How processes get their workers.
        start: StartMethod = StartMethod::Forkserver, "Start method";
    }
}

impl Rules for Plan {}

/// The series that the experiment records.
#[derive(Clone, Copy)]
pub(crate) enum Measured {
    /// The time of one addition.
    Time(CountMethod),
    /// The share of additions that are lost without a lock.
    Lost,
}

impl SeriesId for Measured {
    fn series(&self) -> Series {
        let axis = Quantity::new("processes", "");
        match self {
            Measured::Time(method) => {
                let measure = Quantity::new("time per addition", "µs");
                let series = Series::new(method.name(), method.title(), axis, measure);
                let may_be_wrong = *method == CountMethod::Unlocked;
                Series {
                    may_be_wrong,
                    ..series.of_way(method.name())
                }
            }
            Measured::Lost => {
                let measure = Quantity::new("additions lost", "%");
                Series::new("lost", "lost without a lock", axis, measure)
            }
        }
    }
}
