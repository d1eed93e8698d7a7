//! Charts and tables that any series can have: medians with their intervals.

use super::words::{below_clock, is_below_clock, written};
use crate::{
    numbers::{range, with_unit},
    report::{Point, Recording, Series, Table},
};
use charts::{Axis, Chart, ChartKind, ChartLine, Dot, Role};

/// A chart of the medians of series that share their quantities; nothing
/// without any, or where all of them are below the clock's step. An empty sentence is
/// replaced by one that says where the least and the most are.
pub(crate) fn chart(
    recording: &Recording,
    id: &str,
    title: &str,
    series: &[&Series],
    sentence: String,
) -> Option<Chart> {
    let first = series.first()?;
    let lines: Vec<ChartLine> = (series.iter()).map(|one| line(recording, one)).collect();
    if lines.iter().all(|line| line.dots.is_empty()) {
        return None;
    }
    let dots = || lines.iter().flat_map(|line| &line.dots);
    let kind = if lines.iter().all(|line| line.dots.len() <= 1) {
        ChartKind::Bars
    } else {
        ChartKind::Lines
    };
    let sentence = match sentence.is_empty() {
        true => extremes(recording, series)?,
        false => sentence,
    };
    Some(Chart {
        id: id.to_owned(),
        title: title.to_owned(),
        kind,
        x: Axis::of(first.axis.clone(), dots().map(|dot| dot.x)),
        y: Axis::of(first.measure.clone(), dots().map(|dot| dot.y)),
        lines,
        sentence,
    })
}

/// The medians of a series with their intervals. Medians below the clock's step are left
/// out, because they say nothing but that.
fn line(recording: &Recording, series: &Series) -> ChartLine {
    let dot = |point: &Point| {
        let below = |median| is_below_clock(recording, series, median);
        let summary = point.summary.filter(|summary| !below(summary.median))?;
        Some(Dot {
            x: point.x,
            y: summary.median,
            interval: (summary.n > 1).then_some((summary.low, summary.high)),
            label: point.label.clone(),
            ..Dot::default()
        })
    };
    ChartLine {
        label: series.label.clone(),
        role: Role::Measured,
        series: Some(series.id.clone()),
        dots: series.points.iter().filter_map(dot).collect(),
    }
}

fn extremes(recording: &Recording, series: &[&Series]) -> Option<String> {
    let mut places: Vec<(&Series, &Point, f64)> = (series.iter())
        .flat_map(|one| one.points.iter().map(move |point| (*one, point)))
        .filter_map(|(one, point)| Some((one, point, point.median()?)))
        .collect();
    places.sort_by(|one, other| one.2.total_cmp(&other.2));
    let said = |(series, point, median): &(&Series, &Point, f64)| {
        let place = match &point.label {
            Some(label) => label.clone(),
            None => format!(
                "{}: {}",
                series.axis.label,
                with_unit(point.x, &series.axis.unit)
            ),
        };
        format!(
            "{} with {} ({place})",
            written(recording, series, *median),
            series.label
        )
    };
    let (least, most) = (places.first()?, places.last()?);
    let what = capitalised(&least.0.measure.label);
    Some(if places.len() == 1 {
        format!("{what}: {}.", said(least))
    } else {
        format!("{what}: from {} to {}.", said(least), said(most))
    })
}

/// As a sentence begins.
fn capitalised(label: &str) -> String {
    let mut letters = label.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.as_str().chars()).collect()
}

/// Every point of the recording's series in a row of its own.
pub(crate) fn medians(recording: &Recording) -> Table {
    let heads = [
        "Series",
        "At",
        "Median",
        "95 % interval",
        "Range",
        "n",
        "Outliers",
        "Right",
    ];
    let rows = recording.series.iter().flat_map(|one| {
        one.points.iter().map(move |point| {
            let unit = &*one.measure.unit;
            let at = match &point.label {
                Some(label) => label.clone(),
                None => with_unit(point.x, &one.axis.unit),
            };
            let mut row = vec![one.label.clone(), at];
            row.extend(match &point.summary {
                Some(summary) if is_below_clock(recording, one, summary.median) => [
                    below_clock(recording.environment.clock_step_us),
                    "–".to_owned(),
                    "–".to_owned(),
                    summary.n.to_string(),
                ],
                Some(summary) => [
                    with_unit(summary.median, unit),
                    range(summary.low, summary.high, summary.median, unit),
                    range(summary.min, summary.max, summary.median, unit),
                    summary.n.to_string(),
                ],
                None => ["–", "–", "–", "0"].map(str::to_owned),
            });
            row.push(point.outliers.len().to_string());
            row.push(if point.correct { "yes" } else { "no" }.to_owned());
            row
        })
    });
    Table {
        id: "medians".to_owned(),
        title: "Every measured place".to_owned(),
        columns: heads.map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}
