//! The findings of a recording of the sharing experiment: charts, tables and sentences.

use super::{CountMethod, Measured, claims::verdicts};
use crate::{
    findings::{Analysis, headline_of, list_in_words, overview, processes_in_words, sentence_case},
    form::Named,
    numbers::with_unit,
    report::{Headline, Point, Recording, Series, Trend},
};

pub(crate) fn analyse(recording: &Recording) -> Analysis {
    let methods: Vec<&Series> = (CountMethod::ALL.iter())
        .filter_map(|method| recording.measured(&Measured::Time(*method)))
        .collect();
    let lost: Vec<&Series> = recording.measured(&Measured::Lost).into_iter().collect();
    let charts = [
        overview::chart(
            recording,
            "cost",
            "What one addition costs",
            &methods,
            costs_in_words(&methods),
        )
        .map(|chart| overview::as_bars(chart, "processes")),
        overview::chart(
            recording,
            "lost",
            "Additions lost without a lock",
            &lost,
            lost_in_words(&lost),
        ),
    ];
    Analysis {
        headline: headline(recording),
        sentence: sentence(recording),
        findings: verdicts(recording),
        charts: charts.into_iter().flatten().collect(),
        tables: vec![overview::medians(recording)],
    }
}

/// What the chart of the costs shows: the cheapest and the dearest way with the most processes.
fn costs_in_words(methods: &[&Series]) -> String {
    let mut costs: Vec<(&str, f64, f64)> = (methods.iter())
        .filter_map(|series| {
            let point = series.points.last()?;
            Some((series.label.as_str(), point.x, point.median()?))
        })
        .collect();
    costs.sort_by(|one, other| one.2.total_cmp(&other.2));
    let (Some((cheap, x, least)), Some((dear, _, most))) = (costs.first(), costs.last()) else {
        return "No cost was measured.".to_owned();
    };
    let cost = |time: f64| with_unit(time, "µs");
    match costs.len() {
        1 => format!("One addition cost {} ({cheap}).", cost(*least)),
        _ => format!(
            "With {}, an addition was cheapest by “{cheap}” ({}) and dearest by “{dear}” ({}).",
            processes_in_words(*x),
            cost(*least),
            cost(*most)
        ),
    }
}

/// What the chart of the lost additions shows.
fn lost_in_words(lost: &[&Series]) -> String {
    let points = lost.iter().flat_map(|series| &series.points);
    let parts: Vec<String> = points
        .filter_map(|point| {
            let lost = point.median()?;
            Some(format!(
                "{} with {}",
                with_unit(lost, "%"),
                processes_in_words(point.x)
            ))
        })
        .collect();
    format!(
        "Without a lock the lost additions were {}.",
        list_in_words(&parts)
    )
}

/// The share of the additions that were lost or, if that was not measured, what one addition
/// with the lock costs.
fn headline(recording: &Recording) -> Option<Headline> {
    if let Some(series) = recording.measured(&Measured::Lost) {
        let point = series.points.last()?;
        let summary = point.summary?;
        let caption = format!(
            "of the additions were lost without a lock, by {}",
            processes_in_words(point.x)
        );
        let headline = headline_of(recording, series, point, caption)?;
        return Some(Headline {
            trend: match summary.median > 0.0 {
                true => Trend::Loss,
                false => Trend::Open,
            },
            ..headline
        });
    }
    let series = recording.measured(&Measured::Time(CountMethod::Locked))?;
    let caption = "is what one addition with the lock costs";
    headline_of(recording, series, series.points.last()?, caption)
}

/// The point with the most processes.
fn with_most_processes<'a>(recording: &'a Recording, id: &Measured) -> Option<&'a Point> {
    recording.measured(id)?.points.last()
}

fn sentence(recording: &Recording) -> String {
    let cost =
        |method| with_most_processes(recording, &Measured::Time(method)).and_then(Point::median);
    let mut parts = Vec::new();
    if let Some(lost) =
        with_most_processes(recording, &Measured::Lost).and_then(|point| point.summary)
    {
        let share = |lost: f64| with_unit(lost, "%");
        parts.push(if lost.median > 0.0 {
            format!(
                "without a lock {} of the additions were lost",
                share(lost.median)
            )
        } else if lost.max > 0.0 {
            format!(
                "without a lock up to {} of the additions were lost",
                share(lost.max)
            )
        } else {
            "without a lock no addition was lost this time".to_owned()
        });
    }
    let costs: Vec<String> = [
        (CountMethod::Locked, "with the lock"),
        (CountMethod::Atomic, "if it is atomic"),
        (CountMethod::Partial, "in a sum of each process’s own"),
        (CountMethod::Manager, "through a manager"),
    ]
    .into_iter()
    .filter_map(|(method, words)| Some(format!("{} {words}", with_unit(cost(method)?, "µs"))))
    .collect();
    if !costs.is_empty() {
        parts.push(format!("one addition cost {}", list_in_words(&costs)));
    }
    match parts.is_empty() {
        true => "Nothing was measured.".to_owned(),
        false => parts
            .iter()
            .map(|part| format!("{}.", sentence_case(part)))
            .collect::<Vec<_>>()
            .join(" "),
    }
}
