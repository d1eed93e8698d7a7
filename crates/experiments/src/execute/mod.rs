//! The execution models. Every model can run every job, and the same job gives the same
//! digest on each model.
//!
//! A new model needs a file here and an arm in [`execute`].

mod execution;
#[cfg(feature = "threads")]
mod gil;
mod host;
mod page;
mod processes;
#[cfg(feature = "threads")]
mod threads;

pub(super) use execution::Execution;
pub(super) use host::{BlockingHost, must};

use super::{Model, RunError, form::Invalid, session::Session};
use manyhands::{StartMethod, diagnostics};
use workloads::{Job, Tally, Workload};

/// Creates a job of this size; the workload may refuse the size.
pub(super) fn job(workload: Workload, size: u64, seed: u64) -> Result<Job, RunError> {
    Job::new(workload, size, seed).map_err(|error| {
        RunError::Invalid(vec![Invalid {
            field: "size",
            message: format!("{error}."),
        }])
    })
}

/// Runs a job on a model, with this number of processes, threads or tasks of the event
/// loop. The main thread runs everything sequentially.
pub(super) async fn execute(
    session: &mut Session<'_>,
    model: Model,
    job: &Job,
    workers: u32,
) -> Result<Execution, RunError> {
    let others = diagnostics().processes;
    let done = execute_on(session, model, job, workers).await?;
    session.wait_until_at_most(others).await?;
    Ok(done)
}

async fn execute_on(
    session: &mut Session<'_>,
    model: Model,
    job: &Job,
    workers: u32,
) -> Result<Execution, RunError> {
    let waits = job.workload().waits();
    match model {
        Model::Main if waits => page::waiting(session, model, job, 1).await,
        Model::EventLoop if waits => page::waiting(session, model, job, workers).await,
        Model::Main | Model::EventLoop => page::computing(session, model, job).await,
        #[cfg(feature = "threads")]
        Model::Threads(locking) => threads::run(session, locking, job, workers).await,
        #[cfg(not(feature = "threads"))]
        Model::Threads(_) => Err(manyhands::Error::NotImplementedError(
            "this build has no threads: it needs the feature `threads`".into(),
        )
        .into()),
        Model::Processes(method) => {
            let options = processes::ProcessOptions { workers, method };
            if waits {
                processes::waiting(session, job, options).await
            } else if job.workload().has_rounds() {
                processes::rounds(session, job, options).await
            } else {
                processes::computing(session, job, options).await
            }
        }
    }
}

/// The expected result of a job, and the time that it took in seconds. A process computes it,
/// so that the page stays responsive.
pub(super) async fn expected(
    session: &mut Session<'_>,
    job: &Job,
) -> Result<(Tally, f64), RunError> {
    processes::expected(session, job).await
}

/// Warms up the page's own thread before it is measured, because engines compile a function
/// again, to faster code, after it has run for a while. `seconds` is the time that the whole
/// job takes. It is divided into shares, and the page draws between them.
pub(super) async fn warm_up_page(
    session: &mut Session<'_>,
    job: &Job,
    seconds: f64,
) -> Result<(), RunError> {
    page::warm_up(session, job, seconds).await
}

/// Runs all of a job that only computes in each of this number of processes. So the work of
/// one process does not depend on their number (weak scaling).
pub(super) async fn execute_each(
    session: &mut Session<'_>,
    method: StartMethod,
    job: &Job,
    workers: u32,
) -> Result<Execution, RunError> {
    let options = processes::ProcessOptions { workers, method };
    processes::each(session, job, options).await
}
