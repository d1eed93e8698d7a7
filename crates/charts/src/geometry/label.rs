//! The texts of numbers on charts, the width of texts, and the position of tooltips.

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectangle {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// The position of a tooltip of this size: `away` px above the point at `(x, y)`, or below
/// it if there is no space above, and always inside a drawing of `room` (width, height).
pub fn place_tooltip(
    (x, y): (f64, f64),
    (width, height): (f64, f64),
    away: f64,
    room: (f64, f64),
) -> Rectangle {
    let left = (x - width / 2.0).min(room.0 - width).max(0.0);
    let above = y - away - height;
    let top = if above >= 0.0 {
        above
    } else {
        (y + away).min(room.1 - height).max(0.0)
    };
    Rectangle {
        x: left,
        y: top,
        width,
        height,
    }
}

/// Three significant digits without an exponent: `0.123`, `1.23`, `12.3`, `123`.
pub(super) fn significant(value: f64) -> String {
    let size = value.abs();
    let decimals = if size >= 99.95 {
        0
    } else if size >= 9.995 {
        1
    } else if size >= 0.9995 {
        2
    } else {
        3
    };
    format!("{:.decimals$}", value + 0.0)
}

/// A duration given in ms, in a readable unit: `0.40 ms`, `17 ms`, `412 ms`, `1.24 s`,
/// `2 min 5 s`.
pub fn milliseconds(ms: f64) -> String {
    if !ms.is_finite() {
        return "–".to_owned();
    }
    let size = ms.abs();
    if size >= 59_999.5 {
        let seconds = (ms / 1000.0).round() as i64;
        return format!("{} min {} s", seconds / 60, (seconds % 60).abs());
    }
    if size >= 999.5 {
        return format!("{} s", significant(ms / 1000.0));
    }
    let decimals = if size >= 9.95 {
        0
    } else if size >= 0.995 {
        1
    } else {
        2
    };
    format!("{:.decimals$} ms", ms + 0.0)
}

/// The text with a no-break space between each number and the unit after it, so that a line
/// does not end between them.
pub fn unbroken(text: &str) -> String {
    const UNITS: [&str; 10] = ["s", "ms", "µs", "ns", "min", "%", "kB", "MB", "MiB", "GiB"];
    let mut parts = text.split(' ');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let unit = part.trim_end_matches(['.', ',', ';', ':', ')', '?']);
        let is_unit = whole.ends_with(|last: char| last.is_ascii_digit()) && UNITS.contains(&unit);
        whole.push(if is_unit { '\u{a0}' } else { ' ' });
        whole += part;
    }
    whole
}

/// A factor: `0.43×`, `1.73×`, `12.4×`.
pub fn times(factor: f64) -> String {
    if !factor.is_finite() {
        return "–".to_owned();
    }
    // Factors below ten have two decimals, because the difference matters there.
    if factor.abs() < 9.995 {
        format!("{:.2}×", factor + 0.0)
    } else {
        format!("{}×", significant(factor))
    }
}

/// A number with the singular or plural of a word: `1 process`, `2 processes`.
pub fn plural(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// An estimate of the width of a text in px, for a font size in px. SVG cannot measure text
/// before it is drawn; digits and lower-case letters of interface fonts are about half as
/// wide as they are high.
pub fn text_width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * 0.56
}
