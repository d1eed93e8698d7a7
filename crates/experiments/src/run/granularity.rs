//! The granularity experiment: the same work in few large or many small tasks.

use super::{
    driver::{Driver, answer},
    per_call::{LONG, timed},
};
use crate::{
    Model, Quantity, RunError, Series,
    clock::{Batch, STEPS, step},
    execute::{self, Blocking, must},
    session::Session,
};
use manyhands::{Connection, Policy, Pool, StartMethod, trace};
use serde::{Deserialize, Serialize};
use std::{hint::black_box, ops::Range};
use workloads::{Job, Tally};

/// Tasks of the policies' comparison, at most.
const POLICY_TASKS: u64 = 512;
/// One task in so many is a large one, all of these come first, and each has
/// the weight of so many others.
const ONE_IN: u64 = 8;
const WEIGHT: u64 = 10;
/// Tasks of the tutorials' listing with `x + 1`.
const TINY: u64 = 10_000;

/// What the driver is asked to do.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Question {
    /// The work in so many tasks by this policy.
    Pool {
        tasks: u64,
        skewed: bool,
        policy: u8,
        one_by_one: bool,
    },
    /// The work in so many tasks, without a pool.
    Alone { tasks: u64, skewed: bool },
    /// A new pool for tiny tasks, as in the tutorials.
    TinyPool,
    /// The same in a loop.
    TinyLoop,
}

/// Seconds, and the digest.
type Answer = (f64, String);

/// Where task `index` of `tasks` begins, of so many items.
fn cut(index: u64, tasks: u64, items: u64, skewed: bool) -> u64 {
    let large = if skewed { tasks.div_ceil(ONE_IN) } else { 0 };
    let weight = |index: u64| index.min(large) * (WEIGHT - 1) + index;
    let part = u128::from(items) * u128::from(weight(index)) / u128::from(weight(tasks).max(1));
    part as u64
}

fn tasks_of(job: &Job, tasks: u64, skewed: bool) -> impl Iterator<Item = Range<u64>> {
    let items = job.items();
    let at = move |index| cut(index, tasks, items, skewed);
    (0..tasks).map(move |index| at(index)..at(index + 1))
}

fn task(job: Job, items: Range<u64>) -> Tally {
    // What a task needs is made for each one, as a function given to a pool
    // would.
    job.run(items, &mut Blocking::new())
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
    // Every worker has come up and knows the function.
    let warm = vec![(job, 0..1); 4 * workers as usize];
    must(must(pool.chunk_size(1)).map(task, warm));
    answer(&connection, |question| -> Answer {
        match question {
            Question::Pool {
                tasks,
                skewed,
                policy,
                one_by_one,
            } => {
                let begin = trace::now_us();
                let items = tasks_of(&job, tasks, skewed).map(|items| (job, items));
                let dispatch = pool.policy(Policy::ALL[usize::from(policy)]);
                let dispatch = match one_by_one {
                    true => must(dispatch.chunk_size(1)),
                    false => dispatch,
                };
                let tallies = must(dispatch.map(task, items));
                let digest = Tally::merge_all(tallies).digest();
                ((trace::now_us() - begin) / 1e6, digest)
            }
            Question::Alone { tasks, skewed } => {
                let begin = trace::now_us();
                let tallies = tasks_of(&job, tasks, skewed).map(|items| task(job, items));
                let digest = Tally::merge_all(tallies).digest();
                ((trace::now_us() - begin) / 1e6, digest)
            }
            Question::TinyPool => {
                let begin = trace::now_us();
                let pool = new_pool();
                let sum: u64 = must(pool.map(tiny, 0..TINY)).into_iter().sum();
                drop(pool);
                ((trace::now_us() - begin) / 1e6, sum.to_string())
            }
            Question::TinyLoop => tiny_loop(),
        }
    });
}

/// The plain loop, in batches that the clock can tell.
fn tiny_loop() -> Answer {
    let one_pass = || (0..TINY).map(|x| tiny(black_box(x))).sum::<u64>();
    let mut batch = Batch::new(step(trace::now_us).unwrap_or(0.0), STEPS);
    loop {
        let time = timed(|| {
            for _ in 0..batch.size() {
                black_box(one_pass());
            }
        });
        if let Some(once) = batch.once(time, LONG) {
            return (once / 1e6, one_pass().to_string());
        }
    }
}

pub(super) async fn run(session: &mut Session<'_>) -> Result<(), RunError> {
    let plan = session.plan;
    let job = execute::job(plan)?;
    let method = plan.start_method();
    let chunks = plan.numbers("chunks");
    let policies = plan.names("policies");
    let skews: Vec<bool> = (plan.names("skew").iter())
        .map(|name| *name == "skewed")
        .collect();
    add_series(session, &skews);
    let each = skews.len() * (2 * chunks.len() + policies.len()) + 2;
    session.steps(2 + plan.count("repeats") * each as u32);

    session.enter("Working out what is to come out").await?;
    let whole = job.serial(&mut workloads::Undisturbed);
    session.answer = Some(job.answer(&whole));
    let expected = whole.digest();
    session.enter("Starting the pool").await?;
    let driver = Driver::start(drive, (job, plan.count("workers"), method))?;
    let model = Model::Processes(method);
    let largest = chunks.iter().rev().find(|tasks| **tasks <= POLICY_TASKS);
    let policy_tasks = largest.or(chunks.first()).copied().unwrap_or(1);
    for _ in 0..plan.count("repeats") {
        let mut questions = Vec::new();
        for &skewed in &skews {
            let kind = kind(skewed);
            for &tasks in chunks {
                let alone = Question::Alone { tasks, skewed };
                questions.push((format!("alone-{kind}"), tasks as f64, alone));
                let pool = Question::Pool {
                    tasks,
                    skewed,
                    policy: 0,
                    one_by_one: true,
                };
                questions.push((format!("pool-{kind}"), tasks as f64, pool));
            }
            for name in policies {
                let index = Policy::ALL.iter().position(|policy| policy.name() == *name);
                let index = index.unwrap_or_default();
                let pool = Question::Pool {
                    tasks: policy_tasks,
                    skewed,
                    policy: index as u8,
                    one_by_one: false,
                };
                questions.push((format!("policies-{kind}"), index as f64, pool));
            }
        }
        questions.push(("tiny-loop".to_owned(), TINY as f64, Question::TinyLoop));
        questions.push(("tiny-pool".to_owned(), TINY as f64, Question::TinyPool));
        for (id, x, question) in questions {
            session.enter(said(&question)).await?;
            session.begin(model).await;
            let (seconds, digest) = driver.ask(session, question).await?;
            session.end(model).await;
            let tiny = id.starts_with("tiny");
            let right = (TINY * (TINY + 1) / 2).to_string();
            let expected = if tiny { &right } else { &expected };
            session.sample(&id, x, if tiny { seconds * 1e3 } else { seconds });
            session.result(&id, x, digest, expected);
            if let Question::Pool {
                policy,
                one_by_one: false,
                ..
            } = question
                && let Some(series) = session.series(&id)
            {
                let name = Policy::ALL[usize::from(policy)].name();
                series.point(x).label = Some(name.to_owned());
            }
        }
    }
    driver.end(session).await
}

fn kind(skewed: bool) -> &'static str {
    if skewed { "skewed" } else { "uniform" }
}

fn add_series(session: &mut Session<'_>, skews: &[bool]) {
    let time = |unit| Quantity::new("time", unit);
    for &skewed in skews {
        let (kind, word) = (kind(skewed), if skewed { "uneven" } else { "even" });
        for (id, label, axis) in [
            ("alone", "one process alone", "tasks"),
            ("pool", "pool", "tasks"),
            ("policies", "pool by policy", "policy"),
        ] {
            let axis = Quantity::new(axis, "");
            let label = format!("{label}, {word} tasks");
            session.add(Series::new(format!("{id}-{kind}"), label, axis, time("s")));
        }
    }
    for (id, label) in [
        ("tiny-loop", "x + 1 in a loop"),
        ("tiny-pool", "x + 1 by a new pool"),
    ] {
        let axis = Quantity::new("tasks", "");
        session.add(Series::new(id, label, axis, time("ms")));
    }
}

fn said(question: &Question) -> String {
    match question {
        Question::Pool { tasks, policy, .. } => {
            let name = Policy::ALL[usize::from(*policy)].name();
            format!("{tasks} tasks by the pool ({name})")
        }
        Question::Alone { tasks, .. } => format!("{tasks} tasks by one process alone"),
        Question::TinyPool => "Tiny tasks by a new pool".to_owned(),
        Question::TinyLoop => "Tiny tasks in a loop".to_owned(),
    }
}
