//! Claims: statements of tutorials, each with the rule by which an experiment judges it.
//!
//! The claims themselves are in the file `claims.rs` of each experiment, together with the
//! code of their rules. What CPython measured for them is in `cpython.rs`.

use serde::Serialize;

/// A statement that tutorials make.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Claim {
    /// Its name in reports.
    pub id: &'static str,
    /// The statement, as one sentence.
    pub text: &'static str,
    /// Where such statements are found.
    pub source: Source,
    /// How it is judged, in one sentence: what is compared, where the limit is, and what the
    /// machine and the plan must offer.
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
    /// The name as it is shown.
    pub fn title(self) -> &'static str {
        match self {
            Source::Tutorial => "Tutorials",
            Source::Documentation => "Python’s documentation",
        }
    }
}
