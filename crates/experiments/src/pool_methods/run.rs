//! The pool experiment: the same tasks by each of a pool's methods, and when
//! each result arrives.

use super::{Measured, Method, Plan, Skew};
use crate::{
    Model, RunError,
    driver::{Driver, answer},
    execute::must,
    form::Named,
    session::Session,
};
use manyhands::{Connection, Pool, StartMethod, trace};
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, rc::Rc};
use workloads::random::mix;

/// With uneven tasks, one in so many takes so many times as long.
const ONE_LONG_IN: u64 = 8;
const LONG_FACTOR: u64 = 10;

/// One task.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Task {
    index: u64,
    rounds: u64,
}

/// Computes for a while; what comes out depends on all of it.
fn compute(task: Task) -> (u64, u64) {
    let mut value = task.index;
    for _ in 0..task.rounds {
        value = mix(value);
    }
    (task.index, value)
}

/// The same, of several arguments.
fn compute_of(index: u64, rounds: u64) -> (u64, u64) {
    compute(Task { index, rounds })
}

/// How many rounds take about so many ms here.
fn rounds(milliseconds: u64) -> u64 {
    let mut rounds = 10_000;
    loop {
        let begin = trace::now_us();
        std::hint::black_box(compute(Task { index: 1, rounds }));
        let time = trace::now_us() - begin;
        if time > 2_000.0 || rounds > 1 << 40 {
            let each = time / rounds as f64;
            return ((milliseconds as f64 * 1e3 / each) as u64).max(1);
        }
        rounds *= 2;
    }
}

/// When each task's result arrived in ms, in the order of arriving, and a digest
/// of all.
type Answer = (Vec<(u64, f64)>, String);

fn drive(
    connection: Connection,
    (workers, method, chunk, tasks): (u32, StartMethod, u32, Vec<Task>),
) {
    let builder = Pool::builder().processes(workers).start_method(method);
    let pool = must(builder.build());
    must(pool.map(
        compute,
        vec![
            Task {
                index: 0,
                rounds: 1
            };
            4 * workers as usize
        ],
    ));
    answer(&connection, |method: Method| -> Answer {
        let begin = trace::now_us();
        let arrivals = Rc::new(RefCell::new(Vec::new()));
        let mut sum = 0_u64;
        let mut arrive = |(index, value): (u64, u64)| {
            sum = sum.wrapping_add(mix(index ^ value));
            let now = (trace::now_us() - begin) / 1e3;
            arrivals.borrow_mut().push((index, now));
        };
        let dispatch = || must(pool.chunk_size(chunk as usize));
        let all = tasks.clone().into_iter();
        match method {
            Method::Map => must(dispatch().map(compute, all))
                .into_iter()
                .for_each(&mut arrive),
            Method::Starmap => {
                let pairs = all.map(|task| (task.index, task.rounds));
                let results = must(dispatch().map(compute_of, pairs));
                results.into_iter().for_each(&mut arrive);
            }
            Method::Imap => must(dispatch().imap(compute, all)).for_each(|one| arrive(must(one))),
            Method::ImapUnordered => {
                must(dispatch().imap_unordered(compute, all)).for_each(|one| arrive(must(one)));
            }
            Method::ApplyAsync => {
                let asked: Vec<_> = all
                    .map(|task| {
                        let arrivals = arrivals.clone();
                        let result = must(pool.apply_async(compute, task));
                        result.with_callback(move |result| {
                            if let Ok((index, _)) = result {
                                let now = (trace::now_us() - begin) / 1e3;
                                arrivals.borrow_mut().push((*index, now));
                            }
                        })
                    })
                    .collect();
                for result in asked {
                    let (index, value) = must(result.get());
                    sum = sum.wrapping_add(mix(index ^ value));
                }
            }
        }
        (arrivals.take(), format!("{sum:016x}"))
    });
}

pub(crate) async fn run(session: &mut Session<'_>, plan: &Plan) -> Result<(), RunError> {
    let (methods, repeats) = (&plan.methods, plan.repeats);
    for id in [Measured::First, Measured::Half, Measured::Last] {
        session.add(&id);
    }
    for &method in methods {
        session.add(&Measured::Arrivals(method));
    }
    session.steps(1 + repeats * methods.len() as u32);

    session
        .begin_step("Working out how much takes so long")
        .await?;
    let unit = rounds(plan.task.into());
    let skewed = plan.skew == Skew::Skewed;
    let tasks: Vec<Task> = (0..u64::from(plan.items))
        .map(|index| {
            let long = skewed && index.is_multiple_of(ONE_LONG_IN);
            let rounds = unit * if long { LONG_FACTOR } else { 1 };
            Task { index, rounds }
        })
        .collect();
    let driver = Driver::start(drive, (plan.workers, plan.start, plan.chunk, tasks))?;
    let model = Model::Processes(plan.start);
    // Which results are right is not known beforehand: all methods must agree.
    let mut expected: Option<String> = None;
    for _ in 0..repeats {
        for &method in methods {
            session
                .begin_step(format!("The pool’s {}", method.title()))
                .await?;
            session.begin(model).await;
            let (arrivals, digest): Answer = driver.ask(session, method).await?;
            session.end(model).await;
            let expected = expected.get_or_insert_with(|| digest.clone()).clone();
            let x = f64::from(method as u8);
            let times: Vec<f64> = arrivals.iter().map(|(_, time)| *time).collect();
            let places = [0, times.len() / 2, times.len().saturating_sub(1)];
            let ids = [Measured::First, Measured::Half, Measured::Last];
            for (id, place) in ids.iter().zip(places) {
                session.sample(id, x, times.get(place).copied().unwrap_or(f64::NAN));
                session.result(id, x, digest.clone(), &expected);
                session.series(id).point(x).label = Some(method.title().to_owned());
            }
            let id = Measured::Arrivals(method);
            for (index, time) in arrivals {
                session.sample(&id, index as f64, time);
            }
        }
    }
    driver.end(session).await
}
