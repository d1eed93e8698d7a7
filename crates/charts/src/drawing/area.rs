//! Drawings of stacked areas over time.

use super::axes::{Ruler, draw_across, draw_upwards, labels_across};
use super::lines::frame;
use super::look::looks;
use super::scene::{Scene, Spot};
use crate::geometry::{area, layers, line, outline, steps, thinned};
use crate::model::Chart;

/// The largest number of points that the arrow keys can reach.
const MAX_REACHABLE_POINTS: usize = 80;

pub(super) fn scene(chart: &Chart, width: f64, em: f64) -> Scene {
    let (places, values) = common_places(chart);
    let layers = layers(&values);
    let tops = layers.iter().flatten().map(|(_, top)| *top);
    let heights = Ruler::of_values(&chart.y, tops, 5);
    let (plot, height) = frame(&heights, width, em);
    let across = Ruler::of_places(
        &chart.x,
        places.iter().copied(),
        labels_across(plot.width, em),
    );
    let x = across.scale((plot.left, plot.right()));
    let y = heights.scale((plot.bottom(), plot.top));
    let mut scene = Scene {
        width,
        height,
        ..Scene::default()
    };
    draw_upwards(&mut scene, &heights, &y, plot, em);
    draw_across(&mut scene, &across, &x, plot, em, false);
    let looks = looks(chart);
    let (x_unit, y_unit) = (chart.x.unit(), chart.y.unit());
    for (number, (layer, look)) in layers.iter().zip(&looks).enumerate() {
        let edge = |pick: fn(&(f64, f64)) -> f64| {
            let points: Vec<(f64, f64)> = (places.iter().zip(layer))
                .map(|(&place, ends)| (x.at(place), y.clamped(pick(ends))))
                .collect();
            outline(&steps(&points))
        };
        let (lower, upper) = (edge(|ends| ends.0), edge(|ends| ends.1));
        let class = look.class();
        scene.area(
            format!("{class} area"),
            area(&upper, &lower),
            look.pattern(),
        );
        scene.path(format!("{class} line is-edge"), line(upper));
        let line = &chart.lines[number];
        for index in thinned(places.len(), MAX_REACHABLE_POINTS) {
            let value = values[number][index];
            scene.spots.push(Spot {
                at: (x.at(places[index]), y.clamped(layer[index].1)),
                series: number,
                words: vec![
                    line.label.clone(),
                    format!("{}: {}", x_unit.write(places[index]), y_unit.write(value)),
                ],
            });
        }
    }
    scene
}

/// The places of all lines, and each line's value at each place: its last value up to
/// there.
fn common_places(chart: &Chart) -> (Vec<f64>, Vec<Vec<f64>>) {
    let dots = chart.lines.iter().flat_map(|line| &line.dots);
    let mut places: Vec<f64> = dots.map(|dot| dot.x).filter(|x| x.is_finite()).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let values = chart.lines.iter().map(|line| {
        let mut dots = line.dots.iter().peekable();
        let mut value = 0.0;
        places
            .iter()
            .map(|place| {
                while let Some(dot) = dots.next_if(|dot| dot.x <= *place) {
                    value = dot.y;
                }
                value
            })
            .collect()
    });
    let values = values.collect();
    (places, values)
}
