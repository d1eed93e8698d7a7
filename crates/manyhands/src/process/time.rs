//! Time: a clock, sleeping, and time limits for futures.
//!
//! This module must not import the start of processes.

use super::current::may_block;
use crate::{
    Error,
    kernel::{
        arena::{Arena, Memory},
        blocking, layout, platform,
        wait::{Arm, Step},
    },
    timeout::microseconds,
};
use serde::{Deserialize, Serialize};
use std::{
    future::{Future, poll_fn},
    ops::{Add, AddAssign, Sub, SubAssign},
    pin::pin,
    task::Poll,
    time::Duration,
};

/// A moment (Python's `time.monotonic()`), as [`std::time::Instant`], which panics on
/// this target.
///
/// Unlike the standard library's it can be sent to another process: all processes of a
/// page read the same clock. Their readings of one moment may differ by the step of the
/// browser's clock (5 µs in an isolated page, more where the browser blurs it).
///
/// ```
/// use manyhands::Instant;
/// use std::time::Duration;
///
/// let start = Instant::now();
/// assert!(start.elapsed() < Duration::from_secs(60));
/// assert_eq!((start + Duration::from_secs(1)) - start, Duration::from_secs(1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Instant(Duration);

impl Instant {
    /// The present moment.
    pub fn now() -> Instant {
        if platform::IN_BROWSER {
            return Instant(Duration::from_secs_f64(platform::now().max(0.0) / 1e3));
        }
        static ORIGIN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        Instant(ORIGIN.get_or_init(std::time::Instant::now).elapsed())
    }

    /// The time since this moment.
    pub fn elapsed(&self) -> Duration {
        Instant::now() - *self
    }

    /// The time from `earlier` to this moment; zero if `earlier` is later.
    pub fn duration_since(&self, earlier: Instant) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    /// # Panics
    /// If the moment is too late to be represented, as in the standard library.
    fn add(self, time: Duration) -> Instant {
        Instant(self.0 + time)
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, time: Duration) {
        *self = *self + time;
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;

    /// # Panics
    /// If the moment is too early to be represented, as in the standard library.
    fn sub(self, time: Duration) -> Instant {
        Instant(self.0 - time)
    }
}

impl SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, time: Duration) {
        *self = *self - time;
    }
}

impl Sub for Instant {
    type Output = Duration;

    /// As [`Instant::duration_since`].
    fn sub(self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }
}

/// Blocks for at least this time (Python's `time.sleep`). A process that is killed
/// meanwhile ends at once.
///
/// # Errors
/// [`Error::BlockingOnPage`] on the page: use [`sleep_async`] there.
pub fn sleep(time: Duration) -> Result<(), Error> {
    if !platform::IN_BROWSER {
        std::thread::sleep(time);
        return Ok(());
    }
    // Checked here, because on the page there may be no arena yet.
    if !may_block() {
        return Err(Error::blocking_on_page("sleep", "sleep_async"));
    }
    let at = layout::MAGIC;
    blocking::wait("sleep", "sleep_async", Some(microseconds(time)), || Step::<
        (),
    >::Wait {
        at,
        seen: Arena.load(at),
        arm: Arm::Nothing,
    })?;
    Ok(())
}

/// Waits for at least this time without blocking (Python's `asyncio.sleep`).
pub async fn sleep_async(time: Duration) {
    platform::sleep(time.as_secs_f64() * 1e3).await;
}

/// Awaits a future for at most `time` (Python's `asyncio.wait_for`). Every `async` call
/// of this crate may be dropped in this way: it then takes no item, message or permit. A
/// process that [`crate::run`] has started goes on.
///
/// ```no_run
/// use manyhands::{Error, Queue, within};
/// use std::time::Duration;
///
/// async fn on_the_page(queue: &Queue<u32>) -> Result<Option<u32>, Error> {
///     match within(Duration::from_secs(1), queue.get_async()).await {
///         Ok(item) => item.map(Some),
///         Err(Error::TimeoutError) => Ok(None),
///         Err(error) => Err(error),
///     }
/// }
/// ```
///
/// # Errors
/// [`Error::TimeoutError`] when the time has passed first; the future is dropped.
pub async fn within<F: IntoFuture>(time: Duration, future: F) -> Result<F::Output, Error> {
    let (mut future, mut timeout) = (pin!(future.into_future()), pin!(sleep_async(time)));
    poll_fn(|context| {
        // A result that is ready is returned even if no time is left.
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        timeout
            .as_mut()
            .poll(context)
            .map(|()| Err(Error::TimeoutError))
    })
    .await
}
