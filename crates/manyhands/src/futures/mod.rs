//! `ProcessPoolExecutor` and `Future`, as in Python's `concurrent.futures`.
//!
//! This room is built on the pool's engine. It must not know the kernel. Its files in
//! reading order; each imports only those after it:
//!
//! - `executors`: the executors; `wait`: waiting for several futures.
//! - `future`: the result of a submitted call.
//! - `workers`: the workers of an executor, and how they end.
//! - `pending`: calls that were submitted and are waiting for a worker.

mod executors;
mod future;
mod pending;
mod wait;
mod workers;

pub use executors::ProcessPoolExecutor;
#[cfg(feature = "threads")]
pub use executors::ThreadPoolExecutor;
pub use future::Future;
pub use wait::{AsCompleted, ReturnWhen, as_completed, wait, wait_async, wait_timeout_async};
