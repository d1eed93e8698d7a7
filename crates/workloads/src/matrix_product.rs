//! The product of two square matrices.
//!
//! The entries are small integers that are stored as floating-point numbers, so every sum
//! is exact in any order of addition.
//!
//! In Python: `a @ b`, with NumPy arrays; NumPy releases the GIL while it multiplies.

use super::{
    Bound, Host, Tally,
    definition::{About, Definition, Inputs, Task},
    digits::grouped,
    random::{Random, mix},
};
use std::ops::Range;

/// Entries are smaller than this, so that no sum reaches 2⁵³ even for the largest size.
const ENTRIES: usize = 1024;

/// Multiplications between two checkpoints.
const CHECKPOINT_INTERVAL: usize = 1 << 16;

pub(super) struct MatrixProduct;

impl Definition for MatrixProduct {
    fn about(&self) -> &'static About {
        &About {
            name: "matrix-product",
            title: "Matrix product",
            description: "Multiplies two square matrices, row by row: a kernel for which Python’s libraries release the GIL.",
            unit: "rows and columns",
            item: "a row of the product",
            bound: Bound::Kernel,
            seeded: true,
            sizes: (1, 2_048),
            presets: [300, 800, 1_600],
        }
    }

    fn prepare(&self, size: u64, seed: u64, host: &mut dyn Host) -> Inputs {
        let mut matrix = Vec::with_capacity((size * size) as usize);
        for number in 0..size {
            host.checkpoint();
            matrix.extend(row(seed, 1, number, size));
        }
        Inputs::Matrix(matrix)
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        let Inputs::Matrix(right) = task.inputs else {
            return tally;
        };
        let size = task.size as usize;
        let mut sums = vec![0.0; size];
        for item in items {
            sums.fill(0.0);
            let mut since = CHECKPOINT_INTERVAL;
            let left = row(task.seed, 0, item, task.size);
            for (factor, others) in left.zip(right.chunks_exact(size)) {
                since += size;
                if since > CHECKPOINT_INTERVAL {
                    since = 0;
                    host.checkpoint();
                }
                for (sum, other) in sums.iter_mut().zip(others) {
                    *sum += factor * other;
                }
            }
            let value = sums.iter().map(|sum| *sum as u128).sum();
            let hash = sums.iter().fold(0, |hash, sum| mix(hash ^ *sum as u64));
            tally.add(item, value, hash);
        }
        tally
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        format!(
            "the {} entries of the product add up to {}",
            grouped(u128::from(size) * u128::from(size)),
            grouped(tally.value())
        )
    }
}

/// The entries of a row of the left-hand (`which` is 0) or right-hand (1)
/// factor.
pub fn row(seed: u64, which: u64, row: u64, size: u64) -> impl Iterator<Item = f64> {
    let mut random = Random::new(mix(seed ^ which), row);
    (0..size).map(move |_| random.below(ENTRIES) as f64)
}
