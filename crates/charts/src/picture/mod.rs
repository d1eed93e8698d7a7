//! Charts as data: what a chart shows, where everything on it goes, how its
//! points are walked with the keyboard, and the same as SVG text and as a table.
//!
//! Pure, and tested natively. Uses [`geometry`](crate::geometry) only; must not
//! import Yew, web-sys or any other room of the crate.

mod area;
mod axes;
mod lines;
mod look;
mod rows;
mod scene;
mod sheet;
mod table;
mod walk;

pub use look::Look;
pub use scene::{Scene, Spot};
pub use sheet::{legend_entry, sheet};
pub use walk::Step;

use crate::geometry::Unit;

/// What a chart shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Its name on the page: letters, digits and hyphens.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What it shows, in one sentence.
    pub sentence: String,
    /// How it is drawn.
    pub kind: Kind,
    /// The places: across, or down the side where rows are drawn.
    pub x: Dimension,
    /// The values.
    pub y: Dimension,
    /// What is drawn, in the order of the legend.
    pub series: Vec<Series>,
}

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Points with error bars, joined by lines.
    Lines,
    /// Points that are not joined.
    Scatter,
    /// A row for each place and series, as long as its value.
    Bars,
    /// A row for each place, with its series end to end.
    Stacked,
    /// Areas on top of each other, each value holding until the next.
    Area,
    /// A row for each place and series, with all samples and their quartiles.
    Strip,
    /// A row for each place and series, with the shape of its distribution.
    Histogram,
}

/// What an axis shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// The words.
    pub label: String,
    /// What its numbers count.
    pub unit: Unit,
    /// Whether equal factors are equally far apart.
    pub logarithmic: bool,
}

/// A line of a chart, or all bars of a colour.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its name for people.
    pub label: String,
    /// What it is.
    pub role: Role,
    /// The number of its colour, and of what goes with it: marker, dash and
    /// pattern. The ideal has a colour of its own.
    pub colour: usize,
    /// What is drawn, in the order of the places.
    pub dots: Vec<Dot>,
}

/// What a series is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It was measured.
    Measured,
    /// A law fitted to what was measured.
    Fitted,
    /// The best that can be.
    Ideal,
    /// Measured elsewhere.
    Reference,
}

/// A point of a series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dot {
    /// The place.
    pub x: f64,
    /// The place's name, where it has one.
    pub label: Option<String>,
    /// The value.
    pub y: f64,
    /// The interval around it.
    pub interval: Option<(f64, f64)>,
    /// Everything that was measured.
    pub samples: Vec<f64>,
    /// The quartiles of that.
    pub quartiles: Option<[f64; 3]>,
}

impl Picture {
    /// Where everything goes in a drawing of this width, with text of `em`
    /// pixels; the drawing is as high as it needs to be.
    pub fn scene(&self, width: f64, em: f64) -> Scene {
        let em = if em.is_finite() {
            em.clamp(6.0, 64.0)
        } else {
            16.0
        };
        let width = if width.is_finite() {
            width.clamp(em * 8.0, 16_384.0)
        } else {
            em * 40.0
        };
        match self.kind {
            Kind::Lines | Kind::Scatter => lines::scene(self, width, em),
            Kind::Area => area::scene(self, width, em),
            Kind::Bars | Kind::Stacked | Kind::Strip | Kind::Histogram => {
                rows::scene(self, width, em)
            }
        }
    }

    /// Whether a legend is needed to tell series apart: not for a single one,
    /// nor where each has its name beside its row.
    pub fn has_legend(&self) -> bool {
        let rows = matches!(self.kind, Kind::Bars | Kind::Strip | Kind::Histogram);
        self.series.len() > 1 && !(rows && self.places().len() == 1)
    }

    /// The places of all series, in order: where, and the name.
    fn places(&self) -> Vec<(f64, String)> {
        let dots = self.series.iter().flat_map(|series| &series.dots);
        let mut places: Vec<(f64, Option<&str>)> =
            dots.map(|dot| (dot.x, dot.label.as_deref())).collect();
        // Those with a name first, so that the name is kept.
        places.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.is_some().cmp(&a.1.is_some())));
        places.dedup_by(|later, earlier| later.0.total_cmp(&earlier.0).is_eq());
        let name = |(x, name): (f64, Option<&str>)| {
            (x, name.map_or_else(|| self.x.place(x), str::to_owned))
        };
        places.into_iter().map(name).collect()
    }

    /// A dot in words, the first line as its heading.
    fn words(&self, series: &Series, dot: &Dot) -> Vec<String> {
        let place = dot.label.clone().unwrap_or_else(|| self.x.place(dot.x));
        let value = self.y.unit.write(dot.y);
        let mut lines = vec![format!("{place}: {value}")];
        if self.series.len() > 1 {
            lines.insert(0, series.label.clone());
        }
        if let Some((low, high)) = dot.interval.filter(|(low, high)| low < high) {
            let [low, high] = [low, high].map(|end| self.y.unit.write(end));
            lines.push(format!("95 % interval {low} to {high}"));
        }
        match dot.samples.len() {
            0 => {}
            1 => lines.push("a single sample".to_owned()),
            n => lines.push(format!("n\u{a0}=\u{a0}{n} samples")),
        }
        lines
    }
}

impl Dimension {
    /// A dimension with equal steps.
    pub fn linear(label: impl Into<String>, unit: Unit) -> Dimension {
        Dimension {
            label: label.into(),
            unit,
            logarithmic: false,
        }
    }

    /// A place in words: `1.2 ms`, or `4 workers` where there is no unit.
    fn place(&self, x: f64) -> String {
        let number = self.unit.write(x);
        if !self.unit.name().is_empty() {
            return number;
        }
        // "processes" and "workers" in the singular; other words have none.
        let one = (self.label.strip_suffix("es"))
            .filter(|stem| stem.ends_with("ss"))
            .or_else(|| self.label.strip_suffix('s'));
        match one {
            Some(one) if x == 1.0 => format!("{number} {one}"),
            _ => format!("{number} {}", self.label),
        }
    }

    /// The heading of an axis whose ticks are in this unit.
    fn title(&self, unit: &str) -> String {
        if unit.is_empty() {
            self.label.clone()
        } else if unit == "/s" {
            format!("{} per second", self.label)
        } else {
            format!("{} ({unit})", self.label)
        }
    }
}
