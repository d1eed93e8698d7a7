//! What is recorded of each experiment: its default plan but for what stands
//! here, chosen so that all eight are done in some minutes and yet show the
//! effects that their claims are about.

use experiments::Experiment;

/// The part of the address that makes the plan, on a machine with so many cores.
pub fn plan(experiment: Experiment, cores: u32) -> String {
    match experiment {
        // A claim is about more processes than there are cores.
        Experiment::SpeedUp => format!("workers={}", (2 * cores).min(16)),
        // So many that processes meet: a few are added before the other starts.
        Experiment::Sharing => "increments=2000000".to_owned(),
        Experiment::Messaging
        | Experiment::Granularity
        | Experiment::StartUp
        | Experiment::Pipelines
        | Experiment::PoolMethods
        | Experiment::IoBound => String::new(),
    }
}
