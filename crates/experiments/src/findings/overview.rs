//! Charts and tables of the medians of any series, with their confidence intervals.

use super::words::{below_clock_in_words, is_below_clock};
use crate::{
    numbers::{range, with_unit},
    report::{Point, Recording, Series, Table},
};
use charts::{Axis, Chart, ChartKind, ChartLine, Dot, Quantity, Role};

/// The largest number of series on one chart that has no row for each of them.
pub(crate) const MAX_LINES: usize = 4;

/// A chart of the medians of series with the same axis and measure. `None` if there are no
/// medians, or if all of them are below the clock's step. It has lines if a series has three
/// places or more, and otherwise bars, since a line through two points would claim to know
/// what is between them.
pub(crate) fn chart(
    recording: &Recording,
    id: &str,
    title: &str,
    series: &[&Series],
    sentence: String,
) -> Option<Chart> {
    let first = series.first()?;
    let lines: Vec<ChartLine> = (series.iter())
        .map(|one| line(recording, one))
        .filter(|line| !line.dots.is_empty())
        .collect();
    let dots = || lines.iter().flat_map(|line| &line.dots);
    let most = lines.iter().map(|line| line.dots.len()).max()?;
    let (kind, y) = if most < 3 {
        // The length of a bar is its value, which only a linear axis shows.
        (ChartKind::Bars, Axis::linear(first.measure.clone()))
    } else {
        let values = dots().map(|dot| dot.y);
        (ChartKind::Lines, Axis::of(first.measure.clone(), values))
    };
    Some(Chart {
        id: id.to_owned(),
        title: title.to_owned(),
        kind,
        x: Axis::of(first.axis.clone(), dots().map(|dot| dot.x)),
        y,
        lines,
        sentence,
    })
}

/// The chart as bars on a linear axis, whatever its number of places; `place` is what the
/// places are.
pub(crate) fn as_bars(chart: Chart, place: &'static str) -> Chart {
    Chart {
        kind: ChartKind::Bars,
        x: Axis::linear(Quantity::new(place, "")),
        y: Axis::linear(chart.y.quantity),
        ..chart
    }
}

/// The point of a series with the smallest median, with that median.
pub(crate) fn quickest(series: &Series) -> Option<(&Point, f64)> {
    let medians = series.points.iter();
    medians
        .filter_map(|point| Some((point, point.median()?)))
        .min_by(|one, other| one.1.total_cmp(&other.1))
}

/// The point of a series with the largest median, with that median.
pub(crate) fn largest(series: &Series) -> Option<(&Point, f64)> {
    let medians = series.points.iter();
    medians
        .filter_map(|point| Some((point, point.median()?)))
        .max_by(|one, other| one.1.total_cmp(&other.1))
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
