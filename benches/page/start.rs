//! The time to start a process with each start method, compared with that of a bare worker in
//! the same round.
//!
//! Two pairs of times are compared: the time until the target runs with the time until the
//! bare worker's code runs (`…_runs`), and the time until the page knows that the process has
//! ended with the time until it has received the bare worker's message.

use crate::{Outcome, floor::BareWorker, report, watch::Watch};
use manyhands::{Process, StartMethod, keep_warm, prewarm, sleep_async, trace};
use std::time::Duration;

/// The number of measured rounds.
const ROUNDS: u32 = 40;
/// The number of rounds before them, which fill caches.
const UNMEASURED: u32 = 3;

/// The wait between two starts, after which the previous worker has ended.
const REST: Duration = Duration::from_millis(60);

pub async fn measure() -> Outcome {
    // The first process also starts the kernel, so it is not measured.
    Process::spawn(|| (), ())?.join_async().await?;
    keep_warm(0)?;
    let watch = Watch::new();
    for round in 0..ROUNDS + UNMEASURED {
        for turn in 0..3 {
            sleep_async(REST).await;
            let times = match (round + turn) % 3 {
                0 => bare_worker().await?,
                1 => process(&watch, StartMethod::Spawn).await?,
                _ => process(&watch, StartMethod::Forkserver).await?,
            };
            for (name, milliseconds) in times {
                if round >= UNMEASURED {
                    report::sample(name, "ms", round, milliseconds);
                }
            }
        }
    }
    for method in ["spawn", "forkserver"] {
        let ratio = |name: &str, of: &str, to: &str| {
            report::ratio(&name.replace('%', method), &of.replace('%', method), to);
        };
        ratio("start_%_vs_floor", "start_%", "start_bare_worker");
        ratio(
            "start_%_runs_vs_floor",
            "start_%_runs",
            "start_bare_worker_runs",
        );
    }
    Ok(())
}

type Times = Vec<(&'static str, f64)>;

async fn bare_worker() -> Result<Times, Box<dyn std::error::Error>> {
    let (worker, runs, message) = BareWorker::start().await?;
    worker.end();
    Ok(vec![
        ("start_bare_worker_runs", runs),
        ("start_bare_worker", message),
    ])
}

async fn process(watch: &Watch, method: StartMethod) -> Result<Times, Box<dyn std::error::Error>> {
    let warm = method == StartMethod::Forkserver;
    if warm {
        prewarm(1).await?;
        sleep_async(REST).await;
    }
    let begin = trace::now_us();
    let process = Process::builder().start_method(method).spawn(|| (), ())?;
    let called = trace::now_us();
    process.join_async().await?;
    let joined = trace::now_us();
    let begun = watch.begun(&process).ok_or("the trace lost a start")?;
    let since = |time: f64| (time - begin) / 1e3;
    let names = if warm {
        [
            "start_forkserver_runs",
            "start_forkserver",
            "call_forkserver",
        ]
    } else {
        ["start_spawn_runs", "start_spawn", "call_spawn"]
    };
    Ok(vec![
        (names[0], since(begun)),
        (names[1], since(joined)),
        (names[2], since(called)),
    ])
}
