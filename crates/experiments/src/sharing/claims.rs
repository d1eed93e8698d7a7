//! What tutorials say about sharing a number, and the rules that judge these statements.
//!
//! | claim | figure | true | not true | cannot be said |
//! |---|---|---|---|---|
//! | `updates-lost` | the share of additions lost without a lock, by the most processes | above 0 | no addition lost in any run | fewer than 2 processes |
//! | `lock-costs` | an addition with the lock over one of a partial sum | above 1 | below 1 | fewer than 2 processes |
//! | `manager-slow` | an addition through a manager over one with the lock | above 1 | below 1 | not measured |
//!
//! Each row holds for the whole interval of the figure; an interval on both sides of the
//! limit, or additions lost in some runs only so that the interval begins at 0, is too close
//! to call.

use super::{CountMethod, Measured};
use crate::{
    claim::{Claim, Source},
    findings::{CannotBeSaid, Judgement, PointRef, Threshold},
    numbers::{times, with_unit},
    report::{Finding, Outcome, Recording},
};

const UPDATES_LOST: Claim = Claim {
    id: "updates-lost",
    text: "Without the lock, updates are lost.",
    source: Source::Tutorial,
    rule: "The share of additions that the most processes lose without a lock: true if it is above 0 for the whole 95 % interval, not true if no run lost any; it needs 2 processes.",
};

const LOCK_COSTS: Claim = Claim {
    id: "lock-costs",
    text: "The lock makes it right, but slow: better let each process count for itself.",
    source: Source::Tutorial,
    rule: "An addition under the lock is held against one of a partial sum, with the most processes: true if it takes longer, for the whole 95 % interval; it needs 2 processes, and every sum under the lock right.",
};

const MANAGER_SLOW: Claim = Claim {
    id: "manager-slow",
    text: "A Manager is more flexible than shared memory, but slower.",
    source: Source::Tutorial,
    rule: "An addition through a manager is held against one in shared memory under the lock, with the most processes: true if it takes longer, for the whole 95 % interval.",
};

pub(crate) const CLAIMS: &[Claim] = &[UPDATES_LOST, LOCK_COSTS, MANAGER_SLOW];

/// The verdicts about the claims, in their order.
pub(super) fn verdicts(recording: &Recording) -> Vec<Finding> {
    vec![
        UPDATES_LOST.finding(updates_lost(recording)),
        LOCK_COSTS.finding(lock_costs(recording)),
        MANAGER_SLOW.finding(slower(recording, CountMethod::Manager, CountMethod::Locked)),
    ]
}

/// The point with the most processes.
fn with_most_processes<'a>(
    recording: &'a Recording,
    id: &Measured,
) -> Result<PointRef<'a>, CannotBeSaid> {
    PointRef::find(recording, id, |series| series.points.last())
}

/// An error if the point was measured with a single process.
fn require_several_processes(point: &PointRef<'_>) -> Result<(), CannotBeSaid> {
    match point.x() >= 2.0 {
        true => Ok(()),
        false => Err(CannotBeSaid::because(
            "only one process was measured, which has nobody to share with",
        )),
    }
}

fn updates_lost(recording: &Recording) -> Judgement {
    let lost = with_most_processes(recording, &Measured::Lost)?;
    require_several_processes(&lost)?;
    let figure = lost.figure()?;
    let runs = lost.samples().len();
    let losing = lost.samples().iter().filter(|share| **share > 0.0).count();
    if losing == 0 {
        return Ok((
            Outcome::DoesNotHold,
            format!(
                "{} processes without a lock lost no addition in {runs} runs, which does not make it safe.",
                lost.x()
            ),
        ));
    }
    let most = lost.samples().iter().copied().fold(0.0, f64::max);
    let sentence = format!(
        "{} processes without a lock lost additions in {losing} of {runs} runs: {} in the middle one, {} at most.",
        lost.x(),
        with_unit(figure.value, "%"),
        with_unit(most, "%"),
    );
    let outcome = match figure.outcome(Threshold::MoreThan(0.0)) {
        Outcome::Holds => Outcome::Holds,
        _ => Outcome::TooClose,
    };
    Ok((outcome, sentence))
}

fn lock_costs(recording: &Recording) -> Judgement {
    require_several_processes(&with_most_processes(
        recording,
        &Measured::Time(CountMethod::Locked),
    )?)?;
    slower(recording, CountMethod::Locked, CountMethod::Partial)
}

/// Whether one method is slower than another.
fn slower(recording: &Recording, slow: CountMethod, quick: CountMethod) -> Judgement {
    let slow = with_most_processes(recording, &Measured::Time(slow))?;
    let quick = with_most_processes(recording, &Measured::Time(quick))?;
    let ratio = slow.over(&quick)?;
    let sentence = format!(
        "Counting “{}” took {} the time of counting “{}”.",
        slow.label(),
        times(ratio.value),
        quick.label()
    );
    ratio.judge(Threshold::MoreThan(1.0), times, sentence)
}
