//! π from random points: the share of a square's points that lie inside its
//! quarter circle is π/4.
//!
//! In Python: `4 * sum(random() ** 2 + random() ** 2 < 1 for _ in range(size)) / size`.

use super::{
    Bound, Host, Tally,
    definition::{About, Definition, Task, block},
    random::Random,
};
use std::ops::Range;

/// Points of one item. Each item has its own stream of random numbers.
const BLOCK: u64 = 4096;

pub(super) struct MonteCarloPi;

impl Definition for MonteCarloPi {
    fn about(&self) -> &'static About {
        &About {
            name: "monte-carlo-pi",
            title: "Monte-Carlo π",
            description: "Throws random points into a square and counts those inside the circle: every chunk has its own random numbers.",
            unit: "points",
            item: "a block of 4,096 points",
            bound: Bound::Cpu,
            seeded: true,
            sizes: (1_000, 4_000_000_000),
            presets: [30_000_000, 300_000_000, 1_200_000_000],
        }
    }

    fn items(&self, size: u64) -> u64 {
        size.div_ceil(BLOCK)
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        for item in items {
            host.checkpoint();
            let points = block(task.size, BLOCK, item);
            let mut random = Random::new(task.seed, item);
            let hits = hits(points.end - points.start, &mut random);
            tally.add(item, hits.into(), 0);
        }
        tally
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        let pi = 4.0 * tally.value() as f64 / size.max(1) as f64;
        format!("π ≈ {pi:.5}")
    }
}

/// How many of `points` random points lie inside the quarter circle.
///
/// One random number gives a point with two 31-bit coordinates. Only integers are used, so
/// that rounding cannot differ between machines.
fn hits(points: u64, random: &mut Random) -> u64 {
    let mut hits = 0;
    for _ in 0..points {
        let bits = random.next_u64();
        let (x, y) = (bits >> 33, (bits & 0xFFFF_FFFF) >> 1);
        hits += u64::from(x * x + y * y < 1 << 62);
    }
    hits
}
