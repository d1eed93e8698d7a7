//! How an executor is to be.

use super::ProcessPoolExecutor;
use crate::{
    Error, StartMethod, Target,
    pool::{
        kind::Kind,
        plan::{Draft, Plan, Refusals},
    },
};
use std::marker::PhantomData;

const REFUSALS: Refusals = Refusals {
    no_workers: "max_workers must be greater than 0",
    no_tasks: "max_tasks_per_child must be >= 1",
};

/// What an executor is to be before it is made.
pub struct ExecutorBuilder<E = ProcessPoolExecutor> {
    draft: Draft,
    executor: PhantomData<fn() -> E>,
}

impl<E> Default for ExecutorBuilder<E> {
    fn default() -> Self {
        ExecutorBuilder {
            draft: Draft::default(),
            executor: PhantomData,
        }
    }
}

impl ExecutorBuilder {
    /// After so many calls a worker makes room for a new one.
    pub fn max_tasks_per_child(mut self, tasks: u32) -> Self {
        self.draft.max_tasks = Some(tasks);
        self
    }

    /// How the workers are started; else as [`crate::get_start_method`] says.
    pub fn start_method(mut self, method: StartMethod) -> Self {
        self.draft.method = Some(method);
        self
    }
}

impl<E: Kind<ProcessPoolExecutor>> ExecutorBuilder<E> {
    /// How many workers at most; else [`crate::cpu_count`].
    pub fn max_workers(mut self, workers: u32) -> Self {
        self.draft.workers = Some(workers);
        self
    }

    /// What every worker runs first. One that dies of it, three times in a row,
    /// breaks the executor.
    pub fn initializer<A, M, T>(mut self, initializer: T, arguments: A) -> Self
    where
        T: Target<A, M>,
    {
        self.draft.initialize(initializer, &arguments);
        self
    }

    /// Makes the executor. No worker is started yet.
    ///
    /// # Errors
    /// [`Error::ValueError`] for 0 workers or tasks; [`Error::PicklingError`] for
    /// the initializer's arguments; [`Error::NotIsolated`];
    /// [`Error::MemoryError`].
    pub fn build(self) -> Result<E, Error> {
        let plan = self.draft.plan(E::hands, &REFUSALS)?;
        let executor = ProcessPoolExecutor::start(Plan {
            on_demand: true,
            fragile: true,
            ..plan
        });
        executor.map(E::of)
    }
}
