//! The limits of a report from an unknown source: everything that the page draws, lists or
//! computes with is limited to what it can handle.

use super::{
    document::Recording,
    series::{MAX_NAME_CHARS, MAX_POINTS, Point, Series},
};
use std::collections::BTreeSet;

/// The largest number of samples in all series together, and in the calibration.
const MAX_SAMPLES: usize = 500_000;
/// The largest number of characters of a user agent, and of an answer.
const MAX_TEXT_CHARS: usize = 10_000;

/// Refuses a recording that is too large, or that has two series with the same id.
///
/// # Errors
/// A text that names what there is too much of.
pub(super) fn check(recording: &Recording) -> Result<(), String> {
    let series = &recording.series;
    if series.iter().any(|one| one.points.len() > MAX_POINTS) {
        return Err(format!("a series has more than {MAX_POINTS} points"));
    }
    if samples(recording) > MAX_SAMPLES {
        return Err(format!("it has more than {MAX_SAMPLES} samples"));
    }
    let mut ids = BTreeSet::new();
    if !series.iter().all(|one| ids.insert(&one.id)) {
        return Err("two series have the same id".to_owned());
    }
    if longest_name(recording) > MAX_NAME_CHARS {
        return Err(format!(
            "a name in it is longer than {MAX_NAME_CHARS} characters"
        ));
    }
    let texts = [
        Some(&recording.environment.user_agent),
        recording.answer.as_ref(),
    ];
    if texts
        .into_iter()
        .flatten()
        .any(|text| characters(text) > MAX_TEXT_CHARS)
    {
        return Err(format!(
            "a text in it is longer than {MAX_TEXT_CHARS} characters"
        ));
    }
    Ok(())
}

/// The number of samples and of the other values that are listed with them.
fn samples(recording: &Recording) -> usize {
    let points = recording.series.iter().flat_map(|one| &one.points);
    let measured = points.map(|point| {
        let beside = point.disturbed.len().max(point.digests.len());
        point.samples.len().max(beside)
    });
    let calibration = recording.calibration.iter().flat_map(|one| &one.ideal);
    // Each point counts as one more, because there may be many points without samples.
    let calibrated = calibration.map(|one| one.samples.len() + 1);
    measured.chain(calibrated).sum()
}

fn longest_name(recording: &Recording) -> usize {
    let environment = &recording.environment;
    let environment_texts: [&str; 2] = [&environment.arena_port, &environment.recorded_at];
    let lanes = recording.lanes.iter().map(|lane| lane.name.as_str());
    let series = recording.series.iter().flat_map(names);
    let provenance = recording.provenance.iter().map(|one| one.longest());
    let texts = environment_texts.into_iter().chain(lanes).chain(series);
    texts.map(characters).chain(provenance).max().unwrap_or(0)
}

fn characters(text: &str) -> usize {
    text.chars().count()
}

/// All names of a series and of its points.
fn names(series: &Series) -> impl Iterator<Item = &str> {
    let quantities = [&series.axis, &series.measure];
    let quantities = quantities.map(|one| [&*one.label, &*one.unit]);
    let own = [&*series.id, &*series.label].into_iter();
    own.chain(quantities.into_iter().flatten())
        .chain(series.way.as_deref())
        .chain(series.points.iter().flat_map(of_point))
}

fn of_point(point: &Point) -> impl Iterator<Item = &str> {
    let words = [point.label.as_deref(), point.expected.as_deref()];
    let digests = point.digests.iter().map(String::as_str);
    words.into_iter().flatten().chain(digests)
}
