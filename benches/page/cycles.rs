//! A thousand processes one after the other: their time, and the growth of memory.

use crate::{Outcome, floor::BareWorker, report};
use manyhands::{Process, StartMethod, diagnostics, keep_warm, sleep_async, trace};
use std::time::Duration;

const CYCLES: u32 = 1000;
/// The number of processes before the measurement, which fill caches.
const UNMEASURED: u32 = 20;
/// The wait until the last workers have ended and the browser is idle.
const SETTLE: Duration = Duration::from_secs(5);

pub async fn measure() -> Outcome {
    let of = report::query("of").unwrap_or_default();
    // `None` measures bare workers, which show the browser's own growth.
    let method: Option<StartMethod> = of.parse().ok();
    keep_warm(2)?;
    cycles(method, UNMEASURED).await?;
    sleep_async(SETTLE).await;
    let (memory, arena) = (report::browser_memory().await?, diagnostics());
    let begin = trace::now_us();
    cycles(method, CYCLES).await?;
    let seconds = (trace::now_us() - begin) / 1e6;
    sleep_async(SETTLE).await;
    let (memory_after, arena_after) = (report::browser_memory().await?, diagnostics());
    let sample = |name: &str, unit: &str, value: f64| {
        report::sample(&format!("thousand_cycles_{of}{name}"), unit, 0, value);
    };
    sample("", "s", seconds);
    sample("_arena_before", "bytes", arena.arena_bytes_used.into());
    sample("_arena_after", "bytes", arena_after.arena_bytes_used.into());
    sample("_memory_before", "MB", memory);
    sample("_memory_after", "MB", memory_after);
    Ok(())
}

async fn cycles(method: Option<StartMethod>, count: u32) -> Outcome {
    for _ in 0..count {
        let Some(method) = method else {
            BareWorker::start().await?.0.end();
            continue;
        };
        let process = Process::builder().start_method(method).spawn(|| (), ())?;
        process.join_async().await?;
    }
    Ok(())
}
