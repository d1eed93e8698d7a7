//! How the items of a call are cut into chunks.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How [`crate::Pool::map`] distributes its items among the workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Python's rule: chunks of equal size, about four for every worker, in one queue. A
    /// worker that is free takes the next chunk. Uneven work is balanced as far as the
    /// size of the chunks allows. Every chunk costs two messages: one to the worker and
    /// one back.
    #[default]
    Shared,
    /// One chunk for each worker, cut beforehand. This costs the fewest messages, but one
    /// slow chunk or one slow worker delays the whole call.
    Static,
    /// Chunks in one queue as with `Shared`, but of decreasing size: each is a fraction
    /// of the items that are left, down to single items. This takes few messages, and all
    /// workers finish at about the same time, unless the first chunk is the slowest.
    Guided,
    /// Chunks that grow until one takes about half a second (joblib's rule). The pool
    /// measures how long they take, so this suits items whose duration is not known
    /// beforehand. The first chunks are too small, and if the items differ much, the size
    /// that suited one chunk does not suit the next.
    Auto,
    /// Every worker begins with an equal share of the items and takes them from the
    /// front. A worker that has none left steals the back half of the longest share. This
    /// balances any work with few messages, but every worker receives the arguments of
    /// all items.
    Stealing,
}

impl Policy {
    /// All policies.
    pub const ALL: [Policy; 5] = [
        Policy::Shared,
        Policy::Static,
        Policy::Guided,
        Policy::Auto,
        Policy::Stealing,
    ];

    /// The name of the policy, as it is written in a URL.
    pub fn name(self) -> &'static str {
        match self {
            Policy::Shared => "shared",
            Policy::Static => "static",
            Policy::Guided => "guided",
            Policy::Auto => "auto",
            Policy::Stealing => "stealing",
        }
    }

    /// The policy with this name.
    pub fn from_name(name: &str) -> Option<Policy> {
        Policy::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

/// Python's default chunk size: `items` divided into four chunks for every worker,
/// rounded up; 0 for no items (`pool.py`, `_map_async`).
pub fn default_chunk_size(items: usize, workers: usize) -> usize {
    items.div_ceil((4 * workers).max(1))
}

/// Chunks of a fixed size.
pub(crate) fn equal_chunks(items: usize, size: usize) -> Vec<Range<usize>> {
    let size = size.max(1);
    let starts = (0..items).step_by(size);
    starts
        .map(|start| start..(start + size).min(items))
        .collect()
}

/// One chunk for each worker, or for each item if there are fewer items. The sizes differ
/// by at most one.
pub(super) fn one_chunk_per_worker(items: usize, workers: usize) -> Vec<Range<usize>> {
    let workers = workers.max(1);
    let cut = |part: usize| (part as u128 * items as u128 / workers as u128) as usize;
    let all = (0..workers).map(|part| cut(part)..cut(part + 1));
    all.filter(|part| !part.is_empty()).collect()
}

/// Chunks of decreasing size: the number of items left divided by twice the number of
/// workers, but at least `min_size`.
pub(super) fn shrinking_chunks(items: usize, workers: usize, min_size: usize) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let mut start = 0;
    while start < items {
        let size = (items - start)
            .div_ceil(2 * workers.max(1))
            .max(min_size.max(1));
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
    fn the_default_chunk_size_is_that_of_python() {
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
        assert_eq!(equal_chunks(17, 2).len(), 9);
        assert_eq!(equal_chunks(100, 7).len(), 15);
    }

    proptest! {
        #[test]
        fn every_item_is_in_one_chunk(items in 0usize..5000, workers in 0usize..70, size in 0usize..300) {
            for chunks in [equal_chunks(items, size), one_chunk_per_worker(items, workers), shrinking_chunks(items, workers, size)] {
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
