//! The memory of an idle process, as the operating system counts it, compared with that of a
//! bare worker.

use crate::{Outcome, floor::BareWorker, report, victims, watch::Watch};
use manyhands::{Process, sleep_async};
use std::time::Duration;

const COUNT: u32 = 40;
/// The wait until the browser is idle.
const SETTLE: Duration = Duration::from_secs(3);

pub async fn measure() -> Outcome {
    // All page loads have a kernel and one process before the first measurement, so these do
    // not count.
    let watch = Watch::new();
    let other = Process::spawn(victims::asleep_outside_kernel, ())?;
    watch.wait_until_it_runs(&other).await?;
    sleep_async(SETTLE).await;
    let before = report::browser_memory().await?;
    let (mut bare_workers, mut processes) = (Vec::new(), Vec::new());
    let of = report::query("of").unwrap_or_default();
    for _ in 0..COUNT {
        match of.as_str() {
            "bare_worker" => bare_workers.push(BareWorker::start().await?.0),
            "process" => {
                let process = Process::spawn(victims::blocked, other.sentinel()?)?;
                if !watch.wait_until_it_runs(&process).await? {
                    return Err("an idle process did not stay".into());
                }
                processes.push(process);
            }
            _ => sleep_async(Duration::from_millis(20)).await,
        }
    }
    sleep_async(SETTLE).await;
    let after = report::browser_memory().await?;
    report::sample(
        &format!("memory_per_idle_{of}"),
        "MB",
        0,
        (after - before) / f64::from(COUNT),
    );
    report::ratio(
        "memory_per_idle_process_vs_floor",
        "memory_per_idle_process",
        "memory_per_idle_bare_worker",
    );
    bare_workers.into_iter().for_each(BareWorker::end);
    Ok(())
}
