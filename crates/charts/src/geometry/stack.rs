//! Stretches laid end to end, and time on screen.

/// Start and end of each part when all are laid end to end from 0. A part that
/// is negative or not a number takes no room.
pub fn stack(parts: &[f64]) -> Vec<(f64, f64)> {
    let mut end = 0.0;
    parts
        .iter()
        .map(|&part| {
            let start = end;
            if part.is_finite() && part > 0.0 {
                end += part;
            }
            (start, end)
        })
        .collect()
}

/// Where each frame falls in a window of time, as parts of it: the gaps between
/// frames, laid end to end from the window's start.
pub fn comb(gaps: &[f64], window: f64) -> Vec<f64> {
    let mut at = 0.0;
    gaps.iter()
        .map(|gap| {
            at += gap;
            at / window
        })
        .take_while(|part| *part <= 1.0)
        .collect()
}

/// Areas one on the other: for each series, where it begins and where it ends at
/// every place. All series have the same places; what is missing, negative or
/// not a number takes no room.
pub fn layers(series: &[Vec<f64>]) -> Vec<Vec<(f64, f64)>> {
    let places = series.iter().map(Vec::len).max().unwrap_or(0);
    let mut ground = vec![0.0; places];
    series
        .iter()
        .map(|values| {
            (0..places)
                .map(|place| {
                    let from = ground[place];
                    let value = values.get(place).copied().unwrap_or(0.0);
                    if value.is_finite() && value > 0.0 {
                        ground[place] += value;
                    }
                    (from, ground[place])
                })
                .collect()
        })
        .collect()
}
