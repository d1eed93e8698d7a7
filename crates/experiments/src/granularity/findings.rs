//! The findings of a recording of the granularity experiment: charts, tables and sentences.

use super::{
    Measured, Plan,
    claims::verdicts,
    costs::{Costs, time, with_all_workers_busy},
};
use crate::{
    break_even::LinearFit,
    findings::{Analysis, list_in_words, overview, sentence_case},
    form::{Named, Skew},
    numbers::{number, times, with_unit},
    report::{Finding, Recording, Series, SeriesId},
    statistics::{Difference, difference},
};
use charts::{Chart, ChartLine, Dot, Role};

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
        let chart = overview::chart(recording, &id, &title, &sweep, sweep_in_words(&sweep));
        charts.extend(chart.map(|chart| with_fit(chart, recording, skew)));
        let title = format!("Policies side by side ({word} tasks)");
        let policies = recording.measured_of([&Measured::Policies(skew) as &dyn SeriesId]);
        let id = format!("policies-{kind}");
        let sentence = policies.first().and_then(|one| policies_in_words(one));
        let sentence = sentence.unwrap_or_default();
        let chart = overview::chart(recording, &id, &title, &policies, sentence);
        charts.extend(chart.map(|chart| overview::as_bars(chart, "policy")));
    }
    let tiny = recording.measured_of([&Measured::TinyLoop as &dyn SeriesId, &Measured::TinyPool]);
    charts.extend(overview::chart(
        recording,
        "tiny",
        "Tiny tasks: x + 1",
        &tiny,
        tiny_in_words(&tiny),
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
        headline: costs.as_ref().and_then(Costs::headline),
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

/// What the chart of few or many tasks shows.
fn sweep_in_words(sweep: &[&Series]) -> String {
    let parts: Vec<String> = (sweep.iter())
        .filter_map(|series| {
            let (point, median) = overview::quickest(series)?;
            let who = match series.label.starts_with("pool") {
                true => "the pool",
                false => "one process alone",
            };
            let tasks = if point.x == 1.0 { "task" } else { "tasks" };
            Some(format!(
                "{who} took {} at its quickest (with {} {tasks})",
                time(median),
                number(point.x)
            ))
        })
        .collect();
    sentence_case(&format!("{}.", list_in_words(&parts)))
}

/// What the chart of the policies shows.
fn policies_in_words(series: &Series) -> Option<String> {
    let (best, least) = overview::quickest(series)?;
    let (worst, most) = overview::largest(series)?;
    Some(format!(
        "The pool took {} with the policy “{}” and {} with “{}”.",
        time(least),
        best.label.as_deref()?,
        time(most),
        worst.label.as_deref()?
    ))
}

/// What the chart of the tiny tasks shows.
fn tiny_in_words(tiny: &[&Series]) -> String {
    let parts: Vec<String> = (tiny.iter())
        .filter_map(|series| {
            let median = series.points.first()?.median()?;
            let took = with_unit(median, &series.measure.unit);
            Some(format!("{} took {took}", series.label))
        })
        .collect();
    format!("For tasks as small as this, {}.", list_in_words(&parts))
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
