//! The rules of what processes share, tried on every port. A file that includes
//! this has a function `setup`.

mod killed;
mod pipes;
mod queues;
mod recorded;
mod state;
mod synchronised;

use manyhands::{Error, Process, Settings, Target, prewarm};
use serde::{Serialize, de::DeserializeOwned};

/// An arena that begins as small as it may, and soon can grow no more.
pub fn small() -> Settings {
    Settings {
        arena_initial_bytes: 1 << 20,
        arena_max_bytes: 64 << 20,
        ..Settings::default()
    }
}

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
