//! Data-parallel loops: rayon on threads of this process. README.md and
//! `benches/page/rayon_pool.rs` say why they are not wasm-bindgen-rayon's threads.
//!
//! This module must not import `pool`.

use super::Thread;
use crate::{Error, process::may_block, trace};
use std::io;

/// A rayon pool with this number of threads of this process, for data-parallel loops:
/// `pool.install(|| numbers.par_iter().sum())`. Dropping the pool ends the threads.
///
/// ```no_run
/// use manyhands::{Error, Process, rayon_pool};
/// use rayon::prelude::*;
///
/// fn sum_of_squares(n: u64) -> u64 {
///     let pool = rayon_pool(4).unwrap();
///     pool.install(|| (1..=n).into_par_iter().map(|x| x * x).sum())
/// }
///
/// async fn on_the_page() -> Result<u64, Error> {
///     Process::spawn(sum_of_squares, 1000)?.join_async().await
/// }
/// ```
///
/// A thread that waits for such a loop waits inside rayon, and so do the pool's threads
/// when they have nothing to do. The trace does not record these waits by itself;
/// [`trace::waiting`] and [`trace::working`] record them.
///
/// A panic in such a loop ends the whole process with signal 6 (exit code −6), as it
/// does in a native program that does not unwind.
///
/// If not all threads can be started, those that were have ended when this returns.
///
/// # Errors
/// [`Error::ValueError`] for 0 threads, for which rayon would choose a number itself;
/// [`Error::BlockingOnPage`] on the page, which may not wait for a loop; otherwise as
/// [`crate::Builder::spawn`].
pub fn rayon_pool(threads: u32) -> Result<rayon::ThreadPool, Error> {
    if threads == 0 {
        return Err(Error::ValueError(
            "a rayon pool needs at least 1 thread".into(),
        ));
    }
    if !may_block() {
        return Err(Error::blocking_on_page(
            "rayon_pool",
            "a process that makes the pool",
        ));
    }
    let mut refused = None;
    let mut started = Vec::new();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads as usize)
        .spawn_handler(|thread| {
            let builder = Thread::builder()
                .name(format!("rayon-{}", thread.index()))
                .daemon(true)
                .panic_ends_process(true);
            let thread = builder.run(move || {
                thread.run();
                trace::set_waiting_for_work(false);
            });
            thread.map(|thread| started.push(thread)).map_err(|error| {
                let text = error.to_string();
                refused = Some(error);
                io::Error::other(text)
            })
        })
        .build();
    pool.map_err(|error| {
        // Rayon has told those that were started to end.
        for thread in started {
            let _ = thread.join();
        }
        refused.unwrap_or_else(|| Error::OSError(error.to_string()))
    })
}
