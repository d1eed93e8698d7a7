//! What a plan will put to work, before it does: so that room can be kept for it
//! and nothing is shown that will never say anything.

use experiments::{Plan, io_bound::Waiter, sharing::Way, speed_up::Threads};

/// How many processes and threads will have a lane at the same time, about.
pub fn lanes(plan: &Plan) -> usize {
    let most = |numbers: &[u32]| numbers.last().copied().unwrap_or_default();
    // A pool, a manager and threads have a process of their own beside them.
    let (processes, beside) = match plan {
        Plan::Messaging(_) => (2, false),
        Plan::StartUp(plan) => (most(&plan.counts), false),
        Plan::Pipelines(plan) => {
            let smoothers = most(&plan.transformers);
            (plan.readers + smoothers + plan.writers, false)
        }
        Plan::Granularity(plan) => (plan.workers, true),
        Plan::PoolMethods(plan) => (plan.workers, true),
        Plan::Sharing(plan) => (plan.workers, plan.ways.contains(&Way::Manager)),
        Plan::SpeedUp(plan) => (plan.workers, plan.threads != [Threads::None]),
        Plan::IoBound(plan) => (most(&plan.workers), plan.models.contains(&Waiter::Threads)),
    };
    processes as usize + usize::from(beside)
}

/// Whether some of it will run on the page's own thread.
pub fn on_main_thread(plan: &Plan) -> bool {
    match plan {
        Plan::SpeedUp(_) => true,
        Plan::IoBound(plan) => plan.models.contains(&Waiter::Main),
        _ => false,
    }
}
