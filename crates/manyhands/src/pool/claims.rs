//! Work stealing: the workers claim the items of a job one by one.

use crate::RawArray;
use serde::{Deserialize, Serialize};

/// The items of a job that are not claimed yet: one range for every worker. A range is a
/// single word, so that it can be changed atomically: the start is in the low half, the
/// end in the high half.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) struct Claims {
    pub(crate) ranges: RawArray<u64>,
    /// A worker reports after it has run this many items.
    pub(crate) report_every: u32,
}

impl Claims {
    fn unpack(range: u64) -> (u32, u32) {
        (range as u32, (range >> 32) as u32)
    }

    /// Packs a range into a word.
    pub(crate) fn pack(start: usize, end: usize) -> u64 {
        start as u64 | (end as u64) << 32
    }

    /// Claims the next item for this worker. If its own range is empty, first steals the
    /// back half of the longest range. `on_steal` gets the worker from which items were
    /// stolen, and the first and the end of these items.
    pub(crate) fn next(&self, worker: usize, on_steal: impl Fn(u32, u32, u32)) -> Option<usize> {
        loop {
            let first = self.ranges.fetch_update(worker, |range| {
                let (start, end) = Claims::unpack(range);
                (start < end).then_some(range + 1)
            });
            if let Ok(Ok(range)) = first {
                return Some(Claims::unpack(range).0 as usize);
            }
            let length = |range: u64| {
                let (start, end) = Claims::unpack(range);
                end.saturating_sub(start)
            };
            let ranges = self.ranges.to_vec();
            let (victim, &range) = ranges
                .iter()
                .enumerate()
                .max_by_key(|(_, range)| length(**range))?;
            if length(range) == 0 {
                return None;
            }
            let (start, end) = Claims::unpack(range);
            let middle = start + (end - start) / 2;
            let rest = Claims::pack(start as usize, middle as usize);
            // If another worker has changed the range meanwhile, try again.
            if let Ok(Ok(_)) = self.ranges.compare_exchange(victim, range, rest) {
                let mine = Claims::pack(middle as usize, end as usize);
                let _ = self.ranges.set(worker, mine);
                on_steal(victim as u32, middle, end);
            }
        }
    }

    /// Are all items claimed?
    pub(crate) fn is_empty(&self) -> bool {
        let is_empty = |range: u64| {
            let (start, end) = Claims::unpack(range);
            start >= end
        };
        self.ranges.to_vec().into_iter().all(is_empty)
    }
}
