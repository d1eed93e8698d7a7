//! The recorded plan of each experiment: the plan for measuring more, with the changes below.
//! They are chosen so that the effects that the claims describe are visible, and so that the
//! files stay small.

use experiments::{Experiment, Plan};

/// The plan for a machine with this number of cores.
pub fn plan(experiment: Experiment, cores: u32) -> Plan {
    let mut plan = Plan::more_for(experiment, cores);
    match &mut plan {
        // Enough additions that both processes run at the same time: the first one makes
        // some of them before the second one has started.
        Plan::Sharing(plan) => plan.increments = 2_000_000,
        // Each recording makes the lanes and the series of the queues' lengths longer.
        Plan::Pipelines(plan) => plan.items = 100,
        // No claim is about weak scaling.
        Plan::SpeedUp(plan) => plan.scaling = vec![experiments::speed_up::Scaling::Strong],
        _ => {}
    }
    plan
}
