//! Reads reports from unknown sources.
//!
//! Every count is limited before anything is allocated. Only the raw samples are read, and
//! everything else is computed again. Names are treated as plain text.

use super::{
    document::{MAX_LANES, MAX_SERIES, Recording, SCHEMA},
    environment::{Calibration, Environment, Responsiveness},
    limits,
    provenance::Provenance,
    series::Series,
};
use crate::{catalogue::Experiment, plan::Plan};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use serde_json::{Map, Value};
use std::{fmt, marker::PhantomData};
use timeline::Lane;

/// The largest size of a report that is read, in bytes.
pub const MAX_REPORT_BYTES: usize = 32 << 20;

/// The error of a text that is not a report this version can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableReport(String);

impl fmt::Display for UnreadableReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "This is not a report that can be read: {}.", self.0)
    }
}

impl std::error::Error for UnreadableReport {}

impl Recording {
    /// Reads the recording in a report.
    ///
    /// # Errors
    /// [`UnreadableReport`] if the text is cut off, has another schema version, is too large,
    /// or is not a report. Its message says which.
    pub fn read(text: &str) -> Result<Recording, UnreadableReport> {
        recording(text).map_err(UnreadableReport)
    }
}

fn recording(text: &str) -> Result<Recording, String> {
    if text.len() > MAX_REPORT_BYTES {
        let [mib, most] = [text.len(), MAX_REPORT_BYTES].map(|bytes| bytes >> 20);
        return Err(format!(
            "it has {mib} MiB, and the largest that is read has {most}"
        ));
    }
    let header: Header = serde_json::from_str(text).map_err(|error| unreadable(text, &error))?;
    version(&header.schema)?;
    let stored: Stored = serde_json::from_str(text).map_err(|error| unreadable(text, &error))?;
    let experiment: Experiment = (stored.experiment.parse()).map_err(|error| format!("{error}"))?;
    let cores = stored.environment.logical_cores;
    let plan = Plan::from_stored(experiment, &stored.plan, cores).map_err(|invalid| {
        let texts: Vec<&str> = (invalid.iter())
            .map(|one| one.message.trim_end_matches('.'))
            .collect();
        format!("its plan cannot be: {}", texts.join("; "))
    })?;
    let (AtMost(series), AtMost(lanes)) = (stored.series, stored.lanes);
    let recording = Recording {
        plan,
        environment: stored.environment,
        calibration: stored.calibration,
        series,
        answer: stored.answer,
        responsiveness: stored.responsiveness,
        lanes,
        provenance: stored.provenance,
    };
    limits::check(&recording)?;
    Ok(recording)
}

/// An error if this version does not read the schema.
fn version(schema: &str) -> Result<(), String> {
    let number = |schema: &str| {
        schema
            .strip_prefix("manyhands-report/")?
            .parse::<u32>()
            .ok()
    };
    let (Some(theirs), Some(ours)) = (number(schema), number(SCHEMA)) else {
        return Err("its schema is not one of Manyhands".to_owned());
    };
    match theirs.cmp(&ours) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(format!(
            "it is of schema {theirs}, made by a newer Manyhands, and this one reads schema {ours}: reload the page, or use the newer one"
        )),
        std::cmp::Ordering::Less => Err(format!(
            "it is of schema {theirs}, made by an older Manyhands, and this one reads schema {ours}: run the experiment again"
        )),
    }
}

/// The error message for an error of the parser. It does not quote a long part of the text,
/// which comes from an unknown source.
fn unreadable(text: &str, error: &serde_json::Error) -> String {
    // A truncated text may also end within a number or a word.
    let torn = text.starts_with('{') && !text.trim_end().ends_with('}');
    if error.is_eof() || (error.is_syntax() && torn) {
        "it is cut off before its end".to_owned()
    } else if error.is_syntax() {
        "it is not JSON, or damaged".to_owned()
    } else if !text.trim_start().starts_with('{') {
        "it is not a JSON object, as every report is".to_owned()
    } else {
        let text: String = error.to_string().chars().take(200).collect();
        text
    }
}

/// The part of the JSON that is read first: the schema's name and version.
#[derive(Deserialize)]
struct Header {
    schema: String,
}

/// The parts of a report's JSON that are not computed.
#[derive(Deserialize)]
struct Stored {
    experiment: String,
    plan: Map<String, Value>,
    environment: Environment,
    calibration: Option<Calibration>,
    series: AtMost<Series, MAX_SERIES>,
    answer: Option<String>,
    responsiveness: Option<Responsiveness>,
    #[serde(default)]
    lanes: AtMost<Lane, MAX_LANES>,
    #[serde(default)]
    provenance: Option<Provenance>,
}

/// Deserialises at most this number of elements, and refuses more before allocating them.
struct AtMost<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> Default for AtMost<T, MAX> {
    fn default() -> Self {
        AtMost(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for AtMost<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seq<T, const MAX: usize>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for Seq<T, MAX> {
            type Value = AtMost<T, MAX>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MAX}")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while all.len() < MAX {
                    match seq.next_element()? {
                        Some(one) => all.push(one),
                        None => return Ok(AtMost(all)),
                    }
                }
                match seq.next_element::<IgnoredAny>()? {
                    None => Ok(AtMost(all)),
                    Some(_) => Err(serde::de::Error::invalid_length(MAX + 1, &self)),
                }
            }
        }
        deserializer.deserialize_seq(Seq(PhantomData))
    }
}
