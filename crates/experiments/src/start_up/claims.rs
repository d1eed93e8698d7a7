//! What tutorials say about the cost of a process, and the rules that judge these statements.
//!
//! | claim | figure | true | not true | cannot be said |
//! |---|---|---|---|---|
//! | `start-up-cost` | the time from the start of one process to its end, by a fresh worker (spawn) or, where only that was measured, by a warm one | within 50 to 200 ms | outside | one process alone not measured, or below the clock's step |
//! | `memory-cost` | the memory of a worker, as the browser tells it | within 10 to 50 MB | outside, or the module's own memory alone is above | the browser was not asked or did not answer |
//!
//! Each row holds for the whole interval of the figure; an interval on both sides of a limit
//! is too close to call.

use super::{Measured, Plan};
use crate::{
    claim::{Claim, Source},
    findings::{CannotBeSaid, Judgement, PointRef, Threshold},
    form::YesOrNo,
    numbers::with_unit,
    report::{Finding, Outcome, Recording},
};
use manyhands::StartMethod;

/// The range of the start-up time in the claim, in ms.
const CLAIMED_MS: (f64, f64) = (50.0, 200.0);
/// The range of the memory in the claim, 10 to 50 MB, in MiB.
const CLAIMED_MIB: (f64, f64) = (9.5, 48.0);

pub(super) const START_UP_COST: Claim = Claim {
    id: "start-up-cost",
    text: "Starting a process costs 50 to 200 ms.",
    source: Source::Tutorial,
    rule: "The time from the start of one process to its end, by a fresh worker where that was measured: true if the whole 95 % interval lies within 50 to 200 ms, not true if it lies outside.",
};

pub(super) const MEMORY_COST: Claim = Claim {
    id: "memory-cost",
    text: "Every process takes 10 to 50 MB of memory.",
    source: Source::Tutorial,
    rule: "The memory of each worker as the browser tells it: true if the whole 95 % interval lies within 10 to 50 MB; it needs a plan that asks the browser, because the module’s own memory is only a part of it.",
};

pub(crate) const CLAIMS: &[Claim] = &[START_UP_COST, MEMORY_COST];

/// The verdicts about the claims, in their order.
pub(super) fn verdicts(recording: &Recording, plan: &Plan) -> Vec<Finding> {
    vec![
        START_UP_COST.finding(start_up(recording)),
        MEMORY_COST.finding(memory(recording, plan)),
    ]
}

fn start_up(recording: &Recording) -> Judgement {
    let one = |method| PointRef::at(recording, &Measured::Joined(method), 1.0);
    let (spawn, forkserver) = (one(StartMethod::Spawn), one(StartMethod::Forkserver));
    let judged = match (&spawn, &forkserver) {
        (Ok(point), _) | (Err(_), Ok(point)) => point,
        (Err(reason), Err(_)) => return Err(reason.clone()),
    };
    let (least, most) = CLAIMED_MS;
    let words: Vec<String> = [
        (StartMethod::Spawn, &spawn),
        (StartMethod::Forkserver, &forkserver),
    ]
    .into_iter()
    .filter_map(|(method, point)| Some(format!("{method} {}", point.as_ref().ok()?.words())))
    .collect();
    let sentence = format!("From start to end a process took: {}.", words.join(", "));
    let write = |ms| with_unit(ms, "ms");
    judged
        .figure()?
        .judge(Threshold::Between(least, most), write, sentence)
}

fn memory(recording: &Recording, plan: &Plan) -> Judgement {
    let (least, most) = CLAIMED_MIB;
    let own = StartMethod::ALL.into_iter().find_map(|method| {
        let id = Measured::Memory(method);
        PointRef::find(recording, &id, |series| series.points.first()).ok()
    });
    let by_browser = PointRef::find(recording, &Measured::BrowserWorker, |series| {
        series.points.first()
    });
    match (by_browser, own) {
        (Ok(worker), _) => {
            let sentence = format!("The browser says that a worker takes {}.", worker.words());
            let write = |mib| with_unit(mib, "MiB");
            worker
                .figure()?
                .judge(Threshold::Between(least, most), write, sentence)
        }
        (Err(_), Some(own)) if own.figure()?.low > most => Ok((
            Outcome::DoesNotHold,
            format!("The module of a process alone has {}.", own.words()),
        )),
        (Err(_), Some(own)) => Err(CannotBeSaid::because(format!(
            "the module of an idle process has {}, but what its worker takes beside it is known only to the browser, which {}",
            own.words(),
            match plan.browser_memory {
                YesOrNo::Yes => "did not answer",
                YesOrNo::No => "was not asked",
            }
        ))),
        (Err(reason), None) => Err(reason),
    }
}
