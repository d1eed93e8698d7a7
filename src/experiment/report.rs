//! The report of a speed-up experiment, as the page shows and publishes it.
//!
//! A report is made from raw series; everything that can be computed from them
//! is, by [`Report::new`] and again whenever a report is read, so no report
//! contradicts itself.

use super::SpeedUpPlan;
use super::lanes::{Breakdown, Lane};
use super::sentence::sentence;
use super::statistics::{self, Summary, median};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// The schema's name and version, the first thing in a report's JSON.
pub const SCHEMA: &str = "manyhands-report/1";

const EXPERIMENT: &str = "speed-up";

/// Who did the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// The page's own thread, alone.
    Main,
    /// Processes, each with its own memory.
    Processes,
}

/// Where it was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// The browser, in its own words.
    pub user_agent: String,
    /// The logical cores it tells of.
    pub logical_cores: u32,
    /// Whether the page is cross-origin isolated.
    pub isolated: bool,
    /// How processes reached shared memory: the arena port's name.
    pub arena_port: String,
    /// The smallest step of the clock, in µs.
    pub clock_step_us: f64,
    /// When, as an ISO 8601 string.
    pub recorded_at: String,
}

/// How much faster so many independent busy workers were than one, in the same
/// session: the most that any execution model could gain here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ideal {
    /// The number of workers.
    pub workers: u32,
    /// The median of the samples.
    pub speed_up: f64,
    /// One speed-up per calibration round.
    pub samples: Vec<f64>,
}

/// What the machine could give while the experiment ran.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The highest speed-up of any number of independent workers.
    pub effective_cores: f64,
    /// The speed-up of each number of workers, by number.
    pub ideal: Vec<Ideal>,
}

impl Calibration {
    /// A calibration from the samples of each number of workers. A number
    /// without samples is left out.
    pub fn new(samples: impl IntoIterator<Item = (u32, Vec<f64>)>) -> Self {
        let ideal = samples.into_iter().filter_map(|(workers, samples)| {
            let speed_up = median(&samples)?;
            Some(Ideal {
                workers,
                speed_up,
                samples,
            })
        });
        let mut ideal: Vec<Ideal> = ideal.collect();
        ideal.sort_by_key(|one| one.workers);
        Calibration {
            effective_cores: ideal.iter().map(|one| one.speed_up).fold(0.0, f64::max),
            ideal,
        }
    }

    /// The ideal speed-up of so many workers, if it was measured.
    pub fn ideal(&self, workers: u32) -> Option<f64> {
        let mut found = self.ideal.iter();
        found
            .find(|one| one.workers == workers)
            .map(|one| one.speed_up)
    }
}

/// One run of a series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// From the first request to the last result in hand, start-up included.
    pub seconds: f64,
    /// The [digest](crate::workload::Tally::digest) of the merged result.
    pub digest: String,
    /// Each process's start-up; nothing on the main thread.
    pub startup_ms: Vec<f64>,
    /// Where each worker's time went.
    pub breakdowns: Vec<Breakdown>,
}

/// All runs of one execution model with one number of workers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Who did the work.
    pub model: Model,
    /// By how many.
    pub workers: u32,
    /// Each run's wall time, start-up included.
    pub seconds: Vec<f64>,
    /// The digest of every run's result; several, with commas between, when
    /// the runs do not agree.
    pub digest: String,
    /// The start-up of every process of every run.
    pub startup_ms: Vec<f64>,
    /// Where a worker's time went, the median of each part.
    pub breakdown: Breakdown,
}

impl Series {
    /// The series of these runs.
    pub fn new(model: Model, workers: u32, runs: &[Run]) -> Self {
        let mut digests: Vec<&str> = Vec::new();
        for run in runs {
            if !digests.contains(&run.digest.as_str()) {
                digests.push(&run.digest);
            }
        }
        let part = |part: fn(&Breakdown) -> f64| {
            let parts: Vec<f64> = (runs.iter().flat_map(|run| &run.breakdowns))
                .map(part)
                .collect();
            median(&parts).unwrap_or_default()
        };
        Series {
            model,
            workers,
            seconds: runs.iter().map(|run| run.seconds).collect(),
            digest: digests.join(","),
            startup_ms: (runs.iter().flat_map(|run| &run.startup_ms))
                .copied()
                .collect(),
            breakdown: Breakdown {
                startup_ms: part(|one| one.startup_ms),
                sending_ms: part(|one| one.sending_ms),
                computing_ms: part(|one| one.computing_ms),
                waiting_ms: part(|one| one.waiting_ms),
            },
        }
    }

    /// Whether every run gave the same result.
    pub(super) fn has_one_digest(&self) -> bool {
        !self.digest.is_empty() && !self.digest.contains(',')
    }
}

/// How much faster so many processes were than the main thread.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SpeedUp {
    /// The number of processes.
    pub workers: u32,
    /// The ratio of median times, with its interval.
    #[serde(flatten)]
    pub summary: Summary,
    /// What the calibration allows, if it measured this number of workers.
    pub ideal: Option<f64>,
    /// The share of the ideal that was reached.
    pub efficiency: Option<f64>,
}

impl SpeedUp {
    /// The row with the highest median.
    pub fn best(rows: &[SpeedUp]) -> Option<&SpeedUp> {
        rows.iter()
            .max_by(|a, b| a.summary.median.total_cmp(&b.summary.median))
    }
}

/// How long the page stood still.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Responsiveness {
    /// The longest time between two frames while the main thread did the work.
    pub main_longest_freeze_ms: f64,
    /// The same while processes did it.
    pub processes_longest_freeze_ms: f64,
}

/// What a report is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurements {
    /// What was asked for.
    pub plan: SpeedUpPlan,
    /// Where it was measured.
    pub environment: Environment,
    /// What the machine could give.
    pub calibration: Calibration,
    /// The raw samples, the main thread's first.
    pub series: Vec<Series>,
    /// The workload's [answer](crate::workload::Workload::answer).
    pub answer: String,
    /// The lanes of the last run.
    pub lanes: Vec<Lane>,
}

/// The whole report. Its JSON is documented by its fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Report {
    schema: String,
    experiment: String,
    /// What was asked for; in JSON with the size's `unit`.
    #[serde(serialize_with = "with_unit")]
    pub plan: SpeedUpPlan,
    /// Where it was measured.
    pub environment: Environment,
    /// What the machine could give.
    pub calibration: Calibration,
    /// The raw samples, the main thread's first.
    pub series: Vec<Series>,
    /// Computed: the speed-up of each number of processes.
    pub speed_up: Vec<SpeedUp>,
    /// How long the page stood still, where someone looked.
    pub responsiveness: Option<Responsiveness>,
    /// Computed: whether every run of every series gave the same result.
    pub agree: bool,
    /// The workload's answer.
    pub answer: String,
    /// Computed: what the data say, in one sentence.
    pub sentence: String,
    /// The lanes of the last run.
    pub lanes: Vec<Lane>,
}

impl Report {
    /// The report of these measurements.
    pub fn new(measurements: Measurements) -> Self {
        let Measurements {
            plan,
            environment,
            calibration,
            series,
            answer,
            lanes,
        } = measurements;
        let speed_up = speed_ups(&series, &calibration);
        let agree = series
            .first()
            .is_some_and(|first| first.has_one_digest() && all_have(&series, &first.digest));
        Report {
            schema: SCHEMA.to_owned(),
            experiment: EXPERIMENT.to_owned(),
            sentence: sentence(&series, &speed_up, agree),
            plan,
            environment,
            calibration,
            series,
            speed_up,
            responsiveness: None,
            agree,
            answer,
            lanes,
        }
    }

    /// The row with the highest median speed-up.
    pub fn best(&self) -> Option<&SpeedUp> {
        SpeedUp::best(&self.speed_up)
    }

    /// The series of one model with so many workers.
    pub fn series_of(&self, model: Model, workers: u32) -> Option<&Series> {
        let mut series = self.series.iter();
        series.find(|one| one.model == model && one.workers == workers)
    }

    /// The report as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a report has only string keys and plain values")
    }

    /// Reads a report, and computes again whatever is computed.
    pub fn from_json(json: &str) -> Result<Self, UnreadableReport> {
        serde_json::from_str(json).map_err(|error| UnreadableReport(error.to_string()))
    }
}

/// A JSON text that is no report of this version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableReport(String);

impl fmt::Display for UnreadableReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is not a report that can be read: {}", self.0)
    }
}

impl std::error::Error for UnreadableReport {}

fn speed_ups(series: &[Series], calibration: &Calibration) -> Vec<SpeedUp> {
    let Some(main) = series.iter().find(|one| one.model == Model::Main) else {
        return Vec::new();
    };
    let processes = series.iter().filter(|one| one.model == Model::Processes);
    let rows = processes.filter_map(|one| {
        let summary = statistics::speed_up(&main.seconds, &one.seconds)?;
        let ideal = calibration.ideal(one.workers).filter(|ideal| *ideal > 0.0);
        Some(SpeedUp {
            workers: one.workers,
            summary,
            ideal,
            efficiency: ideal.map(|ideal| summary.median / ideal),
        })
    });
    rows.collect()
}

fn all_have(series: &[Series], digest: &str) -> bool {
    series.iter().all(|one| one.digest == digest)
}

fn with_unit<S: Serializer>(plan: &SpeedUpPlan, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct PlanWithUnit<'a> {
        #[serde(flatten)]
        plan: &'a SpeedUpPlan,
        unit: &'static str,
    }
    let unit = plan.workload.unit();
    PlanWithUnit { plan, unit }.serialize(serializer)
}

/// The parts of a report's JSON that are not computed.
#[derive(Deserialize)]
struct Stored {
    schema: String,
    experiment: String,
    plan: SpeedUpPlan,
    environment: Environment,
    calibration: Calibration,
    series: Vec<Series>,
    responsiveness: Option<Responsiveness>,
    answer: String,
    lanes: Vec<Lane>,
}

impl TryFrom<Stored> for Report {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        if stored.schema != SCHEMA || stored.experiment != EXPERIMENT {
            return Err(format!(
                "it is a '{}' of schema '{}', and this version reads '{EXPERIMENT}' of '{SCHEMA}'",
                stored.experiment, stored.schema
            ));
        }
        let mut report = Report::new(Measurements {
            plan: stored.plan,
            environment: stored.environment,
            calibration: stored.calibration,
            series: stored.series,
            answer: stored.answer,
            lanes: stored.lanes,
        });
        report.responsiveness = stored.responsiveness;
        Ok(report)
    }
}
