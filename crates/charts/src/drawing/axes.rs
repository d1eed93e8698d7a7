//! The axes of a chart: ticks, tick labels and headings.

use super::scene::Scene;
use crate::geometry::{
    Plot, Scale, Ticks, Unit, integer_ticks, log_label, log_ticks, nice_ticks_in, text_width,
};
use crate::model::{Axis, ScaleKind};

/// Up to so many places of an axis of counts are its ticks.
const MAX_OWN_TICKS: usize = 8;

/// An axis of numbers.
pub(super) struct Ruler {
    /// The ticks, as values of the axis.
    pub(super) ticks: Vec<(f64, String)>,
    /// The values of the thin lines between ticks.
    pub(super) between: Vec<f64>,
    /// The first and the last value of the axis.
    pub(super) domain: (f64, f64),
    /// The heading.
    pub(super) title: String,
    logarithmic: bool,
}

impl Ruler {
    /// An axis of values. It begins at 0 or, if it is logarithmic, at a power below the
    /// smallest value, and ends at a tick.
    pub(super) fn of_values(
        axis: &Axis,
        values: impl Iterator<Item = f64> + Clone,
        count: usize,
    ) -> Ruler {
        let most = values
            .clone()
            .filter(|value| value.is_finite())
            .fold(0.0, f64::max);
        let unit = axis.unit();
        let whole =
            matches!(unit, Unit::Other(_)) && values.clone().all(|value| value.fract() == 0.0);
        let least = least_positive(values);
        if axis.scale == ScaleKind::Log && least.is_finite() {
            let ticks = log_ticks(least, most, 10.0, count);
            return Ruler::logarithmic(axis, &ticks, (ticks.values[0], ticks.end()));
        }
        let (size, name) = unit.step(if most > 0.0 { most } else { 1.0 });
        let mut ticks = nice_ticks_in(size, if most > 0.0 { most } else { size }, count);
        // Counts are whole numbers.
        if ticks.step < 1.0 && whole {
            ticks = integer_ticks(0, most.max(1.0) as u32, count);
        }
        let shown = Ticks {
            step: ticks.step / size,
            ..ticks.clone()
        };
        Ruler {
            domain: (0.0, ticks.end()),
            ticks: ticks
                .values
                .iter()
                .map(|&tick| (tick, shown.label(tick / size)))
                .collect(),
            between: Vec::new(),
            title: axis.title(&name),
            logarithmic: false,
        }
    }

    /// An axis of places, from the first to the last place.
    pub(super) fn of_places(
        axis: &Axis,
        places: impl Iterator<Item = f64> + Clone,
        count: usize,
    ) -> Ruler {
        let finite = places.clone().filter(|place| place.is_finite());
        let last = finite.clone().fold(f64::NEG_INFINITY, f64::max);
        let first = finite.clone().fold(f64::INFINITY, f64::min);
        let (first, last) = if first <= last {
            (first, last)
        } else {
            (0.0, 1.0)
        };
        let unit = axis.unit();
        if axis.scale == ScaleKind::Log && first > 0.0 {
            let ticks = log_ticks(first, last, 10.0, count);
            let mut ruler = Ruler::logarithmic(axis, &ticks, (first, last));
            ruler.keep_within();
            // If the axis spans less than one power, the places themselves are the ticks.
            if ruler.ticks.len() < 2 {
                ruler.ticks = vec![(first, unit.write(first))];
                if last > first {
                    ruler.ticks.push((last, unit.write(last)));
                }
            }
            return ruler;
        }
        let whole = finite.clone().all(|place| place.fract() == 0.0) && first >= 0.0;
        if whole && last < 1_000.0 && unit.name().is_empty() {
            let mut own: Vec<f64> = finite.clone().collect();
            own.sort_by(f64::total_cmp);
            own.dedup();
            let mut ticks = integer_ticks(first as u32, last as u32, count);
            // A few places are the ticks themselves; labels that touch are left out.
            if own.len() <= MAX_OWN_TICKS {
                ticks.values = own;
            }
            return Ruler {
                ticks: ticks
                    .values
                    .iter()
                    .map(|&tick| (tick, ticks.label(tick)))
                    .collect(),
                between: Vec::new(),
                domain: (first, last),
                title: axis.title(""),
                logarithmic: false,
            };
        }
        let mut ruler = Ruler::of_values(axis, places, count);
        // An axis whose first place is near 0 begins at 0.
        ruler.domain = (if first < last * 0.3 { 0.0 } else { first }, last);
        ruler.keep_within();
        ruler
    }

    fn logarithmic(axis: &Axis, ticks: &Ticks, domain: (f64, f64)) -> Ruler {
        let unit = axis.unit();
        Ruler {
            ticks: ticks
                .values
                .iter()
                .map(|&tick| (tick, log_label(&unit, tick)))
                .collect(),
            between: ticks.between.clone(),
            domain,
            title: axis.title(""),
            logarithmic: true,
        }
    }

    fn keep_within(&mut self) {
        let (first, last) = self.domain;
        // The tolerance allows for rounding errors of computed ticks.
        let slack = (last - first).abs() * 1e-9;
        let inside = |tick: f64| tick >= first - slack && tick <= last + slack;
        self.ticks.retain(|(tick, _)| inside(*tick));
        self.between.retain(|tick| inside(*tick));
    }

    /// The scale from the axis's values to these pixels.
    pub(super) fn scale(&self, range: (f64, f64)) -> Scale {
        if self.logarithmic {
            Scale::logarithmic(self.domain, range)
        } else {
            Scale::linear(self.domain, range)
        }
    }

    /// The width of its widest label.
    pub(super) fn width(&self, em: f64) -> f64 {
        let widths = self
            .ticks
            .iter()
            .map(|(_, label)| text_width(label, em * 0.85));
        widths.fold(0.0, f64::max)
    }
}

fn least_positive(values: impl Iterator<Item = f64>) -> f64 {
    values
        .filter(|value| value.is_finite() && *value > 0.0)
        .fold(f64::INFINITY, f64::min)
}

/// The number of labels that fit side by side.
pub(super) fn labels_across(width: f64, em: f64) -> usize {
    ((width / (em * 4.2)) as usize).clamp(2, 12)
}

/// Draws horizontal lines with labels on the left, and the heading above them, because a
/// heading turned by 90° is hard to read.
pub(super) fn draw_upwards(scene: &mut Scene, ruler: &Ruler, scale: &Scale, plot: Plot, em: f64) {
    for tick in &ruler.between {
        let y = scale.at(*tick);
        scene.segment("grid is-thin", (plot.left, y), (plot.right(), y));
    }
    for (index, (tick, label)) in ruler.ticks.iter().enumerate() {
        let y = scale.at(*tick);
        let class = if index == 0 { "axis" } else { "grid" };
        scene.segment(class, (plot.left, y), (plot.right(), y));
        scene.text("", (plot.left - em * 0.5, y + em * 0.3), "end", label);
    }
    scene.text("title", (0.0, em * 0.9), "start", &ruler.title);
}

/// Draws labels below the plot and the heading below them and, if `lines`, vertical lines
/// through the plot.
pub(super) fn draw_across(
    scene: &mut Scene,
    ruler: &Ruler,
    scale: &Scale,
    plot: Plot,
    em: f64,
    lines: bool,
) {
    let bottom = plot.bottom();
    if lines {
        for tick in &ruler.between {
            let x = scale.at(*tick);
            scene.segment("grid is-thin", (x, plot.top), (x, bottom));
        }
    }
    // A label that would touch the previous one is left out.
    let mut free = f64::NEG_INFINITY;
    for (index, (tick, label)) in ruler.ticks.iter().enumerate() {
        let x = scale.at(*tick);
        if lines {
            let class = if index == 0 { "axis" } else { "grid" };
            scene.segment(class, (x, plot.top), (x, bottom));
        } else {
            scene.segment("axis", (x, bottom), (x, bottom + em * 0.3));
        }
        let half = text_width(label, em * 0.85) / 2.0;
        // The labels at both ends are moved so that they stay inside the drawing.
        let room = half + em * 0.25;
        let middle = x.min(scene.width - room).max(room);
        if middle - half > free {
            scene.text("", (middle, bottom + em * 1.25), "middle", label);
            free = middle + half + em * 0.4;
        }
    }
    let middle = plot.left + plot.width / 2.0;
    let half = text_width(&ruler.title, em * 0.85) / 2.0;
    let middle = middle
        .min(scene.width - half)
        .max(half.min(scene.width / 2.0));
    scene.text("title", (middle, bottom + em * 2.6), "middle", &ruler.title);
}

/// The height below a plot that [`draw_across`] needs, in px.
pub(super) fn room_below(em: f64) -> f64 {
    em * 3.1
}
