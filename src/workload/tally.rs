//! What a chunk of work gives back.

use super::random::mix;
use serde::{Deserialize, Serialize};

/// The result of some chunks of a workload: merge those of all chunks, in any
/// order, for the whole.
///
/// Integers only: adding them is exactly associative and commutative, which
/// floating-point numbers are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    chunks: u64,
    value: u128,
    mixed: u64,
}

impl Tally {
    /// The tally of one chunk: the value that adds up to the answer, and a hash
    /// of whatever else the chunk computed.
    pub(super) fn of(chunk: u64, value: u128, detail: u64) -> Tally {
        let words = [value as u64, (value >> 64) as u64, detail];
        Tally {
            chunks: 1,
            value,
            mixed: words.into_iter().fold(mix(chunk), |h, word| mix(h ^ word)),
        }
    }

    /// Both results together.
    #[must_use]
    pub fn merge(self, other: Tally) -> Tally {
        Tally {
            chunks: self.chunks.wrapping_add(other.chunks),
            value: self.value.wrapping_add(other.value),
            mixed: self.mixed.wrapping_add(other.mixed),
        }
    }

    /// How many chunks are in it.
    pub fn chunks(&self) -> u64 {
        self.chunks
    }

    /// The sum of the chunks' values, which [`answer`](super::Workload::answer)
    /// puts into words.
    pub fn value(&self) -> u128 {
        self.value
    }

    /// 16 hexadecimal digits that stand for the result of every chunk: a chunk
    /// lost, done twice or done wrong gives others; the order does not matter.
    pub fn digest(&self) -> String {
        let words = [self.value as u64, (self.value >> 64) as u64, self.mixed];
        let hash = words
            .into_iter()
            .fold(mix(self.chunks), |h, word| mix(h ^ word));
        format!("{hash:016x}")
    }
}
