//! Who waits best? What is asked, and what is recorded.

pub(super) mod claims;
pub(super) mod findings;
pub(super) mod run;

use crate::{
    Locking, Model, Quantity, Series,
    form::{
        HAS_THREADS, Kind, Limit, MAX_EXACT_INTEGER, Named, Rules, YesOrNo, choices, doubling,
        plan, runnable, waiting,
    },
    series_id::SeriesId,
};
use manyhands::StartMethod;
use workloads::Workload;

choices! {
    /// Who waits.
    pub enum Waiter {
        Main = "main", "one after another", "The page waits for each in turn.";
        EventLoop = "event-loop", "event loop", "The page waits for several at the same time.";
        Processes = "processes", "processes", "Each process waits for one at a time.";
        Threads = "threads-gil", "threads with a GIL",
            "Threads that let go of their lock while they wait."
            if HAS_THREADS;
    }
}

impl Waiter {
    /// The execution model of the waiter, for processes started in this way.
    pub(crate) fn model(self, start: StartMethod) -> Model {
        match self {
            Waiter::Main => Model::Main,
            Waiter::EventLoop => Model::EventLoop,
            Waiter::Processes => Model::Processes(start),
            Waiter::Threads => Model::Threads(Locking::Gil),
        }
    }
}

plan! {
    /// What is measured of waiting.
    Plan(cores) {
        /// What is done.
        workload: Workload = Workload::Scrape, "Work", Kind::Choice(waiting);
        /// How much of it.
        size: u64 = 20 => Workload::Scrape.default_size(), "Size", Kind::Number(Limit::Size);
        /// How many wait at the same time: processes, threads, or tasks of the event
        /// loop, which is also asked with all at once.
        workers: Vec<u32> = vec![cores.saturating_mul(4).clamp(2, 4)] => doubling(cores, 4), "Workers", Kind::Numbers(Limit::Workers(4), 8);
        /// Who waits.
        models: Vec<Waiter> = vec![Waiter::Main, Waiter::EventLoop, Waiter::Processes]
            => runnable(Waiter::ALL), "Models";
        /// Whether sleeping, which tutorials use in place of work, is held against
        /// computing.
        posing: YesOrNo = YesOrNo::Yes, "Sleep as work";
        /// How often everything is measured: more repeats, less doubt.
        repeats: u32 = 3 => 5, "Repeats", Kind::Number(Limit::Fixed(1, 50, ""));
        /// How processes get their workers.
        start: StartMethod = StartMethod::Forkserver, "Start method";
        /// The same seed makes the same random numbers.
        seed: u64 = 1, "Seed", Kind::Number(Limit::Fixed(0, MAX_EXACT_INTEGER - 1, ""));
    }
}

impl Rules for Plan {
    fn follow_workload(&mut self) {
        self.size = self.workload.default_size();
    }

    fn applies(&self, name: &str) -> bool {
        name != KEYS.seed || self.workload.is_seeded()
    }
}

choices! {
    /// What is compared where sleep stands for work.
    pub(crate) enum Posing {
        Sleep = "sleep", "4 × sleep(0.1)", "";
        Compute = "compute", "4 × 0.1 s of computing", "";
    }
}

/// The tutorials' listing that sleeps in place of work has this many tasks,
const POSING_TASKS: u64 = 4;
/// each of this many seconds.
const POSING_SECONDS: f64 = 0.1;

/// What is recorded.
#[derive(Clone, Copy)]
pub(crate) enum Measured {
    /// How long all waits take together.
    Time(Waiter, Model),
    /// How long each request of the server takes.
    Answers(Waiter, Model),
    /// How long four processes take that sleep in place of work, or work.
    Posing(Posing, Model),
}

impl SeriesId for Measured {
    fn series(&self) -> Series {
        let title = |model: Model| match model {
            Model::Main => "One after another",
            model => model.title(),
        };
        let (waits, seconds) = ("waiting at the same time", ("time", "s"));
        let (id, label, axis, measure, model) = match *self {
            Measured::Time(waiter, model) => (
                waiter.name().to_owned(),
                title(model),
                waits,
                seconds,
                model,
            ),
            Measured::Answers(waiter, model) => {
                let id = format!("answers-{}", waiter.name());
                (id, title(model), waits, ("time to answer", "ms"), model)
            }
            Measured::Posing(posing, model) => {
                let id = format!("posing-{}", posing.name());
                (id, posing.title(), "processes", seconds, model)
            }
        };
        let (axis, measure) = (Quantity::new(axis, ""), Quantity::new(measure.0, measure.1));
        Series::new(id, label, axis, measure)
            .of_model(model)
            .timed_once()
    }
}
