//! What tutorials say about waiting, and the rules that judge these statements.
//!
//! | claim | figure | true | not true | cannot be said |
//! |---|---|---|---|---|
//! | `event-loop-best` | the best time of processes, and of threads where measured, over the best time of the event loop | above 1 for each | below 1 for one | fewer than 20 connections |
//! | `sleep-is-work` | how many times as fast as one 4 processes compute, beside how many times as fast they sleep | both from 3.4 | one below 3.4, or computing gains less than sleeping | not measured |
//!
//! Each row holds for the whole interval of the figure; an interval on both sides of the
//! limit is too close to call.

use super::{IoModel, Measured, Plan, TaskKind};
use crate::{
    Model,
    claim::{Claim, Source},
    findings::{CannotBeSaid, Judgement, PointRef, Threshold},
    numbers::times,
    report::{Finding, Outcome, Recording},
};

/// This number of connections or more are "many connections".
const MIN_MANY: u64 = 20;
/// From this ratio on, 85 % of 4, something is "4 times as fast".
const FOUR_TIMES: f64 = 3.4;

const EVENT_LOOP_BEST: Claim = Claim {
    id: "event-loop-best",
    text: "For many slow connections an event loop is the best choice.",
    source: Source::Tutorial,
    rule: "The event loop at its best is held against processes, and threads where measured, at theirs: true if it is faster than each, by the whole 95 % interval; it needs 20 connections or more.",
};

const SLEEP_IS_WORK: Claim = Claim {
    id: "sleep-is-work",
    text: "sleep(0.1) can stand for work: 4 processes do it 4 times as fast.",
    source: Source::Tutorial,
    rule: "What 4 processes gain over one by sleeping is held against what they gain by computing: true if both are 3.4 times as fast or more, for the whole 95 % interval; not true if one is less, or if computing gains less than sleeping.",
};

pub(crate) const CLAIMS: &[Claim] = &[EVENT_LOOP_BEST, SLEEP_IS_WORK];

/// The verdicts about the claims, in their order.
pub(super) fn verdicts(recording: &Recording, plan: &Plan) -> Vec<Finding> {
    vec![
        EVENT_LOOP_BEST.finding(event_loop_best(recording, plan)),
        SLEEP_IS_WORK.finding(sleep_is_work(recording, plan)),
    ]
}

/// The quickest point of an I/O model's series.
fn best<'a>(
    recording: &'a Recording,
    plan: &Plan,
    io_model: IoModel,
) -> Result<PointRef<'a>, CannotBeSaid> {
    let id = Measured::Time(io_model, io_model.model(plan.start));
    PointRef::find(recording, &id, |series| {
        let points = series.points.iter();
        points
            .filter_map(|point| Some((point, point.median()?)))
            .min_by(|one, other| one.1.total_cmp(&other.1))
            .map(|(point, _)| point)
    })
}

fn event_loop_best(recording: &Recording, plan: &Plan) -> Judgement {
    if plan.size < MIN_MANY {
        return Err(CannotBeSaid::because(format!(
            "{} are not many connections: the claim is judged from {MIN_MANY} on",
            plan.size
        )));
    }
    let event_loop = best(recording, plan, IoModel::EventLoop)?;
    let processes = best(recording, plan, IoModel::Processes)?;
    let threads = best(recording, plan, IoModel::Threads).ok();
    let mut outcome = processes
        .over(&event_loop)?
        .outcome(Threshold::MoreThan(1.0));
    let mut words = format!(
        "At their best, the event loop took {} and processes {}",
        event_loop.words(),
        processes.words()
    );
    if let Some(threads) = threads {
        let other = threads.over(&event_loop)?.outcome(Threshold::MoreThan(1.0));
        outcome = match (outcome, other) {
            (Outcome::Holds, other) => other,
            (one, Outcome::DoesNotHold) if one != Outcome::DoesNotHold => Outcome::DoesNotHold,
            (one, _) => one,
        };
        words += &format!(", threads {}", threads.words());
    }
    Ok((outcome, words + "."))
}

/// Compares the gains of 4 processes over 1: by sleeping and by computing.
fn sleep_is_work(recording: &Recording, plan: &Plan) -> Judgement {
    let at = |kind: TaskKind, workers: f64| {
        let id = Measured::SleepAsWork(kind, Model::Processes(plan.start));
        PointRef::at(recording, &id, workers)
    };
    let gain = |kind: TaskKind| at(kind, 1.0)?.over(&at(kind, 4.0)?);
    let (sleeping, computing) = (gain(TaskKind::Sleep)?, gain(TaskKind::Compute)?);
    let both = (
        sleeping.outcome(Threshold::AtLeast(FOUR_TIMES)),
        computing.outcome(Threshold::AtLeast(FOUR_TIMES)),
    );
    let more_by_sleeping = sleeping.over(computing).outcome(Threshold::MoreThan(1.0));
    let outcome = match (both, more_by_sleeping) {
        ((Outcome::Holds, Outcome::Holds), _) => Outcome::Holds,
        (_, Outcome::Holds) => Outcome::DoesNotHold,
        ((_, Outcome::DoesNotHold) | (Outcome::DoesNotHold, _), _) => Outcome::DoesNotHold,
        _ => Outcome::TooClose,
    };
    let why = match (outcome, more_by_sleeping) {
        (Outcome::DoesNotHold, Outcome::Holds) => ": sleeping needs no core, work does",
        _ => "",
    };
    let sentence = format!(
        "4 processes slept {} as fast as one, and computed {} as fast{why}.",
        times(sleeping.value),
        times(computing.value),
    );
    Ok((outcome, sentence))
}
