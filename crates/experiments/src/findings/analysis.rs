//! What an experiment's findings come to.

use crate::report::{Finding, Table};
use charts::Chart;

/// What is computed from a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Analysis {
    pub(super) sentence: String,
    pub(super) findings: Vec<Finding>,
    pub(super) charts: Vec<Chart>,
    pub(super) tables: Vec<Table>,
}
