//! Outliers: samples far from the others. They are marked but never removed.
//!
//! An outlier is a sample beyond Tukey's fences (*Exploratory Data Analysis*, 1977): more than
//! 1.5 interquartile ranges below the first or above the third quartile. Possible causes are a
//! garbage collection, another tab, or a core that woke up late. An outlier hardly changes the
//! median.

use super::statistics::quartiles;
use serde::{Deserialize, Serialize};

/// The distance from a quartile to its fence, in interquartile ranges.
const FENCE_RANGES: f64 = 1.5;

/// The smallest number of samples that can contain an outlier. With fewer, the outlier itself
/// would determine a quartile.
const MIN_SAMPLES: usize = 5;

/// A sample far from the others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Outlier {
    /// The index of the sample, counted from 0.
    pub index: usize,
    /// The value of the sample.
    pub value: f64,
    /// Whether the value is above the others, not below.
    pub above: bool,
}

/// The lower and the upper fence; `None` if there are no samples or if one is not finite.
pub fn fences(samples: &[f64]) -> Option<(f64, f64)> {
    let [first, _, third] = quartiles(samples)?;
    let reach = FENCE_RANGES * (third - first);
    Some((first - reach, third + reach))
}

/// The outliers in the order of the samples; none among fewer than 5 samples.
pub fn outliers(samples: &[f64]) -> Vec<Outlier> {
    let Some((low, high)) = fences(samples).filter(|_| samples.len() >= MIN_SAMPLES) else {
        return Vec::new();
    };
    let numbered = samples.iter().copied().enumerate();
    numbered
        .filter(|(_, value)| *value < low || *value > high)
        .map(|(index, value)| Outlier {
            index,
            value,
            above: value > high,
        })
        .collect()
}
