//! How the items of a job get to the workers after its beginning: not at all,
//! in batches that grow, or claimed one by one.
//!
//! Must not know what becomes of the items, nor the engine.

use super::task::Claims;
use crate::{Error, process::Call};
use std::ops::Range;

/// The call for some items.
type CallFor = Box<dyn Fn(Range<usize>) -> Result<Call, Error>>;

/// How the items of a job get to the workers after its beginning.
pub(super) enum Supply {
    /// All are on their way.
    Done,
    /// In batches that grow until one takes long enough.
    Batches {
        call: CallFor,
        /// What was not handed out yet.
        left: Range<usize>,
        size: usize,
        on_their_way: usize,
    },
    /// They are claimed, by so many workers.
    Claimed {
        call: CallFor,
        claims: Claims,
        workers: usize,
    },
}

impl Supply {
    /// So many items, in batches that begin with so many.
    pub(super) fn batches(total: usize, size: usize, call: CallFor) -> Supply {
        Supply::Batches {
            call,
            left: 0..total,
            size,
            on_their_way: 0,
        }
    }

    /// The next batch, if fewer than `most` are on their way.
    pub(super) fn next_batch(
        &mut self,
        most: usize,
    ) -> Option<(Range<usize>, Result<Call, Error>)> {
        match self {
            Supply::Batches {
                call,
                left,
                size,
                on_their_way,
            } if *on_their_way < most && left.start < left.end => {
                let batch = left.start..(left.start + *size).min(left.end);
                left.start = batch.end;
                *on_their_way += 1;
                let call = call(batch.clone());
                Some((batch, call))
            }
            _ => None,
        }
    }

    /// A batch of so many items is over, which took so long (µs).
    pub(super) fn batch_over(&mut self, count: usize, took: f64) {
        if let Supply::Batches {
            size, on_their_way, ..
        } = self
        {
            *on_their_way -= 1;
            if count >= *size {
                *size = batch_size(count, took);
            }
        }
    }

    /// What was not handed out, and will not be any more.
    pub(super) fn take_rest(&mut self) -> Range<usize> {
        match self {
            Supply::Batches { left, .. } => {
                let end = left.end;
                std::mem::replace(left, end..end)
            }
            _ => 0..0,
        }
    }

    /// One of the workers that claim items is through; was it the last?
    pub(super) fn claimer_through(&mut self) -> bool {
        match self {
            Supply::Claimed { workers, .. } => {
                *workers -= 1;
                *workers == 0
            }
            _ => false,
        }
    }

    /// Are there items that nobody has claimed?
    pub(super) fn has_unclaimed(&self) -> bool {
        matches!(self, Supply::Claimed { claims, .. } if !claims.is_over())
    }

    /// All that claimed items are through, and one of them died before it was:
    /// there must be another, who counts from now on.
    pub(super) fn wants_claimer(&mut self) -> bool {
        let wanted = matches!(self, Supply::Claimed { workers: 0, .. }) && self.has_unclaimed();
        if let Supply::Claimed { workers, .. } = self {
            *workers += usize::from(wanted);
        }
        wanted
    }
}

/// How long a batch should take, in µs: joblib's `MIN_IDEAL_BATCH_DURATION` and
/// `MAX_IDEAL_BATCH_DURATION`.
const SHORT: f64 = 200_000.0;
const LONG: f64 = 2_000_000.0;

/// joblib's rule (`AutoBatchingMixin.compute_batch_size`), which at most doubles
/// here, because the first batches tell little.
fn batch_size(size: usize, took: f64) -> usize {
    if took <= 0.0 || (SHORT..=LONG).contains(&took) {
        return size;
    }
    let ideal = (size as f64 * SHORT / took) as usize;
    (2 * ideal).clamp(1, 2 * size)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn none(_: Range<usize>) -> Result<Call, Error> {
        Err(Error::CancelledError)
    }

    fn next(supply: &mut Supply, most: usize) -> Option<Range<usize>> {
        supply.next_batch(most).map(|(batch, _)| batch)
    }

    #[test]
    fn batches_grow_while_they_are_short_and_shrink_when_they_are_long() {
        for (took, then) in [
            (0.0, 10),
            (1.0, 20),
            (SHORT / 1.1, 20),
            (SHORT, 10),
            (LONG, 10),
            (4.0 * LONG, 1),
            (LONG * 1e6, 1),
        ] {
            assert_eq!(batch_size(10, took), then, "{took}");
        }
        let mut supply = Supply::batches(10, 1, Box::new(none));
        assert_eq!(next(&mut supply, 2), Some(0..1));
        assert_eq!(next(&mut supply, 2), Some(1..2));
        assert_eq!(next(&mut supply, 2), None);
        supply.batch_over(1, 1.0);
        assert_eq!(next(&mut supply, 2), Some(2..4));
        // One that was made before says nothing of the size now.
        supply.batch_over(1, LONG * 10.0);
        assert_eq!(next(&mut supply, 2), Some(4..6));
    }

    #[test]
    fn the_last_batch_is_what_is_left_and_the_rest_is_taken_once() {
        let mut supply = Supply::batches(5, 3, Box::new(none));
        assert_eq!(next(&mut supply, 9), Some(0..3));
        assert_eq!(next(&mut supply, 9), Some(3..5));
        assert_eq!(next(&mut supply, 9), None);
        let mut supply = Supply::batches(5, 3, Box::new(none));
        next(&mut supply, 9);
        assert_eq!(supply.take_rest(), 3..5);
        assert!(supply.take_rest().is_empty());
        assert_eq!(next(&mut supply, 9), None);
    }
}
