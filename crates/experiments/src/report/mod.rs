//! The report of an experiment, as the page shows and publishes it.
//!
//! A report is made from a [`Recording`]: raw samples with where they come from.
//! Everything that can be computed from them is, by [`Report::new`] and again
//! whenever a report is read, so no report contradicts itself or says what its
//! samples do not.
//!
//! Here are the types, and how they are read and written. What a recording says
//! is computed in `findings`, which this room must not import.

mod csv;
mod document;
mod environment;
mod finding;
mod limits;
mod provenance;
mod read;
mod series;

pub use document::{Recording, Report, SCHEMA};
pub use environment::{Calibration, Environment, Ideal, Responsiveness};
pub use finding::{Figure, Finding, Outcome, Reference, Table, Verdict};
pub use provenance::{Machine, Provenance};
pub use read::{LARGEST, UnreadableReport};
pub use series::{Point, Series};
