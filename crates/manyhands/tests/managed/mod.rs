//! The rules of managers, tried on every port. A file that includes this has a
//! function `setup`.

mod crowd;
mod death;
mod nested;
mod objects;
mod page;
mod pool;
mod pool_deaths;
mod recorded;

use manyhands::{Error, Process, Target};
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
