//! Sleep: simulated I/O without any compute.
//!
//! In Python: `time.sleep(0.01)`.

use super::{
    Bound, Host, Tally, Waits,
    definition::{About, Definition, Task},
    digits::{counted, grouped},
};
use std::{ops::Range, time::Duration};

/// The time for which one item sleeps.
pub const SLEEP_TIME: Duration = Duration::from_millis(10);

pub(super) struct Sleep;

impl Definition for Sleep {
    fn about(&self) -> &'static About {
        &About {
            name: "sleep",
            title: "Sleep",
            description: "Waits 10 ms for every item and computes nothing: even threads under a GIL do this side by side.",
            unit: "naps",
            item: "a nap of 10 ms",
            bound: Bound::Io,
            seeded: false,
            sizes: (1, 10_000),
            presets: [10, 60, 300],
        }
    }

    fn compute(&self, _: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        for item in items {
            host.checkpoint();
            tally.add(item, SLEEP_TIME.as_millis(), 0);
        }
        tally
    }

    fn waits(&self, _: u64, _: u64) -> Waits {
        Waits {
            before: SLEEP_TIME,
            after: Duration::ZERO,
        }
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        format!(
            "{}, {} ms one after another",
            counted(size, "nap"),
            grouped(tally.value())
        )
    }
}
