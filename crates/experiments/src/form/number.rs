//! Parsing whole numbers as people write them, with an error message for each mistake.

use crate::words::shortened;
use std::ops::RangeInclusive;
use workloads::grouped;

/// Whole numbers below this are exact as floating-point numbers, and therefore for every
/// reader of JSON.
pub(crate) const MAX_EXACT_INTEGER: u64 = 1 << 53;

/// What a numeric field may be, and how to say so.
pub(super) struct Limits {
    pub(super) what: &'static str,
    pub(super) range: RangeInclusive<u64>,
    pub(super) unit: &'static str,
}

impl Limits {
    pub(super) fn parse(&self, text: &str) -> Result<u64, String> {
        match whole_number(text) {
            Parsed::Number(number) if self.range.contains(&number) => Ok(number),
            Parsed::Number(_) | Parsed::OutOfReach => Err(format!(
                "{}, but {} was given.",
                self.rule(),
                shortened(text)
            )),
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
    let exact_in_f64 = MAX_EXACT_INTEGER as f64;
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
