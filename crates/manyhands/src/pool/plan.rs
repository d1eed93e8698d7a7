//! What a pool is made with, whoever makes it, and what was said of it so far.
//!
//! Must not know the pool.

use super::kind::Hands;
use crate::{Error, StartMethod, Target, cpu_count, process::Call};
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

/// What was said so far of a pool that is to be made.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) workers: Option<u32>,
    initializer: Option<Result<Call, Error>>,
    pub(crate) max_tasks: Option<u32>,
    pub(crate) method: Option<StartMethod>,
    pub(crate) task_timeout: Option<Duration>,
}

/// Python's sentences for what cannot be.
pub(crate) struct Refusals {
    pub(crate) no_workers: &'static str,
    pub(crate) no_tasks: &'static str,
}

impl Draft {
    pub(crate) fn initialize<A, M, T>(&mut self, initializer: T, arguments: &A)
    where
        T: Target<A, M>,
    {
        self.initializer = Some(initializer.call(arguments));
    }

    /// What was said, if it can be: by default for workers that start at once,
    /// each of which can be replaced.
    pub(crate) fn plan(
        self,
        hands: impl FnOnce(Option<StartMethod>) -> Hands,
        refusals: &Refusals,
    ) -> Result<Plan, Error> {
        let workers = self.workers.unwrap_or_else(cpu_count);
        let refuse = |text: &str| Err(Error::ValueError(text.into()));
        if workers == 0 {
            return refuse(refusals.no_workers);
        }
        if self.max_tasks == Some(0) {
            return refuse(refusals.no_tasks);
        }
        if self.task_timeout.is_some_and(|time| time.is_zero()) {
            return refuse("task_timeout must be more than nothing");
        }
        Ok(Plan {
            workers,
            initializer: self.initializer.transpose()?,
            max_tasks: self.max_tasks,
            hands: hands(self.method),
            task_timeout: self.task_timeout,
            on_demand: false,
            fragile: false,
        })
    }
}
