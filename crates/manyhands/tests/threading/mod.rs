//! The rules of threads, tested on every port.

mod lives;
mod pools;
mod process_wide;
mod reused;

use manyhands::{Process, Target, diagnostics, sleep_async};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

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

/// Waits until no process or thread is alive.
pub async fn all_processes_ended() {
    while diagnostics().processes > 0 {
        sleep_async(Duration::from_millis(5)).await;
    }
}
