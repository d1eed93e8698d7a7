//! Where the chunks of a job come from: a list, chunks that grow, or claims on single
//! items.
//!
//! This module must not know what happens to the items afterwards, nor the engine.

use super::claims::Claims;
use crate::{Error, process::Call};
use std::{collections::VecDeque, ops::Range, rc::Rc};

/// Makes the call for a range of items.
pub(super) type MakeCall = Rc<dyn Fn(Range<usize>) -> Result<Call, Error>>;

/// Where the next chunks of a job come from.
pub(super) enum ChunkSource {
    /// There are no chunks, or the job has ended.
    Empty,
    /// Chunks known beforehand, each with the slot of the only worker that may run it, if
    /// any.
    Listed {
        call: MakeCall,
        chunks: VecDeque<(Range<usize>, Option<u32>)>,
    },
    /// Chunks that grow until one takes long enough.
    Growing {
        call: MakeCall,
        /// The items that have not been submitted.
        unsubmitted: Range<usize>,
        /// The number of items in the next chunk.
        size: usize,
        /// How many chunks are in flight.
        in_flight: usize,
    },
    /// Every worker gets one chunk with all items, and claims items from it one by one.
    Claimed {
        call: MakeCall,
        claims: Claims,
        /// How many of these chunks have not ended.
        claimers: usize,
    },
}

impl ChunkSource {
    /// A source of `total` items whose first chunk has `size` items.
    pub(super) fn growing(total: usize, size: usize, call: MakeCall) -> ChunkSource {
        ChunkSource::Growing {
            call,
            unsubmitted: 0..total,
            size,
            in_flight: 0,
        }
    }

    /// Can there be more items to submit later?
    pub(super) fn wants_more(&self) -> bool {
        match self {
            ChunkSource::Empty => false,
            ChunkSource::Listed { chunks, .. } => !chunks.is_empty(),
            ChunkSource::Growing { .. } | ChunkSource::Claimed { .. } => true,
        }
    }

    /// The next chunk: its items, the slot of the only worker that may run it, and the
    /// function that makes its call. At most `max_in_flight` growing chunks are in
    /// flight.
    pub(super) fn next_chunk(
        &mut self,
        max_in_flight: usize,
    ) -> Option<(Range<usize>, Option<u32>, MakeCall)> {
        match self {
            ChunkSource::Listed { call, chunks } => {
                let (items, worker) = chunks.pop_front()?;
                Some((items, worker, call.clone()))
            }
            ChunkSource::Growing {
                call,
                unsubmitted,
                size,
                in_flight,
            } if *in_flight < max_in_flight && unsubmitted.start < unsubmitted.end => {
                let items = unsubmitted.start..(unsubmitted.start + *size).min(unsubmitted.end);
                unsubmitted.start = items.end;
                *in_flight += 1;
                Some((items, None, call.clone()))
            }
            _ => None,
        }
    }

    /// Notes that a growing chunk of `count` items has ended after this time, in µs.
    pub(super) fn chunk_ended(&mut self, count: usize, took_us: f64) {
        if let ChunkSource::Growing {
            size, in_flight, ..
        } = self
        {
            *in_flight -= 1;
            if count >= *size {
                *size = next_chunk_size(count, took_us);
            }
        }
    }

    /// Removes and returns the items that have not been submitted.
    pub(super) fn take_unsubmitted(&mut self) -> Range<usize> {
        match self {
            ChunkSource::Growing { unsubmitted, .. } => {
                let end = unsubmitted.end;
                std::mem::replace(unsubmitted, end..end)
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

    /// Notes that a worker has ended its chunk of claimed items. Returns whether it was
    /// the last one.
    pub(super) fn claimer_ended(&mut self) -> bool {
        match self {
            ChunkSource::Claimed { claimers, .. } => {
                *claimers -= 1;
                *claimers == 0
            }
            _ => false,
        }
    }

    /// Are there items that no worker has claimed?
    pub(super) fn has_unclaimed(&self) -> bool {
        matches!(self, ChunkSource::Claimed { claims, .. } if !claims.is_empty())
    }

    /// Is one more worker needed? That is so if all chunks of claimed items have ended,
    /// at least one because its worker died, and unclaimed items are left. If so, the new
    /// chunk is counted.
    pub(super) fn needs_claimer(&mut self) -> bool {
        let needed =
            matches!(self, ChunkSource::Claimed { claimers: 0, .. }) && self.has_unclaimed();
        if let ChunkSource::Claimed { claimers, .. } = self {
            *claimers += usize::from(needed);
        }
        needed
    }
}

/// The shortest and the longest time that a chunk should take, in µs: joblib's
/// `MIN_IDEAL_BATCH_DURATION` and `MAX_IDEAL_BATCH_DURATION`.
const MIN_CHUNK_US: f64 = 200_000.0;
const MAX_CHUNK_US: f64 = 2_000_000.0;

/// The size of the next chunk after one of `size` items. This is joblib's rule
/// (`AutoBatchingMixin.compute_batch_size`), but the size at most doubles, because the
/// time of a small first chunk says little about a large one.
fn next_chunk_size(size: usize, took_us: f64) -> usize {
    if took_us <= 0.0 || (MIN_CHUNK_US..=MAX_CHUNK_US).contains(&took_us) {
        return size;
    }
    let ideal = (size as f64 * MIN_CHUNK_US / took_us) as usize;
    (2 * ideal).clamp(1, 2 * size)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn no_call(_: Range<usize>) -> Result<Call, Error> {
        Err(Error::CancelledError)
    }

    fn next(source: &mut ChunkSource, max_in_flight: usize) -> Option<Range<usize>> {
        source.next_chunk(max_in_flight).map(|(items, ..)| items)
    }

    #[test]
    fn chunks_grow_while_they_are_short_and_shrink_when_they_are_long() {
        for (took_us, next) in [
            (0.0, 10),
            (1.0, 20),
            (MIN_CHUNK_US / 1.1, 20),
            (MIN_CHUNK_US, 10),
            (MAX_CHUNK_US, 10),
            (4.0 * MAX_CHUNK_US, 1),
            (MAX_CHUNK_US * 1e6, 1),
        ] {
            assert_eq!(next_chunk_size(10, took_us), next, "{took_us}");
        }
        let mut source = ChunkSource::growing(10, 1, Rc::new(no_call));
        assert_eq!(next(&mut source, 2), Some(0..1));
        assert_eq!(next(&mut source, 2), Some(1..2));
        assert_eq!(next(&mut source, 2), None);
        source.chunk_ended(1, 1.0);
        assert_eq!(next(&mut source, 2), Some(2..4));
        // A chunk of an earlier size does not change the current size.
        source.chunk_ended(1, MAX_CHUNK_US * 10.0);
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
        assert_eq!(source.take_unsubmitted(), 3..5);
        assert!(source.take_unsubmitted().is_empty());
        assert_eq!(next(&mut source, 9), None);
    }
}
