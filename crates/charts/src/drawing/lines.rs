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
    let (whole, height) = frame(&heights, width, em);
    let y = heights.scale((whole.bottom(), whole.top));
    // What is across where this much room is left on the right.
    let laid_out = |room: f64| {
        let mut plot = whole;
        plot.width -= room;
        let across = Ruler::of_places(
            &chart.x,
            dots().map(|dot| dot.x),
            labels_across(plot.width, em),
        );
        let inset = plot.width.min(em * 8.0) * 0.08;
        let x = across.scale((plot.left + inset, plot.right() - inset));
        (plot, across, x)
    };
    let with_names = room_for_names(chart, width, em)
        .map(laid_out)
        .filter(|(plot, _, x)| names_are_free(chart, (x, &y), *plot, em));
    let named = with_names.is_some();
    let (plot, across, x) = with_names.unwrap_or_else(|| laid_out(0.0));
    let mut scene = Scene {
        width,
        height,
        named,
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

/// Where the name of a line begins, and the height of its middle.
struct Name<'a> {
    line: usize,
    at: (f64, f64),
    text: &'a str,
}

/// The names of the lines, each beside the last point of its line, one below the other.
fn names<'a>(chart: &'a Chart, (x, y): (&Scale, &Scale), plot: Plot, em: f64) -> Vec<Name<'a>> {
    let ends = chart.lines.iter().enumerate().filter_map(|(line, drawn)| {
        let dot = drawn.dots.iter().rfind(|dot| dot.y.is_finite())?;
        Some(Name {
            line,
            at: (x.clamped(dot.x) + em * 0.75, y.clamped(dot.y)),
            text: &drawn.label,
        })
    });
    let mut ends: Vec<Name<'a>> = ends.collect();
    ends.sort_by(|one, other| one.at.1.total_cmp(&other.at.1));
    let apart = em * 1.15;
    let mut free = plot.top;
    for end in &mut ends {
        end.at.1 = end.at.1.max(free);
        free = end.at.1 + apart;
    }
    // If they reach below the plot, they move up again.
    let mut free = plot.bottom();
    for end in ends.iter_mut().rev() {
        end.at.1 = end.at.1.min(free);
        free = end.at.1 - apart;
    }
    ends
}

/// Whether no line goes through the name of another one, as it can where one ends before the
/// other does.
fn names_are_free(chart: &Chart, (x, y): (&Scale, &Scale), plot: Plot, em: f64) -> bool {
    names(chart, (x, y), plot, em).iter().all(|name| {
        let (left, middle) = name.at;
        let right = left + text_width(name.text, em * 0.85);
        let (top, bottom) = (middle - em * 0.4, middle + em * 0.4);
        let others = chart.lines.iter().enumerate();
        let others = others.filter(|(line, _)| *line != name.line);
        others.map(|(_, line)| line).all(|line| {
            let place = |at: usize| (x.clamped(line.dots[at].x), y.clamped(line.dots[at].y));
            (1..line.dots.len()).all(|at| {
                let ((x0, y0), (x1, y1)) = (place(at - 1), place(at));
                let (from, to) = (x0.max(left), x1.min(right));
                if !(y0.is_finite() && y1.is_finite()) || from >= to {
                    return true;
                }
                let height = |x: f64| y0 + (y1 - y0) * (x - x0) / (x1 - x0);
                let (one, other) = (height(from), height(to));
                one.max(other) < top || one.min(other) > bottom
            })
        })
    })
}

fn draw_names(scene: &mut Scene, chart: &Chart, scales: (&Scale, &Scale), plot: Plot, em: f64) {
    for name in names(chart, scales, plot, em) {
        let (x, y) = name.at;
        scene.text("name", (x, y + em * 0.3), "start", name.text);
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
