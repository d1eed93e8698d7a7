//! The rules of pools and of executors, tested on every port.

mod ends;
mod executor;
mod pool_deaths;
mod pool_policies;
mod pool_rules;
mod recorded;
mod results;
mod room;
mod storms;

use manyhands::{Process, Target};
use serde::{Serialize, de::DeserializeOwned};

/// Calls a target in a process and returns its result.
pub async fn run_in_process<M, T>(target: T) -> T::Output
where
    T: Target<(), M>,
    T::Output: Serialize + DeserializeOwned + 'static,
{
    crate::setup();
    let process: Process<T::Output> = Process::spawn(target, ()).unwrap();
    process.join_async().await.unwrap()
}
