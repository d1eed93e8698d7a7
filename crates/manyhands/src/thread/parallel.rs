//! Data-parallel loops: rayon on threads of this process. Why these are not those
//! of wasm-bindgen-rayon: see README.md and `benches/page/rayon_pool.rs`.

use super::Thread;
use crate::{Error, process::may_block, trace};
use std::io;

/// A rayon pool of so many threads of this process, for data-parallel loops:
/// `pool.install(|| numbers.par_iter().sum())`. Dropped, it lets them go.
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
/// Who waits for such a loop waits in rayon's own way, which nobody records, and
/// so do the pool's threads between their pieces of it: [`trace::waiting`] and
/// [`trace::working`] make lanes and traces show that.
///
/// A panic in such a loop ends the whole process by signal 6 (exit code −6), as
/// it does in a native program that does not unwind.
///
/// # Errors
/// [`Error::ValueError`] for 0 threads, which rayon would take for a number of
/// its own; [`Error::BlockingOnPage`] on the page, which may not wait for a loop;
/// as [`crate::Builder::spawn`].
pub fn rayon_pool(threads: u32) -> Result<rayon::ThreadPool, Error> {
    if threads == 0 {
        return Err(Error::ValueError(
            "a rayon pool needs at least 1 thread".into(),
        ));
    }
    if !may_block() {
        return Err(Error::BlockingOnPage {
            call: "rayon_pool",
            instead: "a process that makes the pool",
        });
    }
    let mut refused = None;
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads as usize)
        .spawn_handler(|seat| {
            let builder = Thread::builder()
                .name(format!("rayon-{}", seat.index()))
                .daemon(true)
                .vital(true);
            let started = builder.run(move || {
                seat.run();
                trace::between(false);
            });
            started.map(drop).map_err(|error| {
                let text = error.to_string();
                refused = Some(error);
                io::Error::other(text)
            })
        })
        .build()
        .map_err(|error| refused.unwrap_or_else(|| Error::OSError(error.to_string())))
}
