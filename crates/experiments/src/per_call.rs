//! The time of one call, measured in batches.
//!
//! This module must not know what is called.

use crate::clock::{Batch, STEPS_PER_SAMPLE};
use manyhands::trace;

/// A batch that takes at least this long, in µs, is not repeated.
pub(crate) const LONG_BATCH_US: f64 = 50_000.0;

/// The duration of a function call, in µs.
pub(crate) fn timed(act: impl FnOnce()) -> f64 {
    let begin = trace::now_us();
    act();
    trace::now_us() - begin
}

/// The time of one call, in µs. The argument performs a given number of calls, and the
/// batches are as large as a clock with this step (in µs) needs. The very first call is not
/// counted.
///
/// # Errors
/// Those of the calls.
pub(crate) fn per_call<E>(step: f64, mut call: impl FnMut(u64) -> Result<(), E>) -> Result<f64, E> {
    call(1)?;
    let mut batch = Batch::new(step, STEPS_PER_SAMPLE);
    loop {
        let begin = trace::now_us();
        call(batch.size())?;
        if let Some(once) = batch.time_per_call(trace::now_us() - begin, LONG_BATCH_US) {
            return Ok(once);
        }
    }
}
