//! How the items of a job get to the workers: in chunks that are known, in chunks that
//! grow, or claimed one by one.
//!
//! Must not know what becomes of the items, nor the engine.

use super::claims::Claims;
use crate::{Error, process::Call};
use std::{collections::VecDeque, ops::Range, rc::Rc};

/// Makes the call for some items.
pub(super) type CallFor = Rc<dyn Fn(Range<usize>) -> Result<Call, Error>>;

/// Where the next chunks of a job come from.
pub(super) enum ChunkSource {
    /// There are none, or the job is over.
    Empty,
    /// Chunks that are known, and the slot of the only worker that may run each.
    Listed {
        call: CallFor,
        chunks: VecDeque<(Range<usize>, Option<u32>)>,
    },
    /// Chunks grow until one takes long enough.
    Growing {
        call: CallFor,
        /// The items that were not sent yet.
        left: Range<usize>,
        /// How many items the next chunk has.
        size: usize,
        /// How many chunks are in flight.
        in_flight: usize,
    },
    /// The workers claim items, each with one chunk that contains them all.
    Claimed {
        call: CallFor,
        claims: Claims,
        /// How many of these chunks have not ended.
        workers: usize,
    },
}

impl ChunkSource {
    /// Chunks of `total` items, the first of which has `size` items.
    pub(super) fn growing(total: usize, size: usize, call: CallFor) -> ChunkSource {
        ChunkSource::Growing {
            call,
            left: 0..total,
            size,
            in_flight: 0,
        }
    }

    /// Are there items that may have to be sent later?
    pub(super) fn wants_more(&self) -> bool {
        match self {
            ChunkSource::Empty => false,
            ChunkSource::Listed { chunks, .. } => !chunks.is_empty(),
            ChunkSource::Growing { .. } | ChunkSource::Claimed { .. } => true,
        }
    }

    /// The next chunk, for which worker it is, and what makes its call. Of growing chunks
    /// at most `most` are in flight.
    pub(super) fn next_chunk(
        &mut self,
        most: usize,
    ) -> Option<(Range<usize>, Option<u32>, CallFor)> {
        match self {
            ChunkSource::Listed { call, chunks } => {
                let (items, worker) = chunks.pop_front()?;
                Some((items, worker, call.clone()))
            }
            ChunkSource::Growing {
                call,
                left,
                size,
                in_flight,
            } if *in_flight < most && left.start < left.end => {
                let items = left.start..(left.start + *size).min(left.end);
                left.start = items.end;
                *in_flight += 1;
                Some((items, None, call.clone()))
            }
            _ => None,
        }
    }

    /// A growing chunk of `count` items has ended and took this long, in µs.
    pub(super) fn chunk_ended(&mut self, count: usize, took: f64) {
        if let ChunkSource::Growing {
            size, in_flight, ..
        } = self
        {
            *in_flight -= 1;
            if count >= *size {
                *size = next_size(count, took);
            }
        }
    }

    /// Takes out the items that were not sent, so that they never are.
    pub(super) fn take_rest(&mut self) -> Range<usize> {
        match self {
            ChunkSource::Growing { left, .. } => {
                let end = left.end;
                std::mem::replace(left, end..end)
            }
            ChunkSource::Listed { chunks, .. } => {
                let first = chunks.front().map_or(0, |(items, _)| items.start);
                let end = chunks.back().map_or(0, |(items, _)| items.end);
                chunks.clear();
                first..end
            }
            _ => 0..0,
        }
    }

    /// A worker that claimed items has ended its chunk; was it the last one?
    pub(super) fn claimer_ended(&mut self) -> bool {
        match self {
            ChunkSource::Claimed { workers, .. } => {
                *workers -= 1;
                *workers == 0
            }
            _ => false,
        }
    }

    /// Are there items that nobody has claimed?
    pub(super) fn has_unclaimed(&self) -> bool {
        matches!(self, ChunkSource::Claimed { claims, .. } if !claims.is_empty())
    }

    /// Is one more worker needed, because every worker that claimed items has
    /// ended its chunk, one by dying, and items are left? If so, it is counted
    /// from now on.
    pub(super) fn needs_claimer(&mut self) -> bool {
        let needed =
            matches!(self, ChunkSource::Claimed { workers: 0, .. }) && self.has_unclaimed();
        if let ChunkSource::Claimed { workers, .. } = self {
            *workers += usize::from(needed);
        }
        needed
    }
}

/// How long a chunk should take, in µs: joblib's `MIN_IDEAL_BATCH_DURATION` and
/// `MAX_IDEAL_BATCH_DURATION`.
const SHORT: f64 = 200_000.0;
const LONG: f64 = 2_000_000.0;

/// The size of the next chunk after one of `size` items: joblib's rule
/// (`AutoBatchingMixin.compute_batch_size`), but never more than twice the size,
/// because the first chunks tell little.
fn next_size(size: usize, took: f64) -> usize {
    if took <= 0.0 || (SHORT..=LONG).contains(&took) {
        return size;
    }
    let ideal = (size as f64 * SHORT / took) as usize;
    (2 * ideal).clamp(1, 2 * size)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn no_call(_: Range<usize>) -> Result<Call, Error> {
        Err(Error::CancelledError)
    }

    fn next(source: &mut ChunkSource, most: usize) -> Option<Range<usize>> {
        source.next_chunk(most).map(|(items, ..)| items)
    }

    #[test]
    fn chunks_grow_while_they_are_short_and_shrink_when_they_are_long() {
        for (took, next) in [
            (0.0, 10),
            (1.0, 20),
            (SHORT / 1.1, 20),
            (SHORT, 10),
            (LONG, 10),
            (4.0 * LONG, 1),
            (LONG * 1e6, 1),
        ] {
            assert_eq!(next_size(10, took), next, "{took}");
        }
        let mut source = ChunkSource::growing(10, 1, Rc::new(no_call));
        assert_eq!(next(&mut source, 2), Some(0..1));
        assert_eq!(next(&mut source, 2), Some(1..2));
        assert_eq!(next(&mut source, 2), None);
        source.chunk_ended(1, 1.0);
        assert_eq!(next(&mut source, 2), Some(2..4));
        // A chunk of an earlier size tells nothing about the present size.
        source.chunk_ended(1, LONG * 10.0);
        assert_eq!(next(&mut source, 2), Some(4..6));
    }

    #[test]
    fn the_last_chunk_is_what_is_left_and_the_rest_is_taken_once() {
        let mut source = ChunkSource::growing(5, 3, Rc::new(no_call));
        assert_eq!(next(&mut source, 9), Some(0..3));
        assert_eq!(next(&mut source, 9), Some(3..5));
        assert_eq!(next(&mut source, 9), None);
        let mut source = ChunkSource::growing(5, 3, Rc::new(no_call));
        next(&mut source, 9);
        assert_eq!(source.take_rest(), 3..5);
        assert!(source.take_rest().is_empty());
        assert_eq!(next(&mut source, 9), None);
    }
}
