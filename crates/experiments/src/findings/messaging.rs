//! The findings of a recording of the messaging experiment: charts, sentences and verdicts.

use super::{analysis::Analysis, overview, words::verdict};
use crate::{
    Experiment,
    break_even::{BreakEven, Winner},
    latency::Percentiles,
    numbers::{times, with_unit},
    report::{Finding, Outcome, Point, Recording, Series, Table},
    samples::Samples,
    statistics::{Difference, Summary, difference},
};

const PAYLOADS: [(&str, &str); 5] = [
    ("number", "a number"),
    ("struct", "a struct"),
    ("table", "a table"),
    ("bytes", "bytes"),
    ("integers", "integers"),
];
const WAYS: [&str; 7] = [
    "clone", "json", "codec", "bytes", "transfer", "shared", "in-place",
];
const PARTS: [&str; 3] = ["encode", "transit", "decode"];

fn ways<'a>(recording: &'a Recording, payload: &str) -> Vec<&'a Series> {
    let ids = WAYS.map(|way| format!("{payload}-{way}"));
    ids.iter()
        .filter_map(|id| recording.series_of(id))
        .collect()
}

pub(super) fn analyse(recording: &Recording) -> Analysis {
    let mut charts = Vec::new();
    for (payload, title) in PAYLOADS {
        let title = format!("Sending {title}");
        let series = ways(recording, payload);
        let sentence = winners(&series).unwrap_or_default();
        charts.extend(overview::chart(payload, &title, &series, sentence));
    }
    for (id, title) in [
        ("latency", "There and back"),
        ("stream", "One after another"),
    ] {
        let series: Vec<&Series> = ["pipe", "queue"]
            .iter()
            .filter_map(|line| recording.series_of(&format!("{id}-{line}")))
            .collect();
        charts.extend(overview::chart(id, title, &series, String::new()));
    }
    let findings = [
        pickling(recording),
        pipe_or_queue(recording),
        shared(recording),
    ];
    let findings: Vec<Finding> = (findings.into_iter().flatten())
        .chain(
            PAYLOADS
                .into_iter()
                .filter_map(|(payload, _)| winners(&ways(recording, payload)).map(Finding::new)),
        )
        .collect();
    Analysis {
        sentence: sentence(recording),
        findings,
        charts,
        tables: vec![
            parts(recording),
            latencies(recording),
            overview::medians(&recording.series),
        ],
    }
}

fn sentence(recording: &Recording) -> String {
    let series = PAYLOADS.iter().rev().find_map(|(payload, _)| {
        let series = ways(recording, payload);
        winners(&series)
    });
    series.unwrap_or_else(|| "Nothing was measured.".to_owned())
}

/// The way with the least median at a place.
fn quickest<'a>(series: &[&'a Series], x: f64) -> Option<(&'a Series, Summary)> {
    let found = series
        .iter()
        .filter_map(|one| Some((*one, one.at(x)?.summary?)));
    found.min_by(|one, other| one.1.median.total_cmp(&other.1.median))
}

/// Which way wins where.
fn winners(series: &[&Series]) -> Option<String> {
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

/// Encoding and decoding against transit, for the largest table by the codec.
fn pickling(recording: &Recording) -> Option<Finding> {
    let id = ["table-codec", "table-json", "table-clone"]
        .into_iter()
        .find(|id| recording.series_of(id).is_some())?;
    let part = |part: &str| {
        let series = recording.series_of(&format!("{id}-{part}"))?;
        series.points.last()
    };
    let [encode, transit, decode] = [part("encode")?, part("transit")?, part("decode")?];
    let pickling: Vec<f64> = (encode.samples.iter().zip(&decode.samples))
        .map(|(one, other)| one + other)
        .collect();
    let (pickling, moving) = (Summary::of(&pickling)?, transit.summary?);
    let words = format!(
        "{} to encode and decode a table of {}, and {} to carry it and hear of it",
        with_unit(pickling.median, "µs"),
        with_unit(encode.x, "bytes"),
        with_unit(moving.median, "µs"),
    );
    let (outcome, sentence) = match difference(&pickling, &moving) {
        Difference::Greater => (Outcome::Holds, format!("It took {words}.")),
        Difference::Less => (Outcome::DoesNotHold, format!("It took only {words}.")),
        Difference::NotShown => (
            Outcome::NotShown,
            format!("No difference shown: it took {words}."),
        ),
    };
    Some(verdict(
        Experiment::Messaging,
        "pickling-dominates",
        outcome,
        sentence,
    ))
}

/// Over the repeats' medians: latencies of one repeat hang together, as the two
/// sides share a core or do not, and are not so many witnesses.
fn of_repeats(recording: &Recording, samples: &[f64]) -> Option<Summary> {
    let repeats = recording.plan.repeats().max(1) as usize;
    let repeats = samples.chunks(samples.len().div_ceil(repeats).max(1));
    let medians: Vec<f64> = repeats
        .filter_map(Summary::of)
        .map(|one| one.median)
        .collect();
    Summary::of(&medians)
}

fn pipe_or_queue(recording: &Recording) -> Option<Finding> {
    let at = |id: &str| {
        let point = recording.series_of(id)?.points.first()?;
        of_repeats(recording, &point.samples)
    };
    let (pipe, queue) = (at("latency-pipe")?, at("latency-queue")?);
    let words = format!(
        "there and back, a Pipe took {} and a Queue {}, by the medians of the repeats",
        with_unit(pipe.median, "µs"),
        with_unit(queue.median, "µs")
    );
    let streams = ["stream-pipe", "stream-queue"].map(|id| {
        let point = recording.series_of(id)?.points.last()?;
        Some((point.x, point.summary?))
    });
    let (mut outcome, mut sentence) = match difference(&pipe, &queue) {
        Difference::Less => (Outcome::Holds, format!("Yes: {words}")),
        Difference::Greater => (Outcome::DoesNotHold, format!("No: {words}")),
        Difference::NotShown => (Outcome::NotShown, format!("No difference shown: {words}")),
    };
    if let [Some((size, pipe)), Some((_, queue))] = streams {
        if outcome == Outcome::Holds && difference(&pipe, &queue) != Difference::Greater {
            outcome = Outcome::HoldsInPart;
        }
        sentence += &format!(
            "; one after another, messages of {} went at {} and {}",
            with_unit(size, "bytes"),
            with_unit(pipe.median, "MB/s"),
            with_unit(queue.median, "MB/s")
        );
    }
    Some(verdict(
        Experiment::Messaging,
        "pipe-faster",
        outcome,
        sentence + ".",
    ))
}

fn shared(recording: &Recording) -> Option<Finding> {
    let last = |id: &str| recording.series_of(id)?.points.last();
    let (codec, shared): (&Point, &Point) = (last("integers-codec")?, last("integers-shared")?);
    let (one, other) = (codec.summary?, shared.summary?);
    let ratio = times(one.median / other.median);
    let size = with_unit(codec.x, "bytes");
    let (outcome, sentence) = match difference(&other, &one) {
        Difference::Less => (
            Outcome::Holds,
            format!(
                "{size} of integers went {ratio} as fast through a shared array as by the codec."
            ),
        ),
        Difference::Greater => (
            Outcome::DoesNotHold,
            format!(
                "{size} of integers went only {ratio} as fast through a shared array as by the codec."
            ),
        ),
        Difference::NotShown => (
            Outcome::NotShown,
            format!(
                "No difference shown for {size} of integers, through a shared array or by the codec."
            ),
        ),
    };
    Some(verdict(
        Experiment::Messaging,
        "shared-memory-large",
        outcome,
        sentence,
    ))
}

/// Where the time of each message goes.
fn parts(recording: &Recording) -> Table {
    let mut rows = Vec::new();
    for (payload, _) in PAYLOADS {
        for series in ways(recording, payload) {
            for point in &series.points {
                let part = |part: &str| {
                    let part = recording.series_of(&format!("{}-{part}", series.id));
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

fn latencies(recording: &Recording) -> Table {
    let rows = ["latency-pipe", "latency-queue"]
        .into_iter()
        .filter_map(|id| {
            let series = recording.series_of(id)?;
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
