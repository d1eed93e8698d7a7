//! What the data say: sentences, verdicts and tables.

use crate::{Claim, Reference};
use serde::Serialize;

/// A sentence made from the data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What it says, no more than the intervals allow.
    pub sentence: String,
    /// The claim that it puts to the test, with the verdict.
    pub claim: Option<Verdict>,
}

impl Finding {
    /// A finding that tests no claim.
    pub fn new(sentence: impl Into<String>) -> Finding {
        Finding {
            sentence: sentence.into(),
            claim: None,
        }
    }
}

/// What was measured of what tutorials say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// What they say.
    #[serde(flatten)]
    pub claim: &'static Claim,
    /// What CPython showed, where it was measured.
    pub reference: Option<&'static Reference>,
    /// Whether it is so here.
    pub outcome: Outcome,
}

impl Verdict {
    /// The verdict on a claim, with CPython's figures beside it.
    pub fn new(claim: &'static Claim, outcome: Outcome) -> Verdict {
        Verdict {
            claim,
            reference: claim.reference(),
            outcome,
        }
    }
}

/// Whether a claim holds in this browser, on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It does.
    Holds,
    /// It does in part.
    HoldsInPart,
    /// It does not.
    DoesNotHold,
    /// The samples cannot tell: intervals overlap, or too little was measured.
    NotShown,
}

impl Outcome {
    /// The words for people.
    pub fn title(self) -> &'static str {
        match self {
            Outcome::Holds => "true here",
            Outcome::HoldsInPart => "true in part",
            Outcome::DoesNotHold => "not true here",
            Outcome::NotShown => "no difference shown",
        }
    }
}

/// A table of texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Its name within the report.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// The heads of its columns.
    pub columns: Vec<String>,
    /// Its rows, each as long as there are columns.
    pub rows: Vec<Vec<String>>,
}
