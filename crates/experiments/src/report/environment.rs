//! The browser in which a report was recorded, and the speed-up that its machine allowed.

use crate::statistics::median;
use serde::{Deserialize, Serialize};

/// The browser in which the experiment ran.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Environment {
    /// The browser's user agent string.
    pub user_agent: String,
    /// The number of logical cores that the browser reports.
    pub logical_cores: u32,
    /// Whether the page is cross-origin isolated.
    pub isolated: bool,
    /// The port by which processes access the shared arena.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["two-memory", "javascript", "none"])))]
    pub arena_port: String,
    /// The smallest step of the clock, in µs.
    pub clock_step_us: f64,
    /// The date and time of the recording, as an ISO 8601 string.
    pub recorded_at: String,
    /// Whether the page was hidden at any time during the experiment. Browsers slow down
    /// hidden pages.
    #[serde(default)]
    pub hidden: bool,
    /// Whether timers were so late that the browser must have slowed down the page.
    #[serde(default)]
    pub throttled: bool,
}

/// The speed-up of a number of independent workers over one worker, measured in the same
/// session. No execution model can gain more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ideal {
    /// The number of workers.
    pub workers: u32,
    /// The median of the samples.
    pub speed_up: f64,
    /// One speed-up per calibration round.
    pub samples: Vec<f64>,
}

/// The speed-ups that the machine allowed while the experiment ran.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Calibration {
    /// The highest speed-up of any number of independent workers.
    pub effective_cores: f64,
    /// The speed-up of each number of workers, in the order of the numbers.
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

    /// The ideal speed-up of this number of workers, if it was measured.
    pub fn ideal(&self, workers: u32) -> Option<f64> {
        let mut found = self.ideal.iter();
        found
            .find(|one| one.workers == workers)
            .map(|one| one.speed_up)
    }
}

/// The longest freezes of the page.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Responsiveness {
    /// The longest time between two frames while the main thread did the work.
    pub main_longest_freeze_ms: f64,
    /// The same while processes did it.
    pub processes_longest_freeze_ms: f64,
}
