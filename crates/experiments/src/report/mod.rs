//! The report of an experiment, as the page shows and publishes it.
//!
//! A report is made from a [`Recording`], which contains the raw samples and their origin.
//! Everything else is computed from them by [`Report::new`], and again whenever a report is
//! read. So a report can never contradict its samples.
//!
//! This folder contains the types, and reading and writing them. The findings are computed
//! in the folders of the experiments and put together in `assemble.rs`, which this folder
//! must not import.

mod csv;
mod document;
mod environment;
mod finding;
mod headline;
mod limits;
mod provenance;
mod read;
mod series;

pub use document::{Recording, Report, SCHEMA};
pub use environment::{Calibration, Environment, Ideal, Responsiveness};
pub use finding::{Figure, Finding, Outcome, Reference, Table, Verdict};
pub use headline::{Headline, Trend};
pub use provenance::{Machine, Provenance};
pub use read::{MAX_REPORT_BYTES, UnreadableReport};
pub(crate) use series::SeriesId;
pub use series::{Point, Series};
