//! The granularity experiment: how small may a task be? Its plan and its series.

pub(super) mod claims;
mod costs;
pub(super) mod findings;
pub(super) mod run;

use crate::{
    Quantity, Series,
    form::{
        Kind, Limit, MAX_EXACT_INTEGER, Named, Rules, Skew, computing, one_per_core,
        one_per_core_up_to_8, plan,
    },
    report::SeriesId,
};
use manyhands::{Policy, StartMethod};
use workloads::{Job, Workload, grouped};

plan! {
    /// The plan of the granularity experiment.
    Plan(cores) {
        /// What is done.
        workload: Workload = Workload::SumOfSquares, "Work", Kind::Choice(computing);
        /// How much of it.
        size: u64 = 300_000_000 => Workload::SumOfSquares.default_size(), "Size", Kind::Number(Limit::Size);
        /// How many processes work.
        workers: u32 = one_per_core_up_to_8(cores) => one_per_core(cores), "Processes", Kind::Number(Limit::Workers(2));
        /// Into how many tasks the work is cut, from one to as many as it has items.
        chunks: Vec<u64> = vec![1, 16, 256, 4_096]
            => vec![1, 2, 8, 32, 128, 512, 2_048, 8_192], "Chunks",
            Kind::Numbers(Limit::Fixed(1, 20_000, ""), 12);
        /// How the pool hands out tasks.
        policies: Vec<Policy> = vec![Policy::Shared, Policy::Static, Policy::Stealing]
            => Policy::ALL.to_vec(), "Policies";
        /// Whether all tasks take equally long.
        skew: Vec<Skew> = vec![Skew::Uniform] => Skew::ALL.to_vec(), "Tasks";
        /// How often everything is measured: more repeats, less doubt.
        repeats: u32 = 3 => 5, "Repeats", Kind::Number(Limit::Fixed(1, 50, ""));
        /// How processes get their workers.
        start: StartMethod = StartMethod::Forkserver, "Start method";
        /// The same seed makes the same random numbers.
        seed: u64 = 1, "Seed", Kind::Number(Limit::Fixed(0, MAX_EXACT_INTEGER - 1, ""));
    }
}

impl Plan {
    /// The number of items of the work.
    fn items(&self) -> Option<u64> {
        let job = Job::new(self.workload, self.size, self.seed).ok()?;
        Some(job.items())
    }
}

impl Rules for Plan {
    fn contradictions(&self, report: &mut dyn FnMut(&'static str, String)) {
        if let (Some(items), Some(most)) = (self.items(), self.chunks.last())
            && *most > items
        {
            let [most, items] = [*most, items].map(|number| grouped(number.into()));
            let message = format!(
                "{most} chunks are more than this work has items: choose at most {items}, or a larger size."
            );
            report(KEYS.chunks, message);
        }
    }

    fn adapt_to_workload(&mut self) {
        self.size = self.workload.default_size();
        if let Some(items) = self.items() {
            self.chunks.retain(|number| *number <= items);
            if self.chunks.is_empty() {
                self.chunks.push(1);
            }
        }
    }

    fn applies(&self, name: &str) -> bool {
        name != KEYS.seed || self.workload.is_seeded()
    }
}

/// The series that the experiment records.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Measured {
    /// The time of the work in a number of tasks, without a pool.
    Alone(Skew),
    /// The same by a pool that hands out the tasks one by one.
    Pool(Skew),
    /// The same by a pool with each policy.
    Policies(Skew),
    /// The time of the tutorials' loop with `x + 1`.
    TinyLoop,
    /// The same by a new pool.
    TinyPool,
}

impl SeriesId for Measured {
    fn series(&self) -> Series {
        let of_tasks = |id: &str, label: &str, skew: Skew, axis| {
            let id = format!("{id}-{}", skew.name());
            (id, format!("{label}, {} tasks", skew.title()), axis, "s")
        };
        let tiny = |id: &str, label: &str| (id.to_owned(), label.to_owned(), "tasks", "ms");
        let (id, label, axis, unit) = match *self {
            Measured::Alone(skew) => of_tasks("alone", "one process alone", skew, "tasks"),
            Measured::Pool(skew) => of_tasks("pool", "pool", skew, "tasks"),
            Measured::Policies(skew) => of_tasks("policies", "pool by policy", skew, "policy"),
            Measured::TinyLoop => tiny("tiny-loop", "x + 1 in a loop"),
            Measured::TinyPool => tiny("tiny-pool", "x + 1 by a new pool"),
        };
        let (axis, time) = (Quantity::new(axis, ""), Quantity::new("time", unit));
        let series = Series::new(id, label, axis, time);
        match self {
            // These are measured in batches that are long enough for the clock.
            Measured::TinyLoop | Measured::TinyPool => series,
            _ => series.timed_once(),
        }
    }
}
