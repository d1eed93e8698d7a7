//! The runner of the I/O experiment: the same waits one after another, by an event loop, by
//! processes and by threads. Also compares sleeping, which tutorials use in place of work,
//! with computing.

use super::{IoModel, Measured, Plan, TUTORIAL_TASK_SECONDS, TUTORIAL_TASKS, TaskKind};
use crate::{
    Model, RunError, clock,
    execute::{self, execute, must},
    form::{Named, YesOrNo},
    per_call::timed,
    session::Session,
};
use manyhands::{Process, StartMethod, trace};
use std::hint::black_box;
use workloads::{Job, Workload};

/// The numbers of processes with which the tutorials' tasks are run.
const TUTORIAL_WORKERS: [u32; 2] = [1, 4];

/// The largest number of waits at the same time in the event loop. Tasks cost an event loop
/// almost nothing, so it is also measured with all waits at the same time.
const MAX_TASKS: u64 = 1_000;

pub(crate) async fn run(session: &mut Session<'_>, plan: &Plan) -> Result<(), RunError> {
    let repeats = plan.repeats;
    let job = execute::job(plan.workload, plan.size, plan.seed)?;
    let mut tasks = plan.workers.clone();
    let all = job.items().min(MAX_TASKS) as u32;
    if tasks.iter().all(|some| *some < all) {
        tasks.push(all);
    }
    let rows = plan.models.iter().map(|&io_model| {
        let workers = match io_model {
            IoModel::Main => vec![1],
            IoModel::EventLoop => tasks.clone(),
            IoModel::Processes | IoModel::Threads => plan.workers.clone(),
        };
        (io_model, io_model.model(plan.start), workers)
    });
    let rows: Vec<(IoModel, Model, Vec<u32>)> = rows.collect();
    let records_latencies = job.workload() == Workload::Server;
    for (io_model, model, _) in &rows {
        session.add_series(&Measured::Time(*io_model, *model));
        if records_latencies {
            session.add_series(&Measured::Latencies(*io_model, *model));
        }
    }
    let sleep_as_work = plan.sleep_as_work == YesOrNo::Yes;
    let runs: usize = rows.iter().map(|(.., workers)| workers.len()).sum();
    let each = runs as u32 + if sleep_as_work { 4 } else { 0 };
    session.set_total_steps(1 + repeats * each);

    session
        .begin_step("Working out what is to come out")
        .await?;
    let (expected, _) = execute::expected(session, &job).await?;
    session.answer = Some(job.answer(&expected));
    let expected = expected.digest();
    let comparison = match sleep_as_work {
        true => Some(Comparison::new(session, plan.start).await?),
        false => None,
    };
    for _ in 0..repeats {
        for (io_model, model, workers) in &rows {
            for number in workers {
                session
                    .begin_step(format!("{}, {number} at a time", model.title()))
                    .await?;
                let time = Measured::Time(*io_model, *model);
                let latencies = measure(session, time, *model, &job, *number, &expected).await?;
                for time in latencies.into_iter().filter(|_| records_latencies) {
                    let latency = Measured::Latencies(*io_model, *model);
                    session.sample(&latency, f64::from(*number), time);
                }
            }
        }
        if let Some(comparison) = &comparison {
            comparison.measure(session).await?;
        }
    }
    Ok(())
}

/// Measures one run. Returns for each item the time from its arrival until it was done, in ms.
async fn measure(
    session: &mut Session<'_>,
    id: Measured,
    model: Model,
    job: &Job,
    workers: u32,
    expected: &str,
) -> Result<Vec<f64>, RunError> {
    let run = execute(session, model, job, workers).await?;
    let x = f64::from(workers);
    session.sample(&id, x, run.seconds);
    session.result(&id, x, run.tally.digest(), expected);
    Ok(run.latencies_ms)
}

/// The comparison of the tutorials' tasks, which sleep, with tasks that compute for as long.
struct Comparison {
    model: Model,
    /// For each kind of task its job and the expected digest.
    jobs: Vec<(TaskKind, Job, String)>,
}

impl Comparison {
    async fn new(session: &mut Session<'_>, method: StartMethod) -> Result<Comparison, RunError> {
        let model = Model::Processes(method);
        let nap = workloads::sleep::SLEEP_TIME.as_secs_f64();
        let naps = (TUTORIAL_TASK_SECONDS / nap).round() as u64 * TUTORIAL_TASKS;
        let sleeping = execute::job(Workload::Sleep, naps, 0)?;
        let process = Process::builder().name("Length of the work");
        let process = process.spawn(size_of_work, TUTORIAL_TASK_SECONDS * TUTORIAL_TASKS as f64)?;
        let size = session.wait_for(process.join_async()).await?;
        let computing = execute::job(Workload::SumOfSquares, size, 0)?;
        let mut jobs = Vec::new();
        for (kind, job) in [(TaskKind::Sleep, sleeping), (TaskKind::Compute, computing)] {
            session.add_series(&Measured::SleepAsWork(kind, model));
            let (expected, _) = execute::expected(session, &job).await?;
            jobs.push((kind, job, expected.digest()));
        }
        Ok(Comparison { model, jobs })
    }

    async fn measure(&self, session: &mut Session<'_>) -> Result<(), RunError> {
        for (kind, job, expected) in &self.jobs {
            for workers in TUTORIAL_WORKERS {
                let title = kind.title();
                session
                    .begin_step(format!("Sleep as work: {title}, {workers} at a time"))
                    .await?;
                let time = Measured::SleepAsWork(*kind, self.model);
                measure(session, time, self.model, job, workers, expected).await?;
            }
        }
        Ok(())
    }
}

/// The size of a sum of squares that takes one process of this machine this time.
fn size_of_work(seconds: f64) -> u64 {
    let sizes = Workload::SumOfSquares.sizes();
    let step = clock::step(trace::now_us).unwrap_or(0.0);
    let size = clock::rounds_taking(step, seconds * 1e6, |size| {
        let size = size.clamp(*sizes.start(), *sizes.end());
        let job = must(
            Job::new(Workload::SumOfSquares, size, 0)
                .map_err(|error| manyhands::Error::ValueError(error.to_string())),
        );
        timed(|| drop(black_box(job.serial(&mut workloads::NullHost))))
    });
    let smallest = *sizes.start();
    size.map_or(smallest, |size| size.clamp(smallest, *sizes.end()))
}
