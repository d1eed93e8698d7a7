//! The findings of a recording of the pool-methods experiment: charts, tables and sentences.

use super::{Measured, Method, Plan, claims::verdicts};
use crate::{
    findings::{Analysis, as_long_as_planned, is_below_clock, overview, value_in_words},
    form::Named,
    report::{Finding, Recording, Series},
    series_id::SeriesId,
    statistics::median,
};
use charts::{Axis, Chart, ChartKind, Quantity};

pub(crate) fn analyse(recording: &Recording, plan: &Plan) -> Analysis {
    let ends = recording.measured_of([
        &Measured::First as &dyn SeriesId,
        &Measured::Half,
        &Measured::Last,
    ]);
    let arrivals: Vec<&Series> = (Method::ALL.iter())
        .filter_map(|method| recording.measured(&Measured::Arrivals(*method)))
        .collect();
    let ends = overview::chart(
        recording,
        "ends",
        "First and last result by method",
        &ends,
        String::new(),
    );
    let ends = ends.map(|chart| Chart {
        kind: ChartKind::Bars,
        x: Axis::linear(Quantity::new("method", "")),
        y: Axis::linear(chart.y.quantity),
        ..chart
    });
    let arrivals = overview::chart(
        recording,
        "arrivals",
        "When each task’s result arrived",
        &arrivals,
        String::new(),
    );
    let arrivals = arrivals.map(|chart| Chart {
        kind: ChartKind::Scatter,
        x: Axis::linear(chart.x.quantity),
        y: Axis::linear(chart.y.quantity),
        ..chart
    });
    let mut findings = verdicts(recording, plan);
    findings.extend(task_length(recording, plan));
    Analysis {
        sentence: sentence(recording),
        findings,
        charts: ends.into_iter().chain(arrivals).collect(),
        tables: vec![overview::medians(recording)],
    }
}

/// A phrase with the method that has the smallest median, and that median. If it is below the
/// clock's step, no method is named.
fn soonest(recording: &Recording, id: &Measured) -> Option<String> {
    let series = recording.measured(id)?;
    let points = series.points.iter();
    let (label, least) = points
        .filter_map(|point| Some((point.label.as_deref()?, point.median()?)))
        .min_by(|one, other| one.1.total_cmp(&other.1))?;
    let time = value_in_words(recording, series, least);
    Some(match is_below_clock(recording, series, least) {
        true => format!("was {time}"),
        false => format!("came soonest by {label}, after {time}"),
    })
}

fn sentence(recording: &Recording) -> String {
    let soonest = |id: Measured| soonest(recording, &id);
    match (soonest(Measured::First), soonest(Measured::Last)) {
        (Some(first), Some(last)) => format!("The first result {first}; the last {last}."),
        _ => "Nothing was measured.".to_owned(),
    }
}

/// Whether the tasks were as long as planned. Their number of rounds was determined before the
/// run, so their actual length is measured in the workers.
fn task_length(recording: &Recording, plan: &Plan) -> Option<Finding> {
    let series = recording.measured(&Measured::TaskLength)?;
    let medians = series.points.iter().filter_map(|point| point.median());
    let medians: Vec<f64> = medians.collect();
    let (took, planned) = (median(&medians)?, f64::from(plan.task));
    Some(as_long_as_planned(
        recording,
        series,
        "A short task",
        took,
        planned,
    ))
}
