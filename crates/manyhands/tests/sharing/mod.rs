//! The rules of shared objects, tested on every port.

mod buffers;
mod killed;
mod kinds;
mod listeners;
mod observed;
mod pipes;
mod queues;
mod recorded;
mod state;
mod synchronised;
mod tasks;

use manyhands::{Error, Process, Target, prewarm};
use serde::{Serialize, de::DeserializeOwned};

/// Calls a target in a process and returns its result.
pub async fn run_in_process<A, M, T>(target: T, arguments: A) -> T::Output
where
    T: Target<A, M>,
    T::Output: Serialize + DeserializeOwned + 'static,
{
    crate::setup();
    let process: Result<Process<T::Output>, Error> = Process::spawn(target, arguments);
    process.unwrap().join_async().await.unwrap()
}

/// Prewarms four workers, for tests that start several processes.
pub async fn prewarm_workers() {
    crate::setup();
    prewarm(4).await.unwrap();
}
