//! `connection.wait`: waiting for several objects at once.
//!
//! This module must not import the objects that it waits for: they implement `Look`.

use crate::{
    Error,
    kernel::{
        arena::Arena,
        blocking, current, host,
        wait::{Look, Step, any_soon, look_at_any},
    },
    timeout::microseconds,
};
use std::time::Duration;

/// An object that [`wait()`] can wait for. A [`crate::Connection`] is ready when it has a
/// message to receive or its other end is closed, a [`super::Listener`] when it has a
/// connection to accept, a [`crate::Sentinel`] when its process has ended, a
/// [`crate::Queue`] when it has an item.
#[allow(
    private_bounds,
    reason = "sealed: only objects of this crate can be waited for"
)]
pub trait Waitable: Look {}

impl<T: Look> Waitable for T {}

/// Waits until at least one of several objects is ready, for at most `timeout`.
/// Returns the indices of those that are ready; none if the time-out has passed
/// (Python's `connection.wait`, which returns the objects themselves).
///
/// ```no_run
/// use manyhands::{Connection, Error, Process, connection::wait};
///
/// fn first_word(from: &Connection, child: &Process<()>) -> Result<Option<String>, Error> {
///     match wait(&[from, &child.sentinel()?], None)?.first() {
///         Some(0) => Ok(Some(from.recv()?)),
///         _ => Ok(None), // the process ended without sending anything
///     }
/// }
/// ```
///
/// # Errors
/// [`Error::BlockingOnPage`].
pub fn wait(all: &[&dyn Waitable], timeout: Option<Duration>) -> Result<Vec<usize>, Error> {
    let all = as_looks(all);
    let time = timeout.map(microseconds);
    if time.is_some_and(|time| time <= 0.0) {
        blocking::check_signal();
        let is_ready = |index: &usize| matches!(all[*index].look(), Step::Ready(()));
        return Ok((0..all.len()).filter(is_ready).collect());
    }
    if current::owner().1 {
        any_soon(&all);
    }
    let step = || look_at_any(&Arena, &all);
    let ready = blocking::wait("connection::wait", "connection::wait_async", time, step)?;
    Ok(ready.unwrap_or_default())
}

/// [`wait()`] for the page.
pub async fn wait_async(all: &[&dyn Waitable], timeout: Option<Duration>) -> Vec<usize> {
    let all = as_looks(all);
    let time = timeout.map(microseconds);
    let ready = host::wait_async(time, || look_at_any(&Arena, &all)).await;
    ready.unwrap_or_default()
}

fn as_looks<'a>(all: &[&'a dyn Waitable]) -> Vec<&'a dyn Look> {
    all.iter().map(|one| *one as &dyn Look).collect()
}
