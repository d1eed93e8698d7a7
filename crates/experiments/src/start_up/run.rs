//! The runner of the start-up experiment: a number of processes at once that do nothing.

use super::{Measured, Plan};
use crate::{Model, RunError, browser_memory::browser_memory, form::YesOrNo, session::Session};
use manyhands::{Process, StartMethod, prewarm, trace};

/// The target of each process. Returns the time when it was called, in µs on the trace's clock,
/// and the memory of its instance of the module, in bytes.
fn report() -> (f64, u64) {
    (trace::now_us(), memory())
}

#[cfg(target_arch = "wasm32")]
fn memory() -> u64 {
    const PAGE: u64 = 65_536;
    core::arch::wasm32::memory_size::<0>() as u64 * PAGE
}

/// Outside a browser there are no processes, so there is no memory to report.
#[cfg(not(target_arch = "wasm32"))]
fn memory() -> u64 {
    0
}

const MIB: f64 = (1 << 20) as f64;

pub(crate) async fn run(session: &mut Session<'_>, plan: &Plan) -> Result<(), RunError> {
    let (counts, methods) = (&plan.counts, &plan.methods);
    for &method in methods {
        session.add_series(&Measured::Called(method));
        session.add_series(&Measured::Joined(method));
        session.add_series(&Measured::Memory(method));
    }
    let repeats = plan.repeats;
    let asks = plan.browser_memory == YesOrNo::Yes;
    session
        .set_total_steps((repeats + 1) * (counts.len() * methods.len()) as u32 + u32::from(asks));
    // The first round is a warm-up, because the first process of a page is the slowest.
    for round in 0..=repeats {
        for &count in counts {
            for &method in methods {
                let words = match round {
                    0 => "Warming up",
                    _ => "Starting",
                };
                session
                    .begin_step(format!("{words}: {count} by {method}"))
                    .await?;
                start(session, count, method, round > 0).await?;
            }
        }
    }
    match counts.last() {
        Some(&count) if asks => ask_browser(session, count).await,
        _ => Ok(()),
    }
}

/// Asks the browser for the memory of this number of workers that wait for their first target.
/// The browser would not answer while workers compute or are blocked.
async fn ask_browser(session: &mut Session<'_>, count: u32) -> Result<(), RunError> {
    session
        .begin_step("Asking the browser for its memory: it may take half a minute")
        .await?;
    session.wait_for(prewarm(count)).await?;
    let Some(measured) = session.wait_for(browser_memory()).await? else {
        return Ok(());
    };
    let x = f64::from(count);
    session.sample(&Measured::BrowserTotal, x, measured.total / MIB);
    // If the browser does not distinguish between workers, nothing is recorded for them.
    for bytes in measured.workers {
        session.sample(&Measured::BrowserWorker, x, bytes / MIB);
    }
    Ok(())
}

/// Starts this number of processes at once, and records the times if `records` is true.
async fn start(
    session: &mut Session<'_>,
    count: u32,
    method: StartMethod,
    records: bool,
) -> Result<(), RunError> {
    if method == StartMethod::Forkserver {
        prewarm(count).await?;
        session.wait_until_idle().await?;
    }
    let model = Model::Processes(method);
    let begin = session.begin(model).await;
    let mut processes = Vec::new();
    for _ in 0..count {
        let requested = trace::now_us();
        let builder = Process::builder().start_method(method);
        processes.push((builder.spawn(report, ())?, requested));
    }
    let mut called = Vec::new();
    for (process, requested) in &processes {
        let (began, memory) = session.wait_for(process.join_async()).await?;
        called.push(((began - requested) / 1e3, memory as f64 / MIB));
    }
    let end = session.end(model).await;
    if records {
        let x = f64::from(count);
        for (time, memory) in called {
            session.sample(&Measured::Called(method), x, time);
            session.sample(&Measured::Memory(method), x, memory);
        }
        session.sample(&Measured::Joined(method), x, (end - begin) / 1e3);
    }
    Ok(())
}
