//! The runner of the sharing experiment: several processes add to the same number.

use super::{CountMethod, Measured, Plan};
use crate::{
    Model, RunError,
    clock::{Batch, STEPS_PER_SAMPLE},
    execute::must,
    form::Named,
    per_call::LONG_BATCH_US,
    session::Session,
};
use manyhands::{Barrier, Manager, Process, RawValue, StartMethod, Value, ValueProxy, trace};
use serde::{Deserialize, Serialize};
use std::hint::black_box;

/// The largest number of additions through a manager. Its process answers one at a time, so
/// more would only take longer.
const MAX_MANAGER_ADDITIONS: u64 = 2_000;

/// The largest number of additions in a batch, of all processes together.
const MAX_BATCH: u64 = 10_000_000;

/// The shared number, for each way of sharing it.
#[derive(Clone, Serialize, Deserialize)]
enum Counter {
    /// Read, add and write back without a lock.
    Unlocked(RawValue<u64>),
    /// The same under the lock.
    Locked(Value<u64>),
    /// One atomic addition.
    Atomic(RawValue<u64>),
    /// Each process counts by itself, and the sums are added at the end.
    Partial(Value<u64>),
    /// The server process of a manager holds the number.
    Manager(ValueProxy<u64>),
}

/// Adds 1 this number of times. Returns the start and the end on the trace's clock.
fn count(counter: Counter, additions: u64, start: Barrier) -> (f64, f64) {
    must(start.wait());
    let begin = trace::now_us();
    match counter {
        Counter::Unlocked(raw) => {
            for _ in 0..additions {
                raw.set(raw.get() + 1);
            }
        }
        Counter::Locked(value) => {
            for _ in 0..additions {
                *must(value.lock()) += 1;
            }
        }
        Counter::Atomic(raw) => {
            for _ in 0..additions {
                raw.fetch_add(1);
            }
        }
        Counter::Partial(value) => {
            let mut sum = 0_u64;
            for _ in 0..additions {
                // `black_box` keeps the compiler from merging the additions.
                sum = black_box(sum) + 1;
            }
            *must(value.lock()) += sum;
        }
        Counter::Manager(value) => {
            for _ in 0..additions {
                must(value.mutate(|value: &mut u64, by: u64| *value += by, 1));
            }
        }
    }
    (begin, trace::now_us())
}

pub(crate) async fn run(session: &mut Session<'_>, plan: &Plan) -> Result<(), RunError> {
    let (workers, repeats, methods) = (plan.workers, plan.repeats, &plan.methods);
    for method in methods {
        session.add_series(&Measured::Time(*method));
    }
    if methods.contains(&CountMethod::Unlocked) {
        session.add_series(&Measured::Lost);
    }
    let mut numbers = vec![1, workers];
    numbers.dedup();
    session.set_total_steps((repeats + 1) * (methods.len() * numbers.len()) as u32);
    // The warm-up determines the size of a batch.
    let step = crate::environment().clock_step_us;
    let mut sizes = Vec::new();
    for &method in methods {
        for number in &numbers {
            session
                .begin_step(format!("Warming up: {}", method.name()))
                .await?;
            let mut batch = Batch::new(step, STEPS_PER_SAMPLE)
                .starting_at(additions(method, plan.increments))
                .max_size(MAX_BATCH / u64::from(*number).max(1));
            loop {
                let warm_up =
                    count_together(session, plan.start, method, *number, batch.size()).await?;
                if batch
                    .time_per_call(warm_up.wall_us, LONG_BATCH_US)
                    .is_some()
                {
                    break;
                }
            }
            sizes.push(batch.size());
        }
    }
    for _ in 0..repeats {
        let mut sizes = sizes.iter();
        for &method in methods {
            for number in &numbers {
                session
                    .begin_step(format!("{number} counting: {}", method.name()))
                    .await?;
                let additions = *sizes.next().unwrap_or(&1);
                let counted =
                    count_together(session, plan.start, method, *number, additions).await?;
                let (x, expected) = (f64::from(*number), additions * u64::from(*number));
                let time = Measured::Time(method);
                session.sample(&time, x, counted.wall_us / expected as f64);
                let right = expected.to_string();
                session.result(&time, x, counted.total.to_string(), &right);
                if method == CountMethod::Unlocked {
                    let lost = expected.saturating_sub(counted.total);
                    session.sample(&Measured::Lost, x, 100.0 * lost as f64 / expected as f64);
                }
            }
        }
    }
    Ok(())
}

fn additions(method: CountMethod, wanted: u64) -> u64 {
    match method {
        CountMethod::Manager => wanted.min(MAX_MANAGER_ADDITIONS),
        _ => wanted,
    }
}

/// The result of a run.
struct Counted {
    /// The time from the first addition of any process to the last addition of any process.
    wall_us: f64,
    total: u64,
}

/// Runs one measurement: this number of processes each do this number of additions.
async fn count_together(
    session: &mut Session<'_>,
    start_method: StartMethod,
    method: CountMethod,
    workers: u32,
    additions: u64,
) -> Result<Counted, RunError> {
    let mut manager = None;
    let counter = match method {
        CountMethod::Unlocked => Counter::Unlocked(RawValue::new(0)?),
        CountMethod::Locked => Counter::Locked(Value::new(0)?),
        CountMethod::Atomic => Counter::Atomic(RawValue::new(0)?),
        CountMethod::Partial => Counter::Partial(Value::new(0)?),
        CountMethod::Manager => Counter::Manager(manager.insert(Manager::new()?).value(&0)?),
    };
    let model = Model::Processes(start_method);
    let start = Barrier::new(workers)?;
    session.begin(model).await;
    let mut processes = Vec::new();
    for _ in 0..workers {
        let builder = Process::builder().start_method(start_method);
        processes.push(builder.spawn(count, (counter.clone(), additions, start.clone()))?);
    }
    let (mut begin, mut end) = (f64::INFINITY, 0.0_f64);
    for process in &processes {
        let (began, ended) = session.wait_for(process.join_async()).await?;
        begin = begin.min(began);
        end = end.max(ended);
    }
    session.end(model).await;
    let total = match &counter {
        Counter::Unlocked(raw) | Counter::Atomic(raw) => raw.get(),
        Counter::Locked(value) | Counter::Partial(value) => value.get_obj().get(),
        Counter::Manager(value) => session.wait_for(value.get_async()).await?,
    };
    drop(counter);
    if let Some(manager) = manager {
        session.wait_for(manager.shutdown_async()).await?;
    }
    let wall_us = end - begin;
    Ok(Counted { wall_us, total })
}
