//! The stored form of a report: the recorded data without the data computed from them.

use experiments::{Provenance, Report, SCHEMA};
use serde_json::Value;
use timeline::{Lane, Span};

/// The fields of a point that `Report::new` computes.
const COMPUTED_POINT_FIELDS: [&str; 3] = ["correct", "summary", "outliers"];

/// The largest number of spans of each lane in a stored report, which visitors download.
const MAX_SPANS: usize = 400;

/// Adds the description of the machine to a report. Returns the report and its stored JSON, which
/// has been checked: it can be read as an equal report.
pub fn stored(text: &str, provenance: Provenance) -> Result<(Report, String), String> {
    let report = Report::read(text).map_err(|error| error.to_string())?;
    if !report.agree {
        return Err(report.sentence.clone());
    }
    let mut recording = report.recording;
    recording.provenance = Some(provenance);
    recording.lanes.iter_mut().for_each(shorten);
    let report = Report::new(recording);
    let json = json(&report)?;
    match Report::read(&json) {
        Ok(read) if read == report => Ok((report, json)),
        Ok(_) => Err("what would be kept reads back as another report".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Reduces the number of spans of a lane, and rounds their times to 0.1 µs, which is less than the
/// clock step of any browser.
fn shorten(lane: &mut Lane) {
    let tenths = |time: f64| (time * 10.0).round() / 10.0;
    let spans = lane.spans.shortened(MAX_SPANS).list().into_iter();
    let shorter = spans.map(|span| Span {
        start_us: tenths(span.start_us),
        end_us: tenths(span.end_us),
        ..span
    });
    lane.spans = shorter.collect();
}

/// The JSON of a report without its computed parts.
fn json(report: &Report) -> Result<String, String> {
    let whole = serde_json::to_value(&report.recording).map_err(|error| error.to_string())?;
    let mut stored = serde_json::Map::new();
    stored.insert("schema".to_owned(), SCHEMA.into());
    stored.insert("experiment".to_owned(), report.experiment().name().into());
    if let Value::Object(parts) = whole {
        stored.extend(parts);
    }
    let series = stored.get_mut("series").and_then(Value::as_array_mut);
    for one in series.into_iter().flatten() {
        let points = one["points"].as_array_mut();
        for point in points
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            point.retain(|key, _| !COMPUTED_POINT_FIELDS.contains(&key.as_str()));
        }
    }
    Ok(Value::Object(stored).to_string())
}
