//! What to draw: a description of a chart, which knows nothing of pixels.

use super::Quantity;
use serde::Serialize;

/// A chart to be drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChartSpec {
    /// Its name within the report.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// How its lines are drawn.
    pub kind: ChartKind,
    /// The axis across.
    pub x: Axis,
    /// The axis upwards.
    pub y: Axis,
    /// What is drawn, in the order of the legend.
    pub lines: Vec<Line>,
    /// What it shows, in one sentence made from its data.
    pub sentence: String,
}

/// How lines are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChartKind {
    /// Points, joined by lines.
    Lines,
    /// Bars side by side, a group for each place.
    Bars,
    /// Bars on top of each other, one pile for each place.
    Stacked,
    /// Points that are not joined: each is one thing that happened.
    Scatter,
    /// Areas on top of each other; each value holds until the next, as a
    /// queue's length does.
    Area,
}

/// An axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Axis {
    /// What it shows.
    #[serde(flatten)]
    pub quantity: Quantity,
    /// How its numbers are spread.
    pub scale: Scale,
}

impl Axis {
    /// An axis with equal steps.
    pub fn linear(quantity: Quantity) -> Axis {
        Axis {
            quantity,
            scale: Scale::Linear,
        }
    }

    /// An axis with equal factors.
    pub fn log(quantity: Quantity) -> Axis {
        Axis {
            quantity,
            scale: Scale::Log,
        }
    }

    /// An axis for these numbers: logarithmic where they are positive and span
    /// more than a factor of 30.
    pub fn of(quantity: Quantity, numbers: impl Iterator<Item = f64>) -> Axis {
        let (least, most) = numbers.fold((f64::INFINITY, 0.0_f64), |(least, most), number| {
            (least.min(number), most.max(number))
        });
        if least > 0.0 && most / least > 30.0 {
            Axis::log(quantity)
        } else {
            Axis::linear(quantity)
        }
    }
}

/// How an axis's numbers are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Equal steps.
    Linear,
    /// Equal factors.
    Log,
}

/// A line of a chart, or its bars.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Its name for people.
    pub label: String,
    /// What it is.
    pub role: Role,
    /// The id of the series it shows, where it shows one.
    pub series: Option<String>,
    /// What is drawn, in the order of the axis.
    pub dots: Vec<Dot>,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It was measured, here.
    Measured,
    /// A law fitted to what was measured.
    Fitted,
    /// The best that can be.
    Ideal,
    /// Measured elsewhere, for comparison.
    Reference,
}

/// A point of a line.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Dot {
    /// Where across.
    pub x: f64,
    /// Where upwards.
    pub y: f64,
    /// The 95 % interval of that, where there is one.
    pub interval: Option<(f64, f64)>,
    /// The name of this place, where it has one.
    pub label: Option<String>,
}

impl Dot {
    /// A point without more.
    pub fn new(x: f64, y: f64) -> Dot {
        Dot {
            x,
            y,
            ..Dot::default()
        }
    }
}
