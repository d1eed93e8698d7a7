//! How the items of a call are cut into chunks.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How [`crate::Pool::map`] distributes its items among the workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Python's way: equal chunks, about four for every worker, in one queue;
    /// a worker that is free takes the next chunk. Uneven work is balanced as
    /// far as the last chunks allow. Every chunk costs a message there and one
    /// back.
    #[default]
    Shared,
    /// One chunk for each worker, cut beforehand. This costs the fewest
    /// messages. One slow chunk, or one slow worker, delays the whole call.
    Static,
    /// Chunks in one queue as with `Shared`, but each is a fraction of what is
    /// left: large ones first, single items last. Few messages, and all workers
    /// end at about the same time, unless the first chunk is the slow one.
    Guided,
    /// Chunks that grow until one takes about half a second (joblib's rule):
    /// the pool measures how long the items take. Good when that is not known
    /// beforehand. The first chunks are too small, and when items differ much
    /// the size does not fit the next ones.
    Auto,
    /// Every worker begins with an equal part and takes items from its front; a
    /// worker that has none left steals half of the longest part, from its back.
    /// This balances any work with few messages, but every worker receives all
    /// arguments.
    Stealing,
}

impl Policy {
    /// Every policy.
    pub const ALL: [Policy; 5] = [
        Policy::Shared,
        Policy::Static,
        Policy::Guided,
        Policy::Auto,
        Policy::Stealing,
    ];

    /// Its name, as it is written in an address.
    pub fn name(self) -> &'static str {
        match self {
            Policy::Shared => "shared",
            Policy::Static => "static",
            Policy::Guided => "guided",
            Policy::Auto => "auto",
            Policy::Stealing => "stealing",
        }
    }

    /// The policy of this name.
    pub fn from_name(name: &str) -> Option<Policy> {
        Policy::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

/// Python's default chunk size for `items` and `workers`: the items in four
/// chunks for every worker, rounded up; 0 for no items (`pool.py`,
/// `_map_async`).
pub fn default_chunk_size(items: usize, workers: usize) -> usize {
    items.div_ceil((4 * workers).max(1))
}

/// Chunks of a fixed size.
pub(crate) fn equal(items: usize, size: usize) -> Vec<Range<usize>> {
    let size = size.max(1);
    let starts = (0..items).step_by(size);
    starts
        .map(|start| start..(start + size).min(items))
        .collect()
}

/// One chunk for each worker, of sizes that differ by one at most. Fewer, if
/// there are fewer items than workers.
pub(super) fn parts(items: usize, workers: usize) -> Vec<Range<usize>> {
    let workers = workers.max(1);
    let cut = |part: usize| (part as u128 * items as u128 / workers as u128) as usize;
    let all = (0..workers).map(|part| cut(part)..cut(part + 1));
    all.filter(|part| !part.is_empty()).collect()
}

/// Chunks whose size is what is left divided by twice the number of workers,
/// but at least `least`.
pub(super) fn shrinking(items: usize, workers: usize, least: usize) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let mut start = 0;
    while start < items {
        let size = (items - start)
            .div_ceil(2 * workers.max(1))
            .max(least.max(1));
        let end = (start + size).min(items);
        chunks.push(start..end);
        start = end;
    }
    chunks
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn python_s_rule_as_recorded() {
        let cases = [
            ((5, 4), 1),
            ((16, 4), 1),
            ((17, 4), 2),
            ((100, 4), 7),
            ((1000, 8), 32),
            ((10, 3), 1),
            ((0, 4), 0),
        ];
        for ((items, workers), size) in cases {
            assert_eq!(
                default_chunk_size(items, workers),
                size,
                "{items}, {workers}"
            );
        }
        assert_eq!(equal(17, 2).len(), 9);
        assert_eq!(equal(100, 7).len(), 15);
    }

    proptest! {
        #[test]
        fn every_item_is_in_one_chunk(items in 0usize..5000, workers in 0usize..70, size in 0usize..300) {
            for chunks in [equal(items, size), parts(items, workers), shrinking(items, workers, size)] {
                let mut next = 0;
                for chunk in chunks {
                    prop_assert_eq!(chunk.start, next);
                    prop_assert!(chunk.end > chunk.start);
                    next = chunk.end;
                }
                prop_assert_eq!(next, items);
            }
        }
    }
}
