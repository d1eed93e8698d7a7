//! The runner of the granularity experiment: the same work in few large or many small tasks.

use super::{Measured, Plan};
use crate::{
    Model, RunError,
    clock::{Batch, STEPS_PER_SAMPLE, step},
    driver::{Driver, serve},
    execute::{self, BlockingHost, must},
    form::Skew,
    per_call::{LONG_BATCH_US, timed},
    session::Session,
};
use charts::geometry::plural;
use manyhands::{Connection, Policy, Pool, StartMethod, trace};
use serde::{Deserialize, Serialize};
use std::{hint::black_box, ops::Range};
use workloads::{Job, Tally};

/// The largest number of tasks in the comparison of policies.
const POLICY_TASKS: u64 = 512;
/// With uneven tasks, one task in this number is large. The large tasks come first.
const ONE_LARGE_IN: u64 = 8;
/// The number of items of a large task for each item of a small one.
const LARGE_WEIGHT: u64 = 10;
/// The number of tasks in the tutorials' listing with `x + 1`.
const TINY_TASKS: u64 = 10_000;

/// The requests to the driver.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Request {
    /// Do the work in this number of tasks with this policy.
    Pool {
        tasks: u64,
        skewed: bool,
        policy: Policy,
        one_by_one: bool,
    },
    /// Do the work in this number of tasks, without a pool.
    Alone { tasks: u64, skewed: bool },
    /// Start a pool and do the tiny tasks with it, as in the tutorials.
    TinyPool,
    /// Do the tiny tasks in a loop.
    TinyLoop,
}

/// The time in seconds, and the digest.
type Reply = (f64, String);

/// The first item of task `index`, if this number of items is divided into `tasks` tasks.
fn task_begin(index: u64, tasks: u64, items: u64, skewed: bool) -> u64 {
    let large = if skewed {
        tasks.div_ceil(ONE_LARGE_IN)
    } else {
        0
    };
    let weight = |index: u64| index.min(large) * (LARGE_WEIGHT - 1) + index;
    let part = u128::from(items) * u128::from(weight(index)) / u128::from(weight(tasks).max(1));
    part as u64
}

fn tasks_of(job: &Job, tasks: u64, skewed: bool) -> impl Iterator<Item = Range<u64>> {
    let items = job.items();
    let begin_of = move |index| task_begin(index, tasks, items, skewed);
    (0..tasks).map(move |index| begin_of(index)..begin_of(index + 1))
}

fn task(job: Job, items: Range<u64>) -> Tally {
    // Each task makes its own inputs, as a function that is given to a pool would.
    job.run(items, &mut BlockingHost::new())
}

fn tiny(x: u64) -> u64 {
    x + 1
}

fn drive(connection: Connection, (job, workers, method): (Job, u32, StartMethod)) {
    let new_pool = || {
        must(
            Pool::builder()
                .processes(workers)
                .start_method(method)
                .build(),
        )
    };
    let pool = new_pool();
    // Waits until all workers have started and have received the function.
    let warm = vec![(job, 0..1); 4 * workers as usize];
    must(must(pool.chunk_size(1)).map(task, warm));
    serve(&connection, |request| -> Reply {
        match request {
            Request::Pool {
                tasks,
                skewed,
                policy,
                one_by_one,
            } => {
                let begin = trace::now_us();
                let items = tasks_of(&job, tasks, skewed).map(|items| (job, items));
                let dispatch = pool.policy(policy);
                let dispatch = match one_by_one {
                    true => must(dispatch.chunk_size(1)),
                    false => dispatch,
                };
                let tallies = must(dispatch.map(task, items));
                let digest = Tally::merge_all(tallies).digest();
                ((trace::now_us() - begin) / 1e6, digest)
            }
            Request::Alone { tasks, skewed } => {
                let begin = trace::now_us();
                let tallies = tasks_of(&job, tasks, skewed).map(|items| task(job, items));
                let digest = Tally::merge_all(tallies).digest();
                ((trace::now_us() - begin) / 1e6, digest)
            }
            Request::TinyPool => tiny_pool(&new_pool),
            Request::TinyLoop => tiny_loop(),
        }
    });
}

/// Measures a new pool, or several pools one after the other if the clock is too coarse for
/// one.
fn tiny_pool(new_pool: &dyn Fn() -> Pool) -> Reply {
    let one_pass = || -> u64 { must(new_pool().map(tiny, 0..TINY_TASKS)).into_iter().sum() };
    let mut batch = Batch::new(step(trace::now_us).unwrap_or(0.0), STEPS_PER_SAMPLE);
    loop {
        let mut sum = 0;
        let time = timed(|| (0..batch.size()).for_each(|_| sum = one_pass()));
        if !batch.grow_if_too_short(time) {
            return (time / batch.size() as f64 / 1e6, sum.to_string());
        }
    }
}

/// Measures the plain loop, in batches that are long enough for the clock.
fn tiny_loop() -> Reply {
    let one_pass = || (0..TINY_TASKS).map(|x| tiny(black_box(x))).sum::<u64>();
    let mut batch = Batch::new(step(trace::now_us).unwrap_or(0.0), STEPS_PER_SAMPLE);
    loop {
        let time = timed(|| {
            for _ in 0..batch.size() {
                black_box(one_pass());
            }
        });
        if let Some(once) = batch.time_per_call(time, LONG_BATCH_US) {
            return (once / 1e6, one_pass().to_string());
        }
    }
}

pub(crate) async fn run(session: &mut Session<'_>, plan: &Plan) -> Result<(), RunError> {
    let job = execute::job(plan.workload, plan.size, plan.seed)?;
    let (chunks, repeats) = (&plan.chunks, plan.repeats);
    let skews = || plan.skew.iter().copied();
    for skew in skews() {
        session.add_series(&Measured::Alone(skew));
        session.add_series(&Measured::Pool(skew));
        session.add_series(&Measured::Policies(skew));
    }
    session.add_series(&Measured::TinyLoop);
    session.add_series(&Measured::TinyPool);
    let each = plan.skew.len() * (2 * chunks.len() + plan.policies.len()) + 2;
    session.set_total_steps(2 + repeats * each as u32);

    session
        .begin_step("Working out what is to come out")
        .await?;
    let (whole, _) = execute::expected(session, &job).await?;
    session.answer = Some(job.answer(&whole));
    let expected = whole.digest();
    session.begin_step("Starting the pool").await?;
    let driver = Driver::start(drive, (job, plan.workers, plan.start))?;
    let model = Model::Processes(plan.start);
    let largest = chunks.iter().rev().find(|tasks| **tasks <= POLICY_TASKS);
    let policy_tasks = largest.or(chunks.first()).copied().unwrap_or(1);
    for _ in 0..repeats {
        let mut requests = Vec::new();
        for skew in skews() {
            let skewed = skew == Skew::Skewed;
            for &tasks in chunks {
                let alone = Request::Alone { tasks, skewed };
                requests.push((Measured::Alone(skew), tasks as f64, alone));
                let pool = Request::Pool {
                    tasks,
                    skewed,
                    policy: Policy::Shared,
                    one_by_one: true,
                };
                requests.push((Measured::Pool(skew), tasks as f64, pool));
            }
            for &policy in &plan.policies {
                let pool = Request::Pool {
                    tasks: policy_tasks,
                    skewed,
                    policy,
                    one_by_one: false,
                };
                requests.push((Measured::Policies(skew), f64::from(policy as u8), pool));
            }
        }
        requests.push((Measured::TinyLoop, TINY_TASKS as f64, Request::TinyLoop));
        requests.push((Measured::TinyPool, TINY_TASKS as f64, Request::TinyPool));
        for (id, x, request) in requests {
            session.begin_step(step_name(&request)).await?;
            session.begin(model).await;
            let (seconds, digest) = driver.request(session, request).await?;
            session.end(model).await;
            let tiny = matches!(id, Measured::TinyLoop | Measured::TinyPool);
            let tiny_sum = (TINY_TASKS * (TINY_TASKS + 1) / 2).to_string();
            let expected = if tiny { &tiny_sum } else { &expected };
            session.sample(&id, x, if tiny { seconds * 1e3 } else { seconds });
            session.result(&id, x, digest, expected);
            if let Request::Pool {
                policy,
                one_by_one: false,
                ..
            } = request
            {
                session.series(&id).point(x).label = Some(policy.name().to_owned());
            }
        }
    }
    driver.end(session).await
}

fn step_name(request: &Request) -> String {
    let several = |tasks: u64| plural(tasks, "task", "tasks");
    match request {
        Request::Pool { tasks, policy, .. } => {
            format!("{} by the pool ({})", several(*tasks), policy.name())
        }
        Request::Alone { tasks, .. } => format!("{} by one process alone", several(*tasks)),
        Request::TinyPool => "Tiny tasks by a new pool".to_owned(),
        Request::TinyLoop => "Tiny tasks in a loop".to_owned(),
    }
}
