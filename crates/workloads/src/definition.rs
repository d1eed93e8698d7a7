//! What every workload says about itself, and how it is asked to work.

use super::{Host, Job, Tally, word_count::Corpus};
use serde::{Deserialize, Serialize};
use std::{ops::Range, time::Duration};

/// What a workload spends its time on: that decides which execution model can
/// do it faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// Computing, in what would be Python code: a thread holds the GIL.
    Cpu,
    /// Computing, in what would be a library written in C, such as NumPy: it
    /// releases the GIL while it runs.
    Kernel,
    /// Waiting: the GIL is released meanwhile.
    Io,
    /// Waiting, then computing, both long enough to matter.
    Mixed,
}

/// What is known of a workload without running it.
pub(super) struct About {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    /// What the size counts.
    pub(super) unit: &'static str,
    /// What one item is, with its article.
    pub(super) item: &'static str,
    pub(super) bound: Bound,
    /// Whether the seed changes anything.
    pub(super) seeded: bool,
    /// The smallest and the largest size.
    pub(super) sizes: (u64, u64),
    /// Small, medium, large.
    pub(super) presets: [u64; 3],
}

/// The simulated I/O around an item's compute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    /// Before it: a request is under way, a file is read.
    pub before: Duration,
    /// After it: a file is written.
    pub after: Duration,
}

impl Waits {
    /// Both together.
    pub fn total(&self) -> Duration {
        self.before.saturating_add(self.after)
    }
}

/// What a process makes from the seed once, before it works on items: every
/// process has its own copy, and nothing of it is ever sent.
pub(super) enum Inputs {
    None,
    /// The right-hand factor of a matrix product, row after row.
    Matrix(Vec<f64>),
    /// The odd primes up to the root of the size.
    Primes(Vec<u64>),
    Corpus(Corpus),
}

/// A job in one memory, in one round.
pub(super) struct Task<'a> {
    pub(super) job: Job,
    pub(super) inputs: &'a Inputs,
    /// What all processes know in this round.
    pub(super) shared: &'a [u64],
}

/// One workload. Sizes never exceed the largest, but may be smaller than the
/// smallest, and items are among `0..items(size)`.
pub(super) trait Definition: Sync {
    fn about(&self) -> &'static About;

    /// How many items a size has.
    fn items(&self, size: u64) -> u64 {
        size
    }

    fn prepare(&self, _job: &Job, _host: &mut dyn Host) -> Inputs {
        Inputs::None
    }

    /// The compute of these items, without their waits.
    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally;

    fn waits(&self, _seed: u64, _item: u64) -> Waits {
        Waits::default()
    }

    fn arrival(&self, _seed: u64, _item: u64) -> Duration {
        Duration::ZERO
    }

    /// What all processes know in the first round.
    fn first_round(&self, _seed: u64) -> Vec<u64> {
        Vec::new()
    }

    /// What all processes know in the next round, if there is one.
    fn next_round(&self, _shared: &[u64], _tally: &Tally) -> Option<Vec<u64>> {
        None
    }

    fn answer(&self, size: u64, tally: &Tally) -> String;
}

/// The units of one item, where an item is a block of many: the last one may
/// be shorter.
pub(super) fn block(size: u64, len: u64, item: u64) -> Range<u64> {
    let start = item.saturating_mul(len).min(size);
    start..start.saturating_add(len).min(size)
}
