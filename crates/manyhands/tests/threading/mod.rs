//! The rules of threads, tried on every port.

mod lives;
mod pools;

use manyhands::{Process, Target, diagnostics, sleep};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// What a process makes of it.
pub async fn there<M, T>(target: T) -> T::Output
where
    T: Target<(), M>,
    T::Output: Serialize + DeserializeOwned + 'static,
{
    crate::setup();
    let process: Process<T::Output> = Process::spawn(target, ()).unwrap();
    process.join_async().await.unwrap()
}

/// Resolves when nothing lives any more.
pub async fn quiet() {
    while diagnostics().processes > 0 {
        sleep(Duration::from_millis(5)).await;
    }
}
