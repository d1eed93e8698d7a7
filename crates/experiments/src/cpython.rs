//! What CPython showed of the claims, on the machine of the recorded reports.
//!
//! `benches/python/claims.py` measures it; `script/record` keeps its raw samples
//! in `recorded/cpython.json`, which is part of the program: a claim must
//! not be without its reference because a request failed.

use super::findings::words::{times, with_unit};
use super::report::Machine;
use super::statistics::median;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::LazyLock};

/// The recording that this program was built with.
const RECORDED: &str = include_str!("../recorded/cpython.json");

/// The schema's name and version.
const SCHEMA: &str = "manyhands-cpython/1";

/// What CPython showed: on another machine than the reader's, so only to be
/// held beside their figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reference {
    /// Who measured where and when.
    pub machine: String,
    /// In words.
    pub text: String,
    /// In figures, for charts.
    pub figures: Vec<Figure>,
    /// Who, in a word or two.
    #[serde(skip)]
    pub who: String,
}

/// One figure of a reference: the median of its samples.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Of what.
    pub label: String,
    /// How much.
    pub value: f64,
    /// Of which unit.
    pub unit: String,
}

impl Figure {
    fn words(&self) -> String {
        let value = match self.unit.as_str() {
            "×" => times(self.value),
            unit => with_unit(self.value, unit),
        };
        format!("{}: {value}", self.label)
    }
}

#[derive(Deserialize)]
struct Recorded {
    schema: String,
    python: String,
    recorded_at: String,
    machine: Machine,
    claims: BTreeMap<String, Vec<Sampled>>,
}

#[derive(Deserialize)]
struct Sampled {
    label: String,
    unit: String,
    samples: Vec<f64>,
}

/// By claim. Without any where the recording cannot be read, which the tests
/// rule out.
static REFERENCES: LazyLock<BTreeMap<String, Reference>> =
    LazyLock::new(|| read(RECORDED).unwrap_or_default());

/// What CPython showed of the claim of this name.
pub(super) fn reference(claim: &str) -> Option<&'static Reference> {
    REFERENCES.get(claim)
}

fn read(text: &str) -> Option<BTreeMap<String, Reference>> {
    let recorded: Recorded = serde_json::from_str(text).ok()?;
    if recorded.schema != SCHEMA {
        return None;
    }
    let day: String = recorded.recorded_at.chars().take(10).collect();
    let machine = format!("{} on {}, {day}", recorded.python, recorded.machine.words());
    // Without the last part of its version.
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
        let words: Vec<String> = figures.iter().map(Figure::words).collect();
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
