//! The size of the work at which two ways of doing it take the same time.
//!
//! Each way has a fixed cost and a cost for each unit of work. Starting processes, for
//! example, has a higher fixed cost and a lower cost per unit. Below a certain size one way
//! is faster, above it the other.

use super::{
    least_squares::relative_fit,
    samples::{Checked, Samples, random},
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
        line(&Checked::new(samples)?.medians())
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

/// The comparison of two ways at all sizes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum BreakEven {
    /// One wins for small work and the other for large.
    At {
        /// The size at which both take the same time.
        size: f64,
        /// Lower end of its 95 % interval: 0 when it may be that the one for
        /// large work always wins.
        low: f64,
        /// Upper end of its 95 % interval: nothing when it may be that the one
        /// for small work always wins.
        high: Option<f64>,
        /// Who wins below.
        below: Winner,
        /// Who wins above.
        above: Winner,
    },
    /// One wins at every size.
    Always {
        /// Who.
        winner: Winner,
    },
    /// Both take the same time at every size.
    Never,
}

impl BreakEven {
    /// Where two lines meet: `(b.fixed − a.fixed) / (a.per_unit − b.per_unit)`.
    /// Lines that meet at a size of 0 or less, or hardly at all, do not; then
    /// the one that costs less per unit wins, or else the one that costs less
    /// once.
    pub fn of(first: LinearFit, second: LinearFit) -> BreakEven {
        let (once, per_unit) = (second.fixed - first.fixed, first.per_unit - second.per_unit);
        let winner = |second_wins: bool| {
            if second_wins {
                Winner::Second
            } else {
                Winner::First
            }
        };
        let size = once / per_unit;
        if size.is_finite() && size > 0.0 {
            BreakEven::At {
                size,
                low: size,
                high: Some(size),
                below: winner(once < 0.0),
                above: winner(per_unit > 0.0),
            }
        } else if per_unit != 0.0 && per_unit.is_finite() {
            BreakEven::Always {
                winner: winner(per_unit > 0.0),
            }
        } else if once != 0.0 && once.is_finite() {
            BreakEven::Always {
                winner: winner(once < 0.0),
            }
        } else {
            BreakEven::Never
        }
    }

    /// Where the lines through the samples of two ways meet, with an interval
    /// from resampling both. Nothing unless each was measured at two different
    /// sizes, and all numbers are positive.
    pub fn fit(first: &[Samples], second: &[Samples]) -> Option<BreakEven> {
        let (first, second) = (Checked::new(first)?, Checked::new(second)?);
        let met = BreakEven::of(line(&first.medians())?, line(&second.medians())?);
        let BreakEven::At {
            size, below, above, ..
        } = met
        else {
            return Some(met);
        };
        let mut random = random(1);
        let sizes = (0..RESAMPLES).filter_map(|_| {
            let one = line(&first.resampled(&mut random))?;
            let other = line(&second.resampled(&mut random))?;
            Some(match BreakEven::of(one, other) {
                BreakEven::At {
                    size, above: too, ..
                } if too == above => size,
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
