//! What tutorials say about pipelines, and the rules that judge these statements.
//!
//! | claim | figure | true | not true | cannot be said |
//! |---|---|---|---|---|
//! | `slowest-stage` | the rate with the most smoothers over the rate with the fewest, where smoothing is the slowest stage with the fewest | above 1.1 | below 1.1 | one number of smoothers, another stage is the slowest or nearly as slow, or too few cores for the added smoothers |
//! | `bounded-queue` | the most recordings that a queue held | its length or less | more | no queue was ever full |
//!
//! Each row holds for the whole interval of the figure; an interval on both sides of the
//! limit is too close to call. The number of recordings in a queue is a count and has no
//! interval: whether a queue was full is too close to call where that happened in fewer than
//! half of the samples of its length.

use super::{Measured, Metric, Plan, Stage, StageQueue};
use crate::{
    claim::{Claim, Source},
    findings::{CannotBeSaid, Judgement, PointRef, Threshold, processes_in_words},
    numbers::{number, times, with_unit},
    report::{Finding, Outcome, Recording},
    samples::Estimate,
};

/// The coarsest clock with which the claim is judged, in µs. A stage works on a recording for one
/// to four ms, so the time at work cannot be measured with a coarser clock.
const MAX_STEP_US: f64 = 1_000.0;
/// A ratio from which on one rate counts as higher than another.
const GAIN: f64 = 1.1;

const SLOWEST_STAGE: Claim = Claim {
    id: "slowest-stage",
    text: "A pipeline is as fast as its slowest stage.",
    source: Source::Tutorial,
    rule: "Where smoothing is the slowest stage, more smoothers must let more recordings through: true from 1.1 times as many, for the whole 95 % interval; it needs a plan that changes the slowest stage, and cores for the added processes.",
};

const BOUNDED_QUEUE: Claim = Claim {
    id: "bounded-queue",
    text: "A bounded queue keeps a fast producer from filling the memory.",
    source: Source::Tutorial,
    rule: "The most recordings that a queue ever held are held against its length: true if no queue held more; it needs a producer so fast that it fills a queue.",
};

pub(crate) const CLAIMS: &[Claim] = &[SLOWEST_STAGE, BOUNDED_QUEUE];

/// The verdicts about the claims, in their order.
pub(super) fn verdicts(recording: &Recording, plan: &Plan) -> Vec<Finding> {
    vec![
        SLOWEST_STAGE.finding(slowest_stage(recording, plan)),
        BOUNDED_QUEUE.finding(bounded_queue(recording, plan)),
    ]
}

/// The share of the time for which a stage's workers are at work, with this number of
/// smoothers.
fn busy(
    recording: &Recording,
    stage: Stage,
    capacity: u32,
    smoothers: f64,
) -> Result<Estimate, CannotBeSaid> {
    let id = Measured(Metric::Busy(stage), capacity);
    PointRef::at(recording, &id, smoothers)?.figure()
}

/// Whether more workers of the slowest stage make the pipeline faster.
fn slowest_stage(recording: &Recording, plan: &Plan) -> Judgement {
    let nothing = || CannotBeSaid::NotMeasured("the rate of the pipeline".to_owned());
    let capacity = *plan.capacities.last().ok_or_else(nothing)?;
    let rate = Measured(Metric::Rate, capacity);
    let few = PointRef::find(recording, &rate, |series| series.points.first())?;
    let many = PointRef::find(recording, &rate, |series| series.points.last())?;
    if few.x() == many.x() {
        return Err(CannotBeSaid::because(format!(
            "this plan measures only {} smoothing, so no stage is changed",
            processes_in_words(few.x())
        )));
    }
    let step_us = recording.environment.clock_step_us;
    if step_us > MAX_STEP_US {
        return Err(CannotBeSaid::BelowClock(step_us));
    }
    let smoothing = busy(recording, Stage::Smooth, capacity, few.x())?;
    for other in [Stage::Read, Stage::Write] {
        let name = other.words().1;
        let share = busy(recording, other, capacity, few.x())?;
        if share.low > smoothing.high {
            return Err(CannotBeSaid::because(format!(
                "{name} is the slowest stage, at work {} of the time, and this plan changes only smoothing, at {}",
                with_unit(share.value, "%"),
                with_unit(smoothing.value, "%")
            )));
        }
        if share.high * GAIN >= smoothing.low {
            return Err(CannotBeSaid::because(format!(
                "{name} is nearly as slow as smoothing: they are at work {} and {} of the time",
                with_unit(share.value, "%"),
                with_unit(smoothing.value, "%")
            )));
        }
    }
    let gain = many.figure()?.over(few.figure()?);
    let outcome = gain.outcome(Threshold::AtLeast(GAIN));
    let (cores, all) = (
        recording.environment.logical_cores,
        plan.readers + many.x() as u32 + plan.writers,
    );
    if outcome != Outcome::Holds && all > cores {
        return Err(CannotBeSaid::because(format!(
            "{all} processes share {cores} cores, so that a smoother more may find no core"
        )));
    }
    let sentence = format!(
        "Smoothing was the slowest stage, at work {} of the time; {} smoothing let {} through, {} {}: {} as many.",
        with_unit(smoothing.value, "%"),
        processes_in_words(few.x()),
        with_unit(few.figure()?.value, "recordings a second"),
        processes_in_words(many.x()),
        number(many.figure()?.value),
        times(gain.value)
    );
    gain.judge(Threshold::AtLeast(GAIN), times, sentence)
}

/// Whether a queue ever held more recordings than its capacity.
fn bounded_queue(recording: &Recording, plan: &Plan) -> Judgement {
    /// The sampled lengths of the queues of one capacity.
    struct Depths {
        capacity: u32,
        largest: f64,
        full: usize,
        all: usize,
    }
    let sampled = plan.capacities.iter().filter_map(|&capacity| {
        let depths = StageQueue::ALL
            .into_iter()
            .filter_map(|queue| recording.measured(&Measured(Metric::Depth(queue), capacity)));
        let depths = depths.flat_map(|series| series.points.iter());
        let depths: Vec<f64> = depths
            .flat_map(|point| point.samples.iter().copied())
            .collect();
        Some(Depths {
            capacity,
            largest: depths.iter().copied().max_by(f64::total_cmp)?,
            full: (depths.iter())
                .filter(|depth| **depth >= f64::from(capacity))
                .count(),
            all: depths.len(),
        })
    });
    let sampled: Vec<Depths> = sampled.collect();
    if sampled.is_empty() {
        return Err(CannotBeSaid::NotMeasured(
            "how full the queues were".to_owned(),
        ));
    }
    let words: Vec<String> = (sampled.iter())
        .map(|one| format!("{} of {}", number(one.largest), one.capacity))
        .collect();
    let words = words.join(", ");
    let kept = (sampled.iter()).all(|one| one.largest <= f64::from(one.capacity));
    let outcome = match kept {
        false => Outcome::DoesNotHold,
        true if sampled.iter().all(|one| one.full == 0) => {
            return Err(CannotBeSaid::because(format!(
                "no queue was ever full, so no bound had to hold anybody back: at their fullest they held {words} recordings"
            )));
        }
        true if sampled.iter().any(|one| 2 * one.full >= one.all) => Outcome::Holds,
        true => Outcome::TooClose,
    };
    let sentence = format!("At their fullest, the queues held {words} recordings.");
    Ok((outcome, sentence))
}
