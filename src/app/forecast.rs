//! What a plan will put to work, before it does: so that room can be kept for it
//! and nothing is shown that will never say anything.

use crate::experiment::{Experiment, Plan};

/// How many processes and threads will have a lane at the same time, about.
pub fn lanes(plan: &Plan) -> usize {
    let most = |name: &str| {
        let text = plan.text(name);
        let numbers = text.split(',').filter_map(|one| one.parse::<usize>().ok());
        numbers.max().unwrap_or(0)
    };
    let names = |field: &str, name: &str| plan.text(field).contains(name);
    // A pool, a manager and threads have a process of their own beside them.
    let (processes, beside) = match plan.experiment() {
        Experiment::Messaging => (2, false),
        Experiment::StartUp => (most("counts"), false),
        Experiment::Pipelines => {
            let stages = ["readers", "transformers", "writers"];
            (stages.map(most).into_iter().sum(), false)
        }
        Experiment::Granularity | Experiment::PoolMethods => (most("workers"), true),
        Experiment::Sharing => (most("workers"), names("ways", "manager")),
        Experiment::SpeedUp => (most("workers"), names("threads", "threads-")),
        Experiment::IoBound => (most("workers"), names("models", "threads-")),
    };
    processes + usize::from(beside)
}

/// Whether some of it will run on the page's own thread.
pub fn on_main_thread(plan: &Plan) -> bool {
    match plan.experiment() {
        Experiment::SpeedUp => true,
        Experiment::IoBound => plan.text("models").split(',').any(|model| model == "main"),
        _ => false,
    }
}
