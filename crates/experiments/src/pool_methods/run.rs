//! The runner of the pool-methods experiment: gives the same tasks to a pool by each of its
//! methods, and measures when each result arrives.

use super::{Measured, Method, Plan, Skew};
use crate::{
    Model, RunError, clock,
    driver::{Driver, serve},
    execute::must,
    form::Named,
    per_call::timed,
    session::Session,
    statistics::median,
};
use manyhands::{Connection, Pool, trace};
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, rc::Rc};
use workloads::random::mix;

/// With uneven tasks, one task in this number is long.
const ONE_LONG_IN: u64 = 8;
/// The length of a long task, as a multiple of a short one's.
const LONG_FACTOR: u64 = 10;

/// One task.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Task {
    index: u64,
    rounds: u64,
}

/// The result of a task: its index, a value that depends on all of its rounds, and how long
/// it took the worker, in ms.
type Computed = (u64, u64, f64);

/// The target for methods that pass one argument: computes the rounds of a task.
fn compute(task: Task) -> Computed {
    let mut value = task.index;
    let time_us = timed(|| {
        for _ in 0..task.rounds {
            value = mix(value);
        }
    });
    (task.index, value, time_us / 1e3)
}

/// The target for methods that pass several arguments.
fn compute_of(index: u64, rounds: u64) -> Computed {
    compute(Task { index, rounds })
}

/// The number of rounds that take a worker this time.
fn rounds_taking(milliseconds: u32) -> u64 {
    let step = clock::step(trace::now_us).unwrap_or(0.0);
    let rounds = clock::rounds_taking(step, f64::from(milliseconds) * 1e3, |rounds| {
        let task = Task { index: 1, rounds };
        std::hint::black_box(compute(task)).2 * 1e3
    });
    rounds.unwrap_or(1)
}

/// The requests to the driver.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Request {
    /// Start the workers and determine the number of rounds of a task.
    Prepare,
    /// Give all tasks to the pool by this method.
    Run(Method),
}

/// The results of all tasks.
#[derive(Default, Serialize, Deserialize)]
struct Reply {
    /// The tasks' indices with the times at which their results arrived, in ms, in the order
    /// of arrival.
    arrivals: Vec<(u64, f64)>,
    /// The median time of the short tasks in their workers, in ms.
    short_ms: f64,
    digest: String,
}

/// The tasks of a plan. `rounds` is the number of rounds of a short task.
fn tasks_of(plan: &Plan, rounds: u64) -> Vec<Task> {
    let indices = 0..u64::from(plan.items);
    let long = |index: u64| plan.skew == Skew::Skewed && is_long(index);
    indices
        .map(|index| {
            let rounds = rounds * if long(index) { LONG_FACTOR } else { 1 };
            Task { index, rounds }
        })
        .collect()
}

/// Whether a task is long, if tasks are uneven.
fn is_long(index: u64) -> bool {
    index.is_multiple_of(ONE_LONG_IN)
}

fn drive(connection: Connection, plan: Plan) {
    let builder = Pool::builder()
        .processes(plan.workers)
        .start_method(plan.start);
    let pool = must(builder.build());
    let mut tasks = Vec::new();
    serve(&connection, |request: Request| match request {
        Request::Prepare => {
            let warm_up = Task {
                index: 0,
                rounds: 1,
            };
            must(pool.map(compute, vec![warm_up; 4 * plan.workers as usize]));
            // The number of rounds is determined in a worker, because the workers will do the
            // tasks.
            tasks = tasks_of(&plan, must(pool.apply(rounds_taking, plan.task)));
            Reply::default()
        }
        Request::Run(method) => run_all(&pool, &plan, tasks.clone(), method),
    });
}

/// Gives all tasks to the pool by a method.
fn run_all(pool: &Pool, plan: &Plan, tasks: Vec<Task>, method: Method) -> Reply {
    let begin = trace::now_us();
    let arrivals = Rc::new(RefCell::new(Vec::new()));
    let (mut sum, mut short) = (0_u64, Vec::new());
    let mut take = |(index, value, time): Computed| {
        sum = sum.wrapping_add(mix(index ^ value));
        if plan.skew == Skew::Uniform || !is_long(index) {
            short.push(time);
        }
        index
    };
    let arrive = |index: u64| {
        let now = (trace::now_us() - begin) / 1e3;
        arrivals.borrow_mut().push((index, now));
    };
    let dispatch = || must(pool.chunk_size(plan.chunk as usize));
    let all = tasks.into_iter();
    match method {
        Method::Map => {
            let results = must(dispatch().map(compute, all));
            results.into_iter().for_each(|one| arrive(take(one)));
        }
        Method::Starmap => {
            let pairs = all.map(|task| (task.index, task.rounds));
            let results = must(dispatch().map(compute_of, pairs));
            results.into_iter().for_each(|one| arrive(take(one)));
        }
        Method::Imap => {
            must(dispatch().imap(compute, all)).for_each(|one| arrive(take(must(one))));
        }
        Method::ImapUnordered => {
            let results = must(dispatch().imap_unordered(compute, all));
            results.for_each(|one| arrive(take(must(one))));
        }
        Method::ApplyAsync => {
            let asked: Vec<_> = all
                .map(|task| {
                    let arrivals = arrivals.clone();
                    let result = must(pool.apply_async(compute, task));
                    result.with_callback(move |result| {
                        if let Ok((index, ..)) = result {
                            let now = (trace::now_us() - begin) / 1e3;
                            arrivals.borrow_mut().push((*index, now));
                        }
                    })
                })
                .collect();
            for result in asked {
                take(must(result.get()));
            }
        }
    }
    Reply {
        arrivals: arrivals.take(),
        short_ms: median(&short).unwrap_or(f64::NAN),
        digest: format!("{sum:016x}"),
    }
}

pub(crate) async fn run(session: &mut Session<'_>, plan: &Plan) -> Result<(), RunError> {
    let (methods, repeats) = (&plan.methods, plan.repeats);
    for id in [
        Measured::First,
        Measured::Half,
        Measured::Last,
        Measured::TaskLength,
    ] {
        session.add_series(&id);
    }
    for &method in methods {
        session.add_series(&Measured::Arrivals(method));
    }
    session.set_total_steps(1 + repeats * methods.len() as u32);

    session
        .begin_step("Working out how much takes so long")
        .await?;
    let driver: Driver<Request, Reply> = Driver::start(drive, plan.clone())?;
    driver.request(session, Request::Prepare).await?;
    let model = Model::Processes(plan.start);
    // The right result is not known beforehand. So all runs must agree with the first one.
    let mut expected: Option<String> = None;
    for _ in 0..repeats {
        for &method in methods {
            session
                .begin_step(format!("The pool’s {}", method.title()))
                .await?;
            session.begin(model).await;
            let answer = driver.request(session, Request::Run(method)).await?;
            let Reply {
                arrivals,
                short_ms,
                digest,
            } = answer;
            session.end(model).await;
            let expected = expected.get_or_insert_with(|| digest.clone()).clone();
            let x = f64::from(method as u8);
            let times: Vec<f64> = arrivals.iter().map(|(_, time)| *time).collect();
            let indices = [0, times.len() / 2, times.len().saturating_sub(1)];
            let ids = [Measured::First, Measured::Half, Measured::Last];
            for (id, index) in ids.iter().zip(indices) {
                session.sample(id, x, times.get(index).copied().unwrap_or(f64::NAN));
                session.result(id, x, digest.clone(), &expected);
                session.series(id).point(x).label = Some(method.title().to_owned());
            }
            session.sample(&Measured::TaskLength, x, short_ms);
            session.series(&Measured::TaskLength).point(x).label = Some(method.title().to_owned());
            let id = Measured::Arrivals(method);
            for (index, time) in arrivals {
                session.sample(&id, index as f64, time);
            }
        }
    }
    driver.end(session).await
}
