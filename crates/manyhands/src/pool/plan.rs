//! The settings that a pool is made with.
//!
//! Must not know the pool.

use crate::{StartMethod, process::Call};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What the workers of a pool are.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum WorkerKind {
    /// Processes, started by this method; without one, by the default method of
    /// the process that starts them.
    Processes(Option<StartMethod>),
    /// Threads of the process that starts them.
    #[cfg(feature = "threads")]
    Threads,
}

/// The settings that a pool is made with.
#[derive(Clone, Serialize, Deserialize)]
pub struct Plan {
    pub(crate) workers: u32,
    pub(crate) initializer: Option<Call>,
    /// A worker ends, and is replaced, after this many chunks.
    pub(crate) max_tasks: Option<u32>,
    pub(crate) worker_kind: WorkerKind,
    /// Processes as workers are daemons: they may have no children, and they are
    /// terminated when the process that made the pool ends.
    pub(crate) daemon: bool,
    pub(crate) task_timeout: Option<Duration>,
    /// Workers are started only when there is work for them.
    pub(crate) on_demand: bool,
    /// A worker that is killed or crashes breaks the whole pool.
    pub(crate) breaks_on_crash: bool,
}
