//! Makes a [`Report`] from a [`Recording`]: computes everything that is not raw samples.
//!
//! The findings of the recording's experiment are computed when it has been recorded, and
//! again whenever it is read.

use super::{
    findings::Analysis,
    granularity, io_bound, messaging,
    numbers::number,
    pipelines,
    plan::Plan,
    pool_methods,
    report::{Outcome, Recording, Report, SCHEMA, Series, UnreadableReport},
    sharing, speed_up, start_up,
};
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
            withhold_verdicts(&mut analysis, &wrong);
        }
        attach_samples(&mut analysis.charts, &recording);
        Report {
            schema: SCHEMA,
            experiment: recording.plan.experiment(),
            recording,
            agree,
            headline: analysis.headline,
            sentence: analysis.sentence,
            findings: analysis.findings,
            charts: analysis.charts,
            tables: analysis.tables,
        }
    }

    /// Reads a report. Everything that is not raw data is computed again.
    ///
    /// # Errors
    /// [`UnreadableReport`] if the text is cut off, has another schema version, is too large,
    /// or is not a report. Its message says which.
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
    match &recording.plan {
        Plan::SpeedUp(_) => speed_up::findings::analyse(recording),
        Plan::Messaging(_) => messaging::findings::analyse(recording),
        Plan::Granularity(plan) => granularity::findings::analyse(recording, plan),
        Plan::StartUp(plan) => start_up::findings::analyse(recording, plan),
        Plan::Sharing(_) => sharing::findings::analyse(recording),
        Plan::Pipelines(plan) => pipelines::findings::analyse(recording, plan),
        Plan::PoolMethods(plan) => pool_methods::findings::analyse(recording, plan),
        Plan::IoBound(plan) => io_bound::findings::analyse(recording, plan),
    }
}

/// Replaces the sentence of the report by one that names the wrong results, and withholds
/// every verdict: the times of runs with wrong results show nothing.
fn withhold_verdicts(analysis: &mut Analysis, wrong: &[&Series]) {
    analysis.sentence = disagreement(wrong);
    analysis.headline = None;
    for finding in &mut analysis.findings {
        if let Some(verdict) = &mut finding.claim {
            verdict.outcome = Outcome::CannotBeSaid;
            finding.sentence =
                "This cannot be said here: the results differ, so nothing follows from the times."
                    .to_owned();
        }
    }
}

/// The sentence of a report with wrong results: in which series, and where.
fn disagreement(wrong: &[&Series]) -> String {
    let which: Vec<String> = (wrong.iter())
        .map(|series| {
            let points = (series.points.iter()).filter(|point| !point.correct);
            let points: Vec<String> = points
                .map(|point| match &point.label {
                    Some(label) => label.clone(),
                    None => format!("{} {}", number(point.x), series.axis.label),
                })
                .collect();
            format!("{} ({})", series.label, points.join(", "))
        })
        .collect();
    format!(
        "The results differ and must not be trusted: {}.",
        which.join("; ")
    )
}
