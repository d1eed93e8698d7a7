//! The resolution of clocks, and how many calls to measure at once.
//!
//! Browsers round their clocks to steps of 5 µs at best, and of 100 µs or 1 ms to prevent
//! fingerprinting. A sample of only a few steps is mostly rounding error, so short calls
//! are repeated in a batch that takes enough steps.

/// The number of steps that make a sample accurate to 1 %.
pub const STEPS_PER_SAMPLE: u32 = 100;

/// The largest number of calls in one batch.
const MAX_BATCH: f64 = 1e9;

/// A batch need not take longer than this, in µs: a hundred steps of a clock of 100 ms would
/// make every sample take ten seconds.
const ENOUGH_US: f64 = 250_000.0;
/// The least number of steps of a sample, however coarse the clock is.
const MIN_STEPS: u32 = 3;

/// The number of steps that a sample takes on a clock with this step in µs: as many as
/// `wanted`, or fewer on a clock so coarse that these would take longer than a quarter of a
/// second, but at least 3.
pub fn steps_on(step_us: f64, wanted: u32) -> u32 {
    let affordable = (ENOUGH_US / step_us.max(f64::MIN_POSITIVE)).min(f64::from(u32::MAX)) as u32;
    wanted.min(affordable).max(MIN_STEPS.min(wanted))
}

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

/// Work is done for this long, in µs, before it is measured: engines compile a function
/// again, to faster code, after it has run for a while.
const WARM_UP_US: f64 = 100_000.0;
/// The largest number of rounds of one measure: some seconds of the shortest rounds.
const MAX_ROUNDS: u64 = 1 << 32;
/// The number of measures that the length of a round is the least of.
const MEASURES: usize = 7;

/// How many rounds of some work take a time. `measure` does a number of rounds and returns
/// how long they took by a clock with this step; all times are in µs.
///
/// The work is warmed up first. Then several batches are measured, each long enough for the
/// clock, and the shortest counts: a busy machine makes work slower, and nothing makes it
/// faster than it is. `None` if the clock stands still.
pub fn rounds_of(step_us: f64, time_us: f64, mut measure: impl FnMut(u64) -> f64) -> Option<u64> {
    // What the rounds so far take at their shortest: time in which the machine did something
    // else warms nothing up.
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
        .at_most(MAX_ROUNDS)
        .from_size(size);
    let mut times = Vec::new();
    while times.len() < MEASURES {
        let took = measure(batch.size());
        match batch.grown(took) {
            true => times.clear(),
            false => times.push(took / batch.size() as f64),
        }
    }
    let rounds = time_us / times.into_iter().fold(f64::INFINITY, f64::min);
    rounds.is_finite().then(|| (rounds.round() as u64).max(1))
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
    /// One call, to grow until a batch takes at least so many steps of a clock, or fewer on
    /// a coarse clock (see [`steps_on`]). The step and all times are in µs.
    pub fn new(step: f64, steps: u32) -> Batch {
        Batch {
            step,
            steps: steps_on(step, steps),
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
