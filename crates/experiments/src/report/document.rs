//! The report, and the recording from which it is made.

use super::{
    environment::{Calibration, Environment, Responsiveness},
    finding::{Finding, Table},
    headline::Headline,
    provenance::Provenance,
    series::{Series, SeriesId},
};
use crate::{catalogue::Experiment, plan::Plan};
use charts::Chart;
use serde::Serialize;
use timeline::Lane;

/// The schema's name and version, the first thing in a report's JSON.
pub const SCHEMA: &str = "manyhands-report/2";

/// The largest number of series in a report.
pub(super) const MAX_SERIES: usize = 200;
/// The largest number of lanes in a report.
pub(super) const MAX_LANES: usize = 512;

/// The recording from which a report is made: the raw samples and their origin.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recording {
    /// What was to be measured.
    pub plan: Plan,
    /// Where it was measured.
    pub environment: Environment,
    /// The speed-up that independent workers reached on the machine, if it was measured.
    pub calibration: Option<Calibration>,
    /// The raw samples.
    #[cfg_attr(feature = "schema", schemars(length(max = MAX_SERIES)))]
    pub series: Vec<Series>,
    /// The result of the work as a sentence, if it has one.
    pub answer: Option<String>,
    /// The longest freezes of the page, if they were measured.
    pub responsiveness: Option<Responsiveness>,
    /// What each process did in the last run, if it was traced.
    #[cfg_attr(feature = "schema", schemars(length(max = MAX_LANES)))]
    pub lanes: Vec<Lane>,
    /// The browser and the machine with which it was recorded, if they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

impl Recording {
    /// The series with this id.
    pub fn series_of(&self, id: &str) -> Option<&Series> {
        self.series.iter().find(|series| series.id == id)
    }

    /// The series that a runner recorded with this id.
    pub(crate) fn measured(&self, id: &dyn SeriesId) -> Option<&Series> {
        self.series_of(&id.series().id)
    }

    /// The recorded ones among these series, in this order.
    pub(crate) fn measured_of<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a (dyn SeriesId + 'a)>,
    ) -> Vec<&Series> {
        ids.into_iter().filter_map(|id| self.measured(id)).collect()
    }
}

/// A report: its [`Recording`], with everything that is computed from it.
///
/// `crates/experiments/report.schema.json` describes its JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    #[cfg_attr(feature = "schema", schemars(extend("const" = SCHEMA)))]
    pub(crate) schema: &'static str,
    pub(crate) experiment: Experiment,
    /// The recording. The computed fields of its points are filled in.
    #[serde(flatten)]
    pub recording: Recording,
    /// Computed: whether all results are right, except in series that may be wrong.
    pub agree: bool,
    /// Computed: the figure that answers the question; `None` if too little was measured.
    #[serde(skip)]
    pub headline: Option<Headline>,
    /// Computed: the main result, in one sentence.
    pub sentence: String,
    /// Computed: further results, and the verdicts about the tutorials' claims.
    pub findings: Vec<Finding>,
    /// Computed: the charts.
    pub charts: Vec<Chart>,
    /// Computed: the tables.
    pub tables: Vec<Table>,
}

impl std::ops::Deref for Report {
    type Target = Recording;

    fn deref(&self) -> &Recording {
        &self.recording
    }
}

impl Report {
    /// The experiment that was run.
    pub fn experiment(&self) -> Experiment {
        self.experiment
    }

    /// The chart with this id.
    pub fn chart(&self, id: &str) -> Option<&Chart> {
        self.charts.iter().find(|chart| chart.id == id)
    }

    /// The report as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a report has only string keys and plain values")
    }
}
