//! The settings that a pool is made with.
//!
//! This module must not know the pool.

use crate::{StartMethod, process::Call};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What the workers of a pool are.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum WorkerKind {
    /// Processes, started by this method, or by the default method of the process that
    /// starts them.
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
    /// A worker ends and is replaced after it has run this many chunks.
    pub(crate) max_tasks: Option<u32>,
    pub(crate) worker_kind: WorkerKind,
    /// Worker processes are daemons: they may have no children, and they are terminated
    /// when the process that made the pool ends.
    pub(crate) daemon: bool,
    pub(crate) task_timeout: Option<Duration>,
    /// Workers are started only when there is work for them. Otherwise all are started at
    /// once.
    pub(crate) on_demand: bool,
    /// If a worker is killed or crashes, the whole pool is broken. Otherwise the worker
    /// is replaced.
    pub(crate) breaks_on_crash: bool,
}
