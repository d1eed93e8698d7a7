//! The Mandelbrot set: uneven work, since pixels inside the set cost the limit
//! and those far outside next to nothing.
//!
//! Plain 64-bit multiplications and additions only, which every machine rounds
//! the same way.

use super::random::mix;
use std::ops::Range;

/// A pixel that has not escaped after so many iterations counts as inside.
pub const LIMIT: u16 = 1000;

/// The picture is the square from −2 − 1.25i to 0.5 + 1.25i.
const LEFT: f64 = -2.0;
const TOP: f64 = -1.25;
const WIDTH: f64 = 2.5;

/// The iteration counts of one row of a picture of `side` × `side` pixels, from
/// left to right: [`LIMIT`] where the pixel is inside the set.
pub fn row(side: u64, row: u64) -> impl Iterator<Item = u16> {
    let step = WIDTH / side as f64;
    let y = TOP + (row as f64 + 0.5) * step;
    (0..side).map(move |column| iterations(LEFT + (column as f64 + 0.5) * step, y))
}

/// How often `z² + c` can be applied before `z` leaves the circle of radius 2.
fn iterations(c_re: f64, c_im: f64) -> u16 {
    let (mut re, mut im) = (0.0_f64, 0.0_f64);
    for count in 0..LIMIT {
        let (re2, im2) = (re * re, im * im);
        if re2 + im2 > 4.0 {
            return count;
        }
        im = 2.0 * re * im + c_im;
        re = re2 - im2 + c_re;
    }
    LIMIT
}

/// How many pixels of these rows are inside, and a hash of all their counts.
pub(super) fn rows(side: u64, rows: Range<u64>) -> (u64, u64) {
    let (mut inside, mut hash) = (0, 0);
    for count in rows.flat_map(|number| row(side, number)) {
        inside += u64::from(count == LIMIT);
        hash = mix(hash ^ u64::from(count));
    }
    (inside, hash)
}

/// The area that so many pixels cover.
pub(super) fn area(side: u64, inside: u128) -> f64 {
    let step = WIDTH / side.max(1) as f64;
    inside as f64 * step * step
}
