//! What to measure, and how a URL or a control's text becomes a plan.

use super::plan::{
    Plan,
    number::Limits,
    words::{capitalised, decoded, shortened},
};
use crate::StartMethod;
use crate::workload::Workload;
use std::{fmt, ops::RangeInclusive};

/// One page has memories for about 120 processes (Chromium's limit), and warm
/// workers need some of them.
const MOST_WORKERS: u32 = 100;

/// How often each execution model may be run.
const REPEATS: RangeInclusive<u64> = 1..=50;

/// Whole numbers below this are exact in floating point, and thus for every
/// reader of JSON.
const EXACT: u64 = 1 << 53;

const SEEDS: RangeInclusive<u64> = 0..=EXACT - 1;

/// The plan of a speed-up experiment: the same work on the main thread and by
/// 1, 2, … `workers` processes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeedUpPlan {
    /// The work.
    pub workload: Workload,
    /// How much of it, in the workload's [unit](Workload::unit).
    pub size: u64,
    /// The most processes; every number from 1 to this is measured.
    pub workers: u32,
    /// How often each number is measured.
    pub repeats: u32,
    /// How processes get their workers.
    pub start_method: StartMethod,
    /// The seed of random workloads.
    pub seed: u64,
}

/// One field of a plan, which is one control of the page and one key of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpeedUpField {
    /// [`SpeedUpPlan::workload`].
    Workload,
    /// [`SpeedUpPlan::size`].
    Size,
    /// [`SpeedUpPlan::workers`].
    Workers,
    /// [`SpeedUpPlan::repeats`].
    Repeats,
    /// [`SpeedUpPlan::start_method`].
    StartMethod,
    /// [`SpeedUpPlan::seed`].
    Seed,
}

impl SpeedUpField {
    /// All fields, the workload first, since the range of sizes depends on it.
    pub const ALL: [SpeedUpField; 6] = [
        SpeedUpField::Workload,
        SpeedUpField::Size,
        SpeedUpField::Workers,
        SpeedUpField::Repeats,
        SpeedUpField::StartMethod,
        SpeedUpField::Seed,
    ];

    /// The key in URLs.
    pub fn name(self) -> &'static str {
        match self {
            SpeedUpField::Workload => "workload",
            SpeedUpField::Size => "size",
            SpeedUpField::Workers => "workers",
            SpeedUpField::Repeats => "repeats",
            SpeedUpField::StartMethod => "start",
            SpeedUpField::Seed => "seed",
        }
    }
}

/// A field's value that no plan can have, and what to give instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeedUpInvalid {
    /// Where.
    pub field: SpeedUpField,
    /// A sentence for people, with what is allowed.
    pub message: String,
}

impl fmt::Display for SpeedUpInvalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SpeedUpInvalid {}

impl From<&SpeedUpPlan> for Plan {
    fn from(plan: &SpeedUpPlan) -> Plan {
        let cores = plan.workers.max(crate::cpu_count());
        Plan::from_query(&plan.to_query(), cores).0
    }
}

impl SpeedUpPlan {
    /// The same of the general plan.
    pub fn of(plan: &Plan) -> Self {
        SpeedUpPlan {
            workload: plan.workload().unwrap_or(Workload::SumOfSquares),
            size: plan.number("size"),
            workers: plan.count("workers"),
            repeats: plan.count("repeats"),
            start_method: plan.start_method(),
            seed: plan.number("seed"),
        }
    }

    /// The plan to begin with on a machine with so many cores.
    pub fn default_for(cores: u32) -> Self {
        SpeedUpPlan {
            workload: Workload::SumOfSquares,
            size: Workload::SumOfSquares.default_size(),
            workers: cores.clamp(1, Self::max_workers(cores)),
            repeats: 5,
            start_method: StartMethod::default(),
            seed: 1,
        }
    }

    /// The most processes a plan may ask for: twice the cores, at least 2 and
    /// at most 100.
    pub fn max_workers(cores: u32) -> u32 {
        cores.saturating_mul(2).clamp(2, MOST_WORKERS)
    }

    /// The plan of a URL's query, with or without its `?`; what was wrong with
    /// it; and whether to start at once (`run=1`).
    ///
    /// A value that cannot be keeps that field's default. Unknown keys are
    /// ignored; of a key given twice, the first counts.
    pub fn from_query(query: &str, cores: u32) -> (Self, Vec<SpeedUpInvalid>, bool) {
        let pairs: Vec<(String, String)> = query
            .strip_prefix('?')
            .unwrap_or(query)
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(key, value)| (decoded(key), decoded(value)))
            .collect();
        let value = |name: &str| {
            let pair = pairs.iter().find(|(key, _)| key == name);
            pair.map(|(_, value)| value.as_str())
        };
        let mut plan = Self::default_for(cores);
        let invalid = SpeedUpField::ALL
            .into_iter()
            .filter_map(|field| plan.set(field, value(field.name())?, cores).err())
            .collect();
        (plan, invalid, value("run") == Some("1"))
    }

    /// Sets one field from the text of its control. A text that cannot be
    /// leaves the plan as it was.
    ///
    /// Sizes may be written `1000000`, `1,000,000`, `1_000_000` or `1e6`.
    /// Another workload counts in another unit, so it brings its default size.
    pub fn set(
        &mut self,
        field: SpeedUpField,
        text: &str,
        cores: u32,
    ) -> Result<(), SpeedUpInvalid> {
        let text = text.trim();
        let invalid = |message: String| SpeedUpInvalid { field, message };
        let number = |limits: &Limits| limits.parse(text).map_err(invalid);
        match field {
            SpeedUpField::Workload => {
                let workload = shortened(text)
                    .parse()
                    .map_err(|error| invalid(capitalised(&error)))?;
                can_be_sped_up(workload).map_err(invalid)?;
                if workload != self.workload {
                    self.size = Workload::default_size(workload);
                }
                self.workload = workload;
            }
            SpeedUpField::StartMethod => {
                self.start_method = shortened(text)
                    .parse()
                    .map_err(|error| invalid(capitalised(&error)))?;
            }
            // The limits of workers and repeats lie within 32 bits.
            SpeedUpField::Workers => self.workers = number(&self.limits(field, cores))? as u32,
            SpeedUpField::Repeats => self.repeats = number(&self.limits(field, cores))? as u32,
            SpeedUpField::Size => self.size = number(&self.limits(field, cores))?,
            SpeedUpField::Seed => self.seed = number(&self.limits(field, cores))?,
        }
        Ok(())
    }

    /// The query that [`from_query`](Self::from_query) reads as this plan,
    /// without a `?`.
    pub fn to_query(&self) -> String {
        SpeedUpField::ALL
            .map(|field| format!("{}={}", field.name(), self.text(field)))
            .join("&")
    }

    /// One field's value as text, as in a control or a URL.
    pub fn text(&self, field: SpeedUpField) -> String {
        match field {
            SpeedUpField::Workload => self.workload.to_string(),
            SpeedUpField::Size => self.size.to_string(),
            SpeedUpField::Workers => self.workers.to_string(),
            SpeedUpField::Repeats => self.repeats.to_string(),
            SpeedUpField::StartMethod => self.start_method.to_string(),
            SpeedUpField::Seed => self.seed.to_string(),
        }
    }

    /// Whether this plan, wherever it came from, can be run on a machine with
    /// so many cores; if not, everything that is wrong with it.
    pub fn validate(&self, cores: u32) -> Result<(), Vec<SpeedUpInvalid>> {
        let numbers = [
            (SpeedUpField::Size, self.size),
            (SpeedUpField::Workers, self.workers.into()),
            (SpeedUpField::Repeats, self.repeats.into()),
            (SpeedUpField::Seed, self.seed),
        ];
        let workload = can_be_sped_up(self.workload)
            .err()
            .map(|message| SpeedUpInvalid {
                field: SpeedUpField::Workload,
                message,
            });
        let invalid: Vec<SpeedUpInvalid> = (workload.into_iter())
            .chain(numbers.into_iter().filter_map(|(field, number)| {
                let limits = self.limits(field, cores);
                let message = limits.check(number, &number.to_string()).err()?;
                Some(SpeedUpInvalid { field, message })
            }))
            .collect();
        if invalid.is_empty() {
            Ok(())
        } else {
            Err(invalid)
        }
    }

    fn limits(&self, field: SpeedUpField, cores: u32) -> Limits {
        let (what, range, unit) = match field {
            SpeedUpField::Size => ("The size", self.workload.sizes(), self.workload.unit()),
            SpeedUpField::Workers => {
                let most = Self::max_workers(cores).into();
                ("The number of workers", 1..=most, "")
            }
            SpeedUpField::Repeats => ("The number of repeats", REPEATS, ""),
            _ => ("The seed", SEEDS, ""),
        };
        Limits {
            what: what.to_owned(),
            range,
            unit,
        }
    }
}

/// Only work that computes, in a single round, can be compared with the page's
/// own thread, which must not wait.
fn can_be_sped_up(workload: Workload) -> Result<(), String> {
    if Workload::COMPUTE.contains(&workload) {
        return Ok(());
    }
    let names = Workload::COMPUTE.map(Workload::name).join(", ");
    Err(format!(
        "'{workload}' is more than compute, which this experiment measures: choose one of {names}."
    ))
}
