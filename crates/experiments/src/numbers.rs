//! Formats numbers for people.

/// A number with its significant digits.
pub(crate) fn number(value: f64) -> String {
    let magnitude = value.abs();
    // A number as small as this is 0 with a rounding error.
    if magnitude < 1e-9 {
        "0".to_owned()
    } else if magnitude >= 1e15 {
        format!("{value:e}")
    } else if magnitude >= 99.95 || value == value.trunc() {
        let sign = if value < 0.0 { "−" } else { "" };
        format!("{sign}{}", workloads::grouped(magnitude.round() as u128))
    } else if magnitude >= 9.95 {
        format!("{value:.1}")
    } else if magnitude >= 0.0095 {
        format!("{value:.2}")
    } else if magnitude >= 0.000_095 {
        format!("{value:.4}")
    } else {
        format!("{value:.1e}")
    }
}

/// A number with its unit: "3.1 ms".
pub(crate) fn with_unit(value: f64, unit: &str) -> String {
    let (value, unit) = readable(value, unit);
    match unit {
        "" => number(value),
        "×" | "%" => format!(
            "{}{}{unit}",
            number(value),
            if unit == "%" { " " } else { "" }
        ),
        _ => format!("{} {unit}", number(value)),
    }
}

/// Converts a small part of a unit of time to the next smaller unit: "2.4 ms" is easier to
/// read than "0.0024 s".
fn readable(value: f64, unit: &str) -> (f64, &str) {
    const SMALLER: [(&str, &str); 3] = [("s", "ms"), ("ms", "µs"), ("µs", "ns")];
    let smaller = SMALLER.iter().find(|(one, _)| *one == unit);
    match smaller {
        Some((_, next)) if value != 0.0 && value.abs() < 0.0995 => readable(value * 1e3, next),
        _ => (value, unit),
    }
}

/// Two numbers in the unit in which [`with_unit`] writes `middle`, without that unit: "2.3 to
/// 2.5".
pub(crate) fn range(low: f64, high: f64, middle: f64, unit: &str) -> String {
    let written = readable(middle, unit);
    let scale = if middle == 0.0 {
        1.0
    } else {
        written.0 / middle
    };
    format!("{} to {}", number(low * scale), number(high * scale))
}

/// A factor with its significant digits: "1.9×".
pub(crate) fn times(factor: f64) -> String {
    match factor {
        f if f >= 99.5 => format!("{}×", workloads::grouped(f.round() as u128)),
        f if f >= 9.95 => format!("{f:.0}×"),
        f if f >= 1.15 => format!("{f:.1}×"),
        f => format!("{f:.2}×"),
    }
}
