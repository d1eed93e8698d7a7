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
pub(super) use host::{Blocking, must};

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
            let place = processes::Place { workers, method };
            if waits {
                processes::waiting(session, job, place).await
            } else if job.workload().has_rounds() {
                processes::rounds(session, job, place).await
            } else {
                processes::computing(session, job, place).await
            }
        }
    }
}

/// What a job comes to, and how many seconds that took: computed by one process, so that the
/// page stays alive meanwhile.
pub(super) async fn expected(
    session: &mut Session<'_>,
    job: &Job,
) -> Result<(Tally, f64), RunError> {
    processes::expected(session, job).await
}

/// Lets the page's own thread work for a short while before it is measured, because engines
/// compile a function again, to faster code, after it has run for a while. The work of
/// `seconds` is cut into pieces, and the page draws between them.
pub(super) async fn warm_up_page(
    session: &mut Session<'_>,
    job: &Job,
    seconds: f64,
) -> Result<(), RunError> {
    page::warm_up(session, job, seconds).await
}

/// Lets each of so many processes do all of a job that only computes: as much
/// work for one of them, however many they are.
pub(super) async fn execute_each(
    session: &mut Session<'_>,
    method: StartMethod,
    job: &Job,
    workers: u32,
) -> Result<Execution, RunError> {
    let place = processes::Place { workers, method };
    processes::each(session, job, place).await
}
