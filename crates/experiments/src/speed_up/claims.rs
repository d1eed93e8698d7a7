//! What tutorials say about speed-up, and the rules that judge these statements.
//!
//! | claim | figure | true | not true | cannot be said |
//! |---|---|---|---|---|
//! | `near-linear` | how many times as fast 4 processes are as the main thread | from 3.4 | below 3.4 | fewer than 4 cores, 4 processes not measured, or 4 independent workers did not get 3.4 cores |
//! | `gil-threads` | how many times as fast as one thread the most threads up to the number of cores are | up to 1.1 | above 1.1 | 1 core, or several threads with a GIL not measured |
//! | `more-than-cores` | how many times as fast the best number of processes beyond the cores is as the best up to the cores | up to 1.1 | above 1.1 | no number beyond the cores, or none up to them, measured |
//!
//! Each row holds for the whole interval of the figure; an interval on both sides of the
//! limit is too close to call.

use super::Measured;
use crate::{
    Locking, Model,
    claim::{Claim, Source},
    findings::{CannotBeSaid, Judgement, PointRef, Threshold, processes_in_words},
    numbers::times,
    report::{Finding, Recording},
};

/// The number of processes and of cores in the claim "near-linear".
const CLAIMED_PROCESSES: u32 = 4;
/// From this ratio on, 85 % of 4, something is "nearly 4 times as fast".
const NEARLY: f64 = 3.4;
/// Up to this ratio, something is "no faster" or "does not help".
const NO_GAIN: f64 = 1.1;

const NEAR_LINEAR: Claim = Claim {
    id: "near-linear",
    text: "With 4 processes on 4 cores, compute-bound work runs nearly 4 times as fast.",
    source: Source::Tutorial,
    rule: "4 processes are held against the main thread: true from 3.4 times as fast, for the whole 95 % interval; it needs a machine that gives 4 independent workers 3.4 cores or more.",
};

const GIL_THREADS: Claim = Claim {
    id: "gil-threads",
    text: "Threads make compute-bound Python no faster, because of the GIL.",
    source: Source::Tutorial,
    rule: "As many threads with a GIL as there are cores are held against one such thread: true up to 1.1 times as fast, for the whole 95 % interval; it needs 2 cores.",
};

const MORE_THAN_CORES: Claim = Claim {
    id: "more-than-cores",
    text: "More processes than cores do not help compute-bound work.",
    source: Source::Tutorial,
    rule: "The best number of processes beyond the cores is held against the best up to the cores: true up to 1.1 times as fast, for the whole 95 % interval; it needs a plan with both.",
};

pub(crate) const CLAIMS: &[Claim] = &[NEAR_LINEAR, GIL_THREADS, MORE_THAN_CORES];

/// The verdicts about the claims, in their order.
pub(super) fn verdicts(recording: &Recording) -> Vec<Finding> {
    vec![
        NEAR_LINEAR.finding(near_linear(recording)),
        GIL_THREADS.finding(gil_threads(recording)),
        MORE_THAN_CORES.finding(more_than_cores(recording)),
    ]
}

fn this_machine(recording: &Recording) -> String {
    match recording.environment.logical_cores {
        1 => "this machine has 1 core".to_owned(),
        cores => format!("this machine has {cores} cores"),
    }
}

fn near_linear(recording: &Recording) -> Judgement {
    if recording.environment.logical_cores < CLAIMED_PROCESSES {
        return Err(CannotBeSaid::because(format!(
            "{}, and the claim is about {CLAIMED_PROCESSES}",
            this_machine(recording)
        )));
    }
    let main = PointRef::at(recording, &Measured::MAIN, 1.0)?;
    let four = PointRef::at(recording, &Measured::PROCESSES, CLAIMED_PROCESSES.into())?;
    let calibration = recording.calibration.as_ref();
    let ideal = calibration.and_then(|one| one.ideal(CLAIMED_PROCESSES));
    let gain = main.over(&four)?;
    if let Some(ideal) = ideal.filter(|ideal| *ideal < NEARLY && gain.low < NEARLY) {
        return Err(CannotBeSaid::because(format!(
            "{CLAIMED_PROCESSES} independent workers were only {} as fast as one, so this machine had no {CLAIMED_PROCESSES} cores to give",
            times(ideal)
        )));
    }
    let sentence = format!(
        "{} were {} as fast as the main thread.",
        processes_in_words(CLAIMED_PROCESSES.into()),
        times(gain.value)
    );
    gain.judge(Threshold::AtLeast(NEARLY), times, sentence)
}

fn gil_threads(recording: &Recording) -> Judgement {
    let cores = recording.environment.logical_cores;
    if cores < 2 {
        return Err(CannotBeSaid::because(format!(
            "{}, on which no threads could be faster",
            this_machine(recording)
        )));
    }
    let id = Measured::Time(Model::Threads(Locking::Gil));
    let one = PointRef::at(recording, &id, 1.0)
        .map_err(|_| CannotBeSaid::NotMeasured("a single thread with a GIL".to_owned()))?;
    let several = PointRef::find(recording, &id, |series| {
        let several = |x: f64| x > 1.0 && x <= f64::from(cores);
        series.points.iter().rfind(|point| several(point.x))
    });
    let several = several.map_err(|_| {
        CannotBeSaid::NotMeasured(format!("2 to {cores} threads with a GIL at the same time"))
    })?;
    let gain = one.over(&several)?;
    let sentence = format!(
        "{} threads with a GIL were {} as fast as one.",
        several.x(),
        times(gain.value)
    );
    gain.judge(Threshold::AtMost(NO_GAIN), times, sentence)
}

/// Compares the best number of processes up to the number of cores with the best number
/// beyond it.
fn more_than_cores(recording: &Recording) -> Judgement {
    let cores = f64::from(recording.environment.logical_cores);
    let best = |beyond: bool, which: &str| {
        let found = PointRef::find(recording, &Measured::PROCESSES, |series| {
            let points = series.points.iter();
            points
                .filter(|point| (point.x > cores) == beyond && point.summary.is_some())
                .min_by(|one, other| f64::total_cmp(&median(one), &median(other)))
        });
        found.map_err(|_| {
            CannotBeSaid::because(format!(
                "{} and this plan measures no number of processes {which} that",
                this_machine(recording)
            ))
        })
    };
    let (within, beyond) = (best(false, "up to")?, best(true, "beyond")?);
    let gain = within.over(&beyond)?;
    let sentence = format!(
        "{} took {}, {} took {}: {} as fast.",
        processes_in_words(within.x()),
        within.words(),
        processes_in_words(beyond.x()),
        beyond.words(),
        times(gain.value)
    );
    gain.judge(Threshold::AtMost(NO_GAIN), times, sentence)
}

fn median(point: &crate::report::Point) -> f64 {
    point.median().unwrap_or(f64::INFINITY)
}
