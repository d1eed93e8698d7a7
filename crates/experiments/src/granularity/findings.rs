//! The findings of a recording of the granularity experiment: charts, tables and sentences.

use super::{
    Measured, Plan,
    claims::verdicts,
    costs::{Costs, time, with_all_workers_busy},
};
use crate::{
    break_even::LinearFit,
    findings::{Analysis, overview},
    form::{Named, Skew},
    numbers::times,
    report::{Finding, Recording},
    series_id::SeriesId,
    statistics::{Difference, difference},
};
use charts::{Axis, Chart, ChartKind, ChartLine, Dot, Quantity, Role};

pub(crate) fn analyse(recording: &Recording, plan: &Plan) -> Analysis {
    let mut charts = Vec::new();
    for skew in Skew::ALL.iter().copied() {
        let (kind, word) = (skew.name(), skew.title());
        let sweep = recording.measured_of([
            &Measured::Alone(skew) as &dyn SeriesId,
            &Measured::Pool(skew),
        ]);
        let title = format!("The same work in few or many tasks ({word})");
        let id = format!("tasks-{kind}");
        let chart = overview::chart(recording, &id, &title, &sweep, String::new());
        charts.extend(chart.map(|chart| with_fit(chart, recording, skew)));
        let title = format!("Policies side by side ({word} tasks)");
        let policies = recording.measured_of([&Measured::Policies(skew) as &dyn SeriesId]);
        let id = format!("policies-{kind}");
        let chart = overview::chart(recording, &id, &title, &policies, String::new());
        charts.extend(chart.map(|chart| Chart {
            kind: ChartKind::Bars,
            x: Axis::linear(Quantity::new("policy", "")),
            ..chart
        }));
    }
    let tiny = recording.measured_of([&Measured::TinyLoop as &dyn SeriesId, &Measured::TinyPool]);
    charts.extend(overview::chart(
        recording,
        "tiny",
        "Tiny tasks: x + 1",
        &tiny,
        String::new(),
    ));
    // The cost is computed from even tasks if they were measured, otherwise from uneven ones.
    let skew = match plan.skew.contains(&Skew::Uniform) {
        true => Skew::Uniform,
        false => Skew::Skewed,
    };
    let costs = Costs::of(recording, skew);
    let mut findings = verdicts(recording, skew);
    let policies = Skew::ALL.iter().copied();
    findings.extend(policies.filter_map(|skew| best_policy(recording, skew)));
    Analysis {
        sentence: costs.as_ref().map_or_else(
            || "What a task costs cannot be told: two numbers of tasks are needed.".to_owned(),
            Costs::sentence,
        ),
        findings,
        charts,
        tables: vec![overview::medians(recording)],
    }
}

/// Adds the line that is fitted to the pool's times. Its slope is the cost of one more task.
fn with_fit(mut chart: Chart, recording: &Recording, skew: Skew) -> Chart {
    let pool = recording.measured(&Measured::Pool(skew));
    let Some((pool, line)) =
        pool.and_then(|pool| Some((pool, LinearFit::fit(&with_all_workers_busy(pool))?)))
    else {
        return chart;
    };
    let dots = pool
        .points
        .iter()
        .map(|point| Dot::new(point.x, line.at(point.x)));
    chart.lines.push(ChartLine {
        label: "fitted: once and for each task".to_owned(),
        role: Role::Fitted,
        series: None,
        dots: dots.collect(),
    });
    chart
}

/// A comparison of the quickest and the slowest policy.
fn best_policy(recording: &Recording, skew: Skew) -> Option<Finding> {
    let series = recording.measured(&Measured::Policies(skew))?;
    let mut points: Vec<_> = (series.points.iter())
        .filter_map(|point| Some((point.label.as_deref()?, point.summary?)))
        .collect();
    points.sort_by(|one, other| one.1.median.total_cmp(&other.1.median));
    let ((best, first), (worst, last)) = (points.first()?, points.last()?);
    if points.len() < 2 {
        return None;
    }
    let word = skew.title();
    Some(Finding::new(match difference(last, first) {
        Difference::Greater => format!(
            "With {word} tasks, “{best}” was quickest ({}) and “{worst}” took {} as long.",
            time(first.median),
            times(last.median / first.median)
        ),
        Difference::TooFewRuns => return None,
        _ => format!("With {word} tasks, no difference shown between the policies."),
    }))
}
