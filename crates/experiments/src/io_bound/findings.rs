//! The findings of a recording of the I/O experiment: charts, tables and sentences.

use super::{
    IoModel, Measured, Plan, TUTORIAL_TASK_SECONDS, TUTORIAL_TASKS, TaskKind, claims::verdicts,
};
use crate::{
    Model,
    findings::{
        Analysis, as_long_as_planned, list_in_words, overview, sentence_case, spread_in_words,
        value_in_words,
    },
    form::Named,
    latency::Percentiles,
    numbers::{number, times, with_unit},
    report::{Finding, Headline, Point, Recording, Series, Table, Trend},
    statistics::{Summary, speed_up},
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
    for (id, title, series, words) in [
        (
            "time",
            "Time by how many wait at once",
            &models,
            sentence(recording, &io_models),
        ),
        (
            "answers",
            "Time until a request was answered",
            &latencies,
            answers_in_words(recording, &latencies),
        ),
        (
            "posing",
            "Sleep in place of work",
            &sleep_as_work,
            posing_in_words(recording, &sleep_as_work),
        ),
    ] {
        charts.extend(overview::chart(recording, id, title, series, words));
    }
    let mut tables = vec![overview::medians(recording)];
    if !latencies.is_empty() {
        tables.push(percentiles(&latencies));
    }
    let mut findings = verdicts(recording, plan);
    findings.extend(length_of_work(recording, plan));
    Analysis {
        headline: headline(&io_models),
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
                IoModel::Main => format!("one after another took {time}"),
                IoModel::EventLoop => format!("the event loop {time} with {x} waits at once"),
                IoModel::Threads => format!("threads {time} with {x} of them"),
                IoModel::Processes => format!("processes {time} with {x} of them"),
            })
        })
        .collect();
    match parts.is_empty() {
        true => "Nothing was measured.".to_owned(),
        false => sentence_case(&format!("{}.", list_in_words(&parts))),
    }
}

/// How many times as fast the quickest way to wait is as asking one after another or, if that
/// was not measured, its time.
fn headline(io_models: &[(IoModel, &Series)]) -> Option<Headline> {
    let one_by_one = io_models.iter().find(|(model, _)| *model == IoModel::Main);
    let alone = one_by_one.and_then(|(_, series)| series.points.first());
    let (model, point, best) = (io_models.iter())
        .filter(|(model, _)| *model != IoModel::Main)
        .filter_map(|(model, series)| {
            let (point, summary) = best(series)?;
            Some((*model, point, summary))
        })
        .min_by(|one, other| one.2.median.total_cmp(&other.2.median))?;
    let x = number(point.x);
    let who = match model {
        IoModel::Processes => format!("{x} processes"),
        IoModel::Threads => format!("{x} threads"),
        _ => format!("the event loop with {x} waits at once"),
    };
    let gain = alone.and_then(|alone| speed_up(&alone.samples, &point.samples));
    Some(match gain {
        Some(gain) => Headline {
            figure: times(gain.median),
            caption: format!("as fast as asking one after another: {who}"),
            notes: vec![spread_in_words(&gain, "×")],
            trend: if gain.high < 1.0 {
                Trend::Loss
            } else if gain.low <= 1.0 {
                Trend::Open
            } else {
                Trend::Plain
            },
        },
        None => Headline {
            figure: with_unit(best.median, "s"),
            caption: format!("for all answers: {who}"),
            notes: vec![spread_in_words(&best, "s")],
            trend: Trend::Plain,
        },
    })
}

/// What the chart of the latencies shows, with the most waits at once.
fn answers_in_words(recording: &Recording, latencies: &[&Series]) -> String {
    let parts: Vec<String> = (latencies.iter())
        .filter_map(|series| {
            let point = series.points.last()?;
            let time = value_in_words(recording, series, point.median()?);
            Some(format!(
                "{time} ({}, {} at once)",
                series.label,
                number(point.x)
            ))
        })
        .collect();
    format!(
        "Half of the requests were answered within {}.",
        list_in_words(&parts)
    )
}

/// What the chart of sleeping and computing shows.
fn posing_in_words(recording: &Recording, kinds: &[&Series]) -> String {
    let parts: Vec<String> = (kinds.iter())
        .filter_map(|series| {
            let (first, last) = (series.points.first()?, series.points.last()?);
            let [one, several] = [first, last].map(|point| {
                point
                    .median()
                    .map(|time| value_in_words(recording, series, time))
            });
            Some(format!(
                "{} took one process {} and {} processes {}",
                series.label,
                one?,
                number(last.x),
                several?
            ))
        })
        .collect();
    format!("{}.", parts.join("; "))
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
