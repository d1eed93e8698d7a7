//! The rules of what processes share, tried on every port.

mod killed;
mod kinds;
mod pipes;
mod queues;
mod recorded;
mod state;
mod synchronised;

use manyhands::{Error, Process, Target, prewarm};
use serde::{Serialize, de::DeserializeOwned};

/// What a process makes of it.
pub async fn there<A, M, T>(target: T, arguments: A) -> T::Output
where
    T: Target<A, M>,
    T::Output: Serialize + DeserializeOwned + 'static,
{
    crate::setup();
    let process: Result<Process<T::Output>, Error> = Process::spawn(target, arguments);
    process.unwrap().join_async().await.unwrap()
}

/// Enough workers for a crowd.
pub async fn crowd() {
    crate::setup();
    prewarm(4).await.unwrap();
}
