//! Runs plans: a file for each experiment.

mod driver;
mod granularity;
mod io_bound;
mod messaging;
mod per_call;
mod pipelines;
mod pool_methods;
mod sharing;
mod speed_up;
mod start_up;

use super::{
    Experiment, Plan, Report, RunError,
    observe::{Cancel, Observer},
    session::Session,
};
use manyhands::{Error, diagnostics, keep_warm, kill_all};

/// Runs a plan.
///
/// # Errors
/// - [`RunError::Invalid`] for a plan out of range, one that contradicts itself,
///   or one of threads in a build without them.
/// - [`RunError::Cancelled`] once cancelled; no worker is left behind.
/// - [`RunError::Process`] when a process cannot be started or fails; an
///   isolated page is needed.
pub async fn run(
    plan: &Plan,
    cancel: &Cancel,
    observer: &mut dyn Observer,
) -> Result<Report, RunError> {
    plan.validate(manyhands::cpu_count())
        .map_err(RunError::Invalid)?;
    if !diagnostics().isolated {
        return Err(RunError::Process(Error::NotIsolated));
    }
    // Warm workers are made between the runs, not during them.
    keep_warm(0)?;
    let mut session = Session::new(plan, cancel, observer);
    let outcome = match plan.experiment() {
        Experiment::SpeedUp => speed_up::run(&mut session).await,
        Experiment::Messaging => messaging::run(&mut session).await,
        Experiment::Granularity => granularity::run(&mut session).await,
        Experiment::StartUp => start_up::run(&mut session).await,
        Experiment::Pipelines => pipelines::run(&mut session).await,
        Experiment::PoolMethods => pool_methods::run(&mut session).await,
        Experiment::Sharing => sharing::run(&mut session).await,
        Experiment::IoBound => io_bound::run(&mut session).await,
    };
    // What is still there after an error, and warm workers, go.
    kill_all().await;
    outcome.map(|()| Report::new(session.finish()))
}
