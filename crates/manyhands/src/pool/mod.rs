//! `Pool`, as in Python's `pool.py`.
//!
//! This room is built only from processes, queues, a lock and shared arrays. It must not
//! know the kernel. Its files in reading order; each imports only those after it:
//!
//! - [`calls`]: the calls of a pool (`apply`, `map`, `imap`); [`pools`]: how a pool is
//!   made, given options and ended.
//! - [`builder`]: the settings of a pool, one method per setting.
//! - [`map_job`]: a job with a known number of items, with the [`chunk_source`] that its
//!   chunks come from and its [`results`]; [`imap`] and [`stream`]: a job with any number
//!   of items.
//! - [`async_result`] and [`progress`]: what the caller gets for a job.
//! - [`engine`]: sends chunks to workers, reads their reports, replaces workers.
//! - [`job`]: what the engine knows of the jobs that chunks belong to.
//! - [`worker`]: the program of a worker; [`message`]: the messages between pool and
//!   workers; [`claims`]: items that workers claim one by one.
//! - [`policy`]: how items are cut into chunks; [`plan`]: the settings, checked.

mod async_result;
mod builder;
mod calls;
mod chunk_source;
mod claims;
pub(crate) mod engine;
mod imap;
pub(crate) mod job;
pub(crate) mod map_job;
pub(crate) mod message;
pub(crate) mod plan;
pub(crate) mod policy;
mod pools;
mod progress;
mod results;
pub(crate) mod stream;
mod worker;

pub use async_result::AsyncResult;
pub use builder::PoolBuilder;
pub(crate) use builder::{Buildable, HasProcessWorkers, RefusalTexts};
pub use imap::IMap;
pub use policy::{Policy, default_chunk_size};
pub use pools::Pool;
#[cfg(feature = "threads")]
pub use pools::ThreadPool;
pub use progress::{AtWork, Progress};
