//! Moving between the points of a drawing, by arrow keys and by pointer.

use super::scene::{Scene, Spot};

/// A step from one point to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The next point of the series to the right (or below, in rows).
    Next,
    /// The previous point of the series.
    Previous,
    /// The nearest point of the next series.
    NextSeries,
    /// The nearest point of the previous series.
    PreviousSeries,
    /// The first point of the series.
    First,
    /// The last point of the series.
    Last,
}

impl Step {
    /// The step for a key, by its `KeyboardEvent.key`.
    pub fn of_key(key: &str) -> Option<Step> {
        Some(match key {
            "ArrowRight" => Step::Next,
            "ArrowLeft" => Step::Previous,
            "ArrowDown" => Step::NextSeries,
            "ArrowUp" => Step::PreviousSeries,
            "Home" => Step::First,
            "End" => Step::Last,
            _ => return None,
        })
    }
}

impl Scene {
    /// The index of the spot that a step leads to from this spot. It is the same spot if
    /// there is no further one.
    pub fn step(&self, from: usize, step: Step) -> usize {
        let Some(spot) = self.spots.get(from) else {
            return 0;
        };
        let same = |other: usize| {
            self.spots
                .get(other)
                .filter(|one| one.series == spot.series)
        };
        let series = |wanted: usize| {
            let all = self.spots.iter().enumerate();
            all.filter(move |(_, one)| one.series == wanted)
        };
        let nearest = |wanted: Option<usize>| {
            let wanted = wanted?;
            let distance = |other: &Spot| squared(other.at, spot.at);
            series(wanted)
                .min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)))
                .map(|(index, _)| index)
        };
        let found = match step {
            Step::Next => same(from + 1).map(|_| from + 1),
            Step::Previous => from.checked_sub(1).filter(|&other| same(other).is_some()),
            Step::First => series(spot.series).map(|(index, _)| index).next(),
            Step::Last => self.spots.iter().rposition(|one| one.series == spot.series),
            Step::NextSeries => {
                let after = self.spots.iter().map(|one| one.series);
                nearest(after.filter(|other| *other > spot.series).min())
            }
            Step::PreviousSeries => {
                let before = self.spots.iter().map(|one| one.series);
                nearest(before.filter(|other| *other < spot.series).max())
            }
        };
        found.unwrap_or(from)
    }

    /// The index of the spot nearest to a point, if it is at most `reach` px away.
    pub fn nearest(&self, point: (f64, f64), reach: f64) -> Option<usize> {
        let distance = |spot: &Spot| squared(spot.at, point);
        let spots = self.spots.iter().enumerate();
        spots
            .min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)))
            .filter(|(_, spot)| distance(spot) <= reach * reach)
            .map(|(index, _)| index)
    }
}

fn squared(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)
}
