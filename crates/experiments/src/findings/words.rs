//! Phrases that the findings of several experiments share.

use crate::{
    numbers::{number, range, with_unit},
    report::{Finding, Headline, Point, Recording, Series, Trend},
    statistics::{MIN_RUNS, Summary},
};

/// "a", "a and b", "a, b and c"; empty without parts.
pub(crate) fn list_in_words(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The sentence with a capital letter at its beginning.
pub(crate) fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.as_str().chars()).collect()
}

/// "95 % sure: 0.40 to 0.43, of 10 runs", in the unit of the median as it is written; for too
/// few runs, that they have no such interval.
pub(crate) fn spread_in_words(summary: &Summary, unit: &str) -> String {
    match summary.n {
        1 => "one run only, which shows no spread".to_owned(),
        n if n < MIN_RUNS => format!("{n} runs, too few to be sure of a range"),
        n => {
            let ends = range(summary.low, summary.high, summary.median, unit);
            format!("95 % sure: {ends}, of {n} runs")
        }
    }
}

/// The headline for the median of a point of a series; `None` without samples. A median below
/// the clock's step has no figure either.
pub(crate) fn headline_of(
    recording: &Recording,
    series: &Series,
    point: &Point,
    caption: impl Into<String>,
) -> Option<Headline> {
    let summary = point.summary?;
    if is_below_clock(recording, series, summary.median) {
        return None;
    }
    Some(Headline {
        figure: with_unit(summary.median, &series.measure.unit),
        caption: caption.into(),
        notes: vec![spread_in_words(&summary, &series.measure.unit)],
        trend: Trend::Plain,
    })
}

/// "1 process", "2 processes".
pub(crate) fn processes_in_words(count: f64) -> String {
    match count {
        1.0 => "1 process".to_owned(),
        count => format!("{} processes", number(count)),
    }
}

/// The step of the recording's clock in the unit of a series of times, if each of its
/// samples is a single reading; otherwise 0.
pub(crate) fn clock_step(recording: &Recording, series: &Series) -> f64 {
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
pub(crate) fn below_clock_in_words(step_us: f64) -> String {
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
pub(crate) fn value_in_words(recording: &Recording, series: &Series, value: f64) -> String {
    if is_below_clock(recording, series, value) {
        below_clock_in_words(recording.environment.clock_step_us)
    } else {
        with_unit(value, &series.measure.unit)
    }
}

/// The median of a point of a series with its unit, or that it is below the clock's step;
/// `None` without samples.
pub(crate) fn median_in_words(
    recording: &Recording,
    series: &Series,
    point: &Point,
) -> Option<String> {
    Some(value_in_words(recording, series, point.median()?))
}

/// The largest relative difference between an actual and a planned time that is not marked.
const MAX_LENGTH_ERROR: f64 = 0.2;

/// A finding that compares the time that something took with the planned time, both in the
/// unit of the series. A large difference is marked.
pub(crate) fn as_long_as_planned(
    recording: &Recording,
    series: &Series,
    what: &str,
    took: f64,
    planned: f64,
) -> Finding {
    let took_in_words = value_in_words(recording, series, took);
    let planned_in_words = with_unit(planned, &series.measure.unit);
    let sentence = if is_below_clock(recording, series, took) {
        format!("{what} was to take {planned_in_words}; whether it did is {took_in_words}.")
    } else if (took / planned - 1.0).abs() <= MAX_LENGTH_ERROR {
        format!("{what} took {took_in_words}, about as long as planned ({planned_in_words}).")
    } else {
        format!(
            "⚠ {what} took {took_in_words} and not {planned_in_words}, as planned: the times here are those of tasks of that length."
        )
    };
    Finding::new(sentence)
}
