//! Parsing whole numbers as people write them, with an error message for each mistake.

use crate::words::shortened;
use std::ops::RangeInclusive;
use workloads::grouped;

/// Whole numbers below this are exact as floating-point numbers, and therefore for every
/// reader of JSON.
pub(crate) const MAX_EXACT_INTEGER: u64 = 1 << 53;

/// The numbers that a field allows, with the words for an error message.
pub(super) struct NumberField {
    pub(super) what: &'static str,
    pub(super) range: RangeInclusive<u64>,
    pub(super) unit: &'static str,
}

impl NumberField {
    pub(super) fn parse(&self, text: &str) -> Result<u64, String> {
        match whole_number(text) {
            Parsed::Number(number) if self.range.contains(&number) => Ok(number),
            Parsed::Number(_) | Parsed::OutOfRange => Err(format!(
                "{}, but {} was given.",
                self.rule(),
                shortened(text)
            )),
            Parsed::NotANumber if text.is_empty() => {
                Err(format!("{}, but nothing was given.", self.rule()))
            }
            Parsed::NotANumber => Err(format!(
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
    /// A number that no field allows: negative, or too large.
    OutOfRange,
    /// Not a whole number.
    NotANumber,
}

/// Reads `1000`, `1,000`, `1_000` and `1e3`, each with a sign or without.
fn whole_number(text: &str) -> Parsed {
    let (negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let Some(digits) = without_separators(digits) else {
        return Parsed::NotANumber;
    };
    let exact = digits.parse::<u64>();
    // Only digits, one point and one exponent. The parser would also accept `inf`, `nan` and
    // a second sign.
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    let exact_in_f64 = MAX_EXACT_INTEGER as f64;
    match (exact, digits.parse::<f64>()) {
        (Ok(0), _) => Parsed::Number(0),
        (Ok(_), _) if negative => Parsed::OutOfRange,
        (Ok(number), _) => Parsed::Number(number),
        (Err(_), Ok(number)) if plain && number.fract() == 0.0 && number < exact_in_f64 => {
            if negative && number > 0.0 {
                Parsed::OutOfRange
            } else {
                Parsed::Number(number as u64)
            }
        }
        // `1e999`, for example, is parsed as infinity.
        (Err(_), Ok(number)) if plain && number >= exact_in_f64 => Parsed::OutOfRange,
        _ => Parsed::NotANumber,
    }
}

/// The text without thousands separators; `None` if a comma cannot be one. In many countries
/// `1,5` means one and a half, so it must not be read as 15.
fn without_separators(text: &str) -> Option<String> {
    let mut groups = text.split(',');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let grouped_by_three = (1..=3).contains(&first.len())
        && (rest.iter()).all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()));
    let underscores = !text.starts_with('_') && !text.ends_with('_');
    ((rest.is_empty() || grouped_by_three) && underscores).then(|| text.replace([',', '_'], ""))
}
