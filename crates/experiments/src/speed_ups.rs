//! How much faster processes were than the main thread, by their number.

use super::{
    report::Recording,
    statistics::{self, Summary},
};

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

/// The speed-ups of a speed-up recording, by number of processes; none where
/// the times are too short to compare, or of other experiments.
pub fn speed_ups(recording: &Recording) -> Vec<SpeedUp> {
    let main = recording
        .series_of("main")
        .and_then(|one| one.points.first());
    let Some(main) = main else {
        return Vec::new();
    };
    let processes = recording.series_of("processes").map(|one| &one.points);
    let rows = processes.into_iter().flatten().filter_map(|point| {
        let summary = statistics::speed_up(&main.samples, &point.samples)?;
        let workers = point.x as u32;
        let calibration = recording.calibration.as_ref();
        let ideal = calibration.and_then(|one| one.ideal(workers));
        let ideal = ideal.filter(|ideal| *ideal > 0.0);
        Some(SpeedUp {
            workers,
            summary,
            ideal,
            efficiency: ideal.map(|ideal| summary.median / ideal),
        })
    });
    rows.collect()
}
