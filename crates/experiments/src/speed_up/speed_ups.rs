//! How many times as fast as the main thread processes were, by their number.

use super::Measured;
use crate::{
    findings::clock_step,
    numbers::{times, with_unit},
    report::{Calibration, Recording},
    statistics::{self, Summary},
};

/// How many times as fast as the main thread so many processes were.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeedUp {
    /// The number of processes.
    pub workers: u32,
    /// The ratio of median times, with its interval.
    pub summary: Summary,
    /// How the speed-up compares with what the calibration found, if it measured this
    /// number of workers.
    pub share: Option<Share>,
}

/// A speed-up beside the ideal: what the same number of independent workers gained in the
/// same session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Share {
    /// So much of this ideal was reached: less, by both intervals.
    Of {
        /// The speed-up of independent workers.
        ideal: f64,
        /// The share of it that was reached, below 1.
        share: f64,
    },
    /// The intervals overlap: as much as this ideal, as far as can be told.
    All {
        /// The speed-up of independent workers.
        ideal: f64,
    },
    /// More than this ideal, by both intervals. Nothing can gain more than the machine
    /// gives, so the machine had less to give while it was calibrated, and no share is told.
    Beyond {
        /// The speed-up of independent workers.
        ideal: f64,
    },
}

impl Share {
    fn of(summary: &Summary, calibration: &Calibration, workers: u32) -> Option<Share> {
        let found = calibration
            .ideal
            .iter()
            .find(|one| one.workers == workers)?;
        let spread = Summary::of(&found.samples)?;
        let ideal = found.speed_up;
        Some(if summary.low > spread.high {
            Share::Beyond { ideal }
        } else if summary.high < spread.low && ideal > 0.0 {
            let share = summary.median / ideal;
            Share::Of { ideal, share }
        } else {
            Share::All { ideal }
        })
    }

    /// The speed-up of so many independent workers.
    pub fn ideal(self) -> f64 {
        match self {
            Share::Of { ideal, .. } | Share::All { ideal } | Share::Beyond { ideal } => ideal,
        }
    }

    /// What can be said, in words.
    pub fn words(self) -> String {
        match self {
            Share::Of { ideal, share } => format!(
                "{} of the ideal {}, calibrated here",
                with_unit((share * 100.0).round(), "%"),
                times(ideal)
            ),
            Share::All { ideal } => format!(
                "no difference shown from the ideal {}, calibrated here",
                times(ideal)
            ),
            Share::Beyond { ideal } => format!(
                "the calibration found only {}: something else used the machine then, so no share of the ideal is told",
                times(ideal)
            ),
        }
    }
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
    let series = recording.measured(&Measured::MAIN);
    let Some((series, main)) = series.and_then(|one| Some((one, one.points.first()?))) else {
        return Vec::new();
    };
    let step = clock_step(recording, series);
    let processes = recording
        .measured(&Measured::PROCESSES)
        .map(|one| &one.points);
    let rows = processes.into_iter().flatten().filter_map(|point| {
        let mut summary = statistics::speed_up(&main.samples, &point.samples)?;
        let medians = [main.median()?, point.median()?];
        if medians.iter().any(|median| *median < step) {
            return None;
        }
        // Each time is known to a step of the clock.
        let unsure: f64 = medians.iter().map(|median| step / median).sum();
        summary.low *= 1.0 - unsure.min(1.0);
        summary.high *= 1.0 + unsure;
        let workers = point.x as u32;
        let calibration = recording.calibration.as_ref();
        Some(SpeedUp {
            workers,
            summary,
            share: calibration.and_then(|one| Share::of(&summary, one, workers)),
        })
    });
    rows.collect()
}
