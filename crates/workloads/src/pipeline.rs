//! Read → transform → write: recordings are read, smoothed and written.
//!
//! The three stages can run in different processes with queues between them, so that one
//! recording is read while another one is smoothed.
//!
//! In Python: three `Process`es and two `Queue`s, `None` at the end.

use super::{
    Bound, Host, Tally, Waits,
    definition::{About, Definition, Task},
    digits::counted,
    random::{Random, mix},
};
use std::{ops::Range, time::Duration};

/// Samples of one recording.
pub const SAMPLES: usize = 16_384;

/// Smoothing replaces each sample by the mean of this number of samples around it.
const WINDOW: usize = 129;

/// Samples smoothed between two checkpoints.
const CHECKPOINT_INTERVAL: usize = 512;

/// The mean times of reading and of writing. The actual times are between half of this and
/// one and a half times this.
const READ: Duration = Duration::from_millis(4);
const WRITE: Duration = Duration::from_millis(3);

pub(super) struct Pipeline;

impl Definition for Pipeline {
    fn about(&self) -> &'static About {
        &About {
            name: "pipeline",
            title: "Pipeline",
            description: "Reads recordings, smooths and writes them: while one is read, another can be smoothed and a third written.",
            unit: "recordings",
            item: "a recording of 16,384 samples",
            bound: Bound::Mixed,
            seeded: true,
            sizes: (1, 100_000),
            presets: [20, 100, 500],
        }
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        for item in items {
            let recording = read(task.seed, item, host);
            let smooth = transform(&recording, host);
            tally = tally.merge(write(item, &smooth));
        }
        tally
    }

    fn waits(&self, seed: u64, item: u64) -> Waits {
        let mut random = Random::new(mix(seed), item);
        let mut around = |mean: Duration| {
            let mean = mean.as_micros() as u64;
            Duration::from_micros(mean / 2 + random.below_u64(mean))
        };
        Waits {
            before: around(READ),
            after: around(WRITE),
        }
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        let samples = u128::from(size.max(1)) * SAMPLES as u128;
        format!(
            "{} smoothed, with a mean level of {:.1}",
            counted(size, "recording"),
            tally.value() as f64 / samples as f64
        )
    }
}

/// Generates the recording that is read: a wave with noise. The wait for reading comes
/// before this call.
pub fn read(seed: u64, item: u64, host: &mut dyn Host) -> Vec<u16> {
    host.checkpoint();
    let mut random = Random::new(seed, item);
    let period = 64 + random.below(448);
    (0..SAMPLES)
        .map(|index| {
            let phase = index % period;
            let wave = phase.min(period - phase) * 40_000 / period;
            (wave + random.below(20_000)) as u16
        })
        .collect()
}

/// Smooths a recording: replaces each sample by the mean of its neighbours and itself.
pub fn transform(recording: &[u16], host: &mut dyn Host) -> Vec<u16> {
    let mut smooth = Vec::with_capacity(recording.len());
    for index in 0..recording.len() {
        if index % CHECKPOINT_INTERVAL == 0 {
            host.checkpoint();
        }
        let first = index.saturating_sub(WINDOW / 2);
        let last = (index + WINDOW / 2 + 1).min(recording.len());
        let window = &recording[first..last];
        let sum: u64 = window.iter().map(|sample| u64::from(*sample)).sum();
        smooth.push((sum / window.len() as u64) as u16);
    }
    smooth
}

/// Makes the result of a recording that is written. The wait for writing comes after this
/// call.
pub fn write(item: u64, recording: &[u16]) -> Tally {
    let level: u64 = recording.iter().map(|sample| u64::from(*sample)).sum();
    let hash = recording
        .iter()
        .fold(0, |hash, sample| mix(hash ^ u64::from(*sample)));
    let mut tally = Tally::default();
    tally.add(item, level.into(), hash);
    tally
}
