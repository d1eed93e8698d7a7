//! Runs a plan: its experiment's runner, in a session.

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
    let outcome = runner(&mut session, plan).await;
    // What is still there after an error, and warm workers, go.
    kill_all().await;
    outcome.map(|()| Report::new(session.finish()))
}

/// What runs an experiment. It is boxed, so that the compiler does not make one
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
