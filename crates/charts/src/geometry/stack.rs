//! Stacked areas, and the positions of frames.

/// The position of each frame in a window of time, as a fraction of the window. `gaps` are
/// the times between frames from the start of the window, in the unit of `window`.
pub fn frame_positions(gaps: &[f64], window: f64) -> Vec<f64> {
    let mut at = 0.0;
    gaps.iter()
        .map(|gap| {
            at += gap;
            at / window
        })
        .take_while(|part| *part <= 1.0)
        .collect()
}

/// The lower and upper edge of each series at every place when the series are stacked. All
/// series have the same places. A value that is missing, negative or not a number counts
/// as 0.
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
