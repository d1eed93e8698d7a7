//! The pool experiment: the same tasks by each of a pool's methods, and when
//! each result arrives.

use super::driver::{Driver, answer};
use crate::{Model, Quantity, RunError, Series, execute::must, session::Session};
use manyhands::{Connection, Pool, StartMethod, trace};
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, rc::Rc};
use workloads::random::mix;

/// With uneven tasks, one in so many takes so many times as long.
const ONE_IN: u64 = 8;
const LONGER: u64 = 10;

/// The methods, in the order of the plan's field.
const METHODS: [&str; 5] = ["map", "starmap", "imap", "imap-unordered", "apply-async"];

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
    (workers, method, chunk, tasks): (u32, StartMethod, u64, Vec<Task>),
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
    answer(&connection, |method: u8| -> Answer {
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
        match METHODS[usize::from(method)] {
            "map" => must(dispatch().map(compute, all))
                .into_iter()
                .for_each(&mut arrive),
            "starmap" => {
                let pairs = all.map(|task| (task.index, task.rounds));
                let results = must(dispatch().map(compute_of, pairs));
                results.into_iter().for_each(&mut arrive);
            }
            "imap" => must(dispatch().imap(compute, all)).for_each(|one| arrive(must(one))),
            "imap-unordered" => {
                must(dispatch().imap_unordered(compute, all)).for_each(|one| arrive(must(one)));
            }
            _ => {
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

pub(super) async fn run(session: &mut Session<'_>) -> Result<(), RunError> {
    let plan = session.plan;
    let methods: Vec<usize> = (METHODS.iter().enumerate())
        .filter(|(_, name)| plan.names("methods").contains(*name))
        .map(|(index, _)| index)
        .collect();
    let choices = plan.field("methods").map(|field| field.choices());
    let choices = choices.unwrap_or_default();
    let title = |method: usize| {
        let choice = choices.iter().find(|one| one.name == METHODS[method]);
        choice.map_or(METHODS[method], |choice| choice.title)
    };
    let milliseconds = || Quantity::new("time", "ms");
    for (id, label) in [
        ("first", "first result"),
        ("half", "half of them"),
        ("last", "last result"),
    ] {
        let axis = Quantity::new("method", "");
        session.add(Series::new(id, label, axis, milliseconds()));
    }
    for &method in &methods {
        let id = format!("arrivals-{}", METHODS[method]);
        let axis = Quantity::new("task", "");
        session.add(Series::new(id, title(method), axis, milliseconds()).of_way(METHODS[method]));
    }
    let repeats = plan.count("repeats");
    session.steps(1 + repeats * methods.len() as u32);

    session.enter("Working out how much takes so long").await?;
    let unit = rounds(plan.number("task"));
    let skewed = plan.name("skew") == "skewed";
    let tasks: Vec<Task> = (0..plan.number("items"))
        .map(|index| {
            let long = skewed && index.is_multiple_of(ONE_IN);
            let rounds = unit * if long { LONGER } else { 1 };
            Task { index, rounds }
        })
        .collect();
    let method = plan.start_method();
    let arguments = (
        plan.count("workers"),
        method,
        plan.number("chunk"),
        tasks.clone(),
    );
    let driver = Driver::start(drive, arguments)?;
    let model = Model::Processes(method);
    // Which results are right is not known beforehand: all methods must agree.
    let mut expected: Option<String> = None;
    for _ in 0..repeats {
        for &method in &methods {
            session
                .enter(format!("The pool’s {}", title(method)))
                .await?;
            session.begin(model).await;
            let (arrivals, digest): Answer = driver.ask(session, method as u8).await?;
            session.end(model).await;
            let expected = expected.get_or_insert_with(|| digest.clone()).clone();
            let x = method as f64;
            let times: Vec<f64> = arrivals.iter().map(|(_, time)| *time).collect();
            let places = [0, times.len() / 2, times.len().saturating_sub(1)];
            for (id, place) in ["first", "half", "last"].into_iter().zip(places) {
                session.sample(id, x, times.get(place).copied().unwrap_or(f64::NAN));
                session.result(id, x, digest.clone(), &expected);
                if let Some(series) = session.series(id) {
                    series.point(x).label = Some(title(method).to_owned());
                }
            }
            let id = format!("arrivals-{}", METHODS[method]);
            for (index, time) in arrivals {
                session.sample(&id, index as f64, time);
            }
        }
    }
    driver.end(session).await
}
