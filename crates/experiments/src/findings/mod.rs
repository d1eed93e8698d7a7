//! Findings: for each experiment a file that computes charts, tables, sentences and verdicts
//! from the raw series of a recording.
//!
//! The findings depend only on the recording. This folder must not import the runners.

mod analysis;
mod every_sample;
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
mod words;

pub use every_sample::every_sample;

use crate::{
    catalogue::Experiment,
    numbers::number,
    report::{Recording, Report, SCHEMA, Series, UnreadableReport},
};
use analysis::Analysis;
use charts::Chart;

impl Report {
    /// The report of a recording.
    pub fn new(mut recording: Recording) -> Report {
        for point in recording.series.iter_mut().flat_map(|one| &mut one.points) {
            point.complete();
        }
        let wrong: Vec<&Series> = (recording.series.iter())
            .filter(|series| !series.may_be_wrong && !series.is_correct())
            .collect();
        let agree = wrong.is_empty();
        let mut analysis = analyse(&recording);
        if !agree {
            analysis.sentence = disagreement(&wrong);
        }
        attach_samples(&mut analysis.charts, &recording);
        Report {
            schema: SCHEMA,
            experiment: recording.plan.experiment(),
            recording,
            agree,
            sentence: analysis.sentence,
            findings: analysis.findings,
            charts: analysis.charts,
            tables: analysis.tables,
        }
    }

    /// Reads a report. Everything that is not raw data is computed again.
    ///
    /// # Errors
    /// [`UnreadableReport`], which says what is wrong: cut off, of another
    /// version, too large, or no report at all.
    pub fn read(text: &str) -> Result<Report, UnreadableReport> {
        Recording::read(text).map(Report::new)
    }
}

/// Copies the samples of the series into the dots of the charts.
fn attach_samples(charts: &mut [Chart], recording: &Recording) {
    for line in charts.iter_mut().flat_map(|chart| &mut chart.lines) {
        let Some(series) = (line.series.as_deref()).and_then(|id| recording.series_of(id)) else {
            continue;
        };
        for dot in &mut line.dots {
            if let Some(point) = series.at(dot.x) {
                dot.samples.clone_from(&point.samples);
            }
        }
    }
}

/// Everything that is computed from a recording.
fn analyse(recording: &Recording) -> Analysis {
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

/// The sentence of a report whose results differ.
fn disagreement(wrong: &[&Series]) -> String {
    let which: Vec<String> = (wrong.iter())
        .map(|series| {
            let places = (series.points.iter()).filter(|point| !point.correct);
            let places: Vec<String> = places
                .map(|point| match &point.label {
                    Some(label) => label.clone(),
                    None => format!("{} {}", number(point.x), series.axis.label),
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
