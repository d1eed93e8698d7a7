//! What was measured at several places of an axis, and how sure a figure is
//! that was computed from it.

use super::statistics::{RESAMPLES, interval, median_of_sorted, resampled_median};
use serde::{Deserialize, Serialize};
use workloads::random::Random;

/// Any fixed number will do.
const SEED: u64 = 1958;

/// The samples of one place: the running times, in seconds, with so many
/// workers, or for work of such a size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Samples {
    /// The place on the axis: a number of workers, or a size.
    pub at: f64,
    /// What was measured there, once or more often.
    pub values: Vec<f64>,
}

impl Samples {
    /// Samples of one place.
    pub fn new(at: impl Into<f64>, values: impl Into<Vec<f64>>) -> Self {
        Samples {
            at: at.into(),
            values: values.into(),
        }
    }
}

/// A fitted figure with the 95 % interval that resampling gives it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
}

impl Estimate {
    /// The figure with the interval, which is widened where resampling did not
    /// reach the figure itself.
    pub(super) fn new(value: f64, (low, high): (f64, f64)) -> Self {
        Estimate {
            value,
            low: low.min(value),
            high: high.max(value),
        }
    }
}

/// The samples in order, checked: there is at least one at each place, every
/// place and every sample is a finite positive number.
pub(super) struct Checked(Vec<(f64, Vec<f64>)>);

impl Checked {
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
            let places = samples.iter().map(|one| (one.at, sorted(&one.values)));
            Checked(places.collect())
        })
    }

    /// The median at each place.
    pub(super) fn medians(&self) -> Vec<(f64, f64)> {
        let places = self.0.iter();
        places
            .map(|(at, values)| (*at, median_of_sorted(values)))
            .collect()
    }

    /// Median after median of samples drawn with replacement, place by place (a
    /// stratified bootstrap).
    pub(super) fn resampled(&self, random: &mut Random) -> Vec<(f64, f64)> {
        let places = self.0.iter();
        places
            .map(|(at, values)| (*at, resampled_median(values, random)))
            .collect()
    }

    /// The 95 % intervals of `N` figures at once. Resampled medians from which
    /// nothing can be computed are left out.
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

/// A seeded source of random numbers for a second, independent resampling.
pub(super) fn random(number: u64) -> Random {
    Random::new(SEED, number)
}
