//! Drawings of points with error bars, joined by lines or not.

use super::axes::{Ruler, draw_across, draw_upwards, labels_across, room_below};
use super::look::{Look, looks};
use super::scene::{Scene, Spot};
use crate::geometry::{Plot, Scale, error_bar, line, marker, outline, text_width, thinned};
use crate::model::{Chart, ChartKind, ChartLine, Role};

/// A line with more points than this has no markers.
const MAX_MARKERS: usize = 60;

/// The largest number of points of a line that the arrow keys can reach.
const MAX_REACHABLE_POINTS: usize = 120;

pub(super) fn scene(chart: &Chart, width: f64, em: f64) -> Scene {
    let dots = || chart.lines.iter().flat_map(|line| &line.dots);
    let values = dots().flat_map(|dot| {
        let (low, high) = dot.interval.unwrap_or((dot.y, dot.y));
        [dot.y, low, high]
    });
    let heights = Ruler::of_values(&chart.y, values, 5);
    let (mut plot, height) = frame(&heights, width, em);
    let names = room_for_names(chart, width, em);
    plot.width -= names.unwrap_or(0.0);
    let across = Ruler::of_places(
        &chart.x,
        dots().map(|dot| dot.x),
        labels_across(plot.width, em),
    );
    let inset = plot.width.min(em * 8.0) * 0.08;
    let x = across.scale((plot.left + inset, plot.right() - inset));
    let y = heights.scale((plot.bottom(), plot.top));
    let mut scene = Scene {
        width,
        height,
        named: names.is_some(),
        ..Scene::default()
    };
    draw_upwards(&mut scene, &heights, &y, plot, em);
    draw_across(&mut scene, &across, &x, plot, em, false);
    for (number, look) in looks(chart).iter().enumerate() {
        draw(&mut scene, chart, (number, look), (&x, &y), em);
    }
    if scene.named {
        draw_names(&mut scene, chart, (&x, &y), plot, em);
    }
    scene
}

/// The width on the right that the names of the lines need, if each of several lines can have
/// its name at its last point. If there is too little room, a legend names them.
fn room_for_names(chart: &Chart, width: f64, em: f64) -> Option<f64> {
    let drawn = chart.lines.iter().filter(|line| !line.dots.is_empty());
    if chart.kind != ChartKind::Lines || chart.lines.len() < 2 {
        return None;
    }
    let widths = drawn.map(|line| text_width(&line.label, em * 0.85));
    let room = widths.fold(0.0, f64::max) + em * 1.2;
    (room <= width * 0.34).then_some(room)
}

/// Writes the name of each line beside its last point, the names one below the other.
fn draw_names(scene: &mut Scene, chart: &Chart, (x, y): (&Scale, &Scale), plot: Plot, em: f64) {
    let ends = chart.lines.iter().filter_map(|line| {
        let dot = line.dots.iter().rfind(|dot| dot.y.is_finite())?;
        Some((x.clamped(dot.x), y.clamped(dot.y), line.label.as_str()))
    });
    let mut ends: Vec<(f64, f64, &str)> = ends.collect();
    ends.sort_by(|one, other| one.1.total_cmp(&other.1));
    let apart = em * 1.15;
    let mut free = plot.top;
    for end in &mut ends {
        end.1 = end.1.max(free);
        free = end.1 + apart;
    }
    // If they reach below the plot, they move up again.
    let mut free = plot.bottom();
    for end in ends.iter_mut().rev() {
        end.1 = end.1.min(free);
        free = end.1 - apart;
    }
    for (at_x, at_y, name) in ends {
        scene.text("name", (at_x + em * 0.75, at_y + em * 0.3), "start", name);
    }
}

/// How far the points of a line are moved sideways, so that the error bars of lines with the
/// same places do not hide each other.
fn aside(chart: &Chart, number: usize, em: f64) -> f64 {
    let measured = |line: &&ChartLine| line.role == Role::Measured && line.dots.len() > 1;
    let count = chart.lines.iter().filter(measured).count();
    if chart.kind != ChartKind::Lines || count < 2 || !measured(&&chart.lines[number]) {
        return 0.0;
    }
    let before = chart.lines[..number].iter().filter(measured).count();
    (before as f64 - (count - 1) as f64 / 2.0) * em * 0.24
}

/// The rectangle for the data, and the height of the whole drawing in px.
pub(super) fn frame(heights: &Ruler, width: f64, em: f64) -> (Plot, f64) {
    let height = (width * 0.52).clamp(em * 15.0, em * 21.0);
    let left = (heights.width(em) + em * 0.9).min(width * 0.4);
    let margins = [em * 2.0, em * 0.6, room_below(em), left];
    (Plot::within(width, height, margins), height)
}

fn draw(
    scene: &mut Scene,
    chart: &Chart,
    (number, look): (usize, &Look),
    (x, y): (&Scale, &Scale),
    em: f64,
) {
    let drawn = &chart.lines[number];
    let class = look.class();
    let aside = aside(chart, number, em);
    let places: Vec<(f64, f64)> = drawn
        .dots
        .iter()
        .map(|dot| {
            let height = if dot.y.is_finite() {
                y.clamped(dot.y)
            } else {
                f64::NAN
            };
            (x.clamped(dot.x) + aside, height)
        })
        .collect();
    if chart.kind == ChartKind::Lines {
        scene.path(format!("{class} {}", look.line()), line(outline(&places)));
    }
    let many = places.len() > MAX_MARKERS;
    // For single events, the text alone gives the spread.
    let spread = chart.kind == ChartKind::Lines && !many;
    for (dot, place) in drawn.dots.iter().zip(&places) {
        if let Some((low, high)) = dot.interval.filter(|(low, high)| low < high && spread) {
            let bar = error_bar(place.0, y.clamped(low), y.clamped(high), em * 0.3);
            scene.path(format!("{class} spread"), bar);
        }
    }
    let marked = chart.kind == ChartKind::Scatter || !(many || look.role == Role::Fitted);
    let size = em
        * if chart.kind == ChartKind::Scatter {
            0.5
        } else {
            0.66
        };
    for &(at_x, at_y) in places.iter().filter(|(_, y)| y.is_finite() && marked) {
        let mark = format!("{class} {}", look.mark());
        scene.path_at(mark, marker(look.marker, size), (at_x, at_y));
    }
    for index in thinned(places.len(), MAX_REACHABLE_POINTS) {
        if places[index].1.is_finite() {
            scene.spots.push(Spot {
                at: places[index],
                series: number,
                words: chart.words(drawn, &drawn.dots[index]),
            });
        }
    }
}
