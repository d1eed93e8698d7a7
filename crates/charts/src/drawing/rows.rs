//! Drawings with horizontal rows: bars, all samples, or a histogram of them.
//! They are rows and not columns because names are long and screens are narrow.

use super::axes::{Ruler, draw_across, labels_across, room_below};
use super::look::{Look, looks};
use super::scene::{Scene, Spot};
use crate::geometry::{Plot, Scale, beeswarm, bins, error_bar_across, marker, text_width, thinned};
use crate::model::{Chart, ChartKind, Dot};

/// The largest number of dots in a row; more would hide each other.
const MAX_DOTS: usize = 300;

/// The largest number of places that are drawn; the table contains all of them.
const MAX_PLACES: usize = 200;

/// The number of bars of a histogram.
const BINS: usize = 40;

/// One row of the drawing.
struct Row<'a> {
    /// The number of its line.
    number: usize,
    dot: &'a Dot,
    /// The name of its line, if each row has one.
    name: Option<&'a str>,
    middle: f64,
    half: f64,
}

/// The rows of a place, and its name.
struct Group<'a> {
    name: String,
    name_at: (f64, f64),
    rows: Vec<Row<'a>>,
}

pub(super) fn scene(chart: &Chart, width: f64, em: f64) -> Scene {
    let dots = || chart.lines.iter().flat_map(|line| &line.dots);
    let values: Vec<f64> = match chart.kind {
        ChartKind::Strip | ChartKind::Histogram => {
            dots().flat_map(|dot| dot.samples.iter().copied()).collect()
        }
        _ => dots()
            .flat_map(|dot| {
                let (low, high) = dot.interval.unwrap_or((dot.y, dot.y));
                [dot.y, low, high]
            })
            .collect(),
    };
    // The longest bar must leave space for the value that is written after it.
    let values_width = if chart.kind == ChartKind::Bars {
        let unit = chart.y.unit();
        let widths = dots().map(|dot| text_width(&unit.write(dot.y), em * 0.85));
        // These texts are bold and therefore wider.
        widths.fold(0.0, f64::max) * 1.15 + em * 0.5
    } else {
        em * 0.8
    };
    let (groups, left, bottom) = groups(chart, width, em);
    let plot = Plot {
        left,
        top: em * 0.3,
        width: (width - left - values_width).max(em),
        height: bottom - em * 0.3,
    };
    let ruler = Ruler::of_values(
        &chart.y,
        values.iter().copied(),
        labels_across(plot.width, em),
    );
    let scale = ruler.scale((plot.left, plot.right()));
    let mut scene = Scene {
        width,
        height: bottom + room_below(em),
        named: (groups.iter().flat_map(|group| &group.rows)).any(|row| row.name.is_some()),
        ..Scene::default()
    };
    draw_across(&mut scene, &ruler, &scale, plot, em, true);
    let looks = looks(chart);
    let drawn = (chart, &looks[..]);
    for group in &groups {
        scene.text(
            "name",
            group.name_at,
            "start",
            shortened(&group.name, width - group.name_at.0, em),
        );
        for row in &group.rows {
            if let Some(name) = row.name {
                let at = (left - em * 0.5, row.middle + em * 0.3);
                scene.text("row-name", at, "end", name);
            }
            match chart.kind {
                ChartKind::Strip => strip(&mut scene, drawn, row, &scale, em),
                ChartKind::Histogram => histogram(&mut scene, drawn, row, &scale),
                _ => bars(&mut scene, drawn, row, &scale, em),
            }
        }
    }
    // The arrow keys move along one line after the other.
    scene.spots.sort_by_key(|spot| spot.series);
    scene
}

/// The dots of a place.
fn at(chart: &Chart, place: f64) -> impl Iterator<Item = (usize, &Dot)> {
    let lines = chart.lines.iter().enumerate();
    lines.filter_map(move |(number, line)| {
        let dot = line
            .dots
            .iter()
            .find(|dot| dot.x.total_cmp(&place).is_eq())?;
        Some((number, dot))
    })
}

/// All rows from top to bottom, the left edge of the data, and the bottom edge of the
/// rows, in px.
fn groups(chart: &Chart, width: f64, em: f64) -> (Vec<Group<'_>>, f64, f64) {
    let named = named_rows(chart);
    let widest = |names: &mut dyn Iterator<Item = &str>| {
        names
            .map(|name| text_width(name, em * 0.85))
            .fold(0.0, f64::max)
    };
    let single = named.iter().all(|(_, rows)| rows.len() == 1);
    // If a place has several rows, each row has the name of its line beside it, and the place
    // stands above them. If there is too little room for that, a legend names the lines.
    let lines = widest(&mut chart.lines.iter().map(|line| line.label.as_str()));
    let name_rows = !single && lines + em * 0.8 <= width * 0.4;
    // Names of places are beside their rows if there is enough space, otherwise above them.
    let places = widest(&mut named.iter().map(|(name, _)| name.as_str()));
    let beside = !name_rows && places + em * 0.8 <= width * 0.36;
    let left = match (name_rows, beside) {
        (true, _) => lines + em * 0.8,
        (_, true) => places + em * 0.8,
        _ => em * 0.2,
    };
    let half = em
        * match chart.kind {
            ChartKind::Histogram => 1.4,
            ChartKind::Strip => 0.85,
            _ if single => 0.7,
            _ => 0.5,
        };
    let mut y = em * 0.7;
    let mut groups = Vec::new();
    for (name, rows) in named {
        let top = y;
        if !beside {
            y += em * 1.25;
        }
        let rows: Vec<Row<'_>> = rows
            .into_iter()
            .map(|(number, dot)| {
                let middle = y + half;
                y += half * 2.0 + em * 0.14;
                Row {
                    number,
                    dot,
                    name: name_rows.then(|| chart.lines[number].label.as_str()),
                    middle,
                    half,
                }
            })
            .collect();
        let name_at = if beside {
            (0.0, (top + y) / 2.0 + em * 0.2)
        } else if name_rows {
            (0.0, top + em * 0.85)
        } else {
            // A small distance from the axis at which the rows begin.
            (left + em * 0.25, top + em * 0.85)
        };
        y += em * if beside { 0.55 } else { 0.35 };
        groups.push(Group {
            name,
            name_at,
            rows,
        });
    }
    (groups, left, y.max(em * 4.0))
}

/// The lines and dots of the rows of each name: those of a place or, if there is only one
/// place, one for each line.
fn named_rows(chart: &Chart) -> Vec<(String, Vec<(usize, &Dot)>)> {
    let places = chart.places();
    if let [(place, _)] = &places[..] {
        let rows = at(chart, *place);
        return rows
            .map(|(number, dot)| (chart.lines[number].label.clone(), vec![(number, dot)]))
            .collect();
    }
    let named = places.into_iter().take(MAX_PLACES);
    named
        .map(|(place, name)| (name, at(chart, place).collect()))
        .collect()
}

fn bars(
    scene: &mut Scene,
    (chart, looks): (&Chart, &[Look]),
    row: &Row<'_>,
    scale: &Scale,
    em: f64,
) {
    let (look, dot) = (looks[row.number], row.dot);
    let from = scale.range().0;
    let to = if dot.y > 0.0 {
        scale.clamped(dot.y)
    } else {
        from
    };
    // A bar of length 0 is drawn as a thin line.
    let size = ((to - from).max(1.5), row.half * 2.0);
    let corner = (from, row.middle - row.half);
    let class = format!("{} {}", look.class(), look.bar());
    scene.rectangle(class, corner, size, look.pattern());
    let mut end = to;
    if let Some((low, high)) = dot.interval.filter(|(low, high)| low < high) {
        let (low, high) = (scale.clamped(low), scale.clamped(high));
        scene.path(
            "spread is-across",
            error_bar_across(row.middle, (low, high), row.half * 0.6),
        );
        end = end.max(high);
    }
    scene.spots.push(Spot {
        at: (to, row.middle),
        series: row.number,
        words: chart.words(&chart.lines[row.number], dot),
    });
    let value = if dot.y.is_finite() { dot.y } else { 0.0 };
    let at = (end + em * 0.4, row.middle + em * 0.3);
    scene.text("value", at, "start", chart.y.unit().write(value));
}

fn strip(
    scene: &mut Scene,
    (chart, looks): (&Chart, &[Look]),
    row: &Row<'_>,
    scale: &Scale,
    em: f64,
) {
    let (number, dot) = (row.number, row.dot);
    let look = looks[number];
    let class = look.class();
    let shown = thinned(dot.samples.len(), MAX_DOTS);
    let places: Vec<f64> = shown
        .iter()
        .map(|&index| scale.clamped(dot.samples[index]))
        .collect();
    if let Some([first, middle, third]) = dot.quartiles {
        let [first, middle, third] = [first, middle, third].map(|value| scale.clamped(value));
        let ends = |pick: fn(f64, f64) -> f64, start| places.iter().copied().fold(start, pick);
        let (least, most) = (ends(f64::min, first), ends(f64::max, third));
        scene.segment(
            &format!("{class} whisker"),
            (least, row.middle),
            (most, row.middle),
        );
        let corner = (first, row.middle - row.half * 0.75);
        let size = ((third - first).max(1.0), row.half * 1.5);
        scene.rectangle(format!("{class} quartiles"), corner, size, None);
        let (top, bottom) = (row.middle - row.half * 0.95, row.middle + row.half * 0.95);
        scene.segment(&format!("{class} median"), (middle, top), (middle, bottom));
    }
    let size = em * 0.34;
    for (offset, &x) in beeswarm(&places, size * 0.8).into_iter().zip(&places) {
        let y = row.middle + offset * row.half * 0.7;
        scene.path_at(format!("{class} sample"), marker(look.marker, size), (x, y));
    }
    named_samples(scene, chart, row, (&shown, &places), em);
    spread_spot(scene, chart, row, number, dot, scale);
}

/// The samples that have names: a point with a tooltip for each, and the names of those far
/// from the others (Tukey's fences: more than 1.5 interquartile ranges from the quartiles)
/// beside them, where there is room.
fn named_samples(
    scene: &mut Scene,
    chart: &Chart,
    row: &Row<'_>,
    (shown, places): (&[usize], &[f64]),
    em: f64,
) {
    let (number, dot) = (row.number, row.dot);
    let mut named: Vec<(f64, f64, &str)> = (shown.iter().zip(places))
        .filter_map(|(&index, &x)| Some((x, dot.samples[index], dot.names.get(index)?.as_str())))
        .collect();
    named.sort_by(|a, b| a.0.total_cmp(&b.0));
    let is_far = |value: f64| match dot.quartiles {
        Some([first, _, third]) if dot.samples.len() >= 5 => {
            let reach = 1.5 * (third - first);
            value < first - reach || value > third + reach
        }
        _ => false,
    };
    let place = dot.label.clone().unwrap_or_else(|| chart.x.place(dot.x));
    let mut taken = f64::NEG_INFINITY;
    for (x, value, name) in named {
        let figure = chart.y.unit().write(value);
        scene.spots.push(Spot {
            at: (x, row.middle),
            series: number,
            words: vec![name.to_owned(), format!("{place}: {figure}")],
        });
        if !is_far(value) {
            continue;
        }
        // Away from the others, unless the drawing ends there.
        let width = text_width(name, em * 0.85);
        let (left, right) = (x - em * 0.5 - width, x + em * 0.5);
        let is_above = dot.quartiles.is_some_and(|[_, _, third]| value > third);
        let fits_right = right + width < scene.width;
        let to_right = fits_right && (is_above || left < em * 0.2);
        let (from, anchor, at) = match to_right {
            true => (right, "start", right),
            false => (left, "end", x - em * 0.5),
        };
        if from > taken && from >= 0.0 {
            scene.text("row-name", (at, row.middle + em * 0.3), anchor, name);
            taken = x.max(from + width);
        }
    }
}

fn histogram(scene: &mut Scene, (chart, looks): (&Chart, &[Look]), row: &Row<'_>, scale: &Scale) {
    let bottom = row.middle + row.half;
    let (number, dot) = (row.number, row.dot);
    let look = looks[number];
    let class = look.class();
    let bins = bins(&dot.samples, scale, BINS);
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(0).max(1);
    for bin in bins.iter().filter(|bin| bin.count > 0) {
        let (from, to) = (scale.clamped(bin.from), scale.clamped(bin.to));
        // A bar of few samples among thousands is drawn as a thin line.
        let height = (row.half * 2.0 * bin.count as f64 / most as f64).max(1.5);
        let size = ((to - from - 0.5).max(1.0), height);
        scene.rectangle(
            format!("{class} bar"),
            (from, bottom - height),
            size,
            look.pattern(),
        );
    }
    let (from, to) = scale.range();
    scene.segment("axis", (from, bottom), (to, bottom));
    if let Some([_, middle, _]) = dot.quartiles {
        let x = scale.clamped(middle);
        scene.segment(
            &format!("{class} median"),
            (x, row.middle - row.half),
            (x, bottom),
        );
    }
    spread_spot(scene, chart, row, number, dot, scale);
}

/// The point of a row of samples: its median, with the quartiles in its text.
fn spread_spot(
    scene: &mut Scene,
    chart: &Chart,
    row: &Row<'_>,
    number: usize,
    dot: &Dot,
    scale: &Scale,
) {
    let mut words = chart.words(&chart.lines[number], dot);
    let unit = chart.y.unit();
    if let Some([first, _, third]) = dot.quartiles {
        let [first, third] = [first, third].map(|value| unit.write(value));
        words.push(format!("half of them {first} to {third}"));
    }
    if let (Some(least), Some(most)) = (
        dot.samples.iter().copied().min_by(f64::total_cmp),
        dot.samples.iter().copied().max_by(f64::total_cmp),
    ) {
        let [least, most] = [least, most].map(|value| unit.write(value));
        words.push(format!("all of them {least} to {most}"));
    }
    let middle = dot.quartiles.map_or(dot.y, |[_, middle, _]| middle);
    scene.spots.push(Spot {
        at: (scale.clamped(middle), row.middle),
        series: number,
        words,
    });
}

/// A name, shortened to the available width.
fn shortened(name: &str, room: f64, em: f64) -> String {
    let letters = (room / (em * 0.85 * 0.56)).max(4.0) as usize;
    if name.chars().count() <= letters {
        return name.to_owned();
    }
    name.chars().take(letters - 1).chain(['…']).collect()
}
