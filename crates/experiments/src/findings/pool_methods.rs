//! The findings of a recording of the pool-methods experiment: charts, sentences and verdicts.

use super::{analysis::Analysis, overview, words::verdict};
use crate::{
    Experiment,
    numbers::with_unit,
    report::{Finding, Outcome, Point, Recording, Series},
    statistics::{Difference, difference},
};
use charts::{Axis, Chart, ChartKind, Quantity};

pub(super) fn analyse(recording: &Recording) -> Analysis {
    let ends: Vec<&Series> = ["first", "half", "last"]
        .iter()
        .filter_map(|id| recording.series_of(id))
        .collect();
    let arrivals: Vec<&Series> = (recording.series.iter())
        .filter(|series| series.id.starts_with("arrivals-"))
        .collect();
    let mut charts = Vec::new();
    let chart = overview::chart(
        "ends",
        "First and last result by method",
        &ends,
        String::new(),
    );
    charts.extend(chart.map(|chart| Chart {
        kind: ChartKind::Bars,
        x: Axis::linear(Quantity::new("method", "")),
        y: Axis::linear(chart.y.quantity),
        ..chart
    }));
    let chart = overview::chart(
        "arrivals",
        "When each task’s result arrived",
        &arrivals,
        String::new(),
    );
    charts.extend(chart.map(|chart| Chart {
        kind: ChartKind::Scatter,
        x: Axis::linear(chart.x.quantity),
        y: Axis::linear(chart.y.quantity),
        ..chart
    }));
    let findings = [
        sooner(recording, "imap-first", "first", ("imap", "map")),
        sooner(
            recording,
            "unordered-first",
            "half",
            ("imap_unordered", "imap"),
        ),
    ];
    Analysis {
        sentence: sentence(recording),
        findings: findings.into_iter().flatten().collect(),
        charts,
        tables: vec![overview::medians(&recording.series)],
    }
}

/// What was measured of a method.
fn of<'a>(recording: &'a Recording, id: &str, method: &str) -> Option<&'a Point> {
    let points = &recording.series_of(id)?.points;
    points
        .iter()
        .find(|point| point.label.as_deref() == Some(method))
}

fn sentence(recording: &Recording) -> String {
    let best = |id: &str| {
        let points = recording.series_of(id)?.points.iter();
        let best = points
            .filter_map(|point| Some((point.label.clone()?, point.median()?)))
            .min_by(|one, other| one.1.total_cmp(&other.1))?;
        Some(format!("{} after {}", best.0, with_unit(best.1, "ms")))
    };
    match (best("first"), best("last")) {
        (Some(first), Some(last)) => {
            format!("The first result came soonest by {first}, the last by {last}.")
        }
        _ => "Nothing was measured.".to_owned(),
    }
}

/// Whether one method gives results sooner than another.
fn sooner(
    recording: &Recording,
    claim: &str,
    id: &str,
    (quick, slow): (&str, &str),
) -> Option<Finding> {
    let which = if id == "first" {
        "its first result"
    } else {
        "half of its results"
    };
    let one = of(recording, id, quick)?.summary?;
    let other = of(recording, id, slow)?.summary?;
    let [a, b] = [one, other].map(|summary| with_unit(summary.median, "ms"));
    let (outcome, sentence) = match difference(&one, &other) {
        Difference::Less => (
            Outcome::Holds,
            format!("{quick} gave {which} after {a}, {slow} after {b}."),
        ),
        Difference::Greater => (
            Outcome::DoesNotHold,
            format!("{quick} gave {which} later than {slow}: after {a}, not {b}."),
        ),
        Difference::NotShown => (
            Outcome::NotShown,
            format!("No difference shown: {quick} gave {which} after {a}, {slow} after {b}."),
        ),
    };
    Some(verdict(Experiment::PoolMethods, claim, outcome, sentence))
}
