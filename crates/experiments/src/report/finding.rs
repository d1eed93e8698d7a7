//! The results of a report: sentences, verdicts and tables.

use crate::claim::Claim;
use serde::Serialize;

/// A sentence about the data.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// The sentence. It states no more than the confidence intervals allow.
    pub sentence: String,
    /// The claim that it tests, with the verdict.
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

/// The verdict about a claim of tutorials.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verdict {
    /// The claim.
    #[serde(flatten)]
    pub claim: &'static Claim,
    /// What CPython measured for the claim, if it did.
    pub reference: Option<&'static Reference>,
    /// Whether the claim is true here.
    pub outcome: Outcome,
}

/// What CPython measured for a claim. That was on another machine than the report's, so the
/// figures can be compared only roughly.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reference {
    /// The version of Python, the machine and the date.
    pub machine: String,
    /// The figures in words.
    pub text: String,
    /// The figures, for charts.
    pub figures: Vec<Figure>,
    /// The name of the interpreter, with a short version.
    #[serde(skip)]
    pub who: String,
}

/// One figure of a reference: the median of its samples.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figure {
    /// What was measured.
    pub label: String,
    /// The median.
    pub value: f64,
    /// The unit of the value.
    pub unit: String,
}

/// Whether a claim is true in this browser, on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The whole confidence interval lies on the side of the limit that the claim states.
    Holds,
    /// The whole confidence interval lies on the other side of the limit.
    DoesNotHold,
    /// The confidence interval lies on both sides of the limit.
    TooClose,
    /// The rule does not apply to this machine or to this plan, or too little was
    /// measured. The finding's sentence gives the reason.
    CannotBeSaid,
}

impl Outcome {
    /// The outcome as it is shown.
    pub fn title(self) -> &'static str {
        match self {
            Outcome::Holds => "True on this machine",
            Outcome::DoesNotHold => "Not on this machine",
            Outcome::TooClose => "Too close to call",
            Outcome::CannotBeSaid => "Cannot be said here",
        }
    }
}

/// A table of texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Table {
    /// The name within the report.
    pub id: String,
    /// The heading.
    pub title: String,
    /// The headings of the columns.
    pub columns: Vec<String>,
    /// The rows, with one text for each column.
    pub rows: Vec<Vec<String>>,
}
