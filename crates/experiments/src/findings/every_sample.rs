//! A chart of all samples whose medians another chart shows.

use crate::{
    report::{Point, Recording, Series},
    statistics::quartiles,
};
use charts::{Axis, Chart, ChartKind, ChartLine, Dot, Role};

/// The largest number of samples at one point that are drawn one by one. More are drawn as a
/// histogram.
const MAX_SINGLE_DOTS: usize = 120;

/// A chart of all samples whose medians the lines of another chart show. `None` if there are
/// no samples, or if the lines measure different quantities.
pub fn every_sample(recording: &Recording, chart: &Chart) -> Option<Chart> {
    let ids = chart.lines.iter().filter_map(|line| line.series.as_deref());
    let series: Vec<&Series> = ids.filter_map(|id| recording.series_of(id)).collect();
    let first = series.first()?;
    let alike = |one: &&Series| one.axis == first.axis && one.measure == first.measure;
    // A chart may show values that are computed from series of different quantities, such as
    // speed-ups. Their samples cannot share an axis.
    if !series.iter().all(alike) {
        return None;
    }
    let points = || series.iter().flat_map(|one| &one.points);
    let most = points().map(|point| point.samples.len()).max()?;
    if most < 2 {
        return None;
    }
    let (kind, how) = if most > MAX_SINGLE_DOTS {
        (
            ChartKind::Histogram,
            "as the shape of their distribution; the line is their median",
        )
    } else {
        (
            ChartKind::Strip,
            "one by one; the box holds the middle half, its line is the median",
        )
    };
    let lines = series.iter().map(|one| ChartLine {
        label: one.label.clone(),
        role: Role::Measured,
        series: Some(one.id.clone()),
        dots: one.points.iter().filter_map(dot).collect(),
    });
    Some(Chart {
        id: format!("{}-samples", chart.id),
        title: format!("{}: every sample", chart.title),
        kind,
        x: Axis::linear(first.axis.clone()),
        y: Axis::of(
            first.measure.clone(),
            points().flat_map(|point| point.samples.iter().copied()),
        ),
        lines: lines.collect(),
        sentence: format!(
            "All {} samples, {how}.",
            points().map(|point| point.samples.len()).sum::<usize>()
        ),
    })
}

fn dot(point: &Point) -> Option<Dot> {
    let quartiles = quartiles(&point.samples)?;
    Some(Dot {
        x: point.x,
        y: quartiles[1],
        interval: None,
        label: point.label.clone(),
        samples: point.samples.clone(),
        quartiles: Some(quartiles),
        names: Vec::new(),
    })
}
