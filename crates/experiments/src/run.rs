//! Runs a plan: calls the runner of its experiment with a session.

use super::{
    Plan, Report, RunError, granularity, io_bound, messaging,
    observe::{Cancel, Observer},
    pipelines, pool_methods,
    session::Session,
    sharing, speed_up, start_up,
};
use manyhands::{Error, diagnostics, keep_warm, kill_all};
use std::pin::Pin;

/// Runs a plan.
///
/// # Errors
/// - [`RunError::Invalid`] if a value of the plan is out of range, if values contradict each
///   other, or if the plan needs threads and this build has none.
/// - [`RunError::Cancelled`] if `cancel` was set. No worker is left running.
/// - [`RunError::Process`] if a process cannot be started or fails, or if the page is not
///   cross-origin isolated.
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
    // The library keeps no workers warm by itself. The runners prewarm them before each run, so
    // that none is made during a run.
    keep_warm(0)?;
    let mut session = Session::new(plan, cancel, observer);
    let outcome = runner(&mut session, plan).await;
    // Ends warm workers, and processes that are still running after an error.
    kill_all().await;
    outcome.map(|()| Report::new(session.finish()))
}

/// The future that runs an experiment. It is boxed, so that the compiler does not make one
/// state machine of all experiments.
type Runner<'a> = Pin<Box<dyn Future<Output = Result<(), RunError>> + 'a>>;

fn runner<'a>(session: &'a mut Session<'_>, plan: &'a Plan) -> Runner<'a> {
    match plan {
        Plan::SpeedUp(plan) => Box::pin(speed_up::run::run(session, plan)),
        Plan::Messaging(plan) => Box::pin(messaging::run::run(session, plan)),
        Plan::Granularity(plan) => Box::pin(granularity::run::run(session, plan)),
        Plan::StartUp(plan) => Box::pin(start_up::run::run(session, plan)),
        Plan::Sharing(plan) => Box::pin(sharing::run::run(session, plan)),
        Plan::Pipelines(plan) => Box::pin(pipelines::run::run(session, plan)),
        Plan::PoolMethods(plan) => Box::pin(pool_methods::run::run(session, plan)),
        Plan::IoBound(plan) => Box::pin(io_bound::run::run(session, plan)),
    }
}
