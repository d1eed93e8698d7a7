//! The findings of a recording of the pipeline experiment: charts, tables and sentences.

use super::{Between, Measured, Plan, Stage, What, claims::judged};
use crate::{
    findings::{Analysis, overview, processes},
    numbers::with_unit,
    report::{Recording, Series},
    series_id::SeriesId,
};
use charts::{Axis, Chart, ChartKind};

fn of(recording: &Recording, whats: impl IntoIterator<Item = What>, capacity: u32) -> Vec<&Series> {
    let ids = whats.into_iter().map(|what| Measured(what, capacity));
    ids.filter_map(|id| recording.measured(&id)).collect()
}

pub(crate) fn analyse(recording: &Recording, plan: &Plan) -> Analysis {
    let mut charts = Vec::new();
    let rates = plan
        .capacities
        .iter()
        .map(|capacity| Measured(What::Rate, *capacity));
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
        let whats = (Stage::ALL.map(What::Busy).into_iter())
            .chain(Between::ALL.map(What::Starved))
            .chain(Between::ALL.map(What::Blocked));
        let stages = of(recording, whats, capacity);
        let title = format!("What the stages do (queues of {capacity})");
        let sentence = limits(recording, capacity).unwrap_or_default();
        let id = format!("stages-{capacity}");
        charts.extend(overview::chart(recording, &id, &title, &stages, sentence));
        // Each queue is drawn by itself: their depths added up would show more than any of
        // them may hold.
        for queue in Between::ALL {
            let depths = of(recording, [What::OverTime(queue)], capacity);
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
        findings: judged(recording, plan),
        charts,
        tables: vec![overview::medians(recording)],
    }
}

/// The stage whose workers are at work for the greatest share of the time, with
/// that share, for the fewest or the most smoothers.
fn busiest(recording: &Recording, capacity: u32, most: bool) -> Option<(&'static str, f64, f64)> {
    let shares = Stage::ALL.into_iter().filter_map(|stage| {
        let points = &recording
            .measured(&Measured(What::Busy(stage), capacity))?
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

fn limits(recording: &Recording, capacity: u32) -> Option<String> {
    let (first, share, few) = busiest(recording, capacity, false)?;
    let (second, more_share, many) = busiest(recording, capacity, true)?;
    let with = |count: f64| format!("{} smoothing", processes(count));
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
