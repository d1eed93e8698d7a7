//! The findings of a recording of the pipeline experiment: charts, tables and sentences.

use super::{Measured, Metric, Plan, Stage, StageQueue, claims::verdicts};
use crate::{
    findings::{Analysis, overview, processes_in_words},
    numbers::{number, with_unit},
    report::{Headline, Recording, Series, SeriesId, Trend},
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
        rates_in_words(&rates),
    ));
    for &capacity in &plan.capacities {
        // Their work and their waits have a chart each: seven lines on one cannot be told
        // apart.
        let busy = recorded(recording, Stage::ALL.map(Metric::Busy), capacity);
        let waits = (StageQueue::ALL.map(Metric::Starved).into_iter())
            .chain(StageQueue::ALL.map(Metric::Blocked));
        let waits = recorded(recording, waits, capacity);
        charts.extend(overview::chart(
            recording,
            &format!("stages-{capacity}"),
            &format!("How busy the stages were (queues of {capacity})"),
            &busy,
            limits(recording, capacity).unwrap_or_default(),
        ));
        charts.extend(overview::chart(
            recording,
            &format!("waits-{capacity}"),
            &format!("What the stages waited for (queues of {capacity})"),
            &waits,
            longest_wait(&waits),
        ));
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
            let chart =
                overview::chart(recording, &id, &title, &depths, fullest(&depths, capacity));
            charts.extend(chart.map(|chart| Chart {
                kind: ChartKind::Area,
                x: Axis::linear(chart.x.quantity),
                y: Axis::linear(chart.y.quantity),
                ..chart
            }));
        }
    }
    Analysis {
        headline: headline(recording, plan),
        sentence: sentence(recording, plan),
        findings: verdicts(recording, plan),
        charts,
        tables: vec![overview::medians(recording)],
    }
}

/// What the chart of the throughputs shows.
fn rates_in_words(rates: &[&Series]) -> String {
    let best = rates
        .iter()
        .filter_map(|series| Some((series, overview::largest(series)?)))
        .max_by(|one, other| one.1.1.total_cmp(&other.1.1));
    match best {
        Some((series, (point, rate))) => format!(
            "Most went through with {} smoothing ({}): {} a second.",
            processes_in_words(point.x),
            series.label,
            number(rate)
        ),
        None => "No throughput was measured.".to_owned(),
    }
}

/// What the chart of the waits shows: the longest of them.
fn longest_wait(waits: &[&Series]) -> String {
    let longest = waits
        .iter()
        .filter_map(|series| Some((series, overview::largest(series)?)))
        .max_by(|one, other| one.1.1.total_cmp(&other.1.1));
    match longest {
        Some((series, (point, share))) => format!(
            "The longest wait was “{}”: {} of the time, with {} smoothing.",
            series.label,
            with_unit(share, "%"),
            processes_in_words(point.x)
        ),
        None => "No wait was measured.".to_owned(),
    }
}

/// What the chart of a queue's length shows.
fn fullest(depths: &[&Series], capacity: u32) -> String {
    let most = depths.iter().filter_map(|series| overview::largest(series));
    let most = most.map(|(_, depth)| depth).fold(0.0, f64::max);
    format!(
        "At its fullest it held {} of the {capacity} that it may hold.",
        number(most)
    )
}

/// The share of the time for which the limiting stage was at work.
fn headline(recording: &Recording, plan: &Plan) -> Option<Headline> {
    let capacity = *plan.capacities.last()?;
    let (stage, share, smoothers) = busiest(recording, capacity, false)?;
    Some(Headline {
        figure: with_unit(share, "%"),
        caption: format!(
            "of the time {stage} was at work, with {} smoothing: it is the limit",
            processes_in_words(smoothers)
        ),
        notes: vec![format!("with queues that hold {capacity}")],
        trend: Trend::Plain,
    })
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
    if first == second && many != few {
        return Some(format!(
            "The limit is {first}: it is at work {} of the time with {} smoothing, and {} with {}.",
            with_unit(share, "%"),
            processes_in_words(few),
            with_unit(more_share, "%"),
            number(many)
        ));
    }
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
