//! Words that the findings of several experiments share.

use crate::{
    numbers::{number, with_unit},
    report::{Point, Recording, Series},
};

/// "1 process", "2 processes".
pub(crate) fn processes(count: f64) -> String {
    match count {
        1.0 => "1 process".to_owned(),
        count => format!("{} processes", number(count)),
    }
}

/// The step of the recording's clock in the unit of a series of times, if each of its
/// samples is a single reading; otherwise 0.
pub(super) fn clock_step(recording: &Recording, series: &Series) -> f64 {
    let per_us = match &*series.measure.unit {
        "s" => 1e-6,
        "ms" => 1e-3,
        "µs" => 1.0,
        _ => 0.0,
    };
    match series.timed_once {
        true => recording.environment.clock_step_us * per_us,
        false => 0.0,
    }
}

/// "below the clock’s step (100 ms)".
pub(crate) fn below_clock(step_us: f64) -> String {
    format!(
        "below the clock’s step ({})",
        with_unit(step_us / 1e3, "ms")
    )
}

/// Whether a time of this series is too short for the recording's clock.
pub(crate) fn is_below_clock(recording: &Recording, series: &Series, value: f64) -> bool {
    value < clock_step(recording, series)
}

/// A value of a series with its unit, or that it is below the clock's step.
pub(crate) fn written(recording: &Recording, series: &Series, value: f64) -> String {
    if is_below_clock(recording, series, value) {
        below_clock(recording.environment.clock_step_us)
    } else {
        with_unit(value, &series.measure.unit)
    }
}

/// The median at a place of a series, in words; `None` without samples.
pub(crate) fn median_in_words(
    recording: &Recording,
    series: &Series,
    point: &Point,
) -> Option<String> {
    Some(written(recording, series, point.median()?))
}
