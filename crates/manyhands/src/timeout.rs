//! Time-outs as everything that waits counts them: in µs, and as moments on the
//! trace's clock.
//!
//! Must not know what is waited for.

use crate::trace::now_us;
use std::time::Duration;

/// So many µs.
pub(crate) fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// When that time will be over, if it begins now: in µs of the trace's clock.
pub(crate) fn deadline(timeout: Option<Duration>) -> Option<f64> {
    timeout.map(|timeout| now_us() + microseconds(timeout))
}

/// The time left until then.
pub(crate) fn time_until(deadline: f64) -> Duration {
    Duration::from_nanos(((deadline - now_us()).max(0.0) * 1e3) as u64)
}
