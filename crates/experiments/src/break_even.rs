//! The size of the work at which two ways of doing it take the same time.
//!
//! Each way has a fixed cost and a cost for each unit of work. Starting processes, for
//! example, has a higher fixed cost and a lower cost per unit. Below a certain size one way
//! is faster, above it the other.

use super::{
    least_squares::relative_fit,
    samples::{Samples, ValidSamples, random_stream},
    statistics::{RESAMPLES, interval},
};
use serde::{Deserialize, Serialize};

/// A straight line: `seconds = fixed + per_unit · size`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinearFit {
    /// The fixed cost, in seconds.
    pub fixed: f64,
    /// The cost of each unit, in seconds.
    pub per_unit: f64,
}

impl LinearFit {
    /// Fits the line to the median seconds at several sizes, by least squares of relative
    /// deviations. `None` unless there are two different sizes and all numbers are positive.
    pub fn fit(samples: &[Samples]) -> Option<LinearFit> {
        line(&ValidSamples::new(samples)?.medians())
    }

    /// The seconds for this size.
    pub fn at(&self, size: f64) -> f64 {
        self.fixed + self.per_unit * size
    }
}

fn line(medians: &[(f64, f64)]) -> Option<LinearFit> {
    let rows: Vec<_> = (medians.iter())
        .map(|(size, seconds)| (*seconds, [1.0, *size]))
        .collect();
    let [fixed, per_unit] = relative_fit(&rows)?;
    Some(LinearFit { fixed, per_unit })
}

/// Which of two ways takes less time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Winner {
    /// The first.
    First,
    /// The second.
    Second,
}

/// How the times of two ways compare at all sizes of the work.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum BreakEven {
    /// One is faster for small work and the other for large work.
    At {
        /// The size at which both take the same time.
        size: f64,
        /// The lower end of its 95 % confidence interval; 0 if the way that is faster for
        /// large work may be faster at every size.
        low: f64,
        /// The upper end of its 95 % confidence interval; `None` if the way that is faster
        /// for small work may be faster at every size.
        high: Option<f64>,
        /// The faster way below this size.
        below: Winner,
        /// The faster way above this size.
        above: Winner,
    },
    /// One is faster at every size.
    Always {
        /// The faster way.
        winner: Winner,
    },
    /// Both take the same time at every size.
    Equal,
}

impl BreakEven {
    /// Compares two lines. They cross at the size
    /// `(second.fixed − first.fixed) / (first.per_unit − second.per_unit)`. If that is not a
    /// positive finite number, one line is below the other at every size: the one with the
    /// lower cost per unit or, if these are equal, the one with the lower fixed cost.
    pub fn of(first: LinearFit, second: LinearFit) -> BreakEven {
        let (fixed, per_unit) = (second.fixed - first.fixed, first.per_unit - second.per_unit);
        let winner = |second_wins: bool| {
            if second_wins {
                Winner::Second
            } else {
                Winner::First
            }
        };
        let size = fixed / per_unit;
        if size.is_finite() && size > 0.0 {
            BreakEven::At {
                size,
                low: size,
                high: Some(size),
                below: winner(fixed < 0.0),
                above: winner(per_unit > 0.0),
            }
        } else if per_unit != 0.0 && per_unit.is_finite() {
            BreakEven::Always {
                winner: winner(per_unit > 0.0),
            }
        } else if fixed != 0.0 && fixed.is_finite() {
            BreakEven::Always {
                winner: winner(fixed < 0.0),
            }
        } else {
            BreakEven::Equal
        }
    }

    /// Compares the lines fitted to the samples of two ways, with a confidence interval from
    /// resampling both. `None` unless each was measured at two different sizes and all
    /// numbers are positive.
    pub fn fit(first: &[Samples], second: &[Samples]) -> Option<BreakEven> {
        let (first, second) = (ValidSamples::new(first)?, ValidSamples::new(second)?);
        let comparison = BreakEven::of(line(&first.medians())?, line(&second.medians())?);
        let BreakEven::At {
            size, below, above, ..
        } = comparison
        else {
            return Some(comparison);
        };
        let mut random = random_stream(1);
        let sizes = (0..RESAMPLES).filter_map(|_| {
            let one = line(&first.resampled(&mut random))?;
            let other = line(&second.resampled(&mut random))?;
            Some(match BreakEven::of(one, other) {
                BreakEven::At {
                    size,
                    above: resampled_above,
                    ..
                } if resampled_above == above => size,
                BreakEven::Always { winner } if winner == above => 0.0,
                _ => f64::INFINITY,
            })
        });
        let (low, high) = interval(sizes);
        Some(BreakEven::At {
            size,
            low: low.min(size),
            high: high.is_finite().then(|| high.max(size)),
            below,
            above,
        })
    }
}
