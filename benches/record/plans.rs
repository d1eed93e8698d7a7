//! The recorded plan of each experiment: the default plan with the changes below. They are
//! chosen so that all eight experiments take a few minutes and still show the effects that
//! their claims are about.

use experiments::Experiment;

/// The part of the address that gives the plan, for a machine with `cores` cores.
pub fn plan(experiment: Experiment, cores: u32) -> String {
    match experiment {
        // One claim is about more processes than cores.
        Experiment::SpeedUp => format!("workers={}", (2 * cores).min(16)),
        // Enough additions that both processes run at the same time: the first one makes
        // some of them before the second one has started.
        Experiment::Sharing => "increments=2000000".to_owned(),
        Experiment::Messaging
        | Experiment::Granularity
        | Experiment::StartUp
        | Experiment::Pipelines
        | Experiment::PoolMethods
        | Experiment::IoBound => String::new(),
    }
}
