//! The speed-ups of processes over the main thread, by the number of processes.

use super::Measured;
use crate::{
    findings::clock_step,
    numbers::{times, with_unit},
    report::{Calibration, Recording},
    statistics::{self, Summary},
};

/// The speed-up of a number of processes over the main thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeedUp {
    /// The number of processes.
    pub workers: u32,
    /// The ratio of the median times, with its confidence interval.
    pub summary: Summary,
    /// The comparison with the ideal speed-up, if the calibration measured this number of
    /// workers.
    pub share: Option<IdealShare>,
}

/// A speed-up compared with the ideal one, which the same number of independent workers
/// reached in the same session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum IdealShare {
    /// The speed-up is below the ideal, and the confidence intervals do not overlap.
    Below {
        /// The speed-up of independent workers.
        ideal: f64,
        /// The share of it that was reached, below 1.
        share: f64,
    },
    /// The confidence intervals overlap, so no difference from the ideal is shown.
    NoDifference {
        /// The speed-up of independent workers.
        ideal: f64,
    },
    /// The speed-up is above the ideal, and the confidence intervals do not overlap. Nothing
    /// can gain more than the machine allows, so something else used the machine during the
    /// calibration, and the share is not known.
    Above {
        /// The speed-up of independent workers.
        ideal: f64,
    },
}

impl IdealShare {
    fn of(summary: &Summary, calibration: &Calibration, workers: u32) -> Option<IdealShare> {
        let found = calibration
            .ideal
            .iter()
            .find(|one| one.workers == workers)?;
        let spread = Summary::of(&found.samples)?;
        let ideal = found.speed_up;
        Some(if summary.low > spread.high {
            IdealShare::Above { ideal }
        } else if summary.high < spread.low && ideal > 0.0 {
            let share = summary.median / ideal;
            IdealShare::Below { ideal, share }
        } else {
            IdealShare::NoDifference { ideal }
        })
    }

    /// The ideal speed-up: that of this number of independent workers.
    pub fn ideal(self) -> f64 {
        match self {
            IdealShare::Below { ideal, .. }
            | IdealShare::NoDifference { ideal }
            | IdealShare::Above { ideal } => ideal,
        }
    }

    /// The comparison in words.
    pub fn words(self) -> String {
        match self {
            IdealShare::Below { ideal, share } => format!(
                "{} of the ideal {}, calibrated here",
                with_unit((share * 100.0).round(), "%"),
                times(ideal)
            ),
            IdealShare::NoDifference { ideal } => format!(
                "no difference shown from the ideal {}, calibrated here",
                times(ideal)
            ),
            IdealShare::Above { ideal } => format!(
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

/// The speed-ups of a recording of the speed-up experiment, by the number of processes. A
/// speed-up is left out if a time is below the clock's step. Empty for other experiments.
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
        // The precision of each time is one step of the clock, which widens the interval.
        let unsure: f64 = medians.iter().map(|median| step / median).sum();
        summary.low *= 1.0 - unsure.min(1.0);
        summary.high *= 1.0 + unsure;
        let workers = point.x as u32;
        let calibration = recording.calibration.as_ref();
        Some(SpeedUp {
            workers,
            summary,
            share: calibration.and_then(|one| IdealShare::of(&summary, one, workers)),
        })
    });
    rows.collect()
}
