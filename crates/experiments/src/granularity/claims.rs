//! What tutorials say about the size of tasks, and the rules that judge these statements.
//!
//! | claim | figure | true | not true | cannot be said |
//! |---|---|---|---|---|
//! | `tiny-tasks` | the time of a new pool over the time of a loop, for 10,000 tiny tasks | from 250 | below 250 | not measured, or below the clock's step |
//! | `tenth-of-a-second` | one process's time over the pool's, by the length of the tasks | above 1 for a task of 0.1 s or more, below 1 for all shorter ones | above 1 for a shorter one | 1 core, no task shorter than 0.1 s, or the pool never faster |
//! | `chunks-help` | the time in the most tasks over the quickest time in fewer | from 2 | below 2 | fewer than 1,000 tasks at most |
//!
//! Each row holds for the whole interval of the figure; an interval on both sides of the
//! limit is too close to call.

use super::{
    Measured,
    costs::{time, work_seconds},
};
use crate::{
    claim::{Claim, Source},
    findings::{CannotBeSaid, Judgement, PointRef, Threshold},
    form::Skew,
    numbers::{number, times},
    report::{Finding, Outcome, Recording, SeriesId},
};
use workloads::grouped;

/// From this ratio on, half of 500, something is "500 times slower".
const TINY_TIMES: f64 = 250.0;
/// The length that a task should have according to the tutorials, in seconds.
const CLAIMED_TASK_SECONDS: f64 = 0.1;
/// An iterable with this number of items or more is "very long".
const MIN_LONG: f64 = 1_000.0;
/// From this ratio on, something is "much faster".
const MUCH: f64 = 2.0;

const TINY_TASKS: Claim = Claim {
    id: "tiny-tasks",
    text: "Handing tiny tasks to a pool is 500 times slower than a plain loop.",
    source: Source::Tutorial,
    rule: "A new pool’s time for 10,000 times x + 1 is divided by a loop’s: true from 250 times as long, which is half of what is said, for the whole 95 % interval.",
};

const TENTH_OF_A_SECOND: Claim = Claim {
    id: "tenth-of-a-second",
    text: "A task should take at least 0.1 s to be worth a process.",
    source: Source::Tutorial,
    rule: "The pool is held against one process with tasks shorter than 0.1 s and with longer ones: true if it is faster only with longer ones, by the whole 95 % intervals, not true if it is faster with any shorter one; it needs 2 cores and tasks of both lengths.",
};

const CHUNKS_HELP: Claim = Claim {
    id: "chunks-help",
    text: "For very long iterables, a large chunksize makes the job complete much faster than the default of 1.",
    source: Source::Documentation,
    rule: "The same work in the most tasks, handed out one by one, is held against the quickest of fewer, larger pieces: true if it takes 2 times as long or more, for the whole 95 % interval; it needs 1,000 tasks or more.",
};

pub(crate) const CLAIMS: &[Claim] = &[TINY_TASKS, TENTH_OF_A_SECOND, CHUNKS_HELP];

/// The verdicts about the claims, in their order.
pub(super) fn verdicts(recording: &Recording, skew: Skew) -> Vec<Finding> {
    vec![
        TINY_TASKS.finding(tiny_tasks(recording)),
        TENTH_OF_A_SECOND.finding(tenth_of_a_second(recording, skew)),
        CHUNKS_HELP.finding(chunks_help(recording, skew)),
    ]
}

fn tiny_tasks(recording: &Recording) -> Judgement {
    let first = |id: Measured| PointRef::find(recording, &id, |series| series.points.first());
    let (alone, pool) = (first(Measured::TinyLoop)?, first(Measured::TinyPool)?);
    let ratio = pool.over(&alone)?;
    let sentence = format!(
        "A new pool took {} the time of a loop for {} tiny tasks: {} against {}.",
        times(ratio.value),
        number(alone.x()),
        pool.words(),
        alone.words()
    );
    ratio.judge(Threshold::AtLeast(TINY_TIMES), times, sentence)
}

/// Only task lengths that were measured count, because the line fitted to the pool's times
/// predicts little about much smaller tasks.
fn tenth_of_a_second(recording: &Recording, skew: Skew) -> Judgement {
    if recording.environment.logical_cores < 2 {
        return Err(CannotBeSaid::because(
            "this machine has 1 core, on which no task is worth handing out",
        ));
    }
    let (alone, pool) = (Measured::Alone(skew), Measured::Pool(skew));
    let work = recording.measured(&alone).and_then(work_seconds);
    let work = work.ok_or_else(|| CannotBeSaid::NotMeasured(alone.series().label))?;
    let counts = recording.measured(&pool);
    let counts = counts.into_iter().flat_map(|series| &series.points);
    // For each task length whether the pool is faster, and both times in words.
    let mut lengths = Vec::new();
    for x in counts.map(|point| point.x) {
        let (alone, pool) = (
            PointRef::at(recording, &alone, x)?,
            PointRef::at(recording, &pool, x)?,
        );
        let pays = alone.over(&pool)?.outcome(Threshold::MoreThan(1.0));
        lengths.push((work / x, pays, alone.words(), pool.words()));
    }
    let (short, long): (Vec<_>, Vec<_>) =
        (lengths.iter()).partition(|(length, ..)| *length < CLAIMED_TASK_SECONDS);
    let paid = short.iter().rfind(|(_, pays, ..)| *pays == Outcome::Holds);
    if let Some((length, _, alone, pool)) = paid {
        let sentence = format!(
            "With tasks of {} each, the pool took {pool} and one process alone {alone}.",
            time(*length)
        );
        return Ok((Outcome::DoesNotHold, sentence));
    }
    let Some((length, _, alone, pool)) = short.first() else {
        return Err(CannotBeSaid::because(format!(
            "no task was shorter than {}: choose more chunks",
            time(CLAIMED_TASK_SECONDS)
        )));
    };
    let paid = long.iter().any(|(_, pays, ..)| *pays == Outcome::Holds);
    if !paid {
        return Err(CannotBeSaid::because(
            "the pool was faster with no length of task that was measured",
        ));
    }
    let slower = (short.iter()).all(|(_, pays, ..)| *pays == Outcome::DoesNotHold);
    let outcome = match slower {
        true => Outcome::Holds,
        false => Outcome::TooClose,
    };
    let sentence = format!(
        "With tasks of {} the pool took {pool} and one process alone {alone}; only longer tasks paid.",
        time(*length)
    );
    Ok((outcome, sentence))
}

/// Compares the time in the most tasks with the shortest time in fewer tasks.
fn chunks_help(recording: &Recording, skew: Skew) -> Judgement {
    let id = Measured::Pool(skew);
    let most = PointRef::find(recording, &id, |series| series.points.last())?;
    if most.x() < MIN_LONG {
        return Err(CannotBeSaid::because(format!(
            "the work was cut into {} tasks at most, and an iterable is very long from {} on",
            number(most.x()),
            grouped(MIN_LONG as u128)
        )));
    }
    let quickest = PointRef::find(recording, &id, |series| {
        let fewer = series.points.iter().filter(|point| point.x < most.x());
        fewer
            .filter_map(|point| Some((point, point.median()?)))
            .min_by(|one, other| one.1.total_cmp(&other.1))
            .map(|(point, _)| point)
    });
    let quickest = quickest
        .map_err(|_| CannotBeSaid::NotMeasured("the same work in fewer tasks".to_owned()))?;
    let ratio = most.over(&quickest)?;
    let sentence = format!(
        "In {} tasks the work took {} the time that it took in {}.",
        number(most.x()),
        times(ratio.value),
        number(quickest.x())
    );
    ratio.judge(Threshold::AtLeast(MUCH), times, sentence)
}
