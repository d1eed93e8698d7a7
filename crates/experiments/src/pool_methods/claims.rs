//! What tutorials say about a pool's methods, and the rules that judge these statements.
//!
//! | claim | figure | true | not true | cannot be said |
//! |---|---|---|---|---|
//! | `imap-first` | the time of map's first result over that of imap's | above 1 | below 1 | a single task, or below the clock's step |
//! | `unordered-first` | the time of half of imap's results over that of imap_unordered's | above 1 | below 1 | tasks of equal length, one worker, or below the clock's step |
//!
//! Each row holds for the whole interval of the figure; an interval on both sides of the
//! limit is too close to call.

use super::{Measured, Method, Plan, Skew};
use crate::{
    claim::{Claim, Source},
    findings::{CannotBeSaid, Judgement, PointRef, Threshold},
    form::Named,
    numbers::times,
    report::{Finding, Recording},
};

const IMAP_FIRST: Claim = Claim {
    id: "imap-first",
    text: "imap gives results as they come, while map waits for all of them.",
    source: Source::Tutorial,
    rule: "The first result of imap is held against the first of map: true if it comes sooner, by the whole 95 % interval; it needs more than one task.",
};

const UNORDERED_FIRST: Claim = Claim {
    id: "unordered-first",
    text: "imap_unordered does not hold a finished result back for a slow one before it.",
    source: Source::Documentation,
    rule: "The time of half of the results of imap_unordered is held against that of imap: true if it is shorter, by the whole 95 % interval; it needs uneven tasks and 2 workers, or no task is held back.",
};

pub(crate) const CLAIMS: &[Claim] = &[IMAP_FIRST, UNORDERED_FIRST];

/// The verdicts about the claims, in their order.
pub(super) fn verdicts(recording: &Recording, plan: &Plan) -> Vec<Finding> {
    vec![
        IMAP_FIRST.finding(imap_first(recording, plan)),
        UNORDERED_FIRST.finding(unordered_first(recording, plan)),
    ]
}

fn imap_first(recording: &Recording, plan: &Plan) -> Judgement {
    if plan.items < 2 {
        return Err(CannotBeSaid::because(
            "with a single task, the first result is the last",
        ));
    }
    let words = "its first result";
    sooner(
        recording,
        &Measured::First,
        words,
        Method::Imap,
        Method::Map,
    )
}

fn unordered_first(recording: &Recording, plan: &Plan) -> Judgement {
    if plan.skew == Skew::Uniform {
        return Err(CannotBeSaid::because(
            "all tasks take equally long, so no result is held back",
        ));
    }
    if plan.workers < 2 {
        return Err(CannotBeSaid::because(
            "a single worker finishes the tasks in their order, so no result is held back",
        ));
    }
    let (quick, slow) = (Method::ImapUnordered, Method::Imap);
    sooner(
        recording,
        &Measured::Half,
        "half of its results",
        quick,
        slow,
    )
}

/// Whether the method `quick` gives these results sooner than the method `slow`.
fn sooner(
    recording: &Recording,
    id: &Measured,
    which: &str,
    quick: Method,
    slow: Method,
) -> Judgement {
    let of = |method: Method| {
        let found = PointRef::find(recording, id, |series| {
            let title = Some(method.title());
            let mut points = series.points.iter();
            points.find(|point| point.label.as_deref() == title)
        });
        found.map_err(|_| CannotBeSaid::NotMeasured(method.title().to_owned()))
    };
    let (one, other) = (of(quick)?, of(slow)?);
    let ratio = other.over(&one)?;
    let sentence = format!(
        "{} gave {which} after {}, {} after {}.",
        quick.title(),
        one.words(),
        slow.title(),
        other.words()
    );
    let write = |ratio| format!("{} as long", times(ratio));
    ratio.judge(Threshold::MoreThan(1.0), write, sentence)
}
