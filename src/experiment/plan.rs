//! What to measure, and how a URL or a control's text becomes a plan.

use crate::StartMethod;
use crate::workload::{Workload, grouped};
use serde::{Deserialize, Serialize};
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// [`SpeedUpPlan::workload`].
    Workload,
    /// [`SpeedUpPlan::size`].
    Size,
    /// [`SpeedUpPlan::workers`].
    Workers,
    /// [`SpeedUpPlan::repeats`].
    Repeats,
    /// [`SpeedUpPlan::start_method`].
    #[serde(rename = "start")]
    StartMethod,
    /// [`SpeedUpPlan::seed`].
    Seed,
}

impl Field {
    /// All fields, the workload first, since the range of sizes depends on it.
    pub const ALL: [Field; 6] = [
        Field::Workload,
        Field::Size,
        Field::Workers,
        Field::Repeats,
        Field::StartMethod,
        Field::Seed,
    ];

    /// The key in URLs.
    pub fn name(self) -> &'static str {
        match self {
            Field::Workload => "workload",
            Field::Size => "size",
            Field::Workers => "workers",
            Field::Repeats => "repeats",
            Field::StartMethod => "start",
            Field::Seed => "seed",
        }
    }
}

/// A field's value that no plan can have, and what to give instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invalid {
    /// Where.
    pub field: Field,
    /// A sentence for people, with what is allowed.
    pub message: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Invalid {}

impl SpeedUpPlan {
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
    pub fn from_query(query: &str, cores: u32) -> (Self, Vec<Invalid>, bool) {
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
        let invalid = Field::ALL
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
    pub fn set(&mut self, field: Field, text: &str, cores: u32) -> Result<(), Invalid> {
        let text = text.trim();
        let invalid = |message: String| Invalid { field, message };
        let number = |limits: &Limits| limits.parse(text).map_err(invalid);
        match field {
            Field::Workload => {
                let workload = shortened(text)
                    .parse()
                    .map_err(|error| invalid(capitalised(&error)))?;
                can_be_sped_up(workload).map_err(invalid)?;
                if workload != self.workload {
                    self.size = Workload::default_size(workload);
                }
                self.workload = workload;
            }
            Field::StartMethod => {
                self.start_method = shortened(text)
                    .parse()
                    .map_err(|error| invalid(capitalised(&error)))?;
            }
            // The limits of workers and repeats lie within 32 bits.
            Field::Workers => self.workers = number(&self.limits(field, cores))? as u32,
            Field::Repeats => self.repeats = number(&self.limits(field, cores))? as u32,
            Field::Size => self.size = number(&self.limits(field, cores))?,
            Field::Seed => self.seed = number(&self.limits(field, cores))?,
        }
        Ok(())
    }

    /// The query that [`from_query`](Self::from_query) reads as this plan,
    /// without a `?`.
    pub fn to_query(&self) -> String {
        Field::ALL
            .map(|field| format!("{}={}", field.name(), self.text(field)))
            .join("&")
    }

    /// One field's value as text, as in a control or a URL.
    pub fn text(&self, field: Field) -> String {
        match field {
            Field::Workload => self.workload.to_string(),
            Field::Size => self.size.to_string(),
            Field::Workers => self.workers.to_string(),
            Field::Repeats => self.repeats.to_string(),
            Field::StartMethod => self.start_method.to_string(),
            Field::Seed => self.seed.to_string(),
        }
    }

    /// Whether this plan, wherever it came from, can be run on a machine with
    /// so many cores; if not, everything that is wrong with it.
    pub fn validate(&self, cores: u32) -> Result<(), Vec<Invalid>> {
        let numbers = [
            (Field::Size, self.size),
            (Field::Workers, self.workers.into()),
            (Field::Repeats, self.repeats.into()),
            (Field::Seed, self.seed),
        ];
        let workload = can_be_sped_up(self.workload).err().map(|message| Invalid {
            field: Field::Workload,
            message,
        });
        let invalid: Vec<Invalid> = (workload.into_iter())
            .chain(numbers.into_iter().filter_map(|(field, number)| {
                let limits = self.limits(field, cores);
                let message = limits.check(number, &number.to_string()).err()?;
                Some(Invalid { field, message })
            }))
            .collect();
        if invalid.is_empty() {
            Ok(())
        } else {
            Err(invalid)
        }
    }

    fn limits(&self, field: Field, cores: u32) -> Limits {
        let (what, range, unit) = match field {
            Field::Size => ("The size", self.workload.sizes(), self.workload.unit()),
            Field::Workers => {
                let most = Self::max_workers(cores).into();
                ("The number of workers", 1..=most, "")
            }
            Field::Repeats => ("The number of repeats", REPEATS, ""),
            _ => ("The seed", SEEDS, ""),
        };
        Limits { what, range, unit }
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

/// What a numeric field may be, and how to say so.
struct Limits {
    what: &'static str,
    range: RangeInclusive<u64>,
    unit: &'static str,
}

impl Limits {
    fn parse(&self, text: &str) -> Result<u64, String> {
        match whole_number(text) {
            Parsed::Number(number) => self.check(number, text),
            Parsed::OutOfReach => Err(self.refusal(text)),
            Parsed::Not if text.is_empty() => {
                Err(format!("{}, but nothing was given.", self.rule()))
            }
            Parsed::Not => Err(format!(
                "{}, but '{}' is not a whole number.",
                self.rule(),
                shortened(text)
            )),
        }
    }

    fn check(&self, number: u64, text: &str) -> Result<u64, String> {
        if self.range.contains(&number) {
            Ok(number)
        } else {
            Err(self.refusal(text))
        }
    }

    fn refusal(&self, text: &str) -> String {
        format!("{}, but {} was given.", self.rule(), shortened(text))
    }

    fn rule(&self) -> String {
        let [low, high] = [self.range.start(), self.range.end()].map(|n| grouped((*n).into()));
        let space = if self.unit.is_empty() { "" } else { " " };
        format!(
            "{} must be a whole number from {low} to {high}{space}{}",
            self.what, self.unit
        )
    }
}

enum Parsed {
    Number(u64),
    /// A number that no field can be: negative, or too large.
    OutOfReach,
    /// Not a whole number.
    Not,
}

/// Reads `1000`, `1,000`, `1_000` and `1e3`, each with a sign or without.
fn whole_number(text: &str) -> Parsed {
    let (negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let Some(digits) = without_separators(digits) else {
        return Parsed::Not;
    };
    let exact = digits.parse::<u64>();
    // Only digits, one point and one exponent: not `inf`, `nan` or a second
    // sign, which the parser would take too.
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    let exact_in_f64 = EXACT as f64;
    match (exact, digits.parse::<f64>()) {
        (Ok(0), _) => Parsed::Number(0),
        (Ok(_), _) if negative => Parsed::OutOfReach,
        (Ok(number), _) => Parsed::Number(number),
        (Err(_), Ok(number)) if plain && number.fract() == 0.0 && number < exact_in_f64 => {
            if negative && number > 0.0 {
                Parsed::OutOfReach
            } else {
                Parsed::Number(number as u64)
            }
        }
        // Infinity too, as of 1e999.
        (Err(_), Ok(number)) if plain && number >= exact_in_f64 => Parsed::OutOfReach,
        _ => Parsed::Not,
    }
}

/// The text without separators of thousands, or nothing where a comma cannot
/// be one: `1,5` means one and a half to half of the world, and never 15.
fn without_separators(text: &str) -> Option<String> {
    let mut groups = text.split(',');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let grouped_by_three = (1..=3).contains(&first.len())
        && (rest.iter()).all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()));
    let underscores = !text.starts_with('_') && !text.ends_with('_');
    ((rest.is_empty() || grouped_by_three) && underscores).then(|| text.replace([',', '_'], ""))
}

/// An error's words as a sentence.
fn capitalised(error: &impl fmt::Display) -> String {
    let mut sentence = format!("{error}.");
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence
}

/// The text, or the beginning of a long one, fit to be quoted in a message.
fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain(['…']).collect()
}

/// A query's key or value without percent signs: `%2C` is a comma and `+` a
/// space. What is no escape stays; what is no UTF-8 becomes `�`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        let hex = |digit: u8| (digit as char).to_digit(16);
        let escape = match tail {
            [high, low, ..] if *byte == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        let (decoded, used) = match (escape, byte) {
            (Some((high, low)), _) => ((high * 16 + low) as u8, 3),
            (None, b'+') => (b' ', 1),
            (None, byte) => (*byte, 1),
        };
        bytes.push(decoded);
        rest = &rest[used..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
