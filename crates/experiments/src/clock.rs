//! The resolution of clocks, and how many calls to measure at once.
//!
//! Browsers round their clocks to steps of 5 µs at best, and of 100 µs or 1 ms to prevent
//! fingerprinting. A sample of only a few steps is mostly rounding error, so short calls
//! are repeated in a batch that takes enough steps.

/// The number of steps that make a sample accurate to 1 %.
pub const STEPS_PER_SAMPLE: u32 = 100;

/// The largest number of calls in one batch.
const MAX_BATCH: f64 = 1e9;

/// Looks for a clock to move on, at most: one that stands still must not hang
/// its reader.
const MAX_READINGS: u32 = 2_000_000;
/// So many moves of a clock show its step,
const ENOUGH_CHANGES: u32 = 20;
/// or one, when there were so many looks: a coarse clock must not be waited for
/// again and again.
const ENOUGH_READINGS: u32 = 20_000;

/// The step of a clock in its unit: the smallest change that was observed. `None` if the
/// clock did not change.
pub fn step(mut now: impl FnMut() -> f64) -> Option<f64> {
    let (mut last, mut moves) = (now(), 0);
    let mut smallest = None::<f64>;
    for look in 0..MAX_READINGS {
        let time = now();
        if time > last {
            smallest = Some(smallest.map_or(time - last, |step| step.min(time - last)));
            (last, moves) = (time, moves + 1);
        }
        if moves >= ENOUGH_CHANGES || moves > 0 && look >= ENOUGH_READINGS {
            break;
        }
    }
    smallest
}

/// How often to repeat what takes `once` so that a sample takes at least
/// `steps` steps of the clock: `⌈steps · step / once⌉`, at least 1 and at most a
/// thousand million. Both readings of a sample are off by at most a step, so its
/// relative error is at most `1 / steps`. Nothing when `once` is not a positive
/// number, as when the clock did not move: then double the batch and measure
/// again.
pub fn batch_size(step: f64, once: f64, steps: u32) -> Option<u64> {
    let usable = once.is_finite() && once > 0.0 && step.is_finite() && step >= 0.0;
    usable.then(|| {
        (f64::from(steps) * step / once)
            .ceil()
            .clamp(1.0, MAX_BATCH) as u64
    })
}

/// How many calls to measure at once, found by measuring them: one at first, then
/// more, until the clock can tell.
///
/// Something that holds the machine up makes a short batch long. So no batch is
/// taken for long enough on the word of one measurement, and what turns out to be
/// too short later is not a sample: the batch grows, and is measured again.
#[derive(Clone, Debug)]
pub struct Batch {
    step: f64,
    steps: u32,
    size: u64,
    most: u64,
    /// The last time, if it was long enough.
    held: Option<f64>,
}

impl Batch {
    /// One call, to grow until a batch takes at least so many steps of a clock.
    pub fn new(step: f64, steps: u32) -> Batch {
        Batch {
            step,
            steps,
            size: 1,
            most: MAX_BATCH as u64,
            held: None,
        }
    }

    /// Begins with so many calls, at least one.
    #[must_use]
    pub fn from_size(self, size: u64) -> Batch {
        let size = size.max(1);
        Batch { size, ..self }
    }

    /// Grows to so many calls at most.
    #[must_use]
    pub fn at_most(self, most: u64) -> Batch {
        Batch { most, ..self }
    }

    /// Calls of the next batch.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Told what a batch of this size took, in the clock's unit: whether that was
    /// too short to be a sample. Then the batch has grown: it aims at twice the
    /// steps, and grows at most tenfold at once. The largest is never too short.
    pub fn grown(&mut self, time: f64) -> bool {
        let enough = time > 0.0 && time >= self.step * f64::from(self.steps);
        if enough || self.size >= self.most {
            return false;
        }
        let wanted = batch_size(self.step, time / self.size as f64, 2 * self.steps);
        let wanted = wanted.unwrap_or(u64::MAX).min(self.size.saturating_mul(10));
        self.size = wanted.max(self.size + 1).min(self.most);
        true
    }

    /// Told what a batch of this size took, in the clock's unit: what one call
    /// took, once two batches in a row were long enough. It is the shorter of them
    /// that counts. One of at least `long` is not repeated. Where even the largest
    /// took no time, it took one step.
    pub fn once(&mut self, time: f64, long: f64) -> Option<f64> {
        if self.grown(time) {
            self.held = None;
            return None;
        }
        let held = self.held.replace(time);
        let shorter = match held {
            Some(held) => held.min(time),
            None if time >= long => time,
            None => return None,
        };
        Some(shorter.max(self.step) / self.size as f64)
    }
}
