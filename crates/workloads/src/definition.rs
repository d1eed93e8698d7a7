//! `Definition`: the trait that each workload implements, and the types that it uses. It must
//! not import `workload` or `job`, which use it.

use super::{Host, Tally, corpus::Corpus};
use serde::{Deserialize, Serialize};
use std::{ops::Range, time::Duration};

/// What a workload spends its time on. This decides which execution models make it
/// faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// Computing, as in Python code: a thread holds the GIL while it computes.
    Cpu,
    /// Computing, as in a library that is written in C, such as NumPy: a thread releases
    /// the GIL while it computes.
    Kernel,
    /// Waiting: a thread releases the GIL while it waits.
    Io,
    /// Waiting and then computing; both take long enough to matter.
    Mixed,
}

/// The constant properties of a workload.
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
    /// The wait before the compute, such as for a request or for reading a file.
    pub before: Duration,
    /// The wait after the compute, such as for writing a file.
    pub after: Duration,
}

impl Waits {
    /// Both waits together.
    pub fn total(&self) -> Duration {
        self.before.saturating_add(self.after)
    }
}

/// The inputs that a process makes from the seed once, before it computes items. Each
/// process has its own copy; they are never sent.
pub(super) enum Inputs {
    None,
    /// The right-hand factor of a matrix product, row after row.
    Matrix(Vec<f64>),
    /// The odd primes up to the root of the size.
    Primes(Vec<u64>),
    Corpus(Corpus),
}

/// A job of a workload in one process and in one round.
pub(super) struct Task<'a> {
    pub(super) size: u64,
    pub(super) seed: u64,
    pub(super) inputs: &'a Inputs,
    /// The numbers that all processes share in this round.
    pub(super) shared: &'a [u64],
}

/// The trait of a workload. The callers ensure that sizes never exceed the largest one
/// (they may be smaller than the smallest), and that items are in `0..items(size)`.
pub(super) trait Definition: Sync {
    fn about(&self) -> &'static About;

    /// The number of items for a size.
    fn items(&self, size: u64) -> u64 {
        size
    }

    fn prepare(&self, _size: u64, _seed: u64, _host: &mut dyn Host) -> Inputs {
        Inputs::None
    }

    /// Computes these items, without their waits.
    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally;

    fn waits(&self, _seed: u64, _item: u64) -> Waits {
        Waits::default()
    }

    fn arrival(&self, _seed: u64, _item: u64) -> Duration {
        Duration::ZERO
    }

    /// The numbers that all processes share in the first round.
    fn first_round(&self, _seed: u64) -> Vec<u64> {
        Vec::new()
    }

    /// The numbers that all processes share in the next round, if there is one.
    fn next_round(&self, _shared: &[u64], _tally: &Tally) -> Option<Vec<u64>> {
        None
    }

    fn answer(&self, size: u64, tally: &Tally) -> String;
}

/// The units of an item that consists of `len` units; the last item may be shorter.
pub(super) fn block(size: u64, len: u64, item: u64) -> Range<u64> {
    let start = item.saturating_mul(len).min(size);
    start..start.saturating_add(len).min(size)
}
