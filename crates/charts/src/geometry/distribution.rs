//! Many samples on little room: histograms, and dots that do not hide each
//! other.

use super::Scale;

/// A bar of a histogram: samples of at least `from` and less than `to` (the
/// last bar takes its end too).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// How many samples are in it.
    pub count: usize,
}

/// How many samples fall into each of `count` bars that are equally wide on the
/// scale, from one end of its domain to the other. Samples that are not finite
/// or lie outside are left out.
pub fn bins(samples: &[f64], scale: &Scale, count: usize) -> Vec<Bin> {
    let count = count.clamp(1, 1000);
    let (start, end) = scale.range();
    let edge = |index: usize| {
        let part = index as f64 / count as f64;
        scale.value_at(start + part * (end - start))
    };
    let mut bins: Vec<Bin> = (0..count)
        .map(|index| Bin {
            from: edge(index),
            to: edge(index + 1),
            count: 0,
        })
        .collect();
    let (low, high) = scale.domain();
    for &sample in samples {
        if !(sample.is_finite() && sample >= low && sample <= high) {
            continue;
        }
        let part = (scale.at(sample) - start) / (end - start);
        // A domain without width takes all to the middle.
        let index = if part.is_finite() {
            (part * count as f64) as usize
        } else {
            count / 2
        };
        bins[index.min(count - 1)].count += 1;
    }
    bins
}

/// How far from the middle of its row each dot lies, from −1 to 1: dots closer
/// than `apart` pixels step aside, the first ones least. The same samples give
/// the same picture.
pub fn beeswarm(places: &[f64], apart: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| places[a].total_cmp(&places[b]));
    let mut offsets = vec![0.0; places.len()];
    // The last place taken on each of the levels 0, 1, −1, 2, −2.
    const LEVELS: [f64; 7] = [0.0, 0.33, -0.33, 0.66, -0.66, 1.0, -1.0];
    let mut taken = [f64::NEG_INFINITY; LEVELS.len()];
    for index in order {
        let place = places[index];
        let free = taken.iter().position(|&last| place - last >= apart);
        // Where all are taken, the one that has been free for longest.
        let level = free.unwrap_or_else(|| {
            (0..LEVELS.len())
                .min_by(|&a, &b| taken[a].total_cmp(&taken[b]))
                .unwrap_or(0)
        });
        taken[level] = place;
        offsets[index] = LEVELS[level];
    }
    offsets
}

/// Which of `count` things to keep so that no more than `most` remain, evenly
/// spread, the first and the last among them.
pub fn thinned(count: usize, most: usize) -> Vec<usize> {
    let most = most.max(2);
    if count <= most {
        return (0..count).collect();
    }
    (0..most)
        .map(|index| index * (count - 1) / (most - 1))
        .collect()
}
