//! What tutorials say, and by which rule an experiment judges it. The claims themselves
//! stand beside the code of their rules, in the file `claims.rs` of each experiment. What
//! CPython showed of them is the business of `cpython.rs`.

use serde::Serialize;

/// A sentence that people are taught.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Claim {
    /// Its name in reports.
    pub id: &'static str,
    /// The sentence.
    pub text: &'static str,
    /// Where such sentences stand.
    pub source: Source,
    /// How it is judged, in one sentence: what is compared, where the limit lies, and what
    /// the machine and the plan must have for it.
    pub rule: &'static str,
}

/// Where a claim comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Tutorials and articles.
    Tutorial,
    /// Python's own documentation.
    Documentation,
}

impl Source {
    /// The word for people.
    pub fn title(self) -> &'static str {
        match self {
            Source::Tutorial => "Tutorials",
            Source::Documentation => "Python’s documentation",
        }
    }
}
