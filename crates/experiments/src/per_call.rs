//! What one call takes.
//!
//! Must not know what is called.

use crate::clock::{Batch, STEPS};
use manyhands::trace;

/// A batch that takes this long, in µs, is not repeated.
pub(crate) const LONG: f64 = 50_000.0;

/// µs that an act takes.
pub(crate) fn timed(act: impl FnOnce()) -> f64 {
    let begin = trace::now_us();
    act();
    trace::now_us() - begin
}

/// µs of one call, given what makes so many of them: as many as a clock of this
/// step, in µs, needs to tell. The first call of all does not count.
///
/// # Errors
/// Those of the calls.
pub(crate) fn per_call<E>(step: f64, mut call: impl FnMut(u64) -> Result<(), E>) -> Result<f64, E> {
    call(1)?;
    let mut batch = Batch::new(step, STEPS);
    loop {
        let begin = trace::now_us();
        call(batch.size())?;
        if let Some(once) = batch.once(trace::now_us() - begin, LONG) {
            return Ok(once);
        }
    }
}
