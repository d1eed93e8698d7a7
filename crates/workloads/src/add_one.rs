//! `x + 1`: an item so small that sending it costs far more than computing it.
//!
//! In Python: `pool.map(lambda x: x + 1, range(size))`.

use super::{
    Bound, Host, Tally,
    definition::{About, Definition, Task},
    digits::{counted, grouped},
};
use std::{hint::black_box, ops::Range};

/// Items between two checkpoints.
const CHECKPOINT_INTERVAL: u64 = 8192;

pub(super) struct AddOne;

impl Definition for AddOne {
    fn about(&self) -> &'static About {
        &About {
            name: "add-one",
            title: "x + 1",
            description: "Adds 1 to every number below the size: each item is so small that handing it over costs more than doing it.",
            unit: "numbers",
            item: "one number",
            bound: Bound::Cpu,
            seeded: false,
            sizes: (1, 1_000_000_000),
            presets: [10_000_000, 100_000_000, 400_000_000],
        }
    }

    fn compute(&self, _: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        for item in items {
            if item.is_multiple_of(CHECKPOINT_INTERVAL) {
                host.checkpoint();
            }
            // Hidden from the optimiser, so that the items are computed one by one.
            tally.add(item, u128::from(black_box(item) + 1), 0);
        }
        tally
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        format!(
            "{}, each one larger, add up to {}",
            counted(size, "number"),
            grouped(tally.value())
        )
    }
}
