//! The rules of pools and what is built on them, tried on every port.

mod executor;
mod pool_deaths;
mod pool_policies;
mod pool_rules;
mod recorded;
mod storms;

use manyhands::{Process, Target};
use serde::{Serialize, de::DeserializeOwned};

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
