//! k-means: groups points around centres, in rounds (Lloyd, 1982). All processes share the
//! centres, each process assigns its points to them, and the merged result gives the
//! centres of the next round.
//!
//! Coordinates, distances and sums are integers, so the result does not depend on how the
//! points are divided.
//!
//! In Python: `sums = pool.starmap(assign, [(chunk, centres) for chunk in chunks])`,
//! round after round; the centres may lie in a shared `Array`.

use super::{
    Bound, Host, Tally,
    definition::{About, Definition, Task, block},
    digits::{counted, grouped},
    random::{Random, mix},
};
use std::ops::Range;

/// Points of one item.
const BLOCK: u64 = 2048;

/// The number of groups that are searched for.
pub const GROUPS: usize = 8;

/// The largest number of rounds, even if the centres still move after it.
pub const ROUNDS: u64 = 30;

/// The side length of the square that contains all points.
pub const SIDE: u32 = 1 << 16;

/// The largest distance of a point from the middle of its group, in each direction.
const SCATTER: u64 = SIDE as u64 / 6;

/// A position in the square: x and y.
pub type Point = [u32; 2];

pub(super) struct KMeans;

impl Definition for KMeans {
    fn about(&self) -> &'static About {
        &About {
            name: "k-means",
            title: "k-means",
            description: "Groups points around eight centres, in rounds: after each, everyone has to know the new centres.",
            unit: "points",
            item: "a block of 2,048 points",
            bound: Bound::Cpu,
            seeded: true,
            sizes: (GROUPS as u64, 100_000_000),
            presets: [100_000, 1_000_000, 4_000_000],
        }
    }

    fn items(&self, size: u64) -> u64 {
        size.div_ceil(BLOCK)
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        let cloud = Cloud::new(task.seed);
        let centres = centres(task.shared);
        let mut groups = [[0_u64; 3]; GROUPS];
        for item in items {
            host.checkpoint();
            let (mut squares, mut hash) = (0, 0);
            for number in block(task.size, BLOCK, item) {
                let point = cloud.point(number);
                let (group, square) = nearest(&centres, point);
                let [count, across, down] = &mut groups[group];
                *count += 1;
                *across += u64::from(point[0]);
                *down += u64::from(point[1]);
                squares += u128::from(square);
                hash = mix(hash ^ group as u64);
            }
            tally.add(item, squares, hash);
        }
        for (group, sums) in groups.iter().enumerate().filter(|(_, sums)| sums[0] > 0) {
            tally.add_row(&name(group), sums);
        }
        tally
    }

    fn first_round(&self, seed: u64) -> Vec<u64> {
        let cloud = Cloud::new(seed);
        let centres = std::array::from_fn(|number| cloud.point(number as u64));
        to_shared(1, &centres)
    }

    fn next_round(&self, shared: &[u64], tally: &Tally) -> Option<Vec<u64>> {
        let round = shared.first().copied().unwrap_or(ROUNDS);
        let before = centres(shared);
        let after = update(&before, tally);
        (after != before && round < ROUNDS).then(|| to_shared(round + 1, &after))
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        let distance = (tally.value() as f64 / size.max(1) as f64).sqrt();
        format!(
            "{} in {} groups, {} away from their centres (root mean square)",
            counted(size, "point"),
            tally.table().len(),
            grouped(distance.round() as u128)
        )
    }
}

/// The points of a seed. They form [`GROUPS`] groups, some of which may overlap.
pub struct Cloud {
    seed: u64,
    middles: [[u64; 2]; GROUPS],
}

impl Cloud {
    /// The points of this seed.
    pub fn new(seed: u64) -> Cloud {
        let mut random = Random::new(seed, u64::MAX);
        let mut coordinate = || SCATTER + random.below_u64(u64::from(SIDE) - 2 * SCATTER);
        Cloud {
            seed,
            middles: std::array::from_fn(|_| [coordinate(), coordinate()]),
        }
    }

    /// The point with this number.
    pub fn point(&self, number: u64) -> Point {
        let bits = mix(mix(self.seed) ^ number);
        let more = mix(bits);
        let middle = &self.middles[(bits % GROUPS as u64) as usize];
        // The sum of three random numbers is approximately normally distributed.
        let scatter = |bits: u64| {
            let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF);
            2 * SCATTER * sum / (3 << 16)
        };
        let coordinate = |axis: usize, bits: u64| (middle[axis] + scatter(bits) - SCATTER) as u32;
        [coordinate(0, bits >> 8), coordinate(1, more)]
    }
}

/// Reads the centres of a round from the shared numbers: the round's number, then x and y
/// of each centre. Missing numbers count as 0.
pub fn centres(shared: &[u64]) -> [Point; GROUPS] {
    let number = |index: usize| {
        let number = shared.get(index).copied().unwrap_or(0);
        number.min(u64::from(SIDE)) as u32
    };
    std::array::from_fn(|group| [number(1 + 2 * group), number(2 + 2 * group)])
}

fn to_shared(round: u64, centres: &[Point; GROUPS]) -> Vec<u64> {
    let numbers = centres.iter().flatten().map(|number| u64::from(*number));
    std::iter::once(round).chain(numbers).collect()
}

/// The index of the centre that is nearest to a point (the first of several), and the
/// square of its distance.
pub fn nearest(centres: &[Point; GROUPS], point: Point) -> (usize, u64) {
    let mut best = (0, u64::MAX);
    for (group, centre) in centres.iter().enumerate() {
        let across = u64::from(centre[0].abs_diff(point[0]));
        let down = u64::from(centre[1].abs_diff(point[1]));
        let square = across * across + down * down;
        if square < best.1 {
            best = (group, square);
        }
    }
    best
}

/// The centres of the next round: the mean of each group's points, rounded. A
/// group without points keeps its centre.
pub fn update(before: &[Point; GROUPS], tally: &Tally) -> [Point; GROUPS] {
    std::array::from_fn(|group| {
        let row = tally.table().get(&name(group)).map(Vec::as_slice);
        match row {
            Some(&[count, across, down]) if count > 0 => {
                [across, down].map(|sum| (sum.saturating_add(count / 2) / count) as u32)
            }
            _ => before[group],
        }
    })
}

/// The name of a group in the tally's table.
pub fn name(group: usize) -> String {
    format!("group {group}")
}
