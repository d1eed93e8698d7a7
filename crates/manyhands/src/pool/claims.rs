//! Work stealing: the items of a job are claimed one by one by the workers.

use crate::RawArray;
use serde::{Deserialize, Serialize};

/// The items of a job that are not claimed yet: one range for every worker.
/// A range is one word, with its end in the high half, so that it changes
/// atomically.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) struct Claims {
    pub(crate) ranges: RawArray<u64>,
    /// A worker reports after this many items.
    pub(crate) report_every: u32,
}

impl Claims {
    fn unpack(range: u64) -> (u32, u32) {
        (range as u32, (range >> 32) as u32)
    }

    /// A range as it is stored in the array.
    pub(crate) fn pack(start: usize, end: usize) -> u64 {
        start as u64 | (end as u64) << 32
    }

    /// Claims the next item for this worker: from the front of its own range,
    /// or, when that is empty, from the back half of the longest other range.
    /// `on_steal` is told whose range it was and the first and end of the items
    /// taken from it.
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
            // If another worker changed the range meanwhile, look again.
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
