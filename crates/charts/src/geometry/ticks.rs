//! The ticks of axes, at round numbers.

use super::unit::Unit;

/// The ticks of one axis and their labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticks {
    /// The values that have a tick and a label, in ascending order; never empty.
    pub values: Vec<f64>,
    /// Values between the ticks that have only a thin line.
    pub between: Vec<f64>,
    /// The distance between two ticks, or on a logarithmic axis their ratio.
    pub step: f64,
}

impl Ticks {
    /// The label of a tick.
    pub fn label(&self, tick: f64) -> String {
        tick_label(tick, self.step)
    }

    /// The last tick. An axis that is to end at a round number ends here.
    pub fn end(&self) -> f64 {
        self.values.last().copied().unwrap_or(1.0)
    }
}

/// Ticks from 0 to at least `most`, in at least one and at most `count` steps of 1, 2,
/// 2.5 or 5 times a power of ten.
pub fn nice_ticks(most: f64, count: usize) -> Ticks {
    let most = if most.is_finite() && most > 0.0 {
        most
    } else {
        1.0
    };
    let step = nice_step(most, count);
    let steps = (most / step * (1.0 - 1e-9)).ceil().max(1.0) as usize;
    Ticks {
        values: (0..=steps).map(|number| number as f64 * step).collect(),
        between: Vec::new(),
        step,
    }
}

/// Like [`nice_ticks`], with ticks that are round multiples of `unit`.
pub fn nice_ticks_in(unit: f64, most: f64, count: usize) -> Ticks {
    let mut ticks = nice_ticks(most / unit, count);
    ticks.values.iter_mut().for_each(|tick| *tick *= unit);
    ticks.step *= unit;
    ticks
}

fn nice_step(most: f64, count: usize) -> f64 {
    let count = count.clamp(1, 100) as f64;
    let rough = most / count;
    let power = 10f64.powi(rough.log10().floor() as i32);
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|round| round * power)
        // The tolerance allows for rounding: a quotient may be 1.0000000000000002 steps.
        .find(|step| most / step <= count * (1.0 + 1e-9))
        .unwrap_or(10.0 * power)
}

/// Ticks at powers of the base (10, or 2 for bytes) that enclose the values from `low`
/// to `high`. At least two and at most `count` of them have labels, including the first
/// and the last. If all decades have labels, thin lines mark 2 to 9 in each. Values
/// that are not positive cannot be on such an axis.
pub fn log_ticks(low: f64, high: f64, base: f64, count: usize) -> Ticks {
    let positive = |value: f64| value.is_finite() && value > 0.0;
    // Limits that no measured value exceeds, and whose powers are finite.
    let within = |value: f64| value.clamp(1e-24, 1e24);
    let low = if positive(low) { within(low) } else { 1.0 };
    let high = if positive(high) {
        within(high).max(low)
    } else {
        low
    };
    let exponent = |value: f64| value.ln() / base.ln();
    // The tolerance makes 1000 exactly 10³ in spite of rounding.
    let first = (exponent(low) + 1e-9).floor() as i32;
    let last = (exponent(high) - 1e-9).ceil().max(f64::from(first + 1)) as i32;
    let spans = (last - first) as usize;
    let every = spans.div_ceil(count.max(2) - 1).max(1);
    // Powers of two are read in steps of 2¹, 2², 2⁵, 2¹⁰.
    let every = if base == 2.0 {
        [1, 2, 5, 10, 20, 30]
            .into_iter()
            .find(|step| *step >= every)
            .unwrap_or(every)
    } else {
        every
    };
    let first = first.div_euclid(every as i32) * every as i32;
    let last = -(-last).div_euclid(every as i32) * every as i32;
    let power = |exponent: i32| exact_power(base, exponent);
    let between = if base == 10.0 && every == 1 {
        (first..last)
            .flat_map(|decade| (2..10).map(move |part| f64::from(part) * power(decade)))
            .collect()
    } else {
        Vec::new()
    };
    Ticks {
        values: (first..=last).step_by(every).map(power).collect(),
        between,
        step: base.powi(every as i32),
    }
}

/// A power, rounded to its decimal value: `1e-3` and not 0.0010000000000002.
fn exact_power(base: f64, exponent: i32) -> f64 {
    if exponent < 0 {
        1.0 / base.powi(-exponent)
    } else {
        base.powi(exponent)
    }
}

/// The label of a tick on a logarithmic axis. Each label has its own unit: `10 µs`, `1 ms`,
/// `64 KiB`.
pub fn log_label(unit: &Unit, tick: f64) -> String {
    let (size, name) = unit.step(tick);
    let number = tick / size;
    // Powers below one of a unit without smaller ones keep their decimals.
    let text = if number >= 0.9995 {
        format!("{}", (number * 1000.0).round() / 1000.0)
    } else {
        let decimals = (-number.log10()).ceil().clamp(0.0, 12.0) as usize;
        format!("{number:.decimals$}")
    };
    super::unit::join(&text, &name)
}

/// Whole-number ticks from `first` to `last`, including both, thinned to at most `count`.
pub fn integer_ticks(first: u32, last: u32, count: usize) -> Ticks {
    let last = last.max(first);
    let count = count.max(2) as u32;
    let step = (last - first).div_ceil(count - 1).max(1);
    let mut values: Vec<f64> = (first..last)
        .step_by(step as usize)
        .map(f64::from)
        .collect();
    // The last value is more important than the one before it.
    if values.len() > 1
        && values
            .last()
            .is_some_and(|&tick| f64::from(last) - tick < f64::from(step) / 2.0)
    {
        values.pop();
    }
    values.push(f64::from(last));
    Ticks {
        values,
        between: Vec::new(),
        step: f64::from(step),
    }
}

/// The label of a tick, with as many decimals as the step needs: `0.5`, `20`, `2.5`.
fn tick_label(tick: f64, step: f64) -> String {
    if tick.abs() >= 1e9 {
        return format!("{tick:.1e}");
    }
    let mut decimals = 0;
    let mut scaled = step.abs();
    while decimals < 6 && (scaled - scaled.round()).abs() > 1e-6 * scaled.max(1.0) {
        scaled *= 10.0;
        decimals += 1;
    }
    // Adding 0.0 turns -0 into 0.
    format!("{:.decimals$}", tick + 0.0)
}
