//! Charts and tables of the medians of any series, with their confidence intervals.

use super::words::{below_clock_in_words, is_below_clock, value_in_words};
use crate::{
    numbers::{range, with_unit},
    report::{Point, Recording, Series, Table},
};
use charts::{Axis, Chart, ChartKind, ChartLine, Dot, Role};

/// A chart of the medians of series with the same axis and measure. `None` if there are no
/// medians, or if all of them are below the clock's step. An empty `sentence` is replaced by
/// one that gives the smallest and the largest median.
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
/// out, because their values are not known.
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

/// A sentence with the smallest and the largest median, and where they were measured.
fn extremes(recording: &Recording, series: &[&Series]) -> Option<String> {
    let mut medians: Vec<(&Series, &Point, f64)> = (series.iter())
        .flat_map(|one| one.points.iter().map(move |point| (*one, point)))
        .filter_map(|(one, point)| Some((one, point, point.median()?)))
        .collect();
    medians.sort_by(|one, other| one.2.total_cmp(&other.2));
    let in_words = |(series, point, median): &(&Series, &Point, f64)| {
        let position = match &point.label {
            Some(label) => label.clone(),
            None => format!(
                "{}: {}",
                series.axis.label,
                with_unit(point.x, &series.axis.unit)
            ),
        };
        format!(
            "{} with {} ({position})",
            value_in_words(recording, series, *median),
            series.label
        )
    };
    let (least, most) = (medians.first()?, medians.last()?);
    let what = capitalised(&least.0.measure.label);
    Some(if medians.len() == 1 {
        format!("{what}: {}.", in_words(least))
    } else {
        format!("{what}: from {} to {}.", in_words(least), in_words(most))
    })
}

/// The label with a capital letter at the beginning.
fn capitalised(label: &str) -> String {
    let mut letters = label.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.as_str().chars()).collect()
}

/// A table with a row for each point of the recording's series.
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
                    below_clock_in_words(recording.environment.clock_step_us),
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
