//! The findings of a recording of the pool-methods experiment: charts, tables and sentences.

use super::{Measured, Method, Plan, claims::verdicts};
use crate::{
    findings::{
        Analysis, as_long_as_planned, headline_of, is_below_clock, list_in_words, overview,
        value_in_words,
    },
    report::{Finding, Headline, Point, Recording, Series, SeriesId},
    statistics::median,
};
use charts::{Axis, Chart, ChartKind};

pub(crate) fn analyse(recording: &Recording, plan: &Plan) -> Analysis {
    let ends = recording.measured_of([
        &Measured::First as &dyn SeriesId,
        &Measured::Half,
        &Measured::Last,
    ]);
    let ends = overview::chart(
        recording,
        "ends",
        "First and last result by method",
        &ends,
        sentence(recording),
    );
    let ends = ends.map(|chart| overview::as_bars(chart, "method"));
    // Five clouds of dots on one chart hide each other. These three show what the methods
    // are for; the other two deliver like `map` and like `imap_unordered`.
    let (three, others) = (
        [Method::Map, Method::Imap, Method::ImapUnordered],
        [Method::Starmap, Method::ApplyAsync],
    );
    let arrivals = arrivals(
        recording,
        "arrivals",
        "When each task’s result arrived",
        &three,
    );
    let other_arrivals = self::arrivals(
        recording,
        "arrivals-others",
        "When each task’s result arrived: the other methods",
        &others,
    );
    let mut findings = verdicts(recording, plan);
    findings.extend(task_length(recording, plan));
    Analysis {
        headline: headline(recording),
        sentence: sentence(recording),
        findings,
        charts: [ends, arrivals, other_arrivals]
            .into_iter()
            .flatten()
            .collect(),
        tables: vec![overview::medians(recording)],
    }
}

/// The chart of the arrivals of some methods.
fn arrivals(recording: &Recording, id: &str, title: &str, methods: &[Method]) -> Option<Chart> {
    let series: Vec<&Series> = (methods.iter())
        .filter_map(|method| recording.measured(&Measured::Arrivals(*method)))
        .collect();
    let halves = recording.measured(&Measured::Half);
    let parts: Vec<String> = (series.iter())
        .filter_map(|one| {
            let halves = halves?;
            let mut points = halves.points.iter();
            let point = points.find(|point| point.label.as_deref() == Some(&one.label))?;
            let time = value_in_words(recording, halves, point.median()?);
            Some(format!("{time} by {}", one.label))
        })
        .collect();
    let sentence = match parts.is_empty() {
        true => "Each dot is the result of one task.".to_owned(),
        false => format!(
            "Each dot is the result of one task. Half of them were there after {}.",
            list_in_words(&parts)
        ),
    };
    let chart = overview::chart(recording, id, title, &series, sentence)?;
    Some(Chart {
        kind: ChartKind::Scatter,
        x: Axis::linear(chart.x.quantity),
        y: Axis::linear(chart.y.quantity),
        ..chart
    })
}

/// The time until the first result, by the method that gives it soonest.
fn headline(recording: &Recording) -> Option<Headline> {
    let series = recording.measured(&Measured::First)?;
    let (point, _) = overview::quickest(series)?;
    let method = point.label.as_deref()?;
    let caption = format!("until the first result of all tasks, by {method}");
    let mut headline = headline_of(recording, series, point, caption)?;
    let mut points = series.points.iter();
    let map = points.find(|point| point.label.as_deref() == Some("map"));
    if let Some(time) = map.and_then(Point::median).filter(|_| method != "map") {
        let time = value_in_words(recording, series, time);
        headline
            .notes
            .push(format!("map gave its first after {time}"));
    }
    Some(headline)
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
