//! Time-outs, converted to what the kernel's waits take: µs, and deadlines in µs on
//! the trace's clock.
//!
//! This module must not import anything but the trace's clock.

use crate::trace::now_us;
use std::time::Duration;

/// A duration in µs.
pub(crate) fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// The moment at which a time-out that begins now is over, in µs on the trace's
/// clock; `None` for no time-out.
pub(crate) fn deadline(timeout: Option<Duration>) -> Option<f64> {
    timeout.map(|timeout| now_us() + microseconds(timeout))
}

/// The time from now until a deadline; zero when it has passed.
pub(crate) fn time_until(deadline: f64) -> Duration {
    Duration::from_nanos(((deadline - now_us()).max(0.0) * 1e3) as u64)
}
