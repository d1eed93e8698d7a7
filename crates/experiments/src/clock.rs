//! The resolution of clocks, and how many calls to measure at once.
//!
//! Browsers round their clocks to steps of 5 µs at best, and of 100 µs or 1 ms to prevent
//! fingerprinting. A sample of only a few steps is mostly rounding error, so short calls
//! are repeated in a batch that takes enough steps.

/// The number of steps that make a sample accurate to 1 %.
pub const STEPS_PER_SAMPLE: u32 = 100;

/// The largest number of calls in one batch.
const MAX_BATCH: f64 = 1e9;

/// No sample has to take longer than this, in µs. Without this limit, a sample of a hundred
/// steps would take ten seconds on a clock with a step of 100 ms.
const MAX_SAMPLE_US: f64 = 250_000.0;
/// The smallest number of steps of a sample, however coarse the clock is.
const MIN_STEPS: u32 = 3;

/// The number of steps that a sample should take on a clock with this step in µs: `wanted`,
/// or fewer if these would take longer than a quarter of a second, but at least 3 (or
/// `wanted`, if that is less).
pub fn steps_per_sample(step_us: f64, wanted: u32) -> u32 {
    let affordable =
        (MAX_SAMPLE_US / step_us.max(f64::MIN_POSITIVE)).min(f64::from(u32::MAX)) as u32;
    wanted.min(affordable).max(MIN_STEPS.min(wanted))
}

/// The largest number of readings in a search for the step of a clock. It ends the search if
/// the clock stands still.
const MAX_READINGS: u32 = 2_000_000;
/// The search for the step ends after this number of changes of the clock.
const ENOUGH_CHANGES: u32 = 20;
/// After this number of readings a single change is enough: waiting for more changes of a
/// coarse clock would take too long.
const ENOUGH_READINGS: u32 = 20_000;

/// The step of a clock, in the clock's unit: the smallest change that was observed. `None` if the
/// clock did not change.
pub fn step(mut now: impl FnMut() -> f64) -> Option<f64> {
    let (mut last, mut changes) = (now(), 0);
    let mut smallest = None::<f64>;
    for reading in 0..MAX_READINGS {
        let time = now();
        if time > last {
            smallest = Some(smallest.map_or(time - last, |step| step.min(time - last)));
            (last, changes) = (time, changes + 1);
        }
        if changes >= ENOUGH_CHANGES || changes > 0 && reading >= ENOUGH_READINGS {
            break;
        }
    }
    smallest
}

/// The number of calls in a batch that takes at least `steps` steps of the clock, if one call
/// takes the time `once`: `⌈steps · step / once⌉`, at least 1 and at most a thousand million.
///
/// The difference of two readings is off by at most one step, so the relative error of a
/// sample is at most `1 / steps`. `None` if `once` is not a positive finite number, for
/// example because the clock did not change. Then a larger batch has to be measured.
pub fn batch_size(step: f64, once: f64, steps: u32) -> Option<u64> {
    let usable = once.is_finite() && once > 0.0 && step.is_finite() && step >= 0.0;
    usable.then(|| {
        (f64::from(steps) * step / once)
            .ceil()
            .clamp(1.0, MAX_BATCH) as u64
    })
}

/// The time for which work is warmed up before it is measured, in µs. Engines compile a
/// function again, to faster code, after it has run for a while.
const WARM_UP_US: f64 = 100_000.0;
/// The largest number of rounds in one measurement: a few seconds of the shortest rounds.
const MAX_ROUNDS: u64 = 1 << 32;
/// The number of measurements, of which the shortest counts.
const MEASUREMENTS: usize = 7;

/// The number of rounds of some work that take the time `time_us`. `measure` does a number of
/// rounds and returns their duration on a clock with the step `step_us`. All times are in µs.
///
/// The work is warmed up first. Then several batches are measured, each long enough for the
/// clock, and the shortest counts, because other programs can only make work slower. `None`
/// if the clock stands still.
pub fn rounds_taking(
    step_us: f64,
    time_us: f64,
    mut measure: impl FnMut(u64) -> f64,
) -> Option<u64> {
    // The warm-up counts each round with the shortest time per round so far: time in which
    // the machine did something else does not warm up the work.
    let (mut size, mut done, mut least) = (1_000_u64, 0.0, f64::INFINITY);
    while size < MAX_ROUNDS && (least.is_infinite() || done * least < WARM_UP_US) {
        let took = measure(size);
        done += size as f64;
        if took > 0.0 {
            least = least.min(took / size as f64);
        }
        if took < WARM_UP_US / 10.0 {
            size *= 2;
        }
    }
    let mut batch = Batch::new(step_us, STEPS_PER_SAMPLE)
        .max_size(MAX_ROUNDS)
        .starting_at(size);
    let mut times = Vec::new();
    while times.len() < MEASUREMENTS {
        let took = measure(batch.size());
        match batch.grow_if_too_short(took) {
            true => times.clear(),
            false => times.push(took / batch.size() as f64),
        }
    }
    let rounds = time_us / times.into_iter().fold(f64::INFINITY, f64::min);
    rounds.is_finite().then(|| (rounds.round() as u64).max(1))
}

/// Finds how many calls to measure at once: one at first, then more, until a batch takes long
/// enough for the clock.
///
/// A batch that is too small may take long because another program delayed it. So one long
/// measurement is not enough to accept a size (see [`Batch::time_per_call`]). If a batch turns
/// out to be too short later, its time is not a sample: the batch grows and is measured again.
#[derive(Clone, Debug)]
pub struct Batch {
    step: f64,
    steps: u32,
    size: u64,
    max_size: u64,
    /// The time of the previous batch, if it was long enough.
    previous: Option<f64>,
}

impl Batch {
    /// A batch of one call, which grows until it takes at least this number of steps of a
    /// clock, or fewer on a coarse clock (see [`steps_per_sample`]). The step and all times
    /// are in µs.
    pub fn new(step: f64, steps: u32) -> Batch {
        Batch {
            step,
            steps: steps_per_sample(step, steps),
            size: 1,
            max_size: MAX_BATCH as u64,
            previous: None,
        }
    }

    /// The same batch, starting with this number of calls (at least one).
    #[must_use]
    pub fn starting_at(self, size: u64) -> Batch {
        let size = size.max(1);
        Batch { size, ..self }
    }

    /// The same batch, which grows to at most this number of calls.
    #[must_use]
    pub fn max_size(self, max_size: u64) -> Batch {
        Batch { max_size, ..self }
    }

    /// The number of calls in the next batch.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Checks the time that a batch of this size took, in µs. If it was too short to be a
    /// sample, the batch grows and the result is `true`. It grows so that it takes about
    /// twice the number of steps that it needs, but at most tenfold. A batch of the largest
    /// size is never too short.
    pub fn grow_if_too_short(&mut self, time: f64) -> bool {
        let enough = time > 0.0 && time >= self.step * f64::from(self.steps);
        if enough || self.size >= self.max_size {
            return false;
        }
        let wanted = batch_size(self.step, time / self.size as f64, 2 * self.steps);
        let wanted = wanted.unwrap_or(u64::MAX).min(self.size.saturating_mul(10));
        self.size = wanted.max(self.size + 1).min(self.max_size);
        true
    }

    /// The time of one call in µs, from the time that a batch of this size took. `None` until
    /// two batches in a row were long enough; the shorter of the two counts. A batch that
    /// took at least `long` is not repeated. If even the largest batch took no time, it
    /// counts as one step of the clock.
    pub fn time_per_call(&mut self, time: f64, long: f64) -> Option<f64> {
        if self.grow_if_too_short(time) {
            self.previous = None;
            return None;
        }
        let previous = self.previous.replace(time);
        let shorter = match previous {
            Some(previous) => previous.min(time),
            None if time >= long => time,
            None => return None,
        };
        Some(shorter.max(self.step) / self.size as f64)
    }
}
