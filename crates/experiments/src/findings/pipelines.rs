//! The findings of a recording of the pipeline experiment: charts, sentences and verdicts.

use super::{
    analysis::Analysis,
    overview,
    words::{processes, verdict},
};
use crate::{
    Experiment, Plan,
    numbers::{number, with_unit},
    report::{Finding, Outcome, Recording, Series},
    statistics::{Difference, difference},
};
use charts::{Axis, Chart, ChartKind};

const STAGES: [(&str, &str); 3] = [
    ("read", "reading"),
    ("smooth", "smoothing"),
    ("write", "writing"),
];

pub(super) fn analyse(recording: &Recording) -> Analysis {
    let capacities = capacities(recording);
    let mut charts = Vec::new();
    let rates: Vec<&Series> = (capacities.iter())
        .filter_map(|capacity| recording.series_of(&format!("rate-{capacity}")))
        .collect();
    charts.extend(overview::chart(
        "rate",
        "Recordings a second",
        &rates,
        String::new(),
    ));
    for capacity in capacities {
        let of = |names: &[&str], stages: &[(&str, &str)]| -> Vec<&Series> {
            let ids = (stages.iter()).flat_map(|(stage, _)| {
                names
                    .iter()
                    .map(move |name| format!("{name}-{stage}-{capacity}"))
            });
            ids.filter_map(|id| recording.series_of(&id)).collect()
        };
        let stages = of(&["busy", "starved", "blocked"], &STAGES);
        let title = format!("What the stages do (queues of {capacity})");
        let sentence = limits(recording, *capacity).unwrap_or_default();
        charts.extend(overview::chart(
            &format!("stages-{capacity}"),
            &title,
            &stages,
            sentence,
        ));
        let depths = of(&["over-time"], &STAGES[..2]);
        let title = format!("How full the queues were (length {capacity})");
        let chart = overview::chart(&format!("depth-{capacity}"), &title, &depths, String::new());
        charts.extend(chart.map(|chart| Chart {
            kind: ChartKind::Area,
            x: Axis::linear(chart.x.quantity),
            y: Axis::linear(chart.y.quantity),
            ..chart
        }));
    }
    let findings = [slowest(recording), bounded(recording)];
    Analysis {
        sentence: sentence(recording),
        findings: findings.into_iter().flatten().collect(),
        charts,
        tables: vec![overview::medians(&recording.series)],
    }
}

/// The queues' lengths, in order.
fn capacities(recording: &Recording) -> &[u32] {
    match &recording.plan {
        Plan::Pipelines(plan) => &plan.capacities,
        _ => &[],
    }
}

/// The stage whose workers are at work for the greatest share of the time, with
/// that share, for the fewest or the most smoothers.
fn busiest(recording: &Recording, capacity: u32, most: bool) -> Option<(&'static str, f64, f64)> {
    let shares = STAGES.into_iter().filter_map(|(stage, word)| {
        let points = &recording
            .series_of(&format!("busy-{stage}-{capacity}"))?
            .points;
        let point = if most {
            points.last()?
        } else {
            points.first()?
        };
        Some((word, point.median()?, point.x))
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

fn sentence(recording: &Recording) -> String {
    let capacity = capacities(recording).last().copied();
    capacity
        .and_then(|capacity| limits(recording, capacity))
        .unwrap_or_else(|| "Nothing was measured.".to_owned())
}

/// Does more of the limiting stage make the whole faster?
fn slowest(recording: &Recording) -> Option<Finding> {
    let capacity = *capacities(recording).last()?;
    let rate = recording.series_of(&format!("rate-{capacity}"))?;
    let (few, many) = (rate.points.first()?, rate.points.last()?);
    let (limit, share, _) = busiest(recording, capacity, false)?;
    let (one, other) = (few.summary?, many.summary?);
    let change = format!(
        "{limit} was the limit, at work {} of the time; {} smoothing let {} through, {} {}",
        with_unit(share, "%"),
        processes(few.x),
        with_unit(one.median, "recordings a second"),
        processes(many.x),
        number(other.median),
    );
    let smoothing = limit == "smoothing";
    let (outcome, words) = match (few.x == many.x, difference(&other, &one)) {
        (true, _) => (
            Outcome::NotShown,
            "only one number of smoothers was measured",
        ),
        (_, Difference::Greater) if smoothing => (
            Outcome::Holds,
            "more of the slowest stage made the whole faster",
        ),
        (_, Difference::NotShown) if !smoothing => (
            Outcome::HoldsInPart,
            "more of a stage that was not the slowest showed no difference",
        ),
        (_, Difference::NotShown) => (Outcome::NotShown, "no difference shown"),
        _ => (
            Outcome::DoesNotHold,
            "the whole did not follow the slowest stage",
        ),
    };
    let mut sentence = format!("{change}: {words}.");
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Some(verdict(
        Experiment::Pipelines,
        "slowest-stage",
        outcome,
        sentence,
    ))
}

/// No queue was ever longer than it may be.
fn bounded(recording: &Recording) -> Option<Finding> {
    let capacities = capacities(recording);
    let deepest: Vec<(u32, f64)> = (capacities.iter())
        .filter_map(|capacity| {
            let depths = STAGES[..2].iter().filter_map(|(stage, _)| {
                let series = recording.series_of(&format!("depth-{stage}-{capacity}"))?;
                let points = series.points.iter().filter_map(|point| point.summary);
                points.map(|summary| summary.max).max_by(f64::total_cmp)
            });
            Some((*capacity, depths.max_by(f64::total_cmp)?))
        })
        .collect();
    if deepest.is_empty() {
        return None;
    }
    let kept = deepest
        .iter()
        .all(|(capacity, depth)| *depth <= *capacity as f64);
    let words: Vec<String> = (deepest.iter())
        .map(|(capacity, depth)| format!("{} of {capacity}", number(*depth)))
        .collect();
    let outcome = if kept {
        Outcome::Holds
    } else {
        Outcome::DoesNotHold
    };
    Some(verdict(
        Experiment::Pipelines,
        "bounded-queue",
        outcome,
        format!(
            "At their fullest, the queues held {} recordings.",
            words.join(", ")
        ),
    ))
}
