//! Series of raw samples: what was measured, at which points of an axis, and whether the
//! results were right; and the ids by which the experiments name their series.

use crate::{
    model::Model,
    outliers::{Outlier, outliers},
    statistics::Summary,
};
use charts::Quantity;
use serde::{Deserialize, Serialize};

/// The largest number of points of a series.
pub(super) const MAX_POINTS: usize = 2_000;
/// The largest number of characters of a name.
pub(super) const MAX_NAME_CHARS: usize = 300;

/// Samples of one quantity at several points of an axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Series {
    /// The name within the report: lower-case words with hyphens.
    #[cfg_attr(feature = "schema", schemars(length(max = MAX_NAME_CHARS)))]
    pub id: String,
    /// The name as it is shown.
    #[cfg_attr(feature = "schema", schemars(length(max = MAX_NAME_CHARS)))]
    pub label: String,
    /// The execution model that did the work, if the experiment compares models.
    pub model: Option<Model>,
    /// The method that was used, such as a way of sending a message, if the experiment
    /// compares methods.
    pub way: Option<String>,
    /// What the axis shows.
    pub axis: Quantity,
    /// What the samples are.
    pub measure: Quantity,
    /// Whether this series shows that results may be wrong. Then wrong results do not make the
    /// report wrong.
    #[serde(default)]
    pub may_be_wrong: bool,
    /// Whether each sample is the time from one event to another. The precision of such a time
    /// is one step of the clock. Other samples of time are averages over batches of calls that
    /// take many steps.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub timed_once: bool,
    /// The points, in the order of the axis.
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

    /// The series of a method.
    pub fn of_way(mut self, way: impl Into<String>) -> Series {
        self.way = Some(way.into());
        self
    }

    /// The series with [`timed_once`](Self::timed_once) set.
    pub fn timed_once(mut self) -> Series {
        self.timed_once = true;
        self
    }

    /// The point at this position.
    pub fn at(&self, x: f64) -> Option<&Point> {
        self.points.iter().find(|point| point.x == x)
    }

    /// The point at this position, which is added if it does not exist.
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

/// The id of a series of an experiment. Runners record samples with these ids, and findings
/// look up series with them. So code that uses a series that does not exist does not compile.
pub(crate) trait SeriesId {
    /// The series without points: its id in reports, its label, its axis and its measure.
    fn series(&self) -> Series;
}

/// The samples at one point of the axis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Point {
    /// The position on the axis.
    pub x: f64,
    /// The name of the point, if it has one.
    pub label: Option<String>,
    /// The samples in the unit of the series' measure, in the order of measuring.
    pub samples: Vec<f64>,
    /// The indices of the samples, counted from 0, that were taken while the page was hidden
    /// or slowed down.
    #[serde(default)]
    pub disturbed: Vec<usize>,
    /// The different digests of the results; none if nothing is computed, more than one if the
    /// results differ.
    #[serde(default)]
    pub digests: Vec<String>,
    /// The digest of the right result.
    #[serde(default)]
    pub expected: Option<String>,
    /// Computed: whether all results have the expected digest.
    #[serde(skip_deserializing)]
    pub correct: bool,
    /// Computed: the median with its confidence interval.
    #[serde(skip_deserializing)]
    pub summary: Option<Summary>,
    /// Computed: samples far from the others.
    #[serde(skip_deserializing)]
    pub outliers: Vec<Outlier>,
}

impl Point {
    /// A point without samples.
    pub fn new(x: f64) -> Point {
        Point {
            x,
            ..Point::default()
        }
    }

    /// Adds a sample. A sample that is not finite, for example because the clock did not
    /// change, is ignored.
    pub fn sample(&mut self, value: f64, disturbed: bool) {
        if !value.is_finite() {
            return;
        }
        if disturbed {
            self.disturbed.push(self.samples.len());
        }
        self.samples.push(value);
    }

    /// Adds the digest of a result, and sets the expected digest.
    pub fn result(&mut self, digest: String, expected: &str) {
        self.expected = Some(expected.to_owned());
        if !self.digests.contains(&digest) {
            self.digests.push(digest);
        }
    }

    /// The median of the samples; `None` without samples.
    pub fn median(&self) -> Option<f64> {
        self.summary.map(|summary| summary.median)
    }

    /// Fills in the computed fields.
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
