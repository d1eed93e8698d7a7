//! Outliers: runs far from the others, named but never left out.
//!
//! An outlier is a run beyond Tukey's fences (*Exploratory Data Analysis*,
//! 1977): 1.5 interquartile ranges below the first or above the third quartile.
//! A garbage collection, another tab or a core that woke up late may be behind
//! it; the median hardly feels it.

use super::statistics::quartiles;
use serde::{Deserialize, Serialize};

/// Interquartile ranges from a quartile to its fence.
const FENCE_RANGES: f64 = 1.5;

/// With fewer runs, no run is far from the others: quartiles would be drawn by
/// the odd one itself.
const MIN_RUNS: usize = 5;

/// A run far from the others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Outlier {
    /// Which run, counted from 0.
    pub index: usize,
    /// What was measured.
    pub value: f64,
    /// Whether it is above the others.
    pub above: bool,
}

/// The lower and the upper fence; nothing without samples, or when one of them
/// is not finite.
pub fn fences(samples: &[f64]) -> Option<(f64, f64)> {
    let [first, _, third] = quartiles(samples)?;
    let reach = FENCE_RANGES * (third - first);
    Some((first - reach, third + reach))
}

/// The outliers among at least 5 samples, in the order of the runs.
pub fn outliers(samples: &[f64]) -> Vec<Outlier> {
    let Some((low, high)) = fences(samples).filter(|_| samples.len() >= MIN_RUNS) else {
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
