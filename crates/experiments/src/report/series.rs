//! Raw samples: what was measured, where on an axis, and whether it was right.

use crate::{
    model::Model,
    outliers::{Outlier, outliers},
    statistics::Summary,
};
use charts::Quantity;
use serde::{Deserialize, Serialize};

/// The most points of a series.
pub(super) const MAX_POINTS: usize = 2_000;
/// The most characters of a name.
pub(super) const MAX_NAME_CHARS: usize = 300;

/// Samples of one kind at several places of an axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Series {
    /// Its name within the report: lower-case words with hyphens.
    #[cfg_attr(feature = "schema", schemars(length(max = MAX_NAME_CHARS)))]
    pub id: String,
    /// Its name for people.
    #[cfg_attr(feature = "schema", schemars(length(max = MAX_NAME_CHARS)))]
    pub label: String,
    /// Who did the work, where models are compared.
    pub model: Option<Model>,
    /// The way of doing it, where ways are compared.
    pub way: Option<String>,
    /// What the places are.
    pub axis: Quantity,
    /// What was measured there.
    pub measure: Quantity,
    /// Whether wrong results are what this series is there to show: they do not
    /// make the report wrong.
    #[serde(default)]
    pub may_be_wrong: bool,
    /// Whether each sample is a single reading of the clock: the time from one event to
    /// another. Such a time is known to a step of the clock. Other samples are averages over
    /// batches of calls that take many steps.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub timed_once: bool,
    /// The places, in the order of the axis.
    #[cfg_attr(feature = "schema", schemars(length(max = MAX_POINTS)))]
    pub points: Vec<Point>,
}

impl Series {
    /// A series without points.
    pub fn new(
        id: impl Into<String>,
        label: impl Into<String>,
        axis: Quantity,
        measure: Quantity,
    ) -> Series {
        Series {
            id: id.into(),
            label: label.into(),
            model: None,
            way: None,
            axis,
            measure,
            may_be_wrong: false,
            timed_once: false,
            points: Vec::new(),
        }
    }

    /// The series of an execution model.
    pub fn of_model(mut self, model: Model) -> Series {
        self.model = Some(model);
        self
    }

    /// The series of a way of doing it.
    pub fn of_way(mut self, way: impl Into<String>) -> Series {
        self.way = Some(way.into());
        self
    }

    /// The same series, each of whose samples is a single reading of the clock.
    pub fn timed_once(mut self) -> Series {
        self.timed_once = true;
        self
    }

    /// The point at this place.
    pub fn at(&self, x: f64) -> Option<&Point> {
        self.points.iter().find(|point| point.x == x)
    }

    /// The point at this place, made if there is none.
    pub fn point(&mut self, x: f64) -> &mut Point {
        let index = match self.points.iter().position(|point| point.x >= x) {
            Some(index) if self.points[index].x == x => index,
            Some(index) => {
                self.points.insert(index, Point::new(x));
                index
            }
            None => {
                self.points.push(Point::new(x));
                self.points.len() - 1
            }
        };
        &mut self.points[index]
    }

    /// Whether all points are correct.
    pub fn is_correct(&self) -> bool {
        self.points.iter().all(|point| point.correct)
    }
}

/// Samples at one place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Point {
    /// The place.
    pub x: f64,
    /// Its name, where it has one.
    pub label: Option<String>,
    /// What was measured, in the series' unit, in the order of measuring.
    pub samples: Vec<f64>,
    /// Which samples, counted from 0, were taken while the page was hidden or
    /// slowed down.
    #[serde(default)]
    pub disturbed: Vec<usize>,
    /// The digests that came out; none where nothing is computed, more than one
    /// where runs do not agree.
    #[serde(default)]
    pub digests: Vec<String>,
    /// The digest that was to come out.
    #[serde(default)]
    pub expected: Option<String>,
    /// Computed: whether no digest but the expected one came out.
    #[serde(skip_deserializing)]
    pub correct: bool,
    /// Computed: the median with its interval.
    #[serde(skip_deserializing)]
    pub summary: Option<Summary>,
    /// Computed: samples far from the others.
    #[serde(skip_deserializing)]
    pub outliers: Vec<Outlier>,
}

impl Point {
    /// A place without samples.
    pub fn new(x: f64) -> Point {
        Point {
            x,
            ..Point::default()
        }
    }

    /// One more sample. One that is no finite number, as from a clock that
    /// stood still, is left out.
    pub fn sample(&mut self, value: f64, disturbed: bool) {
        if !value.is_finite() {
            return;
        }
        if disturbed {
            self.disturbed.push(self.samples.len());
        }
        self.samples.push(value);
    }

    /// What came out, and what was to.
    pub fn result(&mut self, digest: String, expected: &str) {
        self.expected = Some(expected.to_owned());
        if !self.digests.contains(&digest) {
            self.digests.push(digest);
        }
    }

    /// The samples' median; nothing without samples.
    pub fn median(&self) -> Option<f64> {
        self.summary.map(|summary| summary.median)
    }

    /// Computes what is computed.
    pub(crate) fn complete(&mut self) {
        self.correct = (self.digests.iter()).all(|digest| {
            self.expected
                .as_ref()
                .is_none_or(|expected| expected == digest)
        }) && self.digests.len() <= 1;
        self.summary = Summary::of(&self.samples);
        self.outliers = outliers(&self.samples);
        let samples = self.samples.len();
        self.disturbed.retain(|index| *index < samples);
    }
}
