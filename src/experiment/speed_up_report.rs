//! A speed-up report as the page draws it: runs by number of workers.
//!
//! Made from the general report's series; nothing here is stored.

use super::{
    Model, SpeedUpPlan,
    lanes::{Breakdown, Lane},
    report::{Calibration, Environment, Recording, Responsiveness},
    sentence::sentence,
    statistics::{self, Summary, median},
};

/// All runs of one execution model with one number of workers.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeedUpSeries {
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

impl SpeedUpSeries {
    /// Whether every run gave the same result.
    pub(super) fn has_one_digest(&self) -> bool {
        !self.digest.is_empty() && !self.digest.contains(',')
    }
}

/// How much faster so many processes were than the main thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeedUp {
    /// The number of processes.
    pub workers: u32,
    /// The ratio of median times, with its interval.
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

/// What the page draws of a speed-up report.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeedUpReport {
    /// What was asked for.
    pub plan: SpeedUpPlan,
    /// Where it was measured.
    pub environment: Environment,
    /// What the machine could give.
    pub calibration: Calibration,
    /// The raw samples, the main thread's first.
    pub series: Vec<SpeedUpSeries>,
    /// The speed-up of each number of processes.
    pub speed_up: Vec<SpeedUp>,
    /// How long the page stood still, where someone looked.
    pub responsiveness: Option<Responsiveness>,
    /// Whether every run of every series gave the same result.
    pub agree: bool,
    /// The workload's answer.
    pub answer: String,
    /// What the data say, in one sentence.
    pub sentence: String,
    /// The lanes of the last run.
    pub lanes: Vec<Lane>,
}

impl SpeedUpReport {
    /// What there is to draw of a recording.
    pub fn of(recording: &Recording) -> Self {
        let series = rows(recording);
        let calibration = recording.calibration.clone().unwrap_or_default();
        let speed_up = speed_ups(&series, &calibration);
        let agree = series
            .first()
            .is_some_and(|first| first.has_one_digest() && all_have(&series, &first.digest));
        SpeedUpReport {
            sentence: sentence(&series, &speed_up, agree),
            plan: SpeedUpPlan::of(&recording.plan),
            environment: recording.environment.clone(),
            calibration,
            series,
            speed_up,
            responsiveness: recording.responsiveness,
            agree,
            answer: recording.answer.clone().unwrap_or_default(),
            lanes: recording.lanes.clone(),
        }
    }

    /// The row with the highest median speed-up.
    pub fn best(&self) -> Option<&SpeedUp> {
        SpeedUp::best(&self.speed_up)
    }

    /// The series of one model with so many workers.
    pub fn series_of(&self, model: Model, workers: u32) -> Option<&SpeedUpSeries> {
        let mut series = self.series.iter();
        series.find(|one| one.model == model && one.workers == workers)
    }
}

/// The main thread's runs, then the processes' by number.
fn rows(recording: &Recording) -> Vec<SpeedUpSeries> {
    let runs = ["main", "processes"]
        .into_iter()
        .filter_map(|id| recording.series_of(id));
    let rows = runs.flat_map(|series| {
        let model = series.model.unwrap_or(Model::Main);
        series.points.iter().map(move |point| {
            let part = |id: &str| -> Vec<f64> {
                let part = recording.series_of(id).and_then(|part| part.at(point.x));
                let part = part.filter(|_| model != Model::Main);
                part.map_or_else(Vec::new, |part| part.samples.clone())
            };
            let middle = |id: &str| median(&part(id)).unwrap_or_default();
            let computing_ms = match model {
                Model::Main => median(&point.samples).unwrap_or_default() * 1e3,
                _ => middle("computing"),
            };
            SpeedUpSeries {
                model,
                workers: point.x as u32,
                seconds: point.samples.clone(),
                digest: point.digests.join(","),
                startup_ms: part("start-up"),
                breakdown: Breakdown {
                    startup_ms: middle("start-up"),
                    sending_ms: middle("sending"),
                    computing_ms,
                    waiting_ms: middle("waiting"),
                },
            }
        })
    });
    rows.collect()
}

fn speed_ups(series: &[SpeedUpSeries], calibration: &Calibration) -> Vec<SpeedUp> {
    let Some(main) = series.iter().find(|one| one.model == Model::Main) else {
        return Vec::new();
    };
    let processes = series.iter().filter(|one| one.model != Model::Main);
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

fn all_have(series: &[SpeedUpSeries], digest: &str) -> bool {
    series.iter().all(|one| one.digest == digest)
}
