//! What a pool is made with, whoever makes it.
//!
//! Must not know the pool.

use super::kind::Hands;
use crate::process::Call;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a pool is made with.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) workers: u32,
    pub(crate) initializer: Option<Call>,
    pub(crate) max_tasks: Option<u32>,
    pub(crate) hands: Hands,
    pub(crate) task_timeout: Option<Duration>,
    /// Workers are started when there is work for them.
    pub(crate) on_demand: bool,
    /// A worker that is killed or crashes breaks the whole pool.
    pub(crate) fragile: bool,
}
