//! The I/O experiment: which execution model waits best? Its plan and its series.

pub(super) mod claims;
pub(super) mod findings;
pub(super) mod run;

use crate::{
    Locking, Model, Quantity, Series,
    form::{
        HAS_THREADS, Kind, Limit, MAX_EXACT_INTEGER, Named, Rules, YesOrNo, choices, doubling,
        plan, runnable, waiting,
    },
    report::SeriesId,
};
use manyhands::StartMethod;
use workloads::Workload;

choices! {
    /// How several waits for I/O are done.
    pub enum IoModel {
        Main = "main", "one after another", "The page waits for each in turn.";
        EventLoop = "event-loop", "event loop", "The page waits for several at the same time.";
        Processes = "processes", "processes", "Each process waits for one at a time.";
        Threads = "threads-gil", "threads with a GIL",
            "Threads that let go of their lock while they wait."
            if HAS_THREADS;
    }
}

impl IoModel {
    /// The execution model that waits in this way, with this start method for processes.
    pub(crate) fn model(self, start: StartMethod) -> Model {
        match self {
            IoModel::Main => Model::Main,
            IoModel::EventLoop => Model::EventLoop,
            IoModel::Processes => Model::Processes(start),
            IoModel::Threads => Model::Threads(Locking::Gil),
        }
    }
}

plan! {
    /// The plan of the I/O experiment.
    Plan(cores) {
        /// What is done.
        workload: Workload = Workload::Scrape, "Work", Kind::Choice(waiting);
        /// How much of it.
        size: u64 = 12 => Workload::Scrape.default_size(), "Size", Kind::Number(Limit::Size);
        /// How many wait at the same time: processes, threads, or tasks of the event
        /// loop, which is also asked with all at once.
        workers: Vec<u32> = vec![cores.saturating_mul(4).clamp(2, 4)] => doubling(cores, 4), "Processes or threads", Kind::Numbers(Limit::Workers(4), 8);
        /// Who waits.
        models: Vec<IoModel> = vec![IoModel::Main, IoModel::EventLoop, IoModel::Processes]
            => runnable(IoModel::ALL), "Models";
        /// Whether sleeping, which tutorials use in place of work, is held against
        /// computing.
        sleep_as_work as "posing": YesOrNo = YesOrNo::Yes, "Sleep as work";
        /// How often everything is measured: more repeats, less doubt.
        repeats: u32 = 3 => 5, "Repeats", Kind::Number(Limit::Fixed(1, 50, ""));
        /// How processes get their workers.
        start: StartMethod = StartMethod::Forkserver, "Start method";
        /// The same seed makes the same random numbers.
        seed: u64 = 1, "Seed", Kind::Number(Limit::Fixed(0, MAX_EXACT_INTEGER - 1, ""));
    }
}

impl Rules for Plan {
    fn adapt_to_workload(&mut self) {
        self.size = self.workload.default_size();
    }

    fn applies(&self, name: &str) -> bool {
        name != KEYS.seed || self.workload.is_seeded()
    }
}

choices! {
    /// The kinds of task in the comparison of sleeping, which tutorials use in place of work,
    /// with computing.
    pub(crate) enum TaskKind {
        Sleep = "sleep", "4 × sleep(0.1)", "";
        Compute = "compute", "4 × 0.1 s of computing", "";
    }
}

/// The number of tasks in the tutorials' listing that sleeps in place of work.
const TUTORIAL_TASKS: u64 = 4;
/// The length of each of these tasks, in seconds.
const TUTORIAL_TASK_SECONDS: f64 = 0.1;

/// The series that the experiment records.
#[derive(Clone, Copy)]
pub(crate) enum Measured {
    /// The total time of all waits.
    Time(IoModel, Model),
    /// The latency of each request of the workload `Server`.
    Latencies(IoModel, Model),
    /// The time of the tutorials' tasks, which sleep or compute.
    SleepAsWork(TaskKind, Model),
}

impl SeriesId for Measured {
    fn series(&self) -> Series {
        let title = |model: Model| match model {
            Model::Main => "One after another",
            model => model.title(),
        };
        let (waits, seconds) = ("waiting at the same time", ("time", "s"));
        let (id, label, axis, measure, model) = match *self {
            Measured::Time(io_model, model) => (
                io_model.name().to_owned(),
                title(model),
                waits,
                seconds,
                model,
            ),
            Measured::Latencies(io_model, model) => {
                let id = format!("answers-{}", io_model.name());
                (id, title(model), waits, ("time to answer", "ms"), model)
            }
            Measured::SleepAsWork(kind, model) => {
                let id = format!("posing-{}", kind.name());
                (id, kind.title(), "processes", seconds, model)
            }
        };
        let (axis, measure) = (Quantity::new(axis, ""), Quantity::new(measure.0, measure.1));
        Series::new(id, label, axis, measure)
            .of_model(model)
            .timed_once()
    }
}
