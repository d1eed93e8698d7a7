//! Clocks tick in steps: browsers round theirs to 5 µs at best, and to 100 µs
//! or a millisecond where they fear fingerprints.
//!
//! A sample of a few steps is mostly rounding. What takes less is repeated in a
//! batch until the batch takes enough of them.

/// So many steps make a sample good to 1 %.
pub const STEPS: u32 = 100;

/// The most that one batch repeats.
const LARGEST: f64 = 1e9;

/// The step of a clock: the smallest difference between readings that were
/// taken one right after another, in their unit. Nothing when the clock did not
/// move on; then more readings are needed.
pub fn step(readings: &[f64]) -> Option<f64> {
    let steps = readings.windows(2).map(|pair| pair[1] - pair[0]);
    steps
        .filter(|step| step.is_finite() && *step > 0.0)
        .min_by(f64::total_cmp)
}

/// How often to repeat what takes `once` so that a sample takes at least
/// `steps` steps of the clock: `⌈steps · step / once⌉`, at least 1 and at most a
/// thousand million. Both readings of a sample are off by at most a step, so its
/// relative error is at most `1 / steps`. Nothing when `once` is not a positive
/// number, as when the clock did not move: then double the batch and measure
/// again.
pub fn batch_size(step: f64, once: f64, steps: u32) -> Option<u64> {
    let usable = once.is_finite() && once > 0.0 && step.is_finite() && step >= 0.0;
    usable.then(|| (f64::from(steps) * step / once).ceil().clamp(1.0, LARGEST) as u64)
}
