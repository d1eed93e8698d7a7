//! The time to start a process while the page is idle, and while its thread is busy. A process
//! starts in both cases, because the dispatcher creates workers in a worker of its own.

use crate::{Outcome, report, watch::Watch};
use manyhands::{Process, StartMethod, keep_warm, prewarm, sleep_async, trace};
use std::time::Duration;

const ROUNDS: u32 = 20;
const UNMEASURED: u32 = 2;
/// The wait between two starts, after which the previous worker has ended.
const REST: Duration = Duration::from_millis(60);
/// The time for which the page is kept busy, in µs.
const BUSY_US: f64 = 300_000.0;

pub async fn measure() -> Outcome {
    Process::spawn(|| (), ())?.join_async().await?;
    keep_warm(0)?;
    let watch = Watch::new();
    for round in 0..ROUNDS + UNMEASURED {
        for busy in [false, true] {
            for method in StartMethod::ALL {
                let (runs, joined) = start(&watch, method, busy).await?;
                let state = if busy { "busy" } else { "free" };
                let name = format!("start_{method}_{state}_page_dispatcher_worker");
                if round >= UNMEASURED {
                    report::sample(&format!("{name}_runs"), "ms", round, runs);
                    if !busy {
                        report::sample(&name, "ms", round, joined);
                    }
                }
            }
        }
    }
    Ok(())
}

/// Starts a process while the page's thread is kept busy or idle; returns the times, in ms,
/// until the target ran and until the page knew that the process had ended.
async fn start(
    watch: &Watch,
    method: StartMethod,
    busy: bool,
) -> Result<(f64, f64), Box<dyn std::error::Error>> {
    sleep_async(REST).await;
    if method == StartMethod::Forkserver {
        prewarm(1).await?;
        sleep_async(REST).await;
    }
    let begin = trace::now_us();
    let process = Process::builder().start_method(method).spawn(|| (), ())?;
    while busy && trace::now_us() - begin < BUSY_US {}
    process.join_async().await?;
    let joined = trace::now_us();
    let begun = watch.begun(&process).ok_or("the trace lost a start")?;
    Ok(((begun - begin) / 1e3, (joined - begin) / 1e3))
}
