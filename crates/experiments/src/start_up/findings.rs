//! The findings of a recording of the start-up experiment: charts, tables and sentences.

use super::{
    Measured, Plan,
    claims::{MEMORY_COST, START_UP_COST, verdicts},
};
use crate::{
    YesOrNo,
    claim::Claim,
    findings::{Analysis, median_in_words, overview, processes_in_words},
    numbers::{number, with_unit},
    report::{Finding, Point, Recording, Series},
    statistics::{Difference, difference},
};
use charts::{Chart, ChartLine, Dot, Role};
use manyhands::StartMethod;

pub(crate) fn analyse(recording: &Recording, plan: &Plan) -> Analysis {
    let of = |id: fn(StartMethod) -> Measured| -> Vec<&Series> {
        let methods = StartMethod::ALL.into_iter();
        methods
            .filter_map(|method| recording.measured(&id(method)))
            .collect()
    };
    let chart = |id, title, series: Vec<&Series>, claim: Option<&Claim>| {
        let chart = overview::chart(recording, id, title, &series, String::new());
        chart.map(|mut chart| {
            claim
                .into_iter()
                .for_each(|claim| with_reference(&mut chart, claim));
            chart
        })
    };
    let charts = [
        chart(
            "called",
            "Until a process’s function is called",
            of(Measured::Called),
            None,
        ),
        chart(
            "joined",
            "Until all have ended",
            of(Measured::Joined),
            Some(&START_UP_COST),
        ),
        chart(
            "memory",
            "Memory of one process’s own",
            of(Measured::Memory),
            Some(&MEMORY_COST),
        ),
    ];
    let mut findings = verdicts(recording, plan);
    findings.extend(browser_memory(recording, plan));
    findings.extend(methods(recording));
    Analysis {
        sentence: sentence(recording),
        findings,
        charts: charts.into_iter().flatten().collect(),
        tables: vec![overview::medians(recording)],
    }
}

/// Adds CPython's figures for a claim to a chart.
fn with_reference(chart: &mut Chart, claim: &Claim) {
    let Some(reference) = claim.reference() else {
        return;
    };
    for figure in &reference.figures {
        chart.lines.push(ChartLine {
            label: format!("{}, {}", reference.who, figure.label),
            role: Role::Reference,
            series: None,
            dots: vec![Dot::new(1.0, figure.value)],
        });
    }
}

/// The series and its point with the fewest processes.
fn fewest<'a>(recording: &'a Recording, id: &Measured) -> Option<(&'a Series, &'a Point)> {
    let series = recording.measured(id)?;
    Some((series, series.points.first()?))
}

fn sentence(recording: &Recording) -> String {
    let parts: Vec<String> = (StartMethod::ALL.into_iter())
        .filter_map(|method| {
            let (series, point) = fewest(recording, &Measured::Joined(method))?;
            Some(format!(
                "{} by {method}: from start to end {}",
                processes_in_words(point.x),
                median_in_words(recording, series, point)?
            ))
        })
        .collect();
    match parts.is_empty() {
        true => "Nothing was measured.".to_owned(),
        false => parts.join("; ") + ".",
    }
}

/// The memory that the browser measured, if it was asked.
fn browser_memory(recording: &Recording, plan: &Plan) -> Option<Finding> {
    if plan.browser_memory == YesOrNo::No {
        return None;
    }
    let median = |id: Measured| {
        let point = recording.measured(&id)?.points.first()?;
        Some((point.x, with_unit(point.summary?.median, "MiB")))
    };
    Some(Finding::new(match (median(Measured::BrowserTotal), median(Measured::BrowserWorker)) {
        (Some((count, total)), Some((_, each))) => format!(
            "With {}, the browser says that the page and its workers take {total}: {each} for each worker.",
            workers(count)
        ),
        (Some((count, total)), None) => format!(
            "With {}, the browser says that the page and its workers take {total}; it does not tell them apart.",
            workers(count)
        ),
        (None, _) => "The browser did not say how much memory its workers take: not every browser can be asked, and this one gave no answer in time, or has none to give.".to_owned(),
    }))
}

/// "1 idle worker", "2 idle workers".
fn workers(count: f64) -> String {
    match count {
        1.0 => "1 idle worker".to_owned(),
        count => format!("{} idle workers", number(count)),
    }
}

/// A comparison of the start methods.
fn methods(recording: &Recording) -> Option<Finding> {
    let called = |method| fewest(recording, &Measured::Called(method));
    let (series, fresh) = called(StartMethod::Spawn)?;
    let (_, warm) = called(StartMethod::Forkserver)?;
    let a = median_in_words(recording, series, warm)?;
    let b = median_in_words(recording, series, fresh)?;
    Some(Finding::new(
        match difference(&warm.summary?, &fresh.summary?) {
            Difference::Less => {
                format!(
                    "A warm worker calls its function sooner: after {a}, a fresh one after {b}."
                )
            }
            Difference::Greater => {
                format!(
                    "A fresh worker calls its function sooner: after {b}, a warm one after {a}."
                )
            }
            Difference::NotShown => {
                format!("No difference shown between a warm worker ({a}) and a fresh one ({b}).")
            }
            Difference::TooFewRuns => format!(
                "A warm worker called its function after {a}, a fresh one after {b}, in too few runs to compare."
            ),
        },
    ))
}
