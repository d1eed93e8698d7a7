//! From what a report says to what charts draw.

use charts::geometry::Unit;
use charts::picture::{self, Dimension, Dot, Kind, Picture};
use experiments::statistics::quartiles;
use experiments::{Axis, ChartKind, ChartSpec, Line, Point, Quantity, Report, Role, Scale, Series};

/// More samples than this at a place are drawn as the shape of their
/// distribution, fewer one by one.
const ONE_BY_ONE: usize = 120;

/// A chart of a report; with the same lines of another report, if there is one
/// beside it and the two can be told apart.
pub fn picture(report: &Report, spec: &ChartSpec, other: Option<&Report>) -> Picture {
    let mut series: Vec<picture::Series> = (spec.lines.iter())
        .map(|line| drawn(report, line, None))
        .collect();
    // What is piled up would be piled on the others', as if it belonged to them.
    let piled = matches!(spec.kind, ChartKind::Stacked | ChartKind::Area);
    let beside = other.filter(|_| !piled);
    if let Some((other, theirs)) = beside.and_then(|other| Some((other, other.chart(&spec.id)?))) {
        let measured = theirs
            .lines
            .iter()
            .filter(|line| line.role == Role::Measured);
        series.extend(measured.map(|line| drawn(other, line, Some("there"))));
    }
    colour(&mut series);
    Picture {
        id: format!("chart-{}", spec.id),
        title: spec.title.clone(),
        sentence: spec.sentence.clone(),
        kind: match spec.kind {
            ChartKind::Lines => Kind::Lines,
            ChartKind::Bars => Kind::Bars,
            ChartKind::Stacked => Kind::Stacked,
            ChartKind::Scatter => Kind::Scatter,
            ChartKind::Area => Kind::Area,
        },
        x: dimension(&spec.x),
        y: dimension(&spec.y),
        series,
    }
}

fn drawn(report: &Report, line: &Line, from: Option<&str>) -> picture::Series {
    let source = (line.series.as_deref()).and_then(|id| report.series_of(id));
    let dots = line.dots.iter().map(|dot| Dot {
        x: dot.x,
        y: dot.y,
        label: dot.label.clone(),
        interval: dot.interval,
        samples: source
            .and_then(|series| series.at(dot.x))
            .map_or_else(Vec::new, |point| point.samples.clone()),
        quartiles: None,
    });
    picture::Series {
        label: match from {
            Some(from) => format!("{}, {from}", line.label),
            None => line.label.clone(),
        },
        role: match (line.role, from) {
            (_, Some(_)) | (Role::Reference, _) => picture::Role::Reference,
            (Role::Measured, _) => picture::Role::Measured,
            (Role::Fitted, _) => picture::Role::Fitted,
            (Role::Ideal, _) => picture::Role::Ideal,
        },
        colour: 0,
        dots: dots.collect(),
    }
}

/// Names that have the same colour wherever they are drawn, as in lanes.
const COLOURS: [(&str, usize); 10] = [
    ("main thread", 1),
    ("processes", 0),
    ("computing", 0),
    ("sending", 2),
    ("start-up", 3),
    ("waiting", 7),
    ("threads with a gil", 2),
    ("threads without a gil", 3),
    ("threads, gil released", 5),
    ("event loop", 4),
];

/// Gives every series a colour: its own where its name has one and nobody took
/// it before, else the first that is free.
fn colour(series: &mut [picture::Series]) {
    let mut taken: Vec<usize> = Vec::new();
    let wanted: Vec<Option<usize>> = (series.iter())
        .map(|one| {
            let name = one.label.to_lowercase();
            let known = COLOURS.iter().find(|(known, _)| name.starts_with(known));
            let own = known.map(|(_, colour)| *colour);
            let free = own.filter(|colour| !taken.contains(colour));
            taken.extend(free);
            free
        })
        .collect();
    for (one, wanted) in series.iter_mut().zip(wanted) {
        if one.role == picture::Role::Ideal {
            continue;
        }
        one.colour = wanted.unwrap_or_else(|| {
            let free = (0..).find(|colour| !taken.contains(colour)).unwrap_or(0);
            taken.push(free);
            free
        });
    }
}

fn dimension(axis: &Axis) -> Dimension {
    Dimension {
        logarithmic: axis.scale == Scale::Log,
        ..plain(&axis.quantity)
    }
}

fn plain(quantity: &Quantity) -> Dimension {
    Dimension::linear(quantity.label.to_string(), Unit::named(&quantity.unit))
}

/// Every sample that a chart's lines are the medians of; nothing where there
/// are none, or where they measure different things.
pub fn samples(report: &Report, spec: &ChartSpec) -> Option<Picture> {
    let ids = spec.lines.iter().filter_map(|line| line.series.as_deref());
    let series: Vec<&Series> = ids.filter_map(|id| report.series_of(id)).collect();
    let first = series.first()?;
    let alike = |one: &&Series| one.axis == first.axis && one.measure == first.measure;
    // What is drawn may be computed from several series, as a speed-up is.
    if !series.iter().all(alike) {
        return None;
    }
    let points = || series.iter().flat_map(|one| &one.points);
    let most = points().map(|point| point.samples.len()).max()?;
    if most < 2 {
        return None;
    }
    let axis = Axis::of(
        first.measure.clone(),
        points().flat_map(|point| point.samples.iter().copied()),
    );
    let (kind, how) = if most > ONE_BY_ONE {
        (
            Kind::Histogram,
            "as the shape of their distribution; the line is their median",
        )
    } else {
        (
            Kind::Strip,
            "one by one; the box holds the middle half, its line is the median",
        )
    };
    let mut drawn: Vec<picture::Series> = (series.iter())
        .map(|one| picture::Series {
            label: one.label.clone(),
            role: picture::Role::Measured,
            colour: 0,
            dots: one.points.iter().filter_map(all).collect(),
        })
        .collect();
    colour(&mut drawn);
    Some(Picture {
        id: format!("samples-{}", spec.id),
        title: format!("{}: every sample", spec.title),
        sentence: format!(
            "All {} samples, {how}.",
            points().map(|point| point.samples.len()).sum::<usize>()
        ),
        kind,
        x: plain(&first.axis),
        y: dimension(&axis),
        series: drawn,
    })
}

fn all(point: &Point) -> Option<Dot> {
    let quartiles = quartiles(&point.samples)?;
    Some(Dot {
        x: point.x,
        label: point.label.clone(),
        y: quartiles[1],
        interval: None,
        samples: point.samples.clone(),
        quartiles: Some(quartiles),
    })
}
