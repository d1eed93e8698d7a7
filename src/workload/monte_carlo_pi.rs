//! π from random points: the share of a square's points that lie inside its
//! quarter circle is π/4.

use super::random::Random;

/// How many of `points` random points lie inside the quarter circle.
///
/// One random number makes a point of two 31-bit coordinates, and integers
/// decide, so that no rounding can differ between machines.
pub(super) fn hits(points: u64, seed: u64, chunk: u64) -> u64 {
    let mut random = Random::new(seed, chunk);
    let mut hits = 0;
    for _ in 0..points {
        let bits = random.next();
        let (x, y) = (bits >> 33, (bits & 0xFFFF_FFFF) >> 1);
        hits += u64::from(x * x + y * y < 1 << 62);
    }
    hits
}
