//! Round numbers for axes.

/// The ticks of one axis: round values, and how to write them.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The values that get a tick, in rising order; never empty.
    pub ticks: Vec<f64>,
    /// The distance from one tick to the next.
    pub step: f64,
}

impl Axis {
    /// What to write at a tick.
    pub fn label(&self, tick: f64) -> String {
        tick_label(tick, self.step)
    }

    /// The last tick: where an axis that should end on a round number ends.
    pub fn end(&self) -> f64 {
        self.ticks.last().copied().unwrap_or(1.0)
    }
}

/// Ticks from 0 to at least `most` in steps of 1, 2, 2.5 or 5 times a power of
/// ten, at most `count` steps of them (and at least one).
pub fn nice_ticks(most: f64, count: usize) -> Axis {
    let most = if most.is_finite() && most > 0.0 {
        most
    } else {
        1.0
    };
    let count = count.clamp(1, 100) as f64;
    let rough = most / count;
    let power = 10f64.powi(rough.log10().floor() as i32);
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|round| round * power)
        // A hair of slack: 3 / 3 may come out as 1.0000000000000002 steps.
        .find(|step| most / step <= count * (1.0 + 1e-9))
        .unwrap_or(10.0 * power);
    let steps = (most / step * (1.0 - 1e-9)).ceil().max(1.0) as usize;
    Axis {
        ticks: (0..=steps).map(|number| number as f64 * step).collect(),
        step,
    }
}

/// Whole-number ticks from `first` to `last`, both among them, thinned so that
/// no more than `count` remain.
pub fn integer_ticks(first: u32, last: u32, count: usize) -> Axis {
    let last = last.max(first);
    let count = count.max(2) as u32;
    let step = (last - first).div_ceil(count - 1).max(1);
    let mut ticks: Vec<f64> = (first..last)
        .step_by(step as usize)
        .map(f64::from)
        .collect();
    // The last value is worth more than the one just before it.
    if ticks.len() > 1
        && ticks
            .last()
            .is_some_and(|&tick| f64::from(last) - tick < f64::from(step) / 2.0)
    {
        ticks.pop();
    }
    ticks.push(f64::from(last));
    Axis {
        ticks,
        step: f64::from(step),
    }
}

/// A tick's value with as many decimals as its step needs, no more: `0.5`, `20`,
/// `2.5`.
fn tick_label(tick: f64, step: f64) -> String {
    let mut decimals = 0;
    let mut scaled = step.abs();
    while decimals < 6 && (scaled - scaled.round()).abs() > 1e-6 * scaled.max(1.0) {
        scaled *= 10.0;
        decimals += 1;
    }
    // Adding 0.0 turns -0 into 0.
    format!("{:.decimals$}", tick + 0.0)
}
