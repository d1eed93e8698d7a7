//! The I/O experiment: the same waits one after another, by an event loop, and
//! by processes; and sleeping that poses as work.

use super::{Measured, POSING_SECONDS, POSING_TASKS, Plan, Posing, Waiter};
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

/// The tutorials' listing, with 1 process and with 4.
const POSING_WORKERS: [u32; 2] = [1, 4];

/// Tasks cost an event loop next to nothing, so it is asked with all waits at once,
/// too: with so many at most.
const MAX_TASKS: u64 = 1_000;

pub(crate) async fn run(session: &mut Session<'_>, plan: &Plan) -> Result<(), RunError> {
    let repeats = plan.repeats;
    let job = execute::job(plan.workload, plan.size, plan.seed)?;
    let mut tasks = plan.workers.clone();
    let all = job.items().min(MAX_TASKS) as u32;
    if tasks.iter().all(|some| *some < all) {
        tasks.push(all);
    }
    let rows = plan.models.iter().map(|&waiter| {
        let workers = match waiter {
            Waiter::Main => vec![1],
            Waiter::EventLoop => tasks.clone(),
            Waiter::Processes | Waiter::Threads => plan.workers.clone(),
        };
        (waiter, waiter.model(plan.start), workers)
    });
    let rows: Vec<(Waiter, Model, Vec<u32>)> = rows.collect();
    let answers = job.workload() == Workload::Server;
    for (waiter, model, _) in &rows {
        session.add(&Measured::Time(*waiter, *model));
        if answers {
            session.add(&Measured::Answers(*waiter, *model));
        }
    }
    let posing = plan.posing == YesOrNo::Yes;
    let runs: usize = rows.iter().map(|(.., workers)| workers.len()).sum();
    let each = runs as u32 + if posing { 4 } else { 0 };
    session.steps(1 + repeats * each);

    session
        .begin_step("Working out what is to come out")
        .await?;
    let (expected, _) = execute::expected(session, &job).await?;
    session.answer = Some(job.answer(&expected));
    let expected = expected.digest();
    let posing = match posing {
        true => Some(Comparison::new(session, plan.start).await?),
        false => None,
    };
    for _ in 0..repeats {
        for (waiter, model, workers) in &rows {
            for number in workers {
                session
                    .begin_step(format!("{}, {number} at a time", model.title()))
                    .await?;
                let time = Measured::Time(*waiter, *model);
                let answered = measure(session, time, *model, &job, *number, &expected).await?;
                for time in answered.into_iter().filter(|_| answers) {
                    let answers = Measured::Answers(*waiter, *model);
                    session.sample(&answers, f64::from(*number), time);
                }
            }
        }
        if let Some(posing) = &posing {
            posing.measure(session).await?;
        }
    }
    Ok(())
}

/// How long after its arrival each item was done, in ms.
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
    Ok(run.answered_ms)
}

/// `sleep(0.1)` in place of work, beside work that computes for as long.
struct Comparison {
    model: Model,
    /// Each with the digest that is to come out.
    jobs: Vec<(Posing, Job, String)>,
}

impl Comparison {
    async fn new(session: &mut Session<'_>, method: StartMethod) -> Result<Comparison, RunError> {
        let model = Model::Processes(method);
        let nap = workloads::sleep::SLEEP_TIME.as_secs_f64();
        let naps = (POSING_SECONDS / nap).round() as u64 * POSING_TASKS;
        let sleeping = execute::job(Workload::Sleep, naps, 0)?;
        let process = Process::builder().name("Length of the work");
        let process = process.spawn(size_of_work, POSING_SECONDS * POSING_TASKS as f64)?;
        let size = session.until(process.join_async()).await?;
        let computing = execute::job(Workload::SumOfSquares, size, 0)?;
        let mut jobs = Vec::new();
        for (posing, job) in [(Posing::Sleep, sleeping), (Posing::Compute, computing)] {
            session.add(&Measured::Posing(posing, model));
            let (expected, _) = execute::expected(session, &job).await?;
            jobs.push((posing, job, expected.digest()));
        }
        Ok(Comparison { model, jobs })
    }

    async fn measure(&self, session: &mut Session<'_>) -> Result<(), RunError> {
        for (posing, job, expected) in &self.jobs {
            for workers in POSING_WORKERS {
                let title = posing.title();
                session
                    .begin_step(format!("Sleep as work: {title}, {workers} at a time"))
                    .await?;
                let time = Measured::Posing(*posing, self.model);
                measure(session, time, self.model, job, workers, expected).await?;
            }
        }
        Ok(())
    }
}

/// The size of the work that takes one process of this machine so many seconds.
fn size_of_work(seconds: f64) -> u64 {
    let sizes = Workload::SumOfSquares.sizes();
    let step = clock::step(trace::now_us).unwrap_or(0.0);
    let size = clock::rounds_of(step, seconds * 1e6, |size| {
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
