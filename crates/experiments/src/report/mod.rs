//! The report of an experiment, as the page shows and publishes it.
//!
//! A report is made from a [`Recording`]: raw samples with where they come from.
//! Everything that can be computed from them is, by [`Report::new`] and again
//! whenever a report is read, so no report contradicts itself or says what its
//! samples do not.

mod chart;
mod csv;
mod environment;
mod finding;
mod limits;
mod provenance;
mod read;
mod series;

pub use chart::{Axis, ChartKind, ChartSpec, Dot, Line, Role, Scale};
pub use environment::{Calibration, Environment, Ideal, Responsiveness};
pub use finding::{Finding, Outcome, Table, Verdict};
pub use provenance::{Machine, Provenance};
pub use read::{LARGEST, UnreadableReport};
pub use series::{Point, Quantity, Series};

use super::{Experiment, Plan, findings};
use serde::Serialize;
use timeline::Lane;

/// The schema's name and version, the first thing in a report's JSON.
pub const SCHEMA: &str = "manyhands-report/2";

/// What a report is made from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recording {
    /// What was asked for.
    pub plan: Plan,
    /// Where it was measured.
    pub environment: Environment,
    /// What the machine could give, where that was measured.
    pub calibration: Option<Calibration>,
    /// The raw samples.
    pub series: Vec<Series>,
    /// The work's answer, where it has one.
    pub answer: Option<String>,
    /// How long the page stood still, where someone looked.
    pub responsiveness: Option<Responsiveness>,
    /// What each process did in the last run, where it was traced.
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

/// The whole report. Its JSON is what `crates/experiments/report.schema.json` describes.
///
/// It is its [`Recording`], with all that can be computed from it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    schema: &'static str,
    experiment: Experiment,
    /// What was measured, with what is computed of each point.
    #[serde(flatten)]
    pub recording: Recording,
    /// Computed: whether every result is right that has to be.
    pub agree: bool,
    /// Computed: what the data say, in one sentence.
    pub sentence: String,
    /// Computed: more of it, and what becomes of the tutorials' claims.
    pub findings: Vec<Finding>,
    /// Computed: what to draw.
    pub charts: Vec<ChartSpec>,
    /// Computed: what to print.
    pub tables: Vec<Table>,
}

impl std::ops::Deref for Report {
    type Target = Recording;

    fn deref(&self) -> &Recording {
        &self.recording
    }
}

/// What is computed from a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Analysis {
    pub(super) sentence: String,
    pub(super) findings: Vec<Finding>,
    pub(super) charts: Vec<ChartSpec>,
    pub(super) tables: Vec<Table>,
}

impl Report {
    /// The report of a recording.
    pub fn new(mut recording: Recording) -> Report {
        for point in recording.series.iter_mut().flat_map(|one| &mut one.points) {
            point.complete();
        }
        let wrong: Vec<&Series> = (recording.series.iter())
            .filter(|series| !series.may_be_wrong && !series.is_correct())
            .collect();
        let agree = wrong.is_empty();
        let mut analysis = findings::analyse(&recording);
        if !agree {
            analysis.sentence = findings::disagreement(&wrong);
        }
        Report {
            schema: SCHEMA,
            experiment: recording.plan.experiment(),
            recording,
            agree,
            sentence: analysis.sentence,
            findings: analysis.findings,
            charts: analysis.charts,
            tables: analysis.tables,
        }
    }

    /// What was asked.
    pub fn experiment(&self) -> Experiment {
        self.experiment
    }

    /// The chart of this id.
    pub fn chart(&self, id: &str) -> Option<&ChartSpec> {
        self.charts.iter().find(|chart| chart.id == id)
    }

    /// The report as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a report has only string keys and plain values")
    }
}
