//! What CPython measured for the claims, on the machine on which the stored reports were
//! recorded.
//!
//! `benches/python/claims.py` measures it, and `script/record` stores the raw samples in
//! `recorded/cpython.json`. This file is compiled into the program, so that a claim has its
//! reference even if a request for a file fails.

use super::{
    claim::Claim,
    numbers::{times, with_unit},
    report::{Figure, Machine, Reference},
    statistics::median,
};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::LazyLock};

/// The recording that this program was built with.
const RECORDED: &str = include_str!("../recorded/cpython.json");

/// The schema's name and version.
const SCHEMA: &str = "manyhands-cpython/1";

#[derive(Deserialize)]
struct Recorded {
    schema: String,
    python: String,
    recorded_at: String,
    machine: Machine,
    claims: BTreeMap<String, Vec<SampledFigure>>,
}

#[derive(Deserialize)]
struct SampledFigure {
    label: String,
    unit: String,
    samples: Vec<f64>,
}

/// The references, by the claims' ids. Empty if the recording cannot be read; a test checks
/// that it can.
static REFERENCES: LazyLock<BTreeMap<String, Reference>> =
    LazyLock::new(|| read(RECORDED).unwrap_or_default());

impl Claim {
    /// What CPython measured for this claim; `None` if it did not.
    pub fn reference(&self) -> Option<&'static Reference> {
        REFERENCES.get(self.id)
    }
}

fn words(figure: &Figure) -> String {
    let value = match figure.unit.as_str() {
        "×" => times(figure.value),
        unit => with_unit(figure.value, unit),
    };
    format!("{}: {value}", figure.label)
}

fn read(text: &str) -> Option<BTreeMap<String, Reference>> {
    let recorded: Recorded = serde_json::from_str(text).ok()?;
    if recorded.schema != SCHEMA {
        return None;
    }
    let day: String = recorded.recorded_at.chars().take(10).collect();
    let machine = format!("{} on {}, {day}", recorded.python, recorded.machine.words());
    // The version without its last part.
    let who =
        (recorded.python.rsplit_once('.')).map_or(recorded.python.as_str(), |(short, _)| short);
    let references = recorded.claims.into_iter().map(|(claim, sampled)| {
        let figures: Vec<Figure> = (sampled.into_iter())
            .filter_map(|one| {
                Some(Figure {
                    value: median(&one.samples)?,
                    label: one.label,
                    unit: one.unit,
                })
            })
            .collect();
        let words: Vec<String> = figures.iter().map(words).collect();
        let reference = Reference {
            machine: machine.clone(),
            text: words.join("; ") + ".",
            figures,
            who: who.to_owned(),
        };
        (claim, reference)
    });
    Some(references.collect())
}
