//! The findings of a recording of the I/O experiment: charts, tables and sentences.

use super::{Measured, POSING_SECONDS, POSING_TASKS, Plan, Posing, Waiter, claims::judged};
use crate::{
    Model,
    findings::{Analysis, as_long_as_planned, overview, written},
    form::Named,
    latency::Percentiles,
    numbers::{number, with_unit},
    report::{Finding, Point, Recording, Series, Table},
    statistics::Summary,
};

/// The order of the waiters in charts.
const WAITERS: [Waiter; 4] = [
    Waiter::Main,
    Waiter::EventLoop,
    Waiter::Threads,
    Waiter::Processes,
];

pub(crate) fn analyse(recording: &Recording, plan: &Plan) -> Analysis {
    let of = |id: fn(Waiter, Model) -> Measured| -> Vec<(Waiter, &Series)> {
        let ids = WAITERS.map(|waiter| (waiter, id(waiter, waiter.model(plan.start))));
        ids.into_iter()
            .filter_map(|(waiter, id)| Some((waiter, recording.measured(&id)?)))
            .collect()
    };
    let (waiters, answers) = (of(Measured::Time), of(Measured::Answers));
    let answers: Vec<&Series> = answers.into_iter().map(|(_, series)| series).collect();
    let models: Vec<&Series> = waiters.iter().map(|(_, series)| *series).collect();
    let posing: Vec<&Series> = (Posing::ALL.iter())
        .map(|posing| Measured::Posing(*posing, Model::Processes(plan.start)))
        .filter_map(|id| recording.measured(&id))
        .collect();
    let mut charts = Vec::new();
    for (id, title, series) in [
        ("time", "Time by how many wait at once", &models),
        ("answers", "Time until a request was answered", &answers),
        ("posing", "Sleep in place of work", &posing),
    ] {
        charts.extend(overview::chart(recording, id, title, series, String::new()));
    }
    let mut tables = vec![overview::medians(recording)];
    if !answers.is_empty() {
        tables.push(percentiles(&answers));
    }
    let mut findings = judged(recording, plan);
    findings.extend(length_of_work(recording, plan));
    Analysis {
        sentence: sentence(recording, &waiters),
        findings,
        charts,
        tables,
    }
}

/// The point of the least median.
fn best(series: &Series) -> Option<(&Point, Summary)> {
    let points = series.points.iter();
    points
        .filter_map(|point| Some((point, point.summary?)))
        .min_by(|one, other| one.1.median.total_cmp(&other.1.median))
}

fn sentence(recording: &Recording, waiters: &[(Waiter, &Series)]) -> String {
    let said: Vec<String> = (waiters.iter())
        .filter_map(|(waiter, series)| {
            let (point, summary) = best(series)?;
            let time = written(recording, series, summary.median);
            let x = number(point.x);
            Some(match waiter {
                Waiter::Main => format!("one after another: {time}"),
                Waiter::EventLoop => format!("the event loop: {time} with {x} waits at once"),
                Waiter::Threads => format!("threads: {time} with {x} of them"),
                Waiter::Processes => format!("processes: {time} with {x} of them"),
            })
        })
        .collect();
    let mut text = said.join("; ");
    match text.get_mut(..1) {
        Some(first) => first.make_ascii_uppercase(),
        None => return "Nothing was measured.".to_owned(),
    }
    text + "."
}

/// Whether the work that sleep is compared with was as long as the sleep.
fn length_of_work(recording: &Recording, plan: &Plan) -> Option<Finding> {
    let id = Measured::Posing(Posing::Compute, Model::Processes(plan.start));
    let series = recording.measured(&id)?;
    let took = series.at(1.0)?.median()?;
    let planned = POSING_SECONDS * POSING_TASKS as f64;
    let what = "The work that stands beside the sleep, done by one process,";
    Some(as_long_as_planned(recording, series, what, took, planned))
}

/// Whether slow requests hold up fast ones shows in the high percentiles.
fn percentiles(answers: &[&Series]) -> Table {
    let rows = answers.iter().flat_map(|series| {
        series.points.iter().filter_map(|point| {
            let all = Percentiles::of(&point.samples)?;
            Some(vec![
                series.label.clone(),
                number(point.x),
                with_unit(all.p50, "ms"),
                with_unit(all.p90, "ms"),
                with_unit(all.p99, "ms"),
                with_unit(all.max, "ms"),
            ])
        })
    });
    Table {
        id: "answers".to_owned(),
        title: "How long requests waited for their answers".to_owned(),
        columns: [
            "Who",
            "At once",
            "Half within",
            "90 % within",
            "99 % within",
            "Longest",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: rows.collect(),
    }
}
