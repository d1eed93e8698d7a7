//! Experiments: a plan becomes runs on execution models, runs become samples,
//! samples statistics, and statistics a report.
//!
//! Each experiment is a folder, such as [`messaging`]: its `Plan` is a struct whose
//! fields have types, an enum names the series that it records, `run.rs` records them,
//! `findings.rs` says what they show, and `claims.rs` holds the tutorials' claims with the
//! rules by which they are judged.
//!
//! In reading order: [`Experiment`] lists what can be asked, a [`Plan`] says what to
//! measure and about how long that takes, [`run`](fn@run) measures it and tells an
//! [`Observer`], [`statistics`] turns few noisy samples into figures with intervals
//! ([`outliers`] names the odd ones, [`clock`] says how much to measure at once),
//! [`scaling`], [`break_even`] and [`latency`] fit and sum up what they mean, and a
//! [`Report`] keeps everything with its findings and with charts of the crate `charts`.
//!
//! This crate must not import Yew or the DOM.

mod assemble;
pub mod break_even;
mod browser_memory;
mod calibrate;
mod catalogue;
mod claim;
mod claims;
pub mod clock;
mod cpython;
mod decide;
mod driver;
mod environment;
mod estimate;
mod execute;
mod findings;
mod form;
pub mod granularity;
pub mod io_bound;
pub mod latency;
mod least_squares;
pub mod messaging;
mod missing_records;
mod model;
mod numbers;
mod observe;
pub mod outliers;
mod per_call;
pub mod pipelines;
mod plan;
pub mod pool_methods;
mod report;
mod run;
mod samples;
pub mod scaling;
#[cfg(feature = "schema")]
mod schema;
mod series_id;
mod session;
pub mod sharing;
pub mod speed_up;
pub mod start_up;
pub mod statistics;
mod words;

pub use catalogue::{Experiment, UnknownExperiment};
/// What numbers of series and of charts mean.
pub use charts::Quantity;
pub use claim::{Claim, Source};
pub use decide::{Decision, decide};
pub use environment::environment;
pub use findings::every_sample;
pub use form::{Choice, Field, Invalid, Kind, Limit, Skew, YesOrNo};
pub use missing_records::missing_records;
pub use model::{Locking, Model};
pub use observe::{Cancel, Observer, Progress, RunError};
pub use plan::Plan;
pub use report::{
    Calibration, Environment, Figure, Finding, Ideal, MAX_REPORT_BYTES, Machine, Outcome, Point,
    Provenance, Recording, Reference, Report, Responsiveness, SCHEMA, Series, Table,
    UnreadableReport, Verdict,
};
pub use run::run;
pub use samples::{Estimate, Samples};
#[cfg(feature = "schema")]
pub use schema::report_schema;
pub use speed_up::speed_ups::{Share, SpeedUp, speed_ups};
pub use statistics::Summary;
