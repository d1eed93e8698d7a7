//! `ProcessPoolExecutor` and `Future`, as in Python's `concurrent.futures`.
//!
//! Built on the pool's engine; this room must not know the kernel.

mod builder;
mod executor;
mod future;
mod pending;
#[cfg(feature = "threads")]
mod thread_executor;
mod wait;

pub use builder::ExecutorBuilder;
pub use executor::ProcessPoolExecutor;
pub use future::Future;
#[cfg(feature = "threads")]
pub use thread_executor::ThreadPoolExecutor;
pub use wait::{AsCompleted, ReturnWhen, as_completed, wait, wait_async};
