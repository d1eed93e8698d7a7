//! The findings of a recording of the pipeline experiment: charts, tables and sentences.

use super::{Measured, Metric, Plan, Stage, StageQueue, claims::verdicts};
use crate::{
    findings::{Analysis, overview, processes_in_words},
    numbers::with_unit,
    report::{Recording, Series},
    series_id::SeriesId,
};
use charts::{Axis, Chart, ChartKind};

/// The series of these quantities that were recorded, for this capacity of the queues.
fn recorded(
    recording: &Recording,
    metrics: impl IntoIterator<Item = Metric>,
    capacity: u32,
) -> Vec<&Series> {
    let ids = metrics.into_iter().map(|metric| Measured(metric, capacity));
    ids.filter_map(|id| recording.measured(&id)).collect()
}

pub(crate) fn analyse(recording: &Recording, plan: &Plan) -> Analysis {
    let mut charts = Vec::new();
    let rates = plan
        .capacities
        .iter()
        .map(|capacity| Measured(Metric::Rate, *capacity));
    let rates: Vec<Measured> = rates.collect();
    let rates = recording.measured_of(rates.iter().map(|id| id as &dyn SeriesId));
    charts.extend(overview::chart(
        recording,
        "rate",
        "Recordings a second",
        &rates,
        String::new(),
    ));
    for &capacity in &plan.capacities {
        let metrics = (Stage::ALL.map(Metric::Busy).into_iter())
            .chain(StageQueue::ALL.map(Metric::Starved))
            .chain(StageQueue::ALL.map(Metric::Blocked));
        let stages = recorded(recording, metrics, capacity);
        let title = format!("What the stages do (queues of {capacity})");
        let sentence = limits(recording, capacity).unwrap_or_default();
        let id = format!("stages-{capacity}");
        charts.extend(overview::chart(recording, &id, &title, &stages, sentence));
        // Each queue has a chart of its own, because the sum of the queues' lengths would be
        // more than any of them may hold.
        for queue in StageQueue::ALL {
            let depths = recorded(recording, [Metric::OverTime(queue)], capacity);
            let before = queue.stages().0.words();
            let title = format!(
                "How full the queue after {} was (length {capacity})",
                before.1
            );
            let id = format!("depth-{}-{capacity}", before.0);
            let chart = overview::chart(recording, &id, &title, &depths, String::new());
            charts.extend(chart.map(|chart| Chart {
                kind: ChartKind::Area,
                x: Axis::linear(chart.x.quantity),
                y: Axis::linear(chart.y.quantity),
                ..chart
            }));
        }
    }
    Analysis {
        sentence: sentence(recording, plan),
        findings: verdicts(recording, plan),
        charts,
        tables: vec![overview::medians(recording)],
    }
}

/// The stage whose workers are at work for the greatest share of the time, with that share
/// and the number of smoothers: the largest number if `most`, otherwise the smallest.
fn busiest(recording: &Recording, capacity: u32, most: bool) -> Option<(&'static str, f64, f64)> {
    let shares = Stage::ALL.into_iter().filter_map(|stage| {
        let points = &recording
            .measured(&Measured(Metric::Busy(stage), capacity))?
            .points;
        let point = if most {
            points.last()?
        } else {
            points.first()?
        };
        Some((stage.words().1, point.median()?, point.x))
    });
    shares.max_by(|one, other| one.1.total_cmp(&other.1))
}

/// A sentence that names the limiting stage for the fewest and for the most smoothers.
fn limits(recording: &Recording, capacity: u32) -> Option<String> {
    let (first, share, few) = busiest(recording, capacity, false)?;
    let (second, more_share, many) = busiest(recording, capacity, true)?;
    let with = |count: f64| format!("{} smoothing", processes_in_words(count));
    let mut text = format!(
        "With {}, {first} is the limit: it is at work {} of the time",
        with(few),
        with_unit(share, "%")
    );
    if many != few {
        text += &format!(
            "; with {} it is {second}, at {}",
            with(many),
            with_unit(more_share, "%")
        );
    }
    Some(text + ".")
}

fn sentence(recording: &Recording, plan: &Plan) -> String {
    let capacity = plan.capacities.last().copied();
    capacity
        .and_then(|capacity| limits(recording, capacity))
        .unwrap_or_else(|| "Nothing was measured.".to_owned())
}
