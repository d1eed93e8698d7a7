//! Pools and executors, used by a program in a process.

use crate::{Outcome, floors::floor, report};
use manyhands::{Pool, Process, ProcessPoolExecutor, Queue, StartMethod, prewarm, trace};

/// The number of measured rounds, after one round that is not measured.
const ROUNDS: u32 = 9;

fn increment(x: u32) -> u32 {
    x + 1
}

/// µs since `begin`.
fn since(begin: f64) -> f64 {
    trace::now_us() - begin
}

/// Tasks per second with chunks of one, and with chunks of Python's default size. The arguments
/// are the two numbers of tiny tasks.
pub(crate) fn map_tiny((chunk1, default): (u32, u32)) -> (f64, f64) {
    let pool = Pool::new(2).unwrap();
    pool.map(increment, 0..100).unwrap();
    let begin = trace::now_us();
    let results = pool
        .chunk_size(1)
        .unwrap()
        .map(increment, 0..chunk1)
        .unwrap();
    let one = f64::from(chunk1) * 1e6 / since(begin);
    assert!(results.into_iter().eq(1..=chunk1));
    let begin = trace::now_us();
    let results = pool.map(increment, 0..default).unwrap();
    let many = f64::from(default) * 1e6 / since(begin);
    assert!(results.into_iter().eq(1..=default));
    (one, many)
}

/// Tasks per second of `count` tiny ones, in eight chunks that two processes get through queues.
fn chunks_by_hand(count: u32) -> f64 {
    type Chunk = Option<(u32, Vec<u32>)>;
    fn work(to: Queue<Chunk>, back: Queue<(u32, Vec<u32>)>) {
        while let Some((number, chunk)) = to.get().unwrap() {
            let results = chunk.into_iter().map(increment).collect();
            back.put(&(number, results)).unwrap();
        }
    }
    let (to, back) = (Queue::new(0).unwrap(), Queue::new(0).unwrap());
    let two: Vec<_> = (0..2)
        .map(|_| Process::spawn(work, (to.clone(), back.clone())).unwrap())
        .collect();
    let size = count / 8;
    let run = |count: u32| {
        let items: Vec<u32> = (0..count).collect();
        for (number, chunk) in items.chunks(size.min(count) as usize).enumerate() {
            to.put(&Some((number as u32, chunk.to_vec()))).unwrap();
        }
        let mut chunks: Vec<_> = (0..items.chunks(size.min(count) as usize).count())
            .map(|_| back.get().unwrap())
            .collect();
        chunks.sort_unstable_by_key(|chunk| chunk.0);
        chunks.into_iter().flat_map(|chunk| chunk.1).count()
    };
    run(100);
    let begin = trace::now_us();
    assert_eq!(run(count), count as usize);
    let rate = f64::from(count) * 1e6 / since(begin);
    for _ in 0..2 {
        to.put(&None).unwrap();
    }
    two.iter().for_each(|process| process.join().unwrap());
    rate
}

/// µs for one call with its result.
fn apply(turns: u32) -> f64 {
    let pool = Pool::new(2).unwrap();
    pool.apply(increment, 1).unwrap();
    let begin = trace::now_us();
    for turn in 0..turns {
        pool.apply(increment, turn).unwrap();
    }
    since(begin) / f64::from(turns)
}

/// µs for one submitted call with its result.
fn submit(turns: u32) -> f64 {
    let executor = ProcessPoolExecutor::new(2).unwrap();
    executor.submit(increment, 1).unwrap().result().unwrap();
    let begin = trace::now_us();
    for turn in 0..turns {
        executor.submit(increment, turn).unwrap().result().unwrap();
    }
    since(begin) / f64::from(turns)
}

/// ms from making a pool of two until its first result.
fn ready(method: StartMethod) -> f64 {
    let begin = trace::now_us();
    let builder = Pool::builder().processes(2).start_method(method);
    let pool = builder.build().unwrap();
    pool.map(increment, 0..2).unwrap();
    since(begin) / 1e3
}

/// ms for a typical tutorial program with tiny tasks, including the start of the pool.
fn listing(method: StartMethod, count: u32) -> f64 {
    let begin = trace::now_us();
    let builder = Pool::builder().processes(4).start_method(method);
    let pool = builder.build().unwrap();
    let sum: u32 = pool.map(increment, 0..count).unwrap().into_iter().sum();
    drop(pool);
    assert!(sum > 0);
    since(begin) / 1e3
}

/// µs per task, for tasks of one item.
fn time_per_task(count: u32) -> f64 {
    let pool = Pool::new(2).unwrap();
    let one_by_one = pool.chunk_size(1).unwrap();
    one_by_one.map(increment, 0..100).unwrap();
    let begin = trace::now_us();
    one_by_one.map(increment, 0..count).unwrap();
    since(begin) / f64::from(count)
}

fn sample(name: &str, unit: &str, round: u32, value: f64) {
    if round > 0 {
        report::sample(name, unit, round, value);
    }
}

pub async fn measure() -> Outcome {
    for round in 0..=ROUNDS {
        let rates = Process::spawn(map_tiny, (10_000, 100_000))?;
        let (one, many) = rates.join_async().await?;
        sample("pool_map_tiny_chunk1", "1/s", round, one);
        sample("pool_map_tiny_default", "1/s", round, many);
        let hand = Process::spawn(chunks_by_hand, 100_000)?
            .join_async()
            .await?;
        sample("chunks_by_hand", "1/s", round, hand);
        if let Ok(rate) = floor("comlink_tasks", &[10_000.0, 2.0]).await {
            sample("comlink_tasks", "1/s", round, rate);
        }
        let apply = Process::spawn(apply, 5_000)?.join_async().await?;
        sample("pool_apply_rtt", "µs", round, apply);
        let submit = Process::spawn(submit, 5_000)?.join_async().await?;
        sample("executor_submit", "µs", round, submit);
        let spawn = Process::spawn(ready, StartMethod::Spawn)?
            .join_async()
            .await?;
        sample("pool_ready_spawn", "ms", round, spawn);
        // The workers are prewarmed, because Python's fork server also runs already when the
        // pool is made.
        prewarm(3).await?;
        let warm = Process::spawn(ready, StartMethod::Forkserver)?
            .join_async()
            .await?;
        sample("pool_ready_forkserver", "ms", round, warm);
        for (name, method) in [
            ("tutorial_tiny_tasks", StartMethod::Spawn),
            ("tutorial_tiny_tasks_forkserver", StartMethod::Forkserver),
        ] {
            if method == StartMethod::Forkserver {
                prewarm(4).await?;
            }
            let tiny = Process::spawn(listing, (method, 10_000))?
                .join_async()
                .await?;
            sample(name, "ms", round, tiny);
        }
        for count in [100, 10_000, 1_000_000] {
            // The largest size takes a second, so it runs in every third round only.
            if count < 1_000_000 || round % 3 == 1 {
                let cost = Process::spawn(time_per_task, count)?.join_async().await?;
                sample(&format!("pool_cost_of_{count}"), "µs", round, cost);
            }
        }
    }
    for (name, of, to) in [
        (
            "pool_map_tiny_chunk1_vs_comlink",
            "pool_map_tiny_chunk1",
            "comlink_tasks",
        ),
        (
            "pool_map_tiny_default_vs_by_hand",
            "pool_map_tiny_default",
            "chunks_by_hand",
        ),
        (
            "pool_ready_forkserver_vs_cpython_fork",
            "pool_ready_forkserver",
            "cpython_pool_ready_fork",
        ),
        (
            "tutorial_tiny_tasks_forkserver_vs_cpython_fork",
            "tutorial_tiny_tasks_forkserver",
            "cpython_tutorial_tiny_tasks_fork",
        ),
        (
            "pool_cost_of_1000000_vs_100",
            "pool_cost_of_1000000",
            "pool_cost_of_100",
        ),
    ] {
        report::ratio(name, of, to);
    }
    for name in [
        "pool_map_tiny_chunk1",
        "pool_map_tiny_default",
        "pool_apply_rtt",
        "executor_submit",
        "pool_ready_spawn",
        "tutorial_tiny_tasks",
    ] {
        report::ratio(
            &format!("{name}_vs_cpython"),
            name,
            &format!("cpython_{name}"),
        );
    }
    Ok(())
}
