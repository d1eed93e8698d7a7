//! The findings of a recording of the messaging experiment: charts, tables and sentences.

use super::{ChannelKind, Measured, Part, PayloadKind, SendMethod, claims::verdicts};
use crate::{
    break_even::{BreakEven, Winner},
    findings::{Analysis, headline_of, list_in_words, overview},
    form::Named,
    latency::Percentiles,
    numbers::with_unit,
    report::{Finding, Headline, Point, Recording, Series, SeriesId, Table},
    samples::Samples,
};
use charts::Chart;

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

pub(crate) fn analyse(recording: &Recording) -> Analysis {
    let mut charts = Vec::new();
    for payload in PayloadKind::ALL {
        charts.extend(sending(recording, *payload));
    }
    let (latencies_of, streams_of) = (
        CHANNELS.map(Measured::Latency),
        CHANNELS.map(Measured::Stream),
    );
    for (id, title, ids, words) in [
        (
            "latency",
            "There and back",
            latencies_of,
            latencies_in_words as fn(&[&Series]) -> String,
        ),
        ("stream", "One after another", streams_of, streams_in_words),
    ] {
        let series = recording.measured_of(ids.iter().map(|id| id as &dyn SeriesId));
        let words = words(&series);
        charts.extend(overview::chart(recording, id, title, &series, words));
    }
    let mut findings = verdicts(recording);
    findings.extend((PayloadKind::ALL.iter()).filter_map(|payload| {
        quickest_methods(*payload, &methods(recording, *payload)).map(Finding::new)
    }));
    Analysis {
        headline: headline(recording),
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

/// The charts of a payload: the quickest ways and, if there are too many for one chart, the
/// others.
fn sending(recording: &Recording, payload: PayloadKind) -> Vec<Chart> {
    let mut methods = methods(recording, payload);
    let sentence = quickest_methods(payload, &methods).unwrap_or_default();
    let at_largest = |series: &Series| {
        let point = series.points.last();
        point.and_then(Point::median).unwrap_or(f64::INFINITY)
    };
    methods.sort_by(|one, other| at_largest(one.1).total_cmp(&at_largest(other.1)));
    let chart = |id: String, title: String, methods: &[(SendMethod, &Series)], sentence| {
        let series: Vec<&Series> = methods.iter().map(|(_, series)| *series).collect();
        let mut chart = overview::chart(recording, &id, &title, &series, sentence)?;
        // The heading names the payload, so each line needs only the name of its way.
        for line in &mut chart.lines {
            let of_line = |one: &&(SendMethod, &Series)| Some(&one.1.id) == line.series.as_ref();
            if let Some((method, _)) = methods.iter().find(of_line) {
                line.label = method.title().to_owned();
            }
        }
        Some(chart)
    };
    let (name, title) = (payload.name(), payload.title());
    if methods.len() <= overview::MAX_LINES {
        let title = format!("Sending {title}");
        return chart(name.to_owned(), title, &methods, sentence)
            .into_iter()
            .collect();
    }
    let (quick, slow) = methods.split_at(overview::MAX_LINES);
    let slower = slow.iter().filter_map(|(method, series)| {
        let time = series.points.last()?.median()?;
        Some(format!("{} by “{}”", with_unit(time, "µs"), method.title()))
    });
    let size = quick[0].1.points.last().map_or(0.0, |point| point.x);
    let slower = format!(
        "The slower ways took, for {}: {}.",
        with_unit(size, "bytes"),
        list_in_words(&slower.collect::<Vec<_>>())
    );
    [
        chart(
            name.to_owned(),
            format!("Sending {title}: the quickest ways"),
            quick,
            sentence,
        ),
        chart(
            format!("{name}-slower"),
            format!("Sending {title}: the slower ways"),
            slow,
            slower,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What the chart of the latencies shows.
fn latencies_in_words(channels: &[&Series]) -> String {
    let parts: Vec<String> = (channels.iter())
        .filter_map(|series| {
            let time = series.points.first()?.median()?;
            Some(format!(
                "{} through a {}",
                with_unit(time, "µs"),
                series.label
            ))
        })
        .collect();
    format!(
        "A short message and its answer took {}.",
        list_in_words(&parts)
    )
}

/// What the chart of the throughputs shows.
fn streams_in_words(channels: &[&Series]) -> String {
    let parts: Vec<String> = (channels.iter())
        .filter_map(|series| {
            let (point, rate) = overview::largest(series)?;
            Some(format!(
                "a {} carried at most {} (with messages of {})",
                series.label,
                with_unit(rate, "MB/s"),
                with_unit(point.x, "bytes")
            ))
        })
        .collect();
    format!("One way only, {}.", list_in_words(&parts))
}

/// The time of a short message and its answer or, if none was sent, of the quickest way to
/// send the largest payload.
fn headline(recording: &Recording) -> Option<Headline> {
    if let Some(series) = recording.measured(&Measured::Latency(ChannelKind::Pipe)) {
        let caption = "for a short message to another process and its answer, through a Pipe";
        return headline_of(recording, series, series.points.first()?, caption);
    }
    PayloadKind::ALL.iter().rev().find_map(|payload| {
        let methods = methods(recording, *payload);
        let largest = methods.first()?.1.points.last()?.x;
        let (method, series, _) = quickest(&methods, largest)?;
        let caption = format!(
            "to send {} of {}, by {}",
            payload.title(),
            with_unit(largest, "bytes"),
            method.title()
        );
        headline_of(recording, series, series.at(largest)?, caption)
    })
}

fn sentence(recording: &Recording) -> String {
    let mut largest = PayloadKind::ALL.iter().rev();
    let found =
        largest.find_map(|payload| quickest_methods(*payload, &methods(recording, *payload)));
    found.unwrap_or_else(|| "Nothing was measured.".to_owned())
}

/// The method with the smallest median at `x`, with its series and that median.
fn quickest<'a>(
    methods: &[(SendMethod, &'a Series)],
    x: f64,
) -> Option<(SendMethod, &'a Series, f64)> {
    let found = methods
        .iter()
        .filter_map(|(method, series)| Some((*method, *series, series.at(x)?.median()?)));
    found.min_by(|one, other| one.2.total_cmp(&other.2))
}

/// A sentence that names the quickest method for the smallest and for the largest size.
fn quickest_methods(payload: PayloadKind, methods: &[(SendMethod, &Series)]) -> Option<String> {
    let points = &methods.first()?.1.points;
    let (smallest, largest) = (points.first()?.x, points.last()?.x);
    let (small, small_series, small_time) = quickest(methods, smallest)?;
    let (large, large_series, large_time) = quickest(methods, largest)?;
    let (title, micros) = (payload.title(), |time| with_unit(time, "µs"));
    let bytes = |size: f64| with_unit(size, "bytes");
    if smallest == largest {
        return Some(format!(
            "The quickest way to send {title} ({}) was “{}”: it took {}.",
            bytes(smallest),
            small.title(),
            micros(small_time)
        ));
    }
    if small == large {
        return Some(format!(
            "The quickest way to send {title} was “{}”: {} for {}, {} for {}.",
            small.title(),
            micros(small_time),
            bytes(smallest),
            micros(large_time),
            bytes(largest)
        ));
    }
    let mut text = format!(
        "The quickest way to send {title} was “{}” for {} ({}) and “{}” for {} ({})",
        small.title(),
        bytes(smallest),
        micros(small_time),
        large.title(),
        bytes(largest),
        micros(large_time)
    );
    if let Some(BreakEven::At {
        size,
        above: Winner::Second,
        ..
    }) = BreakEven::fit(&samples(small_series), &samples(large_series))
    {
        text += &format!("; both take the same time at about {}", bytes(size.round()));
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
