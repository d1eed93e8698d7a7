//! What recordings say: for each experiment a file that makes charts, tables,
//! sentences and verdicts of raw series. Pure: the same recording always says
//! the same.

mod granularity;
mod io_bound;
mod messaging;
mod overview;
mod pipelines;
mod pool_methods;
mod sharing;
mod speed_up;
mod speed_up_sentence;
mod start_up;
pub(super) mod words;

use super::{
    Experiment,
    report::{Analysis, Recording, Series},
};

/// Everything that is computed from a recording.
pub(super) fn analyse(recording: &Recording) -> Analysis {
    match recording.plan.experiment() {
        Experiment::SpeedUp => speed_up::analyse(recording),
        Experiment::Sharing => sharing::analyse(recording),
        Experiment::IoBound => io_bound::analyse(recording),
        Experiment::Messaging => messaging::analyse(recording),
        Experiment::Granularity => granularity::analyse(recording),
        Experiment::StartUp => start_up::analyse(recording),
        Experiment::Pipelines => pipelines::analyse(recording),
        Experiment::PoolMethods => pool_methods::analyse(recording),
    }
}

/// The sentence of a report that must not be trusted.
pub(super) fn disagreement(wrong: &[&Series]) -> String {
    let which: Vec<String> = (wrong.iter())
        .map(|series| {
            let places = (series.points.iter()).filter(|point| !point.correct);
            let places: Vec<String> = places
                .map(|point| match &point.label {
                    Some(label) => label.clone(),
                    None => format!("{} {}", words::number(point.x), series.axis.label),
                })
                .collect();
            format!("{} ({})", series.label, places.join(", "))
        })
        .collect();
    format!(
        "The results differ and must not be trusted: {}.",
        which.join("; ")
    )
}
