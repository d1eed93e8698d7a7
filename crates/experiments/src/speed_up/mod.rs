//! The speed-up experiment: how much faster are more workers? Its plan and its series.

pub(super) mod claims;
pub(super) mod findings;
pub(super) mod run;
mod sentence;
pub(super) mod speed_ups;

use crate::{
    Locking, Model, Quantity, Series,
    form::{
        HAS_THREADS, Kind, Limit, MAX_EXACT_INTEGER, Named, Rules, choices, computing_in_rounds,
        doubling_to, one_per_core, one_per_core_up_to_8, plan, runnable,
    },
    report::SeriesId,
};
use manyhands::StartMethod;
use workloads::Workload;

choices! {
    /// Whether the work grows with the number of workers.
    pub enum Scaling {
        Strong = "strong", "strong", "The same work, divided among more and more workers.";
        Weak = "weak", "weak", "The same work for each worker, however many.";
    }
}

choices! {
    /// The kinds of threads of one process that do the same work.
    pub enum Threads {
        None = "none", "none", "Only the main thread and processes.";
        Gil = "threads-gil", "with a GIL",
            "Threads of one process that must have one lock to compute, as Python’s."
            if HAS_THREADS;
        Released = "threads-gil-released", "GIL released in kernels",
            "The same, but a chunk is computed without the lock, as NumPy does."
            if HAS_THREADS;
        Free = "threads-free", "without a GIL",
            "Threads of one process that need no lock: rayon’s."
            if HAS_THREADS;
    }
}

plan! {
    /// The plan of the speed-up experiment.
    Plan(cores) {
        /// What is done.
        workload: Workload = Workload::SumOfSquares, "Work", Kind::Choice(computing_in_rounds);
        /// How much of it.
        size: u64 = 300_000_000 => Workload::SumOfSquares.default_size(), "Size", Kind::Number(Limit::Size);
        /// 1 process, 2, 4 and so on, and this number.
        workers: u32 = one_per_core_up_to_8(cores) => one_per_core(cores.saturating_mul(2)), "Processes", Kind::Number(Limit::Workers(2));
        /// How often everything is measured: more repeats, less doubt.
        repeats: u32 = 3 => 5, "Repeats", Kind::Number(Limit::Fixed(1, 50, ""));
        /// How processes get their workers.
        start: StartMethod = StartMethod::Forkserver, "Start method";
        /// The same seed makes the same random numbers.
        seed: u64 = 1, "Seed", Kind::Number(Limit::Fixed(0, MAX_EXACT_INTEGER - 1, ""));
        /// Whether the work stays the same or grows with the workers.
        scaling: Vec<Scaling> = vec![Scaling::Strong] => Scaling::ALL.to_vec(), "Scaling";
        /// Which threads of one process do the same work, too.
        threads: Vec<Threads> = runnable(&[Threads::Gil])
            => runnable(&[Threads::Gil, Threads::Free]), "Threads";
    }
}

impl Rules for Plan {
    fn contradictions(&self, report: &mut dyn FnMut(&'static str, String)) {
        if self.threads.len() > 1 && self.threads.contains(&Threads::None) {
            let message = "None and some threads contradict each other: choose either.";
            report(KEYS.threads, message.to_owned());
        }
    }

    fn adapt_to_workload(&mut self) {
        self.size = self.workload.default_size();
    }

    fn applies(&self, name: &str) -> bool {
        name != KEYS.seed || self.workload.is_seeded()
    }
}

impl Plan {
    /// The numbers of workers that are measured.
    pub(crate) fn numbers(&self) -> Vec<u32> {
        doubling_to(self.workers)
    }
}

impl Threads {
    fn model(self) -> Option<Model> {
        match self {
            Threads::None => None,
            Threads::Gil => Some(Model::Threads(Locking::Gil)),
            Threads::Released => Some(Model::Threads(Locking::Released)),
            Threads::Free => Some(Model::Threads(Locking::Free)),
        }
    }
}

/// The series that the experiment records.
#[derive(Clone, Copy)]
pub(crate) enum Measured {
    /// The time of the work on an execution model.
    Time(Model),
    /// A part of the time of one process.
    Part(Part),
    /// The time of the work if each process does all of it.
    Weak(Model),
}

impl Measured {
    /// The main thread's times.
    pub(crate) const MAIN: Measured = Measured::Time(Model::Main);
    /// The processes' times. The series is the same for every start method.
    pub(crate) const PROCESSES: Measured = Measured::Time(Model::Processes(StartMethod::Spawn));
    /// The times if each process does all of the work. The series is the same for every start
    /// method.
    const WEAK: Measured = Measured::Weak(Model::Processes(StartMethod::Spawn));
}

/// The parts of the time of one process.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    StartUp,
    Sending,
    Computing,
    Waiting,
}

impl Part {
    const ALL: [Part; 4] = [Part::StartUp, Part::Sending, Part::Computing, Part::Waiting];
}

impl SeriesId for Measured {
    fn series(&self) -> Series {
        let (id, label, unit, model) = match *self {
            Measured::Time(model @ Model::Processes(_)) => {
                ("processes", model.title(), "s", Some(model))
            }
            Measured::Time(model) => (model.name(), model.title(), "s", Some(model)),
            Measured::Part(Part::StartUp) => ("start-up", "start-up", "ms", None),
            Measured::Part(Part::Sending) => ("sending", "sending", "ms", None),
            Measured::Part(Part::Computing) => ("computing", "computing", "ms", None),
            Measured::Part(Part::Waiting) => ("waiting", "waiting", "ms", None),
            Measured::Weak(model) => ("weak", "Each process all of the work", "s", Some(model)),
        };
        let (axis, time) = (Quantity::new("processes", ""), Quantity::new("time", unit));
        let series = Series::new(id, label, axis, time);
        Series {
            model,
            ..series.timed_once()
        }
    }
}
