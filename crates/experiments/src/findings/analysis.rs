//! The result of analysing a recording.

use crate::report::{Finding, Headline, Table};
use charts::Chart;

/// What is computed from a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Analysis {
    pub(crate) headline: Option<Headline>,
    pub(crate) sentence: String,
    pub(crate) findings: Vec<Finding>,
    pub(crate) charts: Vec<Chart>,
    pub(crate) tables: Vec<Table>,
}
