//! The steps from samples to a verdict about a claim.
//!
//! Every rule compares one figure, mostly how many times as long one thing takes as another,
//! with a [`Threshold`] that the claim's sentence states. The whole interval of the figure must
//! lie on one side of the threshold; otherwise the verdict is "too close to call". Where the
//! machine, the plan or the clock does not allow the comparison, the rule returns a
//! [`CannotBeSaid`] with the reason, and the verdict is "cannot be said here".

use super::words::{below_clock_in_words, clock_step, processes_in_words};
use crate::{
    claim::Claim,
    numbers::with_unit,
    report::{Finding, Outcome, Point, Recording, Series, SeriesId, Verdict},
    samples::Estimate,
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
    /// It was measured this number of times, which is fewer than 3.
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
                write!(
                    f,
                    "a time that is compared is {}",
                    below_clock_in_words(*step_us)
                )
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
    pub(crate) fn finding(&'static self, judgement: Judgement) -> Finding {
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

/// What a claim states about a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Threshold {
    /// It is greater than this.
    MoreThan(f64),
    /// It is this or greater.
    AtLeast(f64),
    /// It is this or less.
    AtMost(f64),
    /// It is between these two.
    Between(f64, f64),
}

impl Threshold {
    /// The outcome for a figure whose interval reaches from `low` to `high`.
    pub(crate) fn outcome(self, low: f64, high: f64) -> Outcome {
        let (within, outside) = match self {
            Threshold::MoreThan(threshold) => (low > threshold, high < threshold),
            Threshold::AtLeast(threshold) => (low >= threshold, high < threshold),
            Threshold::AtMost(threshold) => (high <= threshold, low > threshold),
            Threshold::Between(least, most) => {
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

impl Estimate {
    /// The median of samples that are not single readings of the clock, with its interval.
    pub(crate) fn of_summary(summary: &Summary) -> Result<Estimate, CannotBeSaid> {
        estimate(summary, 0.0, 0.0)
    }

    /// The quotient of two figures. Its interval reaches from the least over the greatest to
    /// the greatest over the least. So two figures whose intervals overlap have a quotient
    /// whose interval contains 1: what a verdict shows can be seen on a chart.
    pub(crate) fn over(self, other: Estimate) -> Estimate {
        Estimate {
            value: self.value / other.value,
            low: self.low / other.high,
            high: self.high / other.low,
        }
    }

    /// The judgement about a claim that states this about the figure. If it is too close to
    /// call, the interval is added to the sentence, because the figure alone may look clear.
    /// `write` writes a figure with its unit.
    pub(crate) fn judge(
        self,
        threshold: Threshold,
        write: impl Fn(f64) -> String,
        sentence: String,
    ) -> Judgement {
        let outcome = self.outcome(threshold);
        Ok(match outcome {
            Outcome::TooClose => (outcome, sentence + &self.interval_in_words(write)),
            _ => (outcome, sentence),
        })
    }

    /// The sentence about an interval that contains the limit, with a space before it: " The
    /// 95 % interval reaches from 180× to 900×, across the limit."
    pub(crate) fn interval_in_words(self, write: impl Fn(f64) -> String) -> String {
        format!(
            " The 95 % interval reaches from {} to {}, across the limit.",
            write(self.low.max(0.0)),
            write(self.high)
        )
    }

    /// The outcome of a claim that states this about the figure.
    pub(crate) fn outcome(self, threshold: Threshold) -> Outcome {
        threshold.outcome(self.low, self.high)
    }
}

/// A measured point of a series, with the series and the recording that contain it.
#[derive(Clone, Copy)]
pub(crate) struct PointRef<'a> {
    recording: &'a Recording,
    series: &'a Series,
    point: &'a Point,
}

impl<'a> PointRef<'a> {
    /// The point at `x` of a series.
    pub(crate) fn at(
        recording: &'a Recording,
        id: &dyn SeriesId,
        x: f64,
    ) -> Result<PointRef<'a>, CannotBeSaid> {
        PointRef::find(recording, id, |series| series.at(x)).map_err(|missing| match missing {
            CannotBeSaid::NotMeasured(what) => {
                let at = match &*id.series().axis.label {
                    "processes" => format!("with {}", processes_in_words(x)),
                    axis => format!("at {x} {axis}"),
                };
                CannotBeSaid::NotMeasured(format!("{what} {at}"))
            }
            other => other,
        })
    }

    /// The point that `find` chooses from a series.
    pub(crate) fn find(
        recording: &'a Recording,
        id: &dyn SeriesId,
        find: impl FnOnce(&'a Series) -> Option<&'a Point>,
    ) -> Result<PointRef<'a>, CannotBeSaid> {
        let found = recording.measured(id).and_then(|series| {
            let point = find(series).filter(|point| point.summary.is_some())?;
            Some(PointRef {
                recording,
                series,
                point,
            })
        });
        found.ok_or_else(|| CannotBeSaid::NotMeasured(format!("“{}”", id.series().label)))
    }

    /// The position on the axis.
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
    pub(crate) fn figure(&self) -> Result<Estimate, CannotBeSaid> {
        let Some(summary) = self.point.summary else {
            return Err(CannotBeSaid::NotMeasured(format!("“{}”", self.label())));
        };
        let step = clock_step(self.recording, self.series);
        estimate(&summary, step, self.recording.environment.clock_step_us)
    }

    /// The ratio of the figure to that of another point.
    pub(crate) fn over(&self, other: &PointRef<'_>) -> Result<Estimate, CannotBeSaid> {
        Ok(self.positive()?.over(other.positive()?))
    }

    /// The figure, if its whole interval is positive, so that it can be a divisor.
    fn positive(&self) -> Result<Estimate, CannotBeSaid> {
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

/// A median with its interval, widened by `step`, if there were enough runs and the median is
/// not below the step.
fn estimate(summary: &Summary, step: f64, step_us: f64) -> Result<Estimate, CannotBeSaid> {
    if summary.n < MIN_RUNS {
        Err(CannotBeSaid::TooFewRuns(summary.n))
    } else if step > 0.0 && summary.median < step {
        Err(CannotBeSaid::BelowClock(step_us))
    } else {
        Ok(Estimate {
            value: summary.median,
            low: summary.low - step,
            high: summary.high + step,
        })
    }
}
