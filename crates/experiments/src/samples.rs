//! Samples at several points of an axis, and the confidence intervals of figures that are
//! computed from them.

use super::statistics::{RESAMPLES, interval, median_of_sorted, resampled_median};
use serde::{Deserialize, Serialize};
use workloads::random::Random;

/// The seed of all resampling; any fixed number can be used.
const SEED: u64 = 1958;

/// The samples at one point of an axis: for example the running times, in seconds, with a
/// number of workers or for a size of the work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Samples {
    /// The position on the axis: a number of workers, or a size.
    pub at: f64,
    /// The values that were measured there.
    pub values: Vec<f64>,
}

impl Samples {
    /// Samples at one point.
    pub fn new(at: impl Into<f64>, values: impl Into<Vec<f64>>) -> Self {
        Samples {
            at: at.into(),
            values: values.into(),
        }
    }
}

/// A figure that is computed from samples, with its 95 % confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Estimate {
    /// The figure with the interval from resampling, which is widened if it does not contain
    /// the figure.
    pub(super) fn new(value: f64, (low, high): (f64, f64)) -> Self {
        Estimate {
            value,
            low: low.min(value),
            high: high.max(value),
        }
    }
}

/// Samples that have been checked, sorted at each point. Each point has at least one sample,
/// and all positions and samples are positive finite numbers.
pub(super) struct ValidSamples(Vec<(f64, Vec<f64>)>);

impl ValidSamples {
    pub(super) fn new(samples: &[Samples]) -> Option<Self> {
        let positive = |number: &f64| number.is_finite() && *number > 0.0;
        let usable = samples.iter().all(|one| {
            positive(&one.at) && !one.values.is_empty() && one.values.iter().all(positive)
        });
        usable.then(|| {
            let sorted = |values: &[f64]| {
                let mut values = values.to_vec();
                values.sort_by(f64::total_cmp);
                values
            };
            let points = samples.iter().map(|one| (one.at, sorted(&one.values)));
            ValidSamples(points.collect())
        })
    }

    /// The position and the median of each point.
    pub(super) fn medians(&self) -> Vec<(f64, f64)> {
        let points = self.0.iter();
        points
            .map(|(at, values)| (*at, median_of_sorted(values)))
            .collect()
    }

    /// The same for samples that are drawn with replacement, point by point (a stratified
    /// bootstrap).
    pub(super) fn resampled(&self, random: &mut Random) -> Vec<(f64, f64)> {
        let points = self.0.iter();
        points
            .map(|(at, values)| (*at, resampled_median(values, random)))
            .collect()
    }

    /// The 95 % confidence intervals of `N` figures that are computed from medians. Resamples
    /// from which they cannot be computed are left out.
    pub(super) fn intervals<const N: usize>(
        &self,
        figures: impl Fn(&[(f64, f64)]) -> Option<[f64; N]>,
    ) -> [(f64, f64); N] {
        let mut random = Random::new(SEED, 0);
        let resamples: Vec<[f64; N]> = (0..RESAMPLES)
            .filter_map(|_| figures(&self.resampled(&mut random)))
            .collect();
        std::array::from_fn(|index| interval(resamples.iter().map(|figures| figures[index])))
    }
}

/// A seeded stream of random numbers. Streams with different numbers are independent.
pub(super) fn random_stream(number: u64) -> Random {
    Random::new(SEED, number)
}
