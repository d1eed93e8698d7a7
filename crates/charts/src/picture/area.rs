//! Areas on top of each other over time.

use super::axes::{Ruler, draw_across, draw_upwards, labels_across};
use super::lines::frame;
use super::{Look, Picture, Scene, Spot};
use crate::geometry::{area, layers, line, outline, steps, thinned};

/// The most places that can be walked to.
const WALKED: usize = 80;

pub(super) fn scene(picture: &Picture, width: f64, em: f64) -> Scene {
    let (places, values) = common_places(picture);
    let layers = layers(&values);
    let tops = layers.iter().flatten().map(|(_, top)| *top);
    let heights = Ruler::of_values(&picture.y, tops, 5);
    let (plot, height) = frame(&heights, width, em);
    let across = Ruler::of_places(
        &picture.x,
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
    for (number, layer) in layers.iter().enumerate() {
        let look = Look::of(picture, number);
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
        let series = &picture.series[number];
        for index in thinned(places.len(), WALKED) {
            let value = values[number][index];
            scene.spots.push(Spot {
                at: (x.at(places[index]), y.clamped(layer[index].1)),
                series: number,
                words: vec![
                    series.label.clone(),
                    format!(
                        "{}: {}",
                        picture.x.unit.write(places[index]),
                        picture.y.unit.write(value)
                    ),
                ],
            });
        }
    }
    scene
}

/// All places of all series, and each series' value at each: what it was last.
fn common_places(picture: &Picture) -> (Vec<f64>, Vec<Vec<f64>>) {
    let dots = picture.series.iter().flat_map(|series| &series.dots);
    let mut places: Vec<f64> = dots.map(|dot| dot.x).filter(|x| x.is_finite()).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let values = picture.series.iter().map(|series| {
        let mut dots = series.dots.iter().peekable();
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
