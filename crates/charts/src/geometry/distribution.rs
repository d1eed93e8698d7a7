//! Many samples in a small space: histograms, and dots that do not hide each other.

use super::Scale;

/// A bar of a histogram: the samples from `from` (included) to `to` (excluded, but
/// included in the last bar).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// The lower end.
    pub from: f64,
    /// The upper end.
    pub to: f64,
    /// The number of samples in it.
    pub count: usize,
}

/// Counts the samples in each of `count` bars, which have equal widths on the scale and
/// together cover its domain. Samples that are not finite or lie outside the domain are
/// ignored.
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
        // In a domain without width all samples are in the middle bar.
        let index = if part.is_finite() {
            (part * count as f64) as usize
        } else {
            count / 2
        };
        bins[index.min(count - 1)].count += 1;
    }
    bins
}

/// The distance of each dot from the middle of its row, from −1 to 1. Dots that would be
/// closer than `apart` px are moved up or down. The result depends only on the samples.
pub fn beeswarm(places: &[f64], apart: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| places[a].total_cmp(&places[b]));
    let mut offsets = vec![0.0; places.len()];
    // The position of the last dot on each of the levels 0, 1, −1, 2, −2.
    const LEVELS: [f64; 7] = [0.0, 0.33, -0.33, 0.66, -0.66, 1.0, -1.0];
    let mut taken = [f64::NEG_INFINITY; LEVELS.len()];
    for index in order {
        let place = places[index];
        let free = taken.iter().position(|&last| place - last >= apart);
        // If no level is free, the one whose last dot is furthest away is used.
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

/// The indices of at most `most` of `count` things, evenly spread and including the first
/// and the last.
pub fn thinned(count: usize, most: usize) -> Vec<usize> {
    let most = most.max(2);
    if count <= most {
        return (0..count).collect();
    }
    (0..most)
        .map(|index| index * (count - 1) / (most - 1))
        .collect()
}
