//! Execution on the page's own thread: sequentially, or with an event loop.

use super::execution::Execution;
use crate::{Model, RunError, session::Session};
use manyhands::{Error, sleep_async, trace};
use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
    time::Duration,
};
use workloads::{Job, NullHost, Prepared, Tally};

/// Runs work that only computes. The page is frozen meanwhile.
pub(super) async fn computing(
    session: &mut Session<'_>,
    model: Model,
    job: &Job,
) -> Result<Execution, RunError> {
    let begin = session.begin(model).await;
    let tally = job.serial(&mut NullHost);
    let end = session.end(model).await;
    Ok(Execution {
        seconds: (end - begin) / 1e6,
        tally,
        parts: Vec::new(),
        latencies_ms: Vec::new(),
    })
}

/// The time for which the page works before it is measured.
const WARM_UP_SECONDS: f64 = 0.2;
/// The time of one share of that work.
const WARM_UP_SHARE_SECONDS: f64 = 0.03;

/// Computes shares of a job until the page's code is warm. `seconds` is the time that the
/// whole job takes.
pub(super) async fn warm_up(
    session: &mut Session<'_>,
    job: &Job,
    seconds: f64,
) -> Result<(), RunError> {
    let most = job.workload().chunks(job.size()).max(1) as f64;
    let shares = (seconds / WARM_UP_SHARE_SECONDS).clamp(1.0, most) as u32;
    let mut worked_us = 0.0;
    while worked_us < WARM_UP_SECONDS * 1e6 {
        let begin = trace::now_us();
        job.workload().share(job.size(), job.seed(), 0, shares);
        // The loop must end even if the clock did not change during a share. So a share
        // counts as at least a quarter of its planned time.
        worked_us += (trace::now_us() - begin).max(WARM_UP_SHARE_SECONDS * 1e6 / 4.0);
        session.wait_until_idle().await?;
    }
    Ok(())
}

/// Runs work that waits, with this number of items at the same time.
pub(super) async fn waiting(
    session: &mut Session<'_>,
    model: Model,
    job: &Job,
    tasks: u32,
) -> Result<Execution, RunError> {
    let begin = session.begin(model).await;
    let queue = ItemQueue {
        prepared: job.prepare(&mut NullHost),
        shared: job.first_round(),
        next: Cell::new(0),
        begin,
        done: RefCell::default(),
    };
    let tasks = u64::from(tasks).min(job.items());
    let all = (0..tasks).map(|_| Box::pin(queue.work()) as Pin<Box<dyn Future<Output = ()>>>);
    let all: Vec<_> = all.collect();
    session.wait_for(together(all)).await?;
    let (tally, latencies_ms) = queue.done.into_inner();
    let end = session.end(model).await;
    Ok(Execution {
        seconds: (end - begin) / 1e6,
        tally,
        parts: Vec::new(),
        latencies_ms,
    })
}

/// The items that no task has taken yet.
struct ItemQueue {
    prepared: Prepared,
    shared: Vec<u64>,
    next: Cell<u64>,
    /// The start of the run, in µs on the trace's clock.
    begin: f64,
    done: RefCell<(Tally, Vec<f64>)>,
}

impl ItemQueue {
    async fn work(&self) {
        let job = *self.prepared.job();
        while self.next.get() < job.items() {
            let item = self.next.replace(self.next.get() + 1);
            let arrives = self.begin + job.arrival(item).as_secs_f64() * 1e6;
            let ahead = arrives - trace::now_us();
            if ahead > 0.0 {
                sleep_async(Duration::from_secs_f64(ahead / 1e6)).await;
            }
            let waits = job.waits(item);
            if !waits.before.is_zero() {
                sleep_async(waits.before).await;
            }
            let tally = self
                .prepared
                .compute(&self.shared, item..item + 1, &mut NullHost);
            if !waits.after.is_zero() {
                sleep_async(waits.after).await;
            }
            let mut done = self.done.borrow_mut();
            done.0 = std::mem::take(&mut done.0).merge(tally);
            done.1.push((trace::now_us() - arrives) / 1e3);
        }
    }
}

/// Waits until all futures are done.
async fn together(mut all: Vec<Pin<Box<dyn Future<Output = ()> + '_>>>) -> Result<(), Error> {
    poll_fn(|context| {
        all.retain_mut(|one| one.as_mut().poll(context).is_pending());
        if all.is_empty() {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    })
    .await
}
