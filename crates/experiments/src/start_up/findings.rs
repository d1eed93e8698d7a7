//! The findings of a recording of the start-up experiment: charts, tables and sentences.

use super::{
    Measured, Plan,
    claims::{MEMORY_COST, START_UP_COST, verdicts},
};
use crate::{
    YesOrNo,
    claim::Claim,
    findings::{
        Analysis, headline_of, list_in_words, median_in_words, overview, processes_in_words,
    },
    numbers::{number, with_unit},
    report::{Finding, Headline, Point, Recording, Series},
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
    let (called, joined, memory) = (
        of(Measured::Called),
        of(Measured::Joined),
        of(Measured::Memory),
    );
    let charts = [
        overview::chart(
            recording,
            "called",
            "Until a process’s function is called",
            &called,
            ends_in_words(recording, &called, "the function was called after"),
        ),
        overview::chart(
            recording,
            "joined",
            "Until all have ended",
            &joined,
            ends_in_words(recording, &joined, "all had ended after"),
        ),
        beside_cpython(
            recording,
            "joined-cpython",
            "One process, from start to end",
            &joined,
            &START_UP_COST,
        ),
        beside_cpython(
            recording,
            "memory",
            "Memory of one process’s own",
            &memory,
            &MEMORY_COST,
        ),
    ];
    let mut findings = verdicts(recording, plan);
    findings.extend(browser_memory(recording, plan));
    findings.extend(methods(recording));
    Analysis {
        headline: headline(recording),
        sentence: sentence(recording),
        findings,
        charts: charts.into_iter().flatten().collect(),
        tables: vec![overview::medians(recording)],
    }
}

/// What a chart over numbers of processes shows: the medians at both of its ends.
fn ends_in_words(recording: &Recording, series: &[&Series], what: &str) -> String {
    let at = |pick: fn(&[Point]) -> Option<&Point>| {
        let parts: Vec<(f64, String)> = (series.iter().zip(StartMethod::ALL))
            .filter_map(|(one, _)| {
                let point = pick(&one.points)?;
                let time = median_in_words(recording, one, point)?;
                let method = one.label.split(':').next().unwrap_or(&one.label);
                Some((point.x, format!("{time} ({method})")))
            })
            .collect();
        let x = parts.first()?.0;
        let parts: Vec<String> = parts.into_iter().map(|(_, words)| words).collect();
        Some((x, list_in_words(&parts)))
    };
    match (at(<[Point]>::first), at(<[Point]>::last)) {
        (Some((few, times)), Some((many, later))) if few != many => format!(
            "With {}, {what} {times}; with {}, after {later}.",
            processes_in_words(few),
            processes_in_words(many)
        ),
        (Some((few, times)), _) => {
            format!("With {}, {what} {times}.", processes_in_words(few))
        }
        _ => "No time was measured.".to_owned(),
    }
}

/// A chart of the fewest processes beside CPython's figures for a claim: one bar each.
fn beside_cpython(
    recording: &Recording,
    id: &str,
    title: &str,
    series: &[&Series],
    claim: &Claim,
) -> Option<Chart> {
    let mut chart = overview::chart(recording, id, title, series, String::new())?;
    for line in &mut chart.lines {
        line.dots.truncate(1);
        let method = line.label.split(':').next().unwrap_or_default();
        line.label = format!("{method}, this page");
    }
    let here = chart.lines.len();
    for figure in claim.reference().iter().flat_map(|one| &one.figures) {
        let who = claim.reference().map_or("", |reference| &reference.who);
        chart.lines.push(ChartLine {
            label: format!("{}, {who}", figure.label),
            role: Role::Reference,
            series: None,
            dots: vec![Dot::new(1.0, figure.value)],
        });
    }
    let x = chart.lines.first()?.dots.first()?.x;
    chart.lines.iter_mut().for_each(|line| line.dots[0].x = x);
    let unit = chart.y.quantity.unit.to_string();
    let words = |lines: &[ChartLine]| {
        let least = lines
            .iter()
            .map(|line| line.dots[0].y)
            .fold(f64::INFINITY, f64::min);
        with_unit(least, &unit)
    };
    let cpython = match here < chart.lines.len() {
        true => format!(
            " CPython’s least, on the machine of the recordings, is {}.",
            words(&chart.lines[here..])
        ),
        false => String::new(),
    };
    chart.sentence = format!(
        "The least that a process takes here is {}.{cpython}",
        words(&chart.lines[..here])
    );
    Some(overview::as_bars(chart, "processes"))
}

/// The quicker start method's time from start to end.
fn headline(recording: &Recording) -> Option<Headline> {
    let methods = StartMethod::ALL.into_iter();
    let (method, series, point) = methods
        .filter_map(|method| {
            let (series, point) = fewest(recording, &Measured::Joined(method))?;
            point.summary.map(|_| (method, series, point))
        })
        .min_by(|one, other| {
            let median = |point: &Point| point.median().unwrap_or(f64::INFINITY);
            median(one.2).total_cmp(&median(other.2))
        })?;
    let caption = format!(
        "from start to end of {} that {} nothing, by {method}",
        processes_in_words(point.x),
        if point.x == 1.0 { "does" } else { "do" }
    );
    headline_of(recording, series, point, caption)
}

/// The series and its point with the fewest processes.
fn fewest<'a>(recording: &'a Recording, id: &Measured) -> Option<(&'a Series, &'a Point)> {
    let series = recording.measured(id)?;
    Some((series, series.points.first()?))
}

fn sentence(recording: &Recording) -> String {
    let parts: Vec<(f64, String)> = (StartMethod::ALL.into_iter())
        .filter_map(|method| {
            let (series, point) = fewest(recording, &Measured::Joined(method))?;
            let time = median_in_words(recording, series, point)?;
            Some((point.x, format!("{time} by {method}")))
        })
        .collect();
    let Some(&(count, _)) = parts.first() else {
        return "Nothing was measured.".to_owned();
    };
    let parts: Vec<String> = parts.into_iter().map(|(_, words)| words).collect();
    format!(
        "From start to end, {} that {} nothing took {}.",
        processes_in_words(count),
        if count == 1.0 { "does" } else { "do" },
        list_in_words(&parts)
    )
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
