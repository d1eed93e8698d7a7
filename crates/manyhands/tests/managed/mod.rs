//! The rules of managers, tested on every port.

mod crowd;
mod death;
mod nested;
mod objects;
mod page;
mod recorded;
mod requests;

use manyhands::{Error, Process, Target};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
};

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

/// Polls a future once, in a process, which has no executor.
pub fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}
