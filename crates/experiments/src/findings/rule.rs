//! The way from samples to a verdict about a claim.
//!
//! Every rule compares one figure, mostly how many times as long one thing takes as another,
//! with a [`Limit`] that the claim's sentence states. The whole interval of the figure must
//! lie on one side of the limit; otherwise the verdict is "too close to call". Where the
//! machine, the plan or the clock does not allow the comparison, the rule returns a
//! [`CannotBeSaid`] with the reason, and the verdict is "cannot be said here".

use super::words::{below_clock, clock_step, processes};
use crate::{
    claim::Claim,
    numbers::with_unit,
    report::{Finding, Outcome, Point, Recording, Series, Verdict},
    series_id::SeriesId,
    statistics::{MIN_RUNS, Summary},
};
use std::fmt;

/// The result of a rule: an outcome with the sentence that says what was measured, or the
/// reason why there is none.
pub(crate) type Judgement = Result<(Outcome, String), CannotBeSaid>;

/// The reasons why a claim cannot be judged by a recording.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CannotBeSaid {
    /// What the rule compares was not measured.
    NotMeasured(String),
    /// It was measured this often, which is fewer than 3 times.
    TooFewRuns(u32),
    /// It takes less than a step of the clock, which is this long in µs.
    BelowClock(f64),
    /// The rule does not apply to this machine or to this plan, for this reason.
    DoesNotApply(String),
}

impl fmt::Display for CannotBeSaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CannotBeSaid::NotMeasured(what) => write!(f, "not measured: {what}"),
            CannotBeSaid::TooFewRuns(1) => write!(
                f,
                "it was measured once, and an interval needs {MIN_RUNS} repeats"
            ),
            CannotBeSaid::TooFewRuns(runs) => write!(
                f,
                "it was measured {runs} times, and an interval needs {MIN_RUNS} repeats"
            ),
            CannotBeSaid::BelowClock(step_us) => {
                write!(f, "a time that is compared is {}", below_clock(*step_us))
            }
            CannotBeSaid::DoesNotApply(reason) => f.write_str(reason),
        }
    }
}

impl CannotBeSaid {
    /// The rule does not apply, for this reason.
    pub(crate) fn because(reason: impl Into<String>) -> CannotBeSaid {
        CannotBeSaid::DoesNotApply(reason.into())
    }
}

impl Claim {
    /// The finding about this claim.
    pub(crate) fn judged(&'static self, judgement: Judgement) -> Finding {
        let (outcome, sentence) = judgement.unwrap_or_else(|reason| {
            let sentence = format!("This cannot be said here: {reason}.");
            (Outcome::CannotBeSaid, sentence)
        });
        Finding {
            sentence,
            claim: Some(Verdict {
                claim: self,
                reference: self.reference(),
                outcome,
            }),
        }
    }
}

/// What a claim says of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Limit {
    /// It is greater than this.
    MoreThan(f64),
    /// It is this or greater.
    AtLeast(f64),
    /// It is this or less.
    AtMost(f64),
    /// It is between these two.
    Between(f64, f64),
}

impl Limit {
    /// The outcome for a figure whose interval reaches from `low` to `high`.
    pub(crate) fn outcome(self, low: f64, high: f64) -> Outcome {
        let (within, outside) = match self {
            Limit::MoreThan(limit) => (low > limit, high < limit),
            Limit::AtLeast(limit) => (low >= limit, high < limit),
            Limit::AtMost(limit) => (high <= limit, low > limit),
            Limit::Between(least, most) => {
                (low >= least && high <= most, high < least || low > most)
            }
        };
        match (within, outside) {
            (true, _) => Outcome::Holds,
            (_, true) => Outcome::DoesNotHold,
            _ => Outcome::TooClose,
        }
    }
}

/// A figure with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reached {
    pub(crate) value: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Reached {
    /// The quotient of two figures. Its interval reaches from the least over the greatest to
    /// the greatest over the least. So two figures whose intervals overlap have a quotient
    /// whose interval contains 1: what a verdict shows can be seen on a chart.
    pub(crate) fn over(self, other: Reached) -> Reached {
        Reached {
            value: self.value / other.value,
            low: self.low / other.high,
            high: self.high / other.low,
        }
    }

    /// The judgement about a claim that says this of the figure. If it is too close to
    /// call, the sentence is followed by the interval, because the figure alone may look
    /// clear. `write` writes the figure with its unit.
    pub(crate) fn judge(
        self,
        limit: Limit,
        write: impl Fn(f64) -> String,
        sentence: String,
    ) -> Judgement {
        let outcome = self.outcome(limit);
        Ok(match outcome {
            Outcome::TooClose => (outcome, sentence + &self.across(write)),
            _ => (outcome, sentence),
        })
    }

    /// " The 95 % interval reaches from 180× to 900×, across the limit."
    pub(crate) fn across(self, write: impl Fn(f64) -> String) -> String {
        format!(
            " The 95 % interval reaches from {} to {}, across the limit.",
            write(self.low.max(0.0)),
            write(self.high)
        )
    }

    /// The outcome of a claim that says this of the figure.
    pub(crate) fn outcome(self, limit: Limit) -> Outcome {
        limit.outcome(self.low, self.high)
    }
}

/// A place of a series that a rule looks at.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    recording: &'a Recording,
    series: &'a Series,
    point: &'a Point,
}

impl<'a> Place<'a> {
    /// The place `x` of a series.
    pub(crate) fn at(
        recording: &'a Recording,
        id: &dyn SeriesId,
        x: f64,
    ) -> Result<Place<'a>, CannotBeSaid> {
        Place::find(recording, id, |series| series.at(x)).map_err(|missing| match missing {
            CannotBeSaid::NotMeasured(what) => {
                let at = match &*id.series().axis.label {
                    "processes" => format!("with {}", processes(x)),
                    axis => format!("at {x} {axis}"),
                };
                CannotBeSaid::NotMeasured(format!("{what} {at}"))
            }
            other => other,
        })
    }

    /// The place of a series that a function finds.
    pub(crate) fn find(
        recording: &'a Recording,
        id: &dyn SeriesId,
        find: impl FnOnce(&'a Series) -> Option<&'a Point>,
    ) -> Result<Place<'a>, CannotBeSaid> {
        let found = recording.measured(id).and_then(|series| {
            let point = find(series).filter(|point| point.summary.is_some())?;
            Some(Place {
                recording,
                series,
                point,
            })
        });
        found.ok_or_else(|| CannotBeSaid::NotMeasured(format!("“{}”", id.series().label)))
    }

    /// The place on the axis.
    pub(crate) fn x(&self) -> f64 {
        self.point.x
    }

    /// The samples.
    pub(crate) fn samples(&self) -> &'a [f64] {
        &self.point.samples
    }

    /// The label of the series.
    pub(crate) fn label(&self) -> &'a str {
        &self.series.label
    }

    /// The median with its interval, widened by the step of the clock where each sample is
    /// a single reading.
    pub(crate) fn figure(&self) -> Result<Reached, CannotBeSaid> {
        let Some(summary) = self.point.summary else {
            return Err(CannotBeSaid::NotMeasured(format!("“{}”", self.label())));
        };
        let step = clock_step(self.recording, self.series);
        reached(&summary, step, self.recording.environment.clock_step_us)
    }

    /// How many times as long this takes as another.
    pub(crate) fn over(&self, other: &Place<'_>) -> Result<Reached, CannotBeSaid> {
        Ok(self.positive()?.over(other.positive()?))
    }

    /// A figure that may be divided by.
    fn positive(&self) -> Result<Reached, CannotBeSaid> {
        let figure = self.figure()?;
        match figure.low > 0.0 {
            true => Ok(figure),
            false => Err(CannotBeSaid::BelowClock(
                self.recording.environment.clock_step_us,
            )),
        }
    }

    /// The median in words.
    pub(crate) fn words(&self) -> String {
        self.point
            .median()
            .map(|median| with_unit(median, &self.series.measure.unit))
            .unwrap_or_default()
    }
}

/// A median with its interval, if there were enough runs and the clock can tell it.
fn reached(summary: &Summary, step: f64, step_us: f64) -> Result<Reached, CannotBeSaid> {
    if summary.n < MIN_RUNS {
        Err(CannotBeSaid::TooFewRuns(summary.n))
    } else if step > 0.0 && summary.median < step {
        Err(CannotBeSaid::BelowClock(step_us))
    } else {
        Ok(Reached {
            value: summary.median,
            low: summary.low - step,
            high: summary.high + step,
        })
    }
}

impl TryFrom<&Summary> for Reached {
    type Error = CannotBeSaid;

    /// The figure of samples that do not depend on a single reading of the clock.
    fn try_from(summary: &Summary) -> Result<Reached, CannotBeSaid> {
        reached(summary, 0.0, 0.0)
    }
}
