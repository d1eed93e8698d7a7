//! The sum of squares: a very simple loop.
//!
//! In Python: `sum(n * n for n in range(size))`.

use super::{
    Bound, Host, Tally,
    definition::{About, Definition, Task, block},
    digits::grouped,
};
use std::{hint::black_box, ops::Range};

/// Numbers of one item.
const BLOCK: u64 = 4096;

pub(super) struct SumOfSquares;

impl Definition for SumOfSquares {
    fn about(&self) -> &'static About {
        &About {
            name: "sum-of-squares",
            title: "Sum of squares",
            description: "Adds up the squares of all numbers below the size: every chunk costs the same.",
            unit: "numbers",
            item: "a block of 4,096 numbers",
            bound: Bound::Cpu,
            seeded: false,
            // Below 2³², so that every square fits into 64 bits.
            sizes: (1_000, 4_000_000_000),
            presets: [60_000_000, 600_000_000, 2_400_000_000],
        }
    }

    fn items(&self, size: u64) -> u64 {
        size.div_ceil(BLOCK)
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        for item in items {
            host.checkpoint();
            tally.add(item, sum(block(task.size, BLOCK, item)), 0);
        }
        tally
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        format!(
            "the squares of the numbers below {} add up to {}",
            grouped(size.into()),
            grouped(tally.value())
        )
    }
}

/// The sum of `n²` over the range, whose end must not exceed 2³².
fn sum(numbers: Range<u64>) -> u128 {
    let mut sum = 0_u128;
    for number in numbers {
        // LLVM would replace the loop by the closed formula of this sum, and every size
        // would take no time. Numbers that are hidden from the optimiser must be added one
        // by one.
        let number = black_box(number);
        sum += u128::from(number.wrapping_mul(number));
    }
    sum
}
