//! What a plan will put to work, before it does: so that room can be kept for it
//! and nothing is shown that will never say anything.

use experiments::{Experiment, Plan};

/// How many processes and threads will have a lane at the same time, about.
pub fn lanes(plan: &Plan) -> usize {
    // One number, or the greatest of several.
    let most = |name: &str| {
        let greatest = plan.numbers(name).iter().max();
        greatest.copied().unwrap_or_else(|| plan.number(name)) as usize
    };
    let threads = |field: &str| {
        let mut names = plan.names(field).iter();
        names.any(|name| name.starts_with("threads-"))
    };
    // A pool, a manager and threads have a process of their own beside them.
    let (processes, beside) = match plan.experiment() {
        Experiment::Messaging => (2, false),
        Experiment::StartUp => (most("counts"), false),
        Experiment::Pipelines => {
            let stages = ["readers", "transformers", "writers"];
            (stages.map(most).into_iter().sum(), false)
        }
        Experiment::Granularity | Experiment::PoolMethods => (most("workers"), true),
        Experiment::Sharing => (most("workers"), plan.names("ways").contains(&"manager")),
        Experiment::SpeedUp => (most("workers"), threads("threads")),
        Experiment::IoBound => (most("workers"), threads("models")),
    };
    processes + usize::from(beside)
}

/// Whether some of it will run on the page's own thread.
pub fn on_main_thread(plan: &Plan) -> bool {
    match plan.experiment() {
        Experiment::SpeedUp => true,
        Experiment::IoBound => plan.names("models").contains(&"main"),
        _ => false,
    }
}
