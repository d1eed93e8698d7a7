//! The whole report, and what it is made from.

use super::{
    environment::{Calibration, Environment, Responsiveness},
    finding::{Finding, Table},
    provenance::Provenance,
    series::Series,
};
use crate::{catalogue::Experiment, plan::Plan};
use charts::Chart;
use serde::Serialize;
use timeline::Lane;

/// The schema's name and version, the first thing in a report's JSON.
pub const SCHEMA: &str = "manyhands-report/2";

/// The most series that a report may hold.
pub(super) const MAX_SERIES: usize = 200;
/// The most lanes that a report may hold.
pub(super) const MAX_LANES: usize = 512;

/// What a report is made from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recording {
    /// What was asked for.
    pub plan: Plan,
    /// Where it was measured.
    pub environment: Environment,
    /// What the machine could give, where that was measured.
    pub calibration: Option<Calibration>,
    /// The raw samples.
    #[cfg_attr(feature = "schema", schemars(length(max = MAX_SERIES)))]
    pub series: Vec<Series>,
    /// The work's answer, where it has one.
    pub answer: Option<String>,
    /// How long the page stood still, where someone looked.
    pub responsiveness: Option<Responsiveness>,
    /// What each process did in the last run, where it was traced.
    #[cfg_attr(feature = "schema", schemars(length(max = MAX_LANES)))]
    pub lanes: Vec<Lane>,
    /// Who recorded it on which machine, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

impl Recording {
    /// The series of this id.
    pub fn series_of(&self, id: &str) -> Option<&Series> {
        self.series.iter().find(|series| series.id == id)
    }
}

/// The whole report: its [`Recording`], with all that can be computed from it.
///
/// `crates/experiments/report.schema.json` describes its JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    #[cfg_attr(feature = "schema", schemars(extend("const" = SCHEMA)))]
    pub(crate) schema: &'static str,
    pub(crate) experiment: Experiment,
    /// What was measured, with what is computed of each point.
    #[serde(flatten)]
    pub recording: Recording,
    /// Computed: whether every result is right that has to be.
    pub agree: bool,
    /// Computed: what the data say, in one sentence.
    pub sentence: String,
    /// Computed: more of what the data say, and what becomes of the tutorials' claims.
    pub findings: Vec<Finding>,
    /// Computed: what to draw.
    pub charts: Vec<Chart>,
    /// Computed: what to print.
    pub tables: Vec<Table>,
}

impl std::ops::Deref for Report {
    type Target = Recording;

    fn deref(&self) -> &Recording {
        &self.recording
    }
}

impl Report {
    /// What was asked.
    pub fn experiment(&self) -> Experiment {
        self.experiment
    }

    /// The chart of this id.
    pub fn chart(&self, id: &str) -> Option<&Chart> {
        self.charts.iter().find(|chart| chart.id == id)
    }

    /// The report as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a report has only string keys and plain values")
    }
}
