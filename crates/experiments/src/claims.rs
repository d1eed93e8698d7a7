//! The claims that each experiment judges.

use super::{
    catalogue::Experiment, claim::Claim, granularity, io_bound, messaging, pipelines, pool_methods,
    sharing, speed_up, start_up,
};

impl Experiment {
    /// The statements of tutorials that this experiment tests.
    pub fn claims(self) -> &'static [Claim] {
        match self {
            Experiment::SpeedUp => speed_up::claims::CLAIMS,
            Experiment::Messaging => messaging::claims::CLAIMS,
            Experiment::Granularity => granularity::claims::CLAIMS,
            Experiment::StartUp => start_up::claims::CLAIMS,
            Experiment::Sharing => sharing::claims::CLAIMS,
            Experiment::Pipelines => pipelines::claims::CLAIMS,
            Experiment::PoolMethods => pool_methods::claims::CLAIMS,
            Experiment::IoBound => io_bound::claims::CLAIMS,
        }
    }
}
