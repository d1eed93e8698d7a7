//! The `d` attributes of SVG paths.

use std::fmt::Write;

/// A length for an SVG attribute: at most two decimals and never "-0", "NaN" or
/// an exponent, all of which would break or bloat a path.
pub fn coordinate(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    // Whole numbers are written with far less code than fractions are.
    let hundredths = (value * 100.0).round() as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, rest) = (
        hundredths.unsigned_abs() / 100,
        hundredths.unsigned_abs() % 100,
    );
    match (rest, rest % 10) {
        (0, _) => format!("{sign}{whole}"),
        (_, 0) => format!("{sign}{whole}.{}", rest / 10),
        _ => format!("{sign}{whole}.{rest:02}"),
    }
}

/// A `transform` attribute that moves to a point.
pub fn translate(x: f64, y: f64) -> String {
    format!("translate({} {})", coordinate(x), coordinate(y))
}

/// A line through the points. A point that is not finite breaks the line in
/// two, so that a missing sample shows as a gap and not as a zero.
pub fn line(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    let mut pen_down = false;
    for (x, y) in points {
        if !(x.is_finite() && y.is_finite()) {
            pen_down = false;
            continue;
        }
        let command = if pen_down { 'L' } else { 'M' };
        pen_down = true;
        // Writing to a String cannot fail.
        let _ = write!(path, "{command}{} {}", coordinate(x), coordinate(y));
    }
    path
}

/// A vertical error bar at `x` from `low` to `high`, with a cap of `cap` pixels
/// to either side at both ends.
pub fn error_bar(x: f64, low: f64, high: f64, cap: f64) -> String {
    if !(x.is_finite() && low.is_finite() && high.is_finite()) {
        return String::new();
    }
    let [x, left, right, low, high] = [x, x - cap, x + cap, low, high].map(coordinate);
    format!("M{x} {low}V{high}M{left} {low}H{right}M{left} {high}H{right}")
}

/// The shapes that tell series apart without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// A filled disc: measured values.
    Disc,
    /// A diamond: the ideal.
    Diamond,
    /// A square: what is compared against.
    Square,
}

/// The outline of a marker `size` pixels across, around the origin.
pub fn marker(shape: Marker, size: f64) -> String {
    let half = size / 2.0;
    // A square looks larger than a disc as wide as it is: this evens them out.
    let side = half * 0.88;
    let tip = half * 1.18;
    let (h, s, t) = (coordinate(half), coordinate(side), coordinate(tip));
    match shape {
        Marker::Disc => format!("M-{h} 0A{h} {h} 0 1 1 {h} 0A{h} {h} 0 1 1 -{h} 0Z"),
        Marker::Diamond => format!("M0 -{t}L{t} 0L0 {t}L-{t} 0Z"),
        Marker::Square => format!("M-{s} -{s}H{s}V{s}H-{s}Z"),
    }
}
