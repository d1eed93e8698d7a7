//! Drawings of points with error bars, joined by lines or not.

use super::axes::{Ruler, draw_across, draw_upwards, labels_across, room_below};
use super::look::{Look, looks};
use super::scene::{Scene, Spot};
use crate::geometry::{Plot, Scale, error_bar, line, marker, outline, thinned};
use crate::model::{Chart, ChartKind, Role};

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
    let (plot, height) = frame(&heights, width, em);
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
        ..Scene::default()
    };
    draw_upwards(&mut scene, &heights, &y, plot, em);
    draw_across(&mut scene, &across, &x, plot, em, false);
    for (number, look) in looks(chart).iter().enumerate() {
        draw(&mut scene, chart, (number, look), (&x, &y), em);
    }
    scene
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
    let places: Vec<(f64, f64)> = drawn
        .dots
        .iter()
        .map(|dot| {
            let height = if dot.y.is_finite() {
                y.clamped(dot.y)
            } else {
                f64::NAN
            };
            (x.clamped(dot.x), height)
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
