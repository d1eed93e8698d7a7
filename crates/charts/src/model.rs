//! The one model of charts: what a chart shows, without a pixel.
//!
//! Reports hold charts as they are, as JSON, too, and [`drawing`](crate::drawing)
//! draws them. Raw samples are not in a chart's JSON: a report has them already.

use crate::geometry::Unit;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Chart {
    /// Its name within the report: letters, digits and hyphens.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// How it is drawn.
    pub kind: ChartKind,
    /// The places: across, or down the side where rows are drawn.
    pub x: Axis,
    /// The values.
    pub y: Axis,
    /// What is drawn, in the order of the legend.
    pub lines: Vec<ChartLine>,
    /// What it shows, in one sentence made from its data.
    pub sentence: String,
}

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ChartKind {
    /// Points with error bars, joined by lines.
    Lines,
    /// Points that are not joined: each is one thing that happened.
    Scatter,
    /// A row for each place and line, as long as its value.
    Bars,
    /// A row for each place, with its lines' values end to end.
    Stacked,
    /// Areas on top of each other; each value holds until the next, as a
    /// queue's length does.
    Area,
    /// A row for each place and line, with all samples and their quartiles.
    Strip,
    /// A row for each place and line, with the shape of its distribution.
    Histogram,
}

/// What numbers mean: "payload" in "bytes".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Quantity {
    /// What is counted or measured.
    pub label: Cow<'static, str>,
    /// In which unit; empty for plain numbers.
    pub unit: Cow<'static, str>,
}

impl Quantity {
    /// A quantity of these words.
    pub const fn new(label: &'static str, unit: &'static str) -> Quantity {
        Quantity {
            label: Cow::Borrowed(label),
            unit: Cow::Borrowed(unit),
        }
    }
}

/// An axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Axis {
    /// What it shows.
    #[serde(flatten)]
    pub quantity: Quantity,
    /// How its numbers are spread.
    pub scale: ScaleKind,
}

/// How an axis's numbers are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ScaleKind {
    /// Equal steps are equally far apart.
    Linear,
    /// Equal factors are equally far apart.
    Log,
}

impl Axis {
    /// An axis with equal steps.
    pub fn linear(quantity: Quantity) -> Axis {
        Axis {
            quantity,
            scale: ScaleKind::Linear,
        }
    }

    /// An axis with equal factors.
    pub fn log(quantity: Quantity) -> Axis {
        Axis {
            quantity,
            scale: ScaleKind::Log,
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

    /// What its numbers count.
    pub fn unit(&self) -> Unit {
        Unit::named(&self.quantity.unit)
    }
}

/// A line of a chart, or all bars of a colour.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChartLine {
    /// Its name for people.
    pub label: String,
    /// What it is.
    pub role: Role,
    /// The id of the report's series that it shows, where it shows one.
    pub series: Option<String>,
    /// What is drawn, in the order of the axis.
    pub dots: Vec<Dot>,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dot {
    /// The place.
    pub x: f64,
    /// The value.
    pub y: f64,
    /// The 95 % interval of the value, where there is one.
    pub interval: Option<(f64, f64)>,
    /// The name of this place, where it has one.
    pub label: Option<String>,
    /// Everything that was measured here.
    #[serde(skip)]
    pub samples: Vec<f64>,
    /// The quartiles of the samples.
    #[serde(skip)]
    pub quartiles: Option<[f64; 3]>,
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

impl Chart {
    /// This chart with what the same chart of another report has measured, as
    /// lines measured elsewhere. Where values lie on top of each other, the other
    /// chart's would seem to belong to this one's, so they are left out.
    pub fn beside(&self, other: &Chart) -> Chart {
        let mut both = self.clone();
        if !matches!(self.kind, ChartKind::Stacked | ChartKind::Area) {
            let measured = other
                .lines
                .iter()
                .filter(|line| line.role == Role::Measured);
            both.lines.extend(measured.map(|line| ChartLine {
                label: format!("{}, there", line.label),
                role: Role::Reference,
                ..line.clone()
            }));
        }
        both
    }
}
