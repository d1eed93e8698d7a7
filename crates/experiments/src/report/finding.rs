//! What the data say: sentences, verdicts and tables.

use crate::claim::Claim;
use serde::Serialize;

/// A sentence made from the data.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verdict {
    /// What they say.
    #[serde(flatten)]
    pub claim: &'static Claim,
    /// What CPython showed, where it was measured.
    pub reference: Option<&'static Reference>,
    /// Whether it is so here.
    pub outcome: Outcome,
}

/// What CPython showed: on another machine than the reader's, so only to be
/// held beside their figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figure {
    /// Of what.
    pub label: String,
    /// How much.
    pub value: f64,
    /// Of which unit.
    pub unit: String,
}

/// Whether a claim is true in this browser, on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The whole interval lies where the claim says.
    Holds,
    /// The whole interval lies where the claim does not say.
    DoesNotHold,
    /// The interval lies on both sides of the limit.
    TooClose,
    /// The rule does not apply to this machine or to this plan, or too little was
    /// measured. The finding's sentence gives the reason.
    CannotBeSaid,
}

impl Outcome {
    /// The words for people.
    pub fn title(self) -> &'static str {
        match self {
            Outcome::Holds => "true here",
            Outcome::DoesNotHold => "not true here",
            Outcome::TooClose => "too close to call",
            Outcome::CannotBeSaid => "cannot be said here",
        }
    }
}

/// A table of texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
