//! A filter over a batch of pictures. Each picture is generated from the seed, blurred and
//! embossed.
//!
//! In Python: `pool.map(lambda picture: picture.filter(ImageFilter.EMBOSS), pictures)`,
//! with Pillow, which releases the GIL meanwhile.

use super::{
    Bound, Host, Tally,
    definition::{About, Definition, Task},
    digits::counted,
    random::{Random, mix},
};
use image::{Rgb, RgbImage, imageops};
use std::ops::Range;

/// The width of a picture, in pixels.
pub const WIDTH: u32 = 192;
/// The height of a picture, in pixels.
pub const HEIGHT: u32 = 128;

/// The number of discs that are painted on a picture.
const DISCS: usize = 24;

/// The number of rows that the library filters between two checkpoints.
const STRIP: u32 = 8;

/// The filter passes: blurred twice, then embossed with light from the upper left.
const PASSES: [[f32; 9]; 3] = [BLUR, BLUR, RELIEF];
const BLUR: [f32; 9] = [
    0.0625, 0.125, 0.0625, 0.125, 0.25, 0.125, 0.0625, 0.125, 0.0625,
];
const RELIEF: [f32; 9] = [-2.0, -1.0, 0.0, -1.0, 1.0, 1.0, 0.0, 1.0, 2.0];

pub(super) struct ImageFilter;

impl Definition for ImageFilter {
    fn about(&self) -> &'static About {
        &About {
            name: "image-filter",
            title: "Image filter",
            description: "Blurs a batch of pictures and puts them into relief: a kernel for which Python’s libraries release the GIL.",
            unit: "pictures",
            item: "a picture of 192 × 128 pixels",
            bound: Bound::Kernel,
            seeded: true,
            sizes: (1, 100_000),
            presets: [20, 150, 600],
        }
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        for item in items {
            let picture = filtered(picture(task.seed, item, host), host);
            let bytes = picture.as_raw();
            let brightness: u64 = bytes.iter().map(|byte| u64::from(*byte)).sum();
            let hash = bytes.chunks(8).fold(0, |hash, bytes| {
                mix(hash
                    ^ bytes
                        .iter()
                        .fold(0, |word, byte| word << 8 | u64::from(*byte)))
            });
            tally.add(item, brightness.into(), hash);
        }
        tally
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        let bytes = u128::from(WIDTH * HEIGHT * 3) * u128::from(size.max(1));
        format!(
            "{} of {WIDTH} × {HEIGHT} pixels, {:.1} % bright on average",
            counted(size, "picture"),
            tally.value() as f64 / bytes as f64 / 2.55
        )
    }
}

/// The picture of an item: a background of two colours with discs and some noise.
pub fn picture(seed: u64, item: u64, host: &mut dyn Host) -> RgbImage {
    let mut random = Random::new(seed, item);
    let mut colour = || random.next_u64().to_le_bytes();
    let (top, bottom) = (colour(), colour());
    let discs: Vec<Disc> = (0..DISCS).map(|_| Disc::new(colour())).collect();
    let mut picture = RgbImage::new(WIDTH, HEIGHT);
    for (y, row) in picture.enumerate_rows_mut() {
        host.checkpoint();
        for (x, _, pixel) in row {
            let grain = random.next_u64() as u32 % 24;
            let channel = |index: usize| {
                let [above, below] = [top, bottom].map(|colour| u32::from(colour[index]));
                (above * (HEIGHT - y) + below * y) / HEIGHT
            };
            let mut rgb = [channel(0), channel(1), channel(2)];
            for disc in discs.iter().filter(|disc| disc.covers(x, y)) {
                rgb = disc.colour;
            }
            *pixel = Rgb(rgb.map(|channel| ((channel * 230 / 255) + grain).min(255) as u8));
        }
    }
    picture
}

struct Disc {
    x: i32,
    y: i32,
    radius: i32,
    colour: [u32; 3],
}

impl Disc {
    /// A disc whose properties come from these random bytes.
    fn new(bytes: [u8; 8]) -> Disc {
        let scaled = |byte: u8, length: u32| i32::from(byte) * length as i32 / 255;
        Disc {
            x: scaled(bytes[0], WIDTH),
            y: scaled(bytes[1], HEIGHT),
            radius: 4 + scaled(bytes[2], 20),
            colour: [bytes[3], bytes[4], bytes[5]].map(u32::from),
        }
    }

    fn covers(&self, x: u32, y: u32) -> bool {
        let (dx, dy) = (x as i32 - self.x, y as i32 - self.y);
        dx * dx + dy * dy <= self.radius * self.radius
    }
}

/// The picture after all passes. The pixels at the edges, which do not have all neighbours,
/// are not changed.
pub fn filtered(mut picture: RgbImage, host: &mut dyn Host) -> RgbImage {
    for kernel in &PASSES {
        picture = pass(&picture, kernel, host);
    }
    picture
}

/// One pass. It filters strip by strip, each with one neighbouring row on either side.
fn pass(picture: &RgbImage, kernel: &[f32; 9], host: &mut dyn Host) -> RgbImage {
    let mut result = picture.clone();
    let (width, height) = picture.dimensions();
    let mut top = 1;
    while top + 1 < height {
        host.checkpoint();
        let rows = STRIP.min(height - 1 - top);
        let view = imageops::crop_imm(picture, 0, top - 1, width, rows + 2);
        let strip = imageops::filter3x3(&*view, kernel);
        for y in 0..rows {
            for x in 1..width.saturating_sub(1) {
                result.put_pixel(x, top + y, *strip.get_pixel(x, y + 1));
            }
        }
        top += rows;
    }
    result
}
