//! The units of numbers, and numbers as text with their units.

use super::label::significant;

/// The unit of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A unit of time, given in nanoseconds.
    Time(u32),
    /// Bytes, written in steps of 1000.
    Bytes,
    /// Bytes per second.
    BytesPerSecond,
    /// A rate per second.
    PerSecond,
    /// A factor.
    Times,
    /// A percentage.
    Percent,
    /// Any other unit, by its name, such as `items` or `workers`; empty for plain
    /// numbers.
    Other(String),
}

const MICROSECOND: u32 = 1_000;
const MILLISECOND: u32 = 1_000_000;
const SECOND: u32 = 1_000_000_000;

/// Units of time in nanoseconds, with the smallest number of nanoseconds that is
/// written in each.
const TIMES: [(f64, f64, &str); 4] = [
    (1e9, 999.5e6, "s"),
    (1e6, 999.5e3, "ms"),
    (1e3, 999.5, "µs"),
    (1.0, 0.0, "ns"),
];

const BYTES: [(f64, &str); 4] = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")];

const THOUSANDS: [(f64, &str); 4] = [(1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, "")];

impl Unit {
    /// The unit with this name.
    pub fn named(name: &str) -> Unit {
        match name {
            "ns" => Unit::Time(1),
            "µs" | "us" => Unit::Time(MICROSECOND),
            "ms" => Unit::Time(MILLISECOND),
            "s" | "seconds" => Unit::Time(SECOND),
            "B" | "bytes" => Unit::Bytes,
            "B/s" | "bytes/s" => Unit::BytesPerSecond,
            "/s" | "1/s" => Unit::PerSecond,
            "×" | "x" | "times" => Unit::Times,
            "%" => Unit::Percent,
            other => Unit::Other(other.to_owned()),
        }
    }

    /// The number with this unit as readable text: `1.24 s`, `640 B`, `3.81 MB`, `12.4
    /// k/s`, `1.73×`, `37 %`, `4 workers`.
    pub fn write(&self, value: f64) -> String {
        if !value.is_finite() {
            return "–".to_owned();
        }
        let (size, name) = self.step(value);
        let number = self.number(value / size);
        join(&number, &name)
    }

    /// The unit in which a linear axis up to `most` is labelled: how many of this unit it
    /// is, and its name.
    pub fn step(&self, most: f64) -> (f64, String) {
        let most = most.abs();
        match self {
            Unit::Time(nanoseconds) => {
                let one = f64::from(*nanoseconds);
                let (size, _, name) = TIMES
                    .into_iter()
                    .find(|(_, least, _)| most * one >= *least)
                    .unwrap_or(TIMES[3]);
                // Zero is written in this unit.
                if most == 0.0 {
                    return (1.0, self.name().to_owned());
                }
                (size / one, name.to_owned())
            }
            Unit::Bytes | Unit::BytesPerSecond => {
                let (size, name) = largest(&BYTES, most);
                let rate = if *self == Unit::Bytes { "" } else { "/s" };
                (size, format!("{name}{rate}"))
            }
            Unit::PerSecond => {
                let (size, name) = largest(&THOUSANDS, most);
                (size, format!("{name}/s"))
            }
            Unit::Times | Unit::Percent | Unit::Other(_) => (1.0, self.name().to_owned()),
        }
    }

    /// The name of the unit.
    pub fn name(&self) -> &str {
        match self {
            Unit::Time(SECOND) => "s",
            Unit::Time(MILLISECOND) => "ms",
            Unit::Time(MICROSECOND) => "µs",
            Unit::Time(_) => "ns",
            Unit::Bytes => "B",
            Unit::BytesPerSecond => "B/s",
            Unit::PerSecond => "/s",
            Unit::Times => "×",
            Unit::Percent => "%",
            Unit::Other(name) => name,
        }
    }

    fn number(&self, value: f64) -> String {
        match self {
            _ if value == 0.0 => "0".to_owned(),
            // Measured values are not as large or as small as this; an exponent keeps
            // the text short.
            _ if value.abs() >= 1e15 || value.abs() < 1e-6 => format!("{value:.2e}"),
            // Whole numbers of bytes and of items have no decimals.
            Unit::Bytes | Unit::Other(_) if value.fract() == 0.0 => grouped(value),
            Unit::Times if value.abs() < 9.995 => format!("{:.2}", value + 0.0),
            _ if value.abs() >= 9_999.5 => grouped(value.round()),
            _ => significant(value),
        }
    }
}

fn largest(steps: &[(f64, &'static str)], most: f64) -> (f64, &'static str) {
    let found = steps.iter().find(|(size, _)| most >= *size);
    // Values below one are written as decimal fractions.
    *found.or(steps.last()).unwrap_or(&(1.0, ""))
}

/// A number with its unit. There is nothing between the number and × or a slash, and a
/// non-breaking space before any other unit.
pub(super) fn join(number: &str, unit: &str) -> String {
    if unit.is_empty() || unit == "×" || unit.starts_with('/') {
        format!("{number}{unit}")
    } else {
        format!("{number}\u{a0}{unit}")
    }
}

/// A whole number with its digits in groups of three.
fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    if value < 0.0 {
        text.push('−');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 && digits.len() > 4 {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}
