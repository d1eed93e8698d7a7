//! Estimates from a plan before it runs: for how many lanes the page keeps space, and
//! whether the main thread will do work.

use experiments::{Plan, io_bound::IoModel, sharing::CountMethod, speed_up::Threads};

/// Roughly how many processes and threads will have a lane at the same time.
pub fn lane_count(plan: &Plan) -> usize {
    let largest = |numbers: &[u32]| numbers.last().copied().unwrap_or_default();
    // A pool, a manager's server and threads need one process more.
    let (processes, extra_process) = match plan {
        Plan::Messaging(_) => (2, false),
        Plan::StartUp(plan) => (largest(&plan.counts), false),
        Plan::Pipelines(plan) => {
            let transformers = largest(&plan.transformers);
            (plan.readers + transformers + plan.writers, false)
        }
        Plan::Granularity(plan) => (plan.workers, true),
        Plan::PoolMethods(plan) => (plan.workers, true),
        Plan::Sharing(plan) => (plan.workers, plan.methods.contains(&CountMethod::Manager)),
        Plan::SpeedUp(plan) => (plan.workers, plan.threads != [Threads::None]),
        Plan::IoBound(plan) => (
            largest(&plan.workers),
            plan.models.contains(&IoModel::Threads),
        ),
    };
    processes as usize + usize::from(extra_process)
}

/// Whether the page's own thread will do some of the work.
pub fn uses_main_thread(plan: &Plan) -> bool {
    match plan {
        Plan::SpeedUp(_) => true,
        Plan::IoBound(plan) => (plan.models.iter())
            .any(|io_model| matches!(io_model, IoModel::Main | IoModel::EventLoop)),
        Plan::Messaging(plan) => plan.methods.iter().any(|method| method.is_on_page()),
        _ => false,
    }
}
