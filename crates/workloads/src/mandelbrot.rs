//! The Mandelbrot set. The work is uneven: a pixel inside the set takes the limit of
//! iterations, and one far outside takes almost none.
//!
//! It uses only 64-bit multiplications and additions, which every machine rounds in the
//! same way.
//!
//! In Python: `[sum(escapes(x, y) for x in xs) for y in ys]`.

use super::{
    Bound, Host, Tally,
    definition::{About, Definition, Task},
    digits::grouped,
    random::mix,
};
use std::ops::Range;

/// A pixel that has not escaped after this number of iterations counts as inside.
pub const LIMIT: u16 = 1000;

/// The picture shows the square from −2 − 1.25i to 0.5 + 1.25i.
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

/// Iterations between two checkpoints.
const CHECKPOINT_INTERVAL: u32 = 30_000;

pub(super) struct Mandelbrot;

impl Definition for Mandelbrot {
    fn about(&self) -> &'static About {
        &About {
            name: "mandelbrot",
            title: "Mandelbrot set",
            description: "Iterates z² + c for every pixel of a square picture: some rows cost far more than others.",
            unit: "pixels per side",
            item: "a row of pixels",
            bound: Bound::Cpu,
            seeded: false,
            sizes: (16, 8_192),
            presets: [300, 1_000, 2_000],
        }
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        for item in items {
            host.checkpoint();
            let (mut inside, mut hash, mut since) = (0_u32, 0, 0);
            for count in row(task.size, item) {
                inside += u32::from(count == LIMIT);
                hash = mix(hash ^ u64::from(count));
                since += u32::from(count);
                if since > CHECKPOINT_INTERVAL {
                    since = 0;
                    host.checkpoint();
                }
            }
            tally.add(item, inside.into(), hash);
        }
        tally
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        let step = WIDTH / size.max(1) as f64;
        format!(
            "{} of {} pixels are in the set, an area of {:.3}",
            grouped(tally.value()),
            grouped(u128::from(size) * u128::from(size)),
            tally.value() as f64 * step * step
        )
    }
}
