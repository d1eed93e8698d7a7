//! The findings of a recording of the messaging experiment: charts, tables and sentences.

use super::{ChannelKind, Measured, Part, PayloadKind, SendMethod, claims::verdicts};
use crate::{
    break_even::{BreakEven, Winner},
    findings::{Analysis, overview},
    form::Named,
    latency::Percentiles,
    numbers::with_unit,
    report::{Finding, Recording, Series, Table},
    samples::Samples,
    series_id::SeriesId,
    statistics::Summary,
};

const PARTS: [Part; 3] = [Part::Encode, Part::Transit, Part::Decode];
const CHANNELS: [ChannelKind; 2] = [ChannelKind::Pipe, ChannelKind::Queue];

/// The methods by which a payload was sent, each with its series.
fn methods(recording: &Recording, payload: PayloadKind) -> Vec<(SendMethod, &Series)> {
    let all = SendMethod::ALL.iter();
    all.filter_map(|method| {
        Some((
            *method,
            recording.measured(&Measured::Time(payload, *method))?,
        ))
    })
    .collect()
}

/// The series of a payload, one for each method.
fn series_of(recording: &Recording, payload: PayloadKind) -> Vec<&Series> {
    let methods = methods(recording, payload).into_iter();
    methods.map(|(_, series)| series).collect()
}

pub(crate) fn analyse(recording: &Recording) -> Analysis {
    let mut charts = Vec::new();
    for payload in PayloadKind::ALL {
        let title = format!("Sending {}", payload.title());
        let series = series_of(recording, *payload);
        let sentence = quickest_methods(&series).unwrap_or_default();
        charts.extend(overview::chart(
            recording,
            payload.name(),
            &title,
            &series,
            sentence,
        ));
    }
    let (latencies_of, streams_of) = (
        CHANNELS.map(Measured::Latency),
        CHANNELS.map(Measured::Stream),
    );
    for (id, title, ids) in [
        ("latency", "There and back", latencies_of),
        ("stream", "One after another", streams_of),
    ] {
        let series = recording.measured_of(ids.iter().map(|id| id as &dyn SeriesId));
        charts.extend(overview::chart(
            recording,
            id,
            title,
            &series,
            String::new(),
        ));
    }
    let mut findings = verdicts(recording);
    findings.extend(
        (PayloadKind::ALL.iter()).filter_map(|payload| {
            quickest_methods(&series_of(recording, *payload)).map(Finding::new)
        }),
    );
    Analysis {
        sentence: sentence(recording),
        findings,
        charts,
        tables: vec![
            parts(recording),
            latencies(recording),
            overview::medians(recording),
        ],
    }
}

fn sentence(recording: &Recording) -> String {
    let mut largest = PayloadKind::ALL.iter().rev();
    let found = largest.find_map(|payload| quickest_methods(&series_of(recording, *payload)));
    found.unwrap_or_else(|| "Nothing was measured.".to_owned())
}

/// The series with the smallest median at `x`, with the summary of that point.
fn quickest<'a>(series: &[&'a Series], x: f64) -> Option<(&'a Series, Summary)> {
    let found = series
        .iter()
        .filter_map(|one| Some((*one, one.at(x)?.summary?)));
    found.min_by(|one, other| one.1.median.total_cmp(&other.1.median))
}

/// A sentence that names the quickest method for the smallest and for the largest size.
fn quickest_methods(series: &[&Series]) -> Option<String> {
    let first = series.first()?;
    let (smallest, largest) = (first.points.first()?.x, first.points.last()?.x);
    let (small, small_time) = quickest(series, smallest)?;
    let (large, large_time) = quickest(series, largest)?;
    let at = |one: &Series, time: Summary, size: f64| {
        format!(
            "{} in {} at {}",
            one.label,
            with_unit(time.median, "µs"),
            with_unit(size, "bytes")
        )
    };
    if smallest == largest {
        return Some(format!("Quickest: {}.", at(small, small_time, smallest)));
    }
    let mut text = format!(
        "Quickest: {}, and {}",
        at(small, small_time, smallest),
        at(large, large_time, largest)
    );
    if small.id != large.id
        && let Some(BreakEven::At {
            size,
            above: Winner::Second,
            ..
        }) = BreakEven::fit(&samples(small), &samples(large))
    {
        text += &format!(
            "; both take the same time at about {}",
            with_unit(size.round(), "bytes")
        );
    }
    Some(text + ".")
}

fn samples(series: &Series) -> Vec<Samples> {
    let points = series
        .points
        .iter()
        .filter(|point| !point.samples.is_empty());
    points
        .map(|point| Samples::new(point.x, point.samples.clone()))
        .collect()
}

/// A table of the parts of each message's time.
fn parts(recording: &Recording) -> Table {
    let mut rows = Vec::new();
    for payload in PayloadKind::ALL {
        for (method, series) in methods(recording, *payload) {
            for point in &series.points {
                let part = |part: Part| {
                    let part = recording.measured(&Measured::Part(*payload, method, part));
                    let time = part.and_then(|part| part.at(point.x)?.median());
                    time.map_or_else(|| "–".to_owned(), |time| with_unit(time, "µs"))
                };
                let mut row = vec![series.label.clone(), with_unit(point.x, "bytes")];
                row.extend(PARTS.map(part));
                row.push(
                    point
                        .median()
                        .map_or_else(|| "–".to_owned(), |time| with_unit(time, "µs")),
                );
                rows.push(row);
            }
        }
    }
    Table {
        id: "parts".to_owned(),
        title: "Where a message’s time goes".to_owned(),
        columns: [
            "What", "Size", "Encoding", "Transit", "Decoding", "Together",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows,
    }
}

/// A table of the percentiles of the latencies.
fn latencies(recording: &Recording) -> Table {
    let rows = CHANNELS.into_iter().filter_map(|channel| {
        let series = recording.measured(&Measured::Latency(channel))?;
        let all = Percentiles::of(&series.points.first()?.samples)?;
        let mut row = vec![series.label.clone()];
        row.extend([all.p50, all.p90, all.p99, all.max].map(|time| with_unit(time, "µs")));
        Some(row)
    });
    Table {
        id: "latencies".to_owned(),
        title: "Short messages there and back".to_owned(),
        columns: [
            "Through",
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
