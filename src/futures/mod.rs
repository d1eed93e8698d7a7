//! `ProcessPoolExecutor` and `Future`, as in Python's `concurrent.futures`.
//!
//! Built on the pool's engine; this room must not know the kernel.

mod executor;
mod future;
mod pending;
mod wait;

pub use executor::{ExecutorBuilder, ProcessPoolExecutor};
pub use future::Future;
pub use wait::{AsCompleted, ReturnWhen, as_completed, wait, wait_async};
