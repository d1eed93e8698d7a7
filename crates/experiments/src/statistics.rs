//! Statistics of few and noisy samples: medians, quartiles and confidence intervals.
//!
//! The figure is the median, because one interrupted run hardly changes it. The confidence
//! intervals come from the bootstrap (Efron, 1979), because the distribution of running times
//! is not known. Resampling is seeded, so the same samples always give the same interval.

use serde::{Deserialize, Serialize};
use workloads::random::Random;

/// The number of resamples for one interval.
pub(super) const RESAMPLES: usize = 2_000;

/// The seed of all resampling; any fixed number can be used.
const SEED: u64 = 95;

/// A median with its spread.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// The median.
    pub median: f64,
    /// The smallest value of any run.
    pub min: f64,
    /// The largest value of any run.
    pub max: f64,
    /// The lower end of the 95 % confidence interval of the median.
    pub low: f64,
    /// The upper end of the 95 % confidence interval of the median.
    pub high: f64,
    /// The number of runs. With a single run the interval has no length, because there is no
    /// spread.
    pub n: u32,
}

impl Summary {
    /// The median of samples with its confidence interval; `None` if there are no samples or
    /// if one is not finite.
    pub fn of(samples: &[f64]) -> Option<Summary> {
        let sorted = sorted(samples)?;
        let (min, max) = (sorted[0], sorted[sorted.len() - 1]);
        // Resamples of equal samples are all equal, too. A recording over time has hundreds of
        // points with one sample each.
        let (low, high) = if min == max {
            (min, max)
        } else {
            let mut random = Random::new(SEED, 0);
            let resample = || resampled_median(&sorted, &mut random);
            interval(std::iter::repeat_with(resample).take(RESAMPLES))
        };
        Some(Summary {
            median: median_of_sorted(&sorted),
            min,
            max,
            low,
            high,
            n: sorted.len() as u32,
        })
    }
}

/// The median of samples; `None` if there are no samples or if one is not finite.
pub fn median(samples: &[f64]) -> Option<f64> {
    sorted(samples).map(|sorted| median_of_sorted(&sorted))
}

/// The first, second and third quartile, by linear interpolation between the
/// nearest samples (as NumPy does by default).
pub fn quartiles(samples: &[f64]) -> Option<[f64; 3]> {
    let sorted = sorted(samples)?;
    Some([0.25, 0.5, 0.75].map(|share| quantile_of_sorted(&sorted, share)))
}

/// The speed-up of `other` over `main`: the ratio of their median times. Its confidence
/// interval takes the spread of both into account, `min` and `max` compare single runs of
/// `other` with the median of `main`, and `n` is the smaller number of runs. `None` if there
/// are no samples or if a time is not positive.
pub fn speed_up(main: &[f64], other: &[f64]) -> Option<Summary> {
    let (main, other) = (sorted(main)?, sorted(other)?);
    if main[0] <= 0.0 || other[0] <= 0.0 {
        return None;
    }
    let mut random = Random::new(SEED, 1);
    let resample = || resampled_median(&main, &mut random) / resampled_median(&other, &mut random);
    let (low, high) = interval(std::iter::repeat_with(resample).take(RESAMPLES));
    let main_median = median_of_sorted(&main);
    Some(Summary {
        median: main_median / median_of_sorted(&other),
        min: main_median / other[other.len() - 1],
        max: main_median / other[0],
        low,
        high,
        n: main.len().min(other.len()) as u32,
    })
}

/// What the confidence intervals of two medians show about their difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    /// The first is less.
    Less,
    /// The first is greater.
    Greater,
    /// No difference is shown, because the intervals overlap. There may still be one.
    NotShown,
    /// One of them has fewer than 3 runs, which is too few to show a spread.
    TooFewRuns,
}

/// The smallest number of runs of a comparison. The interval of fewer runs is only the range of
/// the runs.
pub(super) const MIN_RUNS: u32 = 3;

/// Whether two medians differ: only if their 95 % confidence intervals do not overlap and both
/// have at least 3 runs. That is stricter than a test at the level of 5 % (Schenker and
/// Gentleman, 2001), and a reader can see it on a chart.
pub fn difference(one: &Summary, other: &Summary) -> Difference {
    if one.n.min(other.n) < MIN_RUNS {
        Difference::TooFewRuns
    } else if one.high < other.low {
        Difference::Less
    } else if one.low > other.high {
        Difference::Greater
    } else {
        Difference::NotShown
    }
}

/// The percentile interval: the range of the middle 95 % of many resampled figures. For
/// medians, it contains the true value in about 95 % of all cases. NaN if there are no figures.
pub(super) fn interval(figures: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut figures: Vec<f64> = figures.collect();
    if figures.is_empty() {
        return (f64::NAN, f64::NAN);
    }
    figures.sort_by(f64::total_cmp);
    (
        quantile_of_sorted(&figures, 0.025),
        quantile_of_sorted(&figures, 0.975),
    )
}

/// With more samples than this, the median of a resample is drawn from its distribution, and
/// no samples are drawn. Otherwise a report with many samples would freeze the page: eight
/// points of 600 samples did so for seconds.
const MAX_COUNTED_SAMPLES: usize = 100;

/// The median of a resample, which has as many samples, drawn with replacement. `samples` must
/// be sorted.
///
/// With many samples, the rank of this median is approximately normally distributed. Its mean
/// is the middle, and its standard deviation is half the square root of the number of samples.
pub(super) fn resampled_median(samples: &[f64], random: &mut Random) -> f64 {
    if samples.len() > MAX_COUNTED_SAMPLES {
        let normal = (0..12).map(|_| random.unit()).sum::<f64>() - 6.0;
        let share = 0.5 + 0.5 * normal / (samples.len() as f64).sqrt();
        return quantile_of_sorted(samples, share.clamp(0.0, 1.0));
    }
    let mut drawn: Vec<f64> = (samples.iter())
        .map(|_| samples[random.below(samples.len())])
        .collect();
    median_of_unsorted(&mut drawn)
}

/// The same as sorting and taking the middle, in a fraction of the time, since a report is
/// summed up while the page waits.
fn median_of_unsorted(samples: &mut [f64]) -> f64 {
    let is_even = samples.len().is_multiple_of(2);
    let (_, &mut below, higher) =
        samples.select_nth_unstable_by((samples.len() - 1) / 2, f64::total_cmp);
    let least = |so_far: f64, one: &f64| {
        if one.total_cmp(&so_far).is_lt() {
            *one
        } else {
            so_far
        }
    };
    match higher.split_first() {
        Some((first, rest)) if is_even => {
            let above = rest.iter().fold(*first, least);
            // The interpolation between two equal numbers could give another by rounding.
            if below == above {
                below
            } else {
                below + (above - below) * 0.5
            }
        }
        _ => below,
    }
}

fn sorted(samples: &[f64]) -> Option<Vec<f64>> {
    let usable = !samples.is_empty() && samples.iter().all(|sample| sample.is_finite());
    usable.then(|| {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted
    })
}

pub(super) fn median_of_sorted(sorted: &[f64]) -> f64 {
    quantile_of_sorted(sorted, 0.5)
}

fn quantile_of_sorted(sorted: &[f64], share: f64) -> f64 {
    let position = share * (sorted.len() - 1) as f64;
    let (below, above) = (
        sorted[position.floor() as usize],
        sorted[position.ceil() as usize],
    );
    // The interpolation between two equal numbers could give another number by rounding.
    if below == above {
        below
    } else {
        below + (above - below) * position.fract()
    }
}
