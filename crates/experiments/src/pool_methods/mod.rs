//! The pool-methods experiment: how do the methods of a pool hand out tasks and return
//! results? Its plan and its series.

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
    /// A method of a pool.
    pub enum Method {
        Map = "map", "map", "All results at the end, in order.";
        Starmap = "starmap", "starmap", "The same for several arguments.";
        Imap = "imap", "imap", "One result after another, in order.";
        ImapUnordered = "imap-unordered", "imap_unordered",
            "One result after another, as they come.";
        ApplyAsync = "apply-async", "apply_async", "Each task by itself.";
    }
}

choices! {
    /// Whether all tasks take equally long.
    pub enum Skew {
        Uniform = "uniform", "even", "All tasks take equally long.";
        Skewed = "skewed", "uneven", "One task in eight takes ten times as long.";
    }
}

plan! {
    /// The plan of the pool-methods experiment.
    Plan(cores) {
        /// How many processes work.
        workers: u32 = one_per_core_up_to_8(cores) => one_per_core(cores), "Processes", Kind::Number(Limit::Workers(2));
        /// How many tasks there are.
        items: u32 = 40 => 80, "Tasks", Kind::Number(Limit::Fixed(1, 2_000, ""));
        /// How long a short task computes, about; an uneven one takes up to ten times that.
        task: u32 = 5, "Task length", Kind::Number(Limit::Fixed(1, 1_000, "ms"));
        /// How many tasks are handed out at once.
        chunk: u32 = 1, "Chunk size", Kind::Number(Limit::Fixed(1, 2_000, ""));
        /// How tasks are given to the pool.
        methods: Vec<Method> = Method::ALL.to_vec(), "Methods";
        /// Whether all tasks take equally long.
        skew: Skew = Skew::Skewed, "Tasks";
        /// How often everything is measured: more repeats, less doubt.
        repeats: u32 = 3 => 10, "Repeats", Kind::Number(Limit::Fixed(1, 50, ""));
        /// How processes get their workers.
        start: StartMethod = StartMethod::Forkserver, "Start method";
    }
}

impl Rules for Plan {
    fn contradictions(&self, report: &mut dyn FnMut(&'static str, String)) {
        let (chunk, items) = (self.chunk, self.items);
        if chunk > items {
            let message = format!(
                "A chunk of {chunk} is more than the {items} tasks there are: choose at most {items}."
            );
            report(KEYS.chunk, message);
        }
    }
}

/// The series that the experiment records.
#[derive(Clone, Copy)]
pub(crate) enum Measured {
    /// The time until the first result, by each method.
    First,
    /// The time until half of the results.
    Half,
    /// The time until the last result.
    Last,
    /// The actual time of a short task in a worker.
    TaskLength,
    /// The time until the result of each task, by one method.
    Arrivals(Method),
}

impl SeriesId for Measured {
    fn series(&self) -> Series {
        let milliseconds = Quantity::new("time", "ms");
        let (id, label) = match self {
            Measured::First => ("first", "first result"),
            Measured::Half => ("half", "half of them"),
            Measured::Last => ("last", "last result"),
            Measured::TaskLength => ("task-length", "a short task in its worker"),
            Measured::Arrivals(method) => {
                let (name, axis) = (method.name(), Quantity::new("task", ""));
                let id = format!("arrivals-{name}");
                let series = Series::new(id, method.title(), axis, milliseconds);
                return series.of_way(name).timed_once();
            }
        };
        Series::new(id, label, Quantity::new("method", ""), milliseconds).timed_once()
    }
}
