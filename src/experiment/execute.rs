//! Execution models, interchangeable for a job: the same job gives the same
//! digest on each.

use super::{Breakdown, Model, Plan, RunError, plan::Invalid, session::Session};
use crate::{
    Process, StartMethod, prewarm,
    trace::{self, Event, Op, Pid},
    workload::{Job, Tally, Undisturbed, Workload},
};

/// One run of a job.
pub(super) struct Execution {
    /// From the first request to the last result in hand, start-up included.
    pub(super) seconds: f64,
    pub(super) tally: Tally,
    /// Where each process's time went; none for models without processes.
    pub(super) parts: Vec<Breakdown>,
}

/// The plan's job.
pub(super) fn job(plan: &Plan) -> Result<Job, RunError> {
    let workload = plan.workload().unwrap_or(Workload::SumOfSquares);
    Job::new(workload, plan.number("size"), plan.number("seed")).map_err(|error| {
        RunError::Invalid(vec![Invalid {
            field: "size",
            message: format!("{error}."),
        }])
    })
}

/// Runs a job on a model with so many workers; on the page there is one.
pub(super) async fn execute(
    session: &mut Session<'_>,
    model: Model,
    job: &Job,
    workers: u32,
) -> Result<Execution, RunError> {
    match model {
        Model::Main => on_page(session, job).await,
        Model::EventLoop => on_page(session, job).await,
        Model::Processes(method) => on_processes(session, job, workers, method).await,
    }
}

async fn on_page(session: &mut Session<'_>, job: &Job) -> Result<Execution, RunError> {
    let begin = session.begin(Model::Main).await;
    let tally = job.serial(&mut Undisturbed);
    let end = session.end(Model::Main).await;
    Ok(Execution {
        seconds: (end - begin) / 1e6,
        tally,
        parts: Vec::new(),
    })
}

/// What one process is asked to do.
fn work(workload: Workload, size: u64, seed: u64, place: (u32, u32)) -> Tally {
    workload.share(size, seed, place.0, place.1)
}

async fn on_processes(
    session: &mut Session<'_>,
    job: &Job,
    workers: u32,
    method: StartMethod,
) -> Result<Execution, RunError> {
    let model = Model::Processes(method);
    if method == StartMethod::Forkserver {
        prewarm(workers).await?;
        session.calm().await?;
    }
    let begin = session.begin(model).await;
    let mut asked = Vec::new();
    let mut processes = Vec::new();
    for worker in 0..workers {
        asked.push(trace::now_us());
        let builder = Process::builder().start_method(method);
        let arguments = (job.workload(), job.size(), job.seed(), (worker, workers));
        processes.push(builder.spawn(work, arguments)?);
    }
    let mut tally = Tally::default();
    for process in &processes {
        tally = tally.merge(session.until(process.join_async()).await?);
    }
    let end = session.end(model).await;
    let wall_ms = (end - begin) / 1e3;
    let mut parts = Vec::new();
    for (process, asked) in processes.iter().zip(asked) {
        // A trace with holes, where the page was too slow to read it, has
        // nothing to say about this process.
        if let Some(life) = Life::of(&session.events(), process.pid()?) {
            parts.push(life.breakdown(asked, wall_ms));
        }
    }
    Ok(Execution {
        seconds: wall_ms / 1e3,
        tally,
        parts,
    })
}

/// The moments of one process's life, in µs.
pub(super) struct Life {
    pub(super) target_begin: f64,
    pub(super) target_end: f64,
    pub(super) exit: f64,
}

impl Life {
    pub(super) fn of(events: &[Event], pid: Pid) -> Option<Life> {
        let at = |op: Op| {
            let mut found = events
                .iter()
                .filter(|event| event.pid == pid && event.op == op);
            found.next().map(|event| event.time_us)
        };
        Some(Life {
            target_begin: at(Op::TargetBegin)?,
            target_end: at(Op::TargetEnd)?,
            exit: at(Op::Exit)?,
        })
    }

    fn breakdown(&self, asked: f64, wall_ms: f64) -> Breakdown {
        let startup_ms = (self.target_begin - asked) / 1e3;
        let computing_ms = (self.target_end - self.target_begin) / 1e3;
        let sending_ms = (self.exit - self.target_end) / 1e3;
        Breakdown {
            startup_ms,
            sending_ms,
            computing_ms,
            waiting_ms: (wall_ms - startup_ms - computing_ms - sending_ms).max(0.0),
        }
    }
}
