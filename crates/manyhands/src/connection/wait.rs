//! `connection.wait`: several at once.

use crate::{
    Error,
    kernel::{
        arena::Arena,
        blocking, current, host,
        wait::{Look, any_soon, look_at_any},
    },
    timeout::microseconds,
};
use std::time::Duration;

/// What [`wait()`] can wait for: a [`crate::Connection`] that has something to receive
/// (or whose other end is closed), a [`crate::Sentinel`] whose process has
/// ended, a [`crate::Queue`] that has an item.
#[allow(private_bounds, reason = "sealed: only what the kernel can look at")]
pub trait Waitable: Look {}

impl<T: Look> Waitable for T {}

/// Waits until one of several is ready, at most `timeout` long: the places of
/// those that are, none when the time is up (Python's `connection.wait`, which
/// returns the objects).
///
/// ```no_run
/// use manyhands::{Connection, Error, Process, connection::wait};
///
/// fn first_word(from: &Connection, child: &Process<()>) -> Result<Option<String>, Error> {
///     match wait(&[from, &child.sentinel()?], None)?.first() {
///         Some(0) => Ok(Some(from.recv()?)),
///         _ => Ok(None), // it ended without a word
///     }
/// }
/// ```
///
/// # Errors
/// [`Error::BlockingOnPage`].
pub fn wait(all: &[&dyn Waitable], timeout: Option<Duration>) -> Result<Vec<usize>, Error> {
    let all = looks(all);
    let time = timeout.map(microseconds);
    if current::owner().1 {
        any_soon(&all);
    }
    let step = || look_at_any(&Arena, &all);
    let ready = blocking::wait("connection::wait", "connection::wait_async", time, step)?;
    Ok(ready.unwrap_or_default())
}

/// [`wait()`] for the page.
pub async fn wait_async(all: &[&dyn Waitable], timeout: Option<Duration>) -> Vec<usize> {
    let all = looks(all);
    let time = timeout.map(microseconds);
    let ready = host::wait_async(time, || look_at_any(&Arena, &all)).await;
    ready.unwrap_or_default()
}

fn looks<'a>(all: &[&'a dyn Waitable]) -> Vec<&'a dyn Look> {
    all.iter().map(|one| *one as &dyn Look).collect()
}
