//! Execution by threads of one process: with a global interpreter lock, as in Python, or
//! without one, on rayon's pool.

use super::{execution::Execution, gil::Gil, host::must};
use crate::{Locking, Model, RunError, session::Session};
use manyhands::{Connection, Process, Thread, pipe, rayon_pool, trace};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    sync::{
        Arc, Barrier, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use timeline::Breakdown;
use workloads::{Host, Job, Prepared, Tally};

/// The number of chunks for each thread, so that all threads end at about the same time.
const CHUNKS: u64 = 8;

/// The result that the threads' process sends at the end.
#[derive(Serialize, Deserialize)]
struct Done {
    tally: Tally,
    latencies_ms: Vec<f64>,
    parts: Vec<Breakdown>,
}

/// Runs a job with this number of threads. Their process is started before the clock, as
/// the main process of a Python program is.
pub(super) async fn run(
    session: &mut Session<'_>,
    locking: Locking,
    job: &Job,
    workers: u32,
) -> Result<Execution, RunError> {
    let model = Model::Threads(locking);
    let (ours, theirs) = pipe()?;
    let builder = Process::builder().name("Threads");
    let process = builder.spawn(thread_process, (theirs, *job, workers, locking))?;
    // If the process has ended early, its own error explains more than the pipe's.
    let started: Result<(), RunError> = session.wait_for(ours.recv_async()).await;
    if let Err(error) = started {
        session.wait_for(process.join_async()).await?;
        return Err(error);
    }
    session.wait_until_idle().await?;
    let begin = session.begin(model).await;
    session.wait_for(ours.send_async(&begin)).await?;
    let done: Result<Done, RunError> = session.wait_for(ours.recv_async()).await;
    let end = session.end(model).await;
    session.wait_for(process.join_async()).await?;
    let done = done?;
    Ok(Execution {
        seconds: (end - begin) / 1e6,
        tally: done.tally,
        parts: done.parts,
        latencies_ms: done.latencies_ms,
    })
}

/// The target of the process to which the threads belong.
fn thread_process(page: Connection, job: Job, workers: u32, locking: Locking) {
    must(page.send(&()));
    let begin: f64 = must(page.recv());
    let done = match locking {
        Locking::Free => free(&job, workers, begin),
        Locking::Gil | Locking::Released => locked(job, workers, locking, begin),
    };
    must(page.send(&done));
}

/// Waits until this time on the trace's clock.
fn sleep_until(moment: f64, host: &mut dyn Host) {
    let ahead = moment - trace::now_us();
    if ahead > 0.0 {
        host.sleep(Duration::from_secs_f64(ahead / 1e6));
    }
}

/// Runs an item that waits. Returns the result and the latency since its arrival, in ms.
fn run_waiting_item(
    prepared: &Prepared,
    shared: &[u64],
    item: u64,
    begin: f64,
    host: &mut dyn Host,
) -> (Tally, f64) {
    let arrives = begin + prepared.job().arrival(item).as_secs_f64() * 1e6;
    sleep_until(arrives, host);
    let tally = prepared.run(shared, item..item + 1, host);
    (tally, (trace::now_us() - arrives) / 1e3)
}

// --- Without a lock ----------------------------------------------------------------

/// A host that is never interrupted. It sleeps only for the simulated I/O.
struct SleepingHost;

impl Host for SleepingHost {
    fn checkpoint(&mut self) {}

    fn sleep(&mut self, time: Duration) {
        trace::waiting(|| std::thread::sleep(time));
    }
}

fn free(job: &Job, workers: u32, begin: f64) -> Done {
    let pool = must(rayon_pool(workers));
    // A thread that starts and finds no work is recorded as waiting, too.
    pool.spawn_broadcast(|_| trace::working(|| ()));
    let prepared = job.prepare(&mut SleepingHost);
    let mut shared = job.first_round();
    let mut done = Done {
        tally: Tally::default(),
        latencies_ms: Vec::new(),
        parts: Vec::new(),
    };
    if job.workload().waits() {
        let run_item = |item| {
            trace::working(|| {
                run_waiting_item(&prepared, &shared, item as u64, begin, &mut SleepingHost)
            })
        };
        let all: Vec<(Tally, f64)> = trace::waiting(|| {
            pool.install(|| {
                let items = (0..job.items() as usize).into_par_iter().with_max_len(1);
                items.map(run_item).collect()
            })
        });
        for (tally, time) in all {
            done.tally = done.tally.merge(tally);
            done.latencies_ms.push(time);
        }
        return done;
    }
    let chunks = CHUNKS * u64::from(workers);
    loop {
        let each = |chunk| {
            let items = job.chunk(chunk, chunks);
            trace::working(|| prepared.run(&shared, items, &mut SleepingHost))
        };
        done.tally = trace::waiting(|| {
            pool.install(|| {
                let all = (0..chunks).into_par_iter();
                all.map(each).reduce(Tally::default, Tally::merge)
            })
        });
        match job.next_round(&shared, &done.tally) {
            Some(next) => shared = next,
            None => return done,
        }
    }
}

// --- With a lock -------------------------------------------------------------------

/// A thread that must hold the lock while it computes.
struct Interpreter<'a> {
    gil: &'a Gil,
    /// The total time that the thread has waited for the lock, in ms.
    waited_ms: f64,
}

impl Interpreter<'_> {
    /// Runs a function that waits for the lock, and adds the time to the total.
    fn wait(&mut self, wait: impl FnOnce(&Gil)) {
        let begin = trace::now_us();
        trace::waiting(|| wait(self.gil));
        self.waited_ms += (trace::now_us() - begin) / 1e3;
    }

    fn acquire(&mut self) {
        if !self.gil.try_acquire() {
            self.wait(Gil::acquire);
        }
    }

    /// Releases the lock while it runs a function that does not need the lock.
    fn without_lock<R>(&mut self, f: impl FnOnce() -> R) -> R {
        self.gil.release();
        let result = f();
        self.acquire();
        result
    }
}

impl Host for Interpreter<'_> {
    #[inline]
    fn checkpoint(&mut self) {
        if self.gil.is_release_requested() {
            self.wait(Gil::hand_over);
        }
    }

    fn sleep(&mut self, time: Duration) {
        self.without_lock(|| trace::waiting(|| std::thread::sleep(time)));
    }
}

/// The state that the threads of a run share.
struct ThreadGroup {
    job: Job,
    prepared: Prepared,
    workers: u64,
    /// Whether the lock is released while a chunk is computed.
    released: bool,
    begin: f64,
    gil: Gil,
    /// The index of the next item, for work that waits.
    next: AtomicU64,
    /// The input of this round, which all threads read; `None` after the last round.
    shared: RwLock<Option<Vec<u64>>>,
    round_over: Barrier,
    done: Mutex<(Tally, Vec<f64>)>,
}

fn locked(job: Job, workers: u32, locking: Locking, begin: f64) -> Done {
    let group = Arc::new(ThreadGroup {
        prepared: job.prepare(&mut SleepingHost),
        job,
        workers: u64::from(workers),
        released: locking == Locking::Released,
        begin,
        gil: Gil::default(),
        next: AtomicU64::new(0),
        shared: RwLock::new(Some(job.first_round())),
        round_over: Barrier::new(workers as usize),
        done: Mutex::default(),
    });
    let threads: Vec<Thread<Breakdown>> = (0..u64::from(workers))
        .map(|number| {
            let (group, requested) = (group.clone(), trace::now_us());
            // Without this, the other threads would wait for ever for one that panicked.
            let builder = Thread::builder().panic_ends_process(true);
            must(builder.run(move || group.work(number, requested)))
        })
        .collect();
    let parts = threads.iter().map(|thread| must(thread.join())).collect();
    let done = std::mem::take(&mut *group.done.lock().unwrap_or_else(PoisonError::into_inner));
    Done {
        tally: done.0,
        latencies_ms: done.1,
        parts,
    }
}

impl ThreadGroup {
    /// The work of one thread. Returns how it spent its time.
    fn work(&self, number: u64, requested: f64) -> Breakdown {
        let began = trace::now_us();
        let mut host = Interpreter {
            gil: &self.gil,
            waited_ms: 0.0,
        };
        host.acquire();
        if self.job.workload().waits() {
            self.wait_on_items(&mut host);
        } else {
            self.compute(number, &mut host);
        }
        self.gil.release();
        let ended = trace::now_us();
        Breakdown {
            startup_ms: (began - requested) / 1e3,
            sending_ms: 0.0,
            computing_ms: (ended - began) / 1e3 - host.waited_ms,
            waiting_ms: host.waited_ms,
        }
    }

    /// Adds the result of a chunk or an item, and the latency of an item.
    fn add_result(&self, tally: Tally, latencies_ms: Option<f64>) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.0 = std::mem::take(&mut done.0).merge(tally);
        done.1.extend(latencies_ms);
    }

    /// The numbers that all threads share in this round; `None` after the last round.
    fn shared_numbers(&self) -> Option<Vec<u64>> {
        let shared = self.shared.read().unwrap_or_else(PoisonError::into_inner);
        shared.clone()
    }

    fn wait_on_items(&self, host: &mut Interpreter) {
        let shared = self.shared_numbers().unwrap_or_default();
        loop {
            let item = self.next.fetch_add(1, Ordering::Relaxed);
            if item >= self.job.items() {
                return;
            }
            let (tally, time) = run_waiting_item(&self.prepared, &shared, item, self.begin, host);
            self.add_result(tally, Some(time));
        }
    }

    fn compute(&self, number: u64, host: &mut Interpreter) {
        let chunks = CHUNKS * self.workers;
        while let Some(shared) = self.shared_numbers() {
            for chunk in (number..chunks).step_by(self.workers as usize) {
                let items = self.job.chunk(chunk, chunks);
                let tally = if self.released {
                    host.without_lock(|| self.prepared.run(&shared, items, &mut SleepingHost))
                } else {
                    self.prepared.run(&shared, items, host)
                };
                self.add_result(tally, None);
            }
            host.without_lock(|| {
                if trace::waiting(|| self.round_over.wait()).is_leader() {
                    self.next_round(&shared);
                }
                // No thread reads this before the next round is published.
                trace::waiting(|| self.round_over.wait());
            });
        }
    }

    fn next_round(&self, shared: &[u64]) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let next = self.job.next_round(shared, &done.0);
        if next.is_some() {
            done.0 = Tally::default();
        }
        *self.shared.write().unwrap_or_else(PoisonError::into_inner) = next;
    }
}
