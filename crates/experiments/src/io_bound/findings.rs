//! The findings of a recording of the I/O experiment: charts, tables and sentences.

use super::{
    IoModel, Measured, Plan, TUTORIAL_TASK_SECONDS, TUTORIAL_TASKS, TaskKind, claims::verdicts,
};
use crate::{
    Model,
    findings::{Analysis, as_long_as_planned, overview, value_in_words},
    form::Named,
    latency::Percentiles,
    numbers::{number, with_unit},
    report::{Finding, Point, Recording, Series, Table},
    statistics::Summary,
};

/// The I/O models in the order of the charts.
const IO_MODELS: [IoModel; 4] = [
    IoModel::Main,
    IoModel::EventLoop,
    IoModel::Threads,
    IoModel::Processes,
];

pub(crate) fn analyse(recording: &Recording, plan: &Plan) -> Analysis {
    let of = |id: fn(IoModel, Model) -> Measured| -> Vec<(IoModel, &Series)> {
        let ids = IO_MODELS.map(|io_model| (io_model, id(io_model, io_model.model(plan.start))));
        ids.into_iter()
            .filter_map(|(io_model, id)| Some((io_model, recording.measured(&id)?)))
            .collect()
    };
    let (io_models, latencies) = (of(Measured::Time), of(Measured::Latencies));
    let latencies: Vec<&Series> = latencies.into_iter().map(|(_, series)| series).collect();
    let models: Vec<&Series> = io_models.iter().map(|(_, series)| *series).collect();
    let sleep_as_work: Vec<&Series> = (TaskKind::ALL.iter())
        .map(|kind| Measured::SleepAsWork(*kind, Model::Processes(plan.start)))
        .filter_map(|id| recording.measured(&id))
        .collect();
    let mut charts = Vec::new();
    for (id, title, series) in [
        ("time", "Time by how many wait at once", &models),
        ("answers", "Time until a request was answered", &latencies),
        ("posing", "Sleep in place of work", &sleep_as_work),
    ] {
        charts.extend(overview::chart(recording, id, title, series, String::new()));
    }
    let mut tables = vec![overview::medians(recording)];
    if !latencies.is_empty() {
        tables.push(percentiles(&latencies));
    }
    let mut findings = verdicts(recording, plan);
    findings.extend(length_of_work(recording, plan));
    Analysis {
        sentence: sentence(recording, &io_models),
        findings,
        charts,
        tables,
    }
}

/// The point with the smallest median.
fn best(series: &Series) -> Option<(&Point, Summary)> {
    let points = series.points.iter();
    points
        .filter_map(|point| Some((point, point.summary?)))
        .min_by(|one, other| one.1.median.total_cmp(&other.1.median))
}

fn sentence(recording: &Recording, io_models: &[(IoModel, &Series)]) -> String {
    let parts: Vec<String> = (io_models.iter())
        .filter_map(|(io_model, series)| {
            let (point, summary) = best(series)?;
            let time = value_in_words(recording, series, summary.median);
            let x = number(point.x);
            Some(match io_model {
                IoModel::Main => format!("one after another: {time}"),
                IoModel::EventLoop => format!("the event loop: {time} with {x} waits at once"),
                IoModel::Threads => format!("threads: {time} with {x} of them"),
                IoModel::Processes => format!("processes: {time} with {x} of them"),
            })
        })
        .collect();
    let mut text = parts.join("; ");
    match text.get_mut(..1) {
        Some(first) => first.make_ascii_uppercase(),
        None => return "Nothing was measured.".to_owned(),
    }
    text + "."
}

/// Whether the computing that is compared with the sleep took as long as the sleep.
fn length_of_work(recording: &Recording, plan: &Plan) -> Option<Finding> {
    let id = Measured::SleepAsWork(TaskKind::Compute, Model::Processes(plan.start));
    let series = recording.measured(&id)?;
    let took = series.at(1.0)?.median()?;
    let planned = TUTORIAL_TASK_SECONDS * TUTORIAL_TASKS as f64;
    let what = "The work that stands beside the sleep, done by one process,";
    Some(as_long_as_planned(recording, series, what, took, planned))
}

/// The percentiles of the latencies. The high ones show whether slow requests delay fast ones.
fn percentiles(latencies: &[&Series]) -> Table {
    let rows = latencies.iter().flat_map(|series| {
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
