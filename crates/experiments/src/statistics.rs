//! Few, noisy samples: medians, quartiles and honest intervals.
//!
//! Medians, because one interrupted run must not move the figure; bootstrap
//! intervals (Efron, 1979), because running times follow no textbook
//! distribution. Resampling is seeded: the same samples give the same interval.

use serde::{Deserialize, Serialize};
use workloads::random::Random;

/// Resamples of one interval.
pub(super) const RESAMPLES: usize = 2_000;

/// Any fixed number will do.
const SEED: u64 = 95;

/// A figure with its spread.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// The figure.
    pub median: f64,
    /// The least of it in any run.
    pub min: f64,
    /// The most of it in any run.
    pub max: f64,
    /// Lower end of the 95 % confidence interval of the median.
    pub low: f64,
    /// Upper end of the 95 % confidence interval of the median.
    pub high: f64,
    /// The number of runs. With a single one the interval is only that run:
    /// it shows no spread.
    pub n: u32,
}

impl Summary {
    /// The median of samples with its interval; nothing without samples, or
    /// when one of them is not finite.
    pub fn of(samples: &[f64]) -> Option<Summary> {
        let sorted = sorted(samples)?;
        let mut random = Random::new(SEED, 0);
        let resample = || resampled_median(&sorted, &mut random);
        let (low, high) = interval(std::iter::repeat_with(resample).take(RESAMPLES));
        Some(Summary {
            median: median_of_sorted(&sorted),
            min: sorted[0],
            max: sorted[sorted.len() - 1],
            low,
            high,
            n: sorted.len() as u32,
        })
    }
}

/// The middle of the samples; nothing without samples, or when one of them is
/// not finite.
pub fn median(samples: &[f64]) -> Option<f64> {
    sorted(samples).map(|sorted| median_of_sorted(&sorted))
}

/// The first, second and third quartile, by linear interpolation between the
/// nearest samples (as NumPy does by default).
pub fn quartiles(samples: &[f64]) -> Option<[f64; 3]> {
    let sorted = sorted(samples)?;
    Some([0.25, 0.5, 0.75].map(|share| quantile_of_sorted(&sorted, share)))
}

/// How many times faster `other` was than `main`: the ratio of their median
/// times. Its interval takes the spread of both into account, `min` and `max`
/// compare single runs of `other` with `main`'s median, and `n` is the smaller
/// number of runs. Nothing without samples, or when a time is not positive.
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

/// What two figures' intervals say about their difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    /// The first is less.
    Less,
    /// The first is greater.
    Greater,
    /// No difference is shown, because the intervals overlap. That does not mean that there
    /// is none.
    NotShown,
    /// One of them has fewer than 3 runs, which show no spread.
    TooFewRuns,
}

/// The interval of fewer runs is no more than the runs themselves.
pub(super) const MIN_RUNS: u32 = 3;

/// Whether two figures differ: only where their 95 % intervals do not overlap
/// and both have at least 3 runs. That is stricter than a test at 5 % (Schenker
/// and Gentleman, 2001): what it shows can be seen on a chart.
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

/// Where the middle 95 % of many resampled figures lie: the percentile
/// interval, which covers medians about as often as it says. Not numbers
/// without figures.
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

/// With more samples than this, the median of a resample is drawn and not
/// counted out: a report with half a million samples must not freeze its reader.
const MAX_COUNTED_SAMPLES: usize = 1_000;

/// The median of as many samples, drawn with replacement; they must be sorted.
///
/// Of many, its rank among them is as good as normally distributed: around the
/// middle, with a deviation of half the root of their number.
pub(super) fn resampled_median(samples: &[f64], random: &mut Random) -> f64 {
    if samples.len() > MAX_COUNTED_SAMPLES {
        let normal = (0..12).map(|_| random.unit()).sum::<f64>() - 6.0;
        let share = 0.5 + 0.5 * normal / (samples.len() as f64).sqrt();
        return quantile_of_sorted(samples, share.clamp(0.0, 1.0));
    }
    let mut drawn: Vec<f64> = (samples.iter())
        .map(|_| samples[random.below(samples.len())])
        .collect();
    drawn.sort_by(f64::total_cmp);
    median_of_sorted(&drawn)
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
    // Equal neighbours give exactly themselves, which interpolation might not.
    if below == above {
        below
    } else {
        below + (above - below) * position.fract()
    }
}
