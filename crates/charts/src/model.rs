//! The model of charts: what a chart shows, without positions or pixels.
//!
//! Reports contain charts in this form, as JSON, too, and [`drawing`](crate::drawing)
//! draws them. A chart's JSON does not contain raw samples, because the report contains
//! them already.

use crate::geometry::Unit;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Chart {
    /// The id within the report: letters, digits and hyphens.
    pub id: String,
    /// The heading.
    pub title: String,
    /// How it is drawn.
    pub kind: ChartKind,
    /// The axis of places: horizontal, or vertical if the chart has rows.
    pub x: Axis,
    /// The axis of values.
    pub y: Axis,
    /// The lines, in the order of the legend.
    pub lines: Vec<ChartLine>,
    /// What the chart shows, in one sentence computed from its data.
    pub sentence: String,
}

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ChartKind {
    /// Points with error bars, joined by lines.
    Lines,
    /// Points that are not joined; each is a single event.
    Scatter,
    /// A row for each place and line, whose length is the value.
    Bars,
    /// Areas that are stacked; each value holds until the next one, as for the length
    /// of a queue.
    Area,
    /// A row for each place and line, with all samples and their quartiles.
    Strip,
    /// A row for each place and line, with the shape of its distribution.
    Histogram,
}

/// What numbers mean, for example "payload" in "bytes".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Quantity {
    /// What is counted or measured.
    pub label: Cow<'static, str>,
    /// The unit; empty for plain numbers.
    pub unit: Cow<'static, str>,
}

impl Quantity {
    /// A quantity with this label and unit.
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
    /// What the axis shows.
    #[serde(flatten)]
    pub quantity: Quantity,
    /// How values are mapped to positions.
    pub scale: ScaleKind,
}

/// How an axis maps values to positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ScaleKind {
    /// Equal differences have equal distances.
    Linear,
    /// Equal ratios have equal distances.
    Log,
}

impl Axis {
    /// A linear axis.
    pub fn linear(quantity: Quantity) -> Axis {
        Axis {
            quantity,
            scale: ScaleKind::Linear,
        }
    }

    /// A logarithmic axis.
    pub fn log(quantity: Quantity) -> Axis {
        Axis {
            quantity,
            scale: ScaleKind::Log,
        }
    }

    /// An axis for these numbers: logarithmic if they are positive and span more than a
    /// factor of 30, otherwise linear.
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

    /// The unit of the axis's numbers.
    pub fn unit(&self) -> Unit {
        Unit::named(&self.quantity.unit)
    }
}

/// A line of a chart, or all bars of one colour.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChartLine {
    /// The name that is shown.
    pub label: String,
    /// What the line means.
    pub role: Role,
    /// The id of the series of the report that the line shows, if there is one.
    pub series: Option<String>,
    /// The points, in the order of the axis.
    pub dots: Vec<Dot>,
}

/// What a line means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Measured in this run.
    Measured,
    /// A law that was fitted to measured values.
    Fitted,
    /// The best possible value.
    Ideal,
    /// Measured elsewhere, for comparison.
    Reference,
}

/// A point of a line.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dot {
    /// The place, on the axis of places.
    pub x: f64,
    /// The value, on the axis of values.
    pub y: f64,
    /// The 95 % confidence interval of the value, if it is known.
    pub interval: Option<(f64, f64)>,
    /// The name of the place, if it has one.
    pub label: Option<String>,
    /// All samples that were measured at this place.
    #[serde(skip)]
    pub samples: Vec<f64>,
    /// The quartiles of the samples.
    #[serde(skip)]
    pub quartiles: Option<[f64; 3]>,
    /// The names of the samples, in their order; none if they have no names. A strip shows each
    /// name in the tooltip of its sample, and those of samples far from the others beside them.
    #[serde(skip)]
    pub names: Vec<String>,
}

impl Dot {
    /// A point without interval, name and samples.
    pub fn new(x: f64, y: f64) -> Dot {
        Dot {
            x,
            y,
            ..Dot::default()
        }
    }
}

impl Chart {
    /// This chart together with the values of the same chart in another report, as
    /// reference lines. Stacked values of the other report would seem to be part of
    /// this chart's values, so they are left out.
    pub fn beside(&self, other: &Chart) -> Chart {
        let mut both = self.clone();
        if self.kind != ChartKind::Area {
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
