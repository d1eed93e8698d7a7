//! The `d` attributes of SVG paths.

use std::fmt::Write;

/// A length for an SVG attribute. It has at most two decimals and is never "-0", "NaN"
/// or a number with an exponent, which would make a path invalid or longer.
pub fn coordinate(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    // Writing whole numbers is a fast path that needs much less code than fractions.
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

/// A line through the points. A point that is not finite interrupts the line, so that a
/// missing sample is shown as a gap and not as a zero.
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

/// A horizontal error bar at `y`, from `low` to `high`.
pub fn error_bar_across(y: f64, (low, high): (f64, f64), cap: f64) -> String {
    if !(y.is_finite() && low.is_finite() && high.is_finite()) {
        return String::new();
    }
    let [y, top, bottom, low, high] = [y, y - cap, y + cap, low, high].map(coordinate);
    format!("M{low} {y}H{high}M{low} {top}V{bottom}M{high} {top}V{bottom}")
}

/// The filled area between an upper and a lower edge, both from left to right.
/// Empty for fewer than two points of either edge.
pub fn area(upper: &[(f64, f64)], lower: &[(f64, f64)]) -> String {
    if upper.len() < 2 || lower.len() < 2 {
        return String::new();
    }
    let mut path = line(upper.iter().copied());
    for (x, y) in lower.iter().rev() {
        let _ = write!(path, "L{} {}", coordinate(*x), coordinate(*y));
    }
    path.push('Z');
    path
}

/// The corners of a line in steps through the points: each value holds until the next
/// one, as for the length of a queue.
pub fn steps(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut corners = Vec::with_capacity(points.len() * 2);
    for (index, &(x, y)) in points.iter().enumerate() {
        if let Some(&(_, before)) = index.checked_sub(1).and_then(|index| points.get(index)) {
            corners.push((x, before));
        }
        corners.push((x, y));
    }
    corners
}

/// The shapes that distinguish series without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// A filled disc.
    Disc,
    /// A square.
    Square,
    /// A diamond.
    Diamond,
    /// A triangle that stands on a side.
    Triangle,
    /// A triangle that stands on a corner.
    Funnel,
    /// A plus sign.
    Plus,
    /// A diagonal cross.
    Cross,
    /// A horizontal bar.
    Dash,
}

impl Marker {
    /// All shapes, in the order of series.
    pub const ALL: [Marker; 8] = [
        Marker::Disc,
        Marker::Square,
        Marker::Diamond,
        Marker::Triangle,
        Marker::Funnel,
        Marker::Plus,
        Marker::Cross,
        Marker::Dash,
    ];

    /// The shape of a series by its number. After the last shape the first follows again.
    pub fn of(series: usize) -> Marker {
        Marker::ALL[series % Marker::ALL.len()]
    }
}

/// The outline of a marker `size` pixels across, around the origin.
pub fn marker(shape: Marker, size: f64) -> String {
    let half = size / 2.0;
    // A square looks larger than a disc of the same width, so the sizes are adjusted.
    let side = half * 0.88;
    let tip = half * 1.18;
    let arm = half * 0.36;
    let [h, s, t, a] = [half, side, tip, arm].map(coordinate);
    match shape {
        Marker::Disc => format!("M-{h} 0A{h} {h} 0 1 1 {h} 0A{h} {h} 0 1 1 -{h} 0Z"),
        Marker::Diamond => format!("M0 -{t}L{t} 0L0 {t}L-{t} 0Z"),
        Marker::Square => format!("M-{s} -{s}H{s}V{s}H-{s}Z"),
        Marker::Triangle => format!("M0 -{t}L{t} {s}L-{t} {s}Z"),
        Marker::Funnel => format!("M0 {t}L{t} -{s}L-{t} -{s}Z"),
        Marker::Plus => {
            format!("M-{a} -{t}H{a}V-{a}H{t}V{a}H{a}V{t}H-{a}V{a}H-{t}V-{a}H-{a}Z")
        }
        Marker::Cross => {
            let [near, far] = [arm * 1.2, side].map(coordinate);
            let d = coordinate(side - arm * 1.2);
            format!(
                "M0 -{near}L{d} -{far}L{far} -{d}L{near} 0L{far} {d}L{d} {far}L0 {near}L-{d} {far}L-{far} {d}L-{near} 0L-{far} -{d}L-{d} -{far}Z"
            )
        }
        Marker::Dash => format!("M-{t} -{a}H{t}V{a}H-{t}Z"),
    }
}

/// The points of a line from left to right, reduced to those that are visible: of all
/// points within the width of one pixel only the first, lowest, highest and last.
pub fn outline(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    let mut rest = points;
    while let Some(&first) = rest.first() {
        let pixel = first.0.floor();
        let same = rest
            .iter()
            .take_while(|(x, _)| x.floor() == pixel)
            .count()
            .max(1);
        let (group, after) = rest.split_at(same);
        rest = after;
        if same <= 4 {
            kept.extend_from_slice(group);
            continue;
        }
        let extreme = |sign: f64| {
            (0..same)
                .max_by(|&a, &b| (sign * group[a].1).total_cmp(&(sign * group[b].1)))
                .unwrap_or(0)
        };
        let mut chosen = [0, extreme(-1.0), extreme(1.0), same - 1];
        chosen.sort_unstable();
        for (at, &index) in chosen.iter().enumerate() {
            if at == 0 || chosen[at - 1] != index {
                kept.push(group[index]);
            }
        }
    }
    kept
}
