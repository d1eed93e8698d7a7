//! What is recorded of each experiment: its default plan but for what stands
//! here, chosen so that all eight are done in some minutes and yet show the
//! effect that their claims are about.

use manyhands::experiment::Experiment;

/// The part of the address that makes the plan.
pub fn plan(experiment: Experiment) -> &'static str {
    match experiment {
        Experiment::SpeedUp => "workers=4&repeats=5",
        Experiment::Messaging => "repeats=5",
        Experiment::Granularity => "repeats=5",
        Experiment::StartUp => "repeats=5",
        Experiment::Sharing => "increments=2000000&repeats=5",
        Experiment::Pipelines => "repeats=5",
        Experiment::PoolMethods => "repeats=5",
        Experiment::IoBound => "repeats=5",
    }
}
