//! Experiments: a plan is run on execution models, the runs give samples, and a report is
//! computed from the samples.
//!
//! In reading order:
//! - [`Experiment`] lists the experiments;
//! - a [`Plan`] says what to measure and estimates how long that takes;
//! - [`run`](fn@run) measures it and reports its progress to an [`Observer`];
//! - [`clock`] finds how much to measure at once;
//! - [`statistics`] computes medians and confidence intervals from few noisy samples, and
//!   [`outliers`] finds samples far from the others;
//! - [`scaling`], [`break_even`] and [`latency`] fit laws to the samples and summarise them;
//! - a [`Report`] contains the samples with the findings, and with charts of the crate
//!   `charts`.
//!
//! Each experiment is a folder, such as [`messaging`], with
//! - `mod.rs`: its `Plan`, and the enum of the series that it records;
//! - `run.rs`: the runner, which records them;
//! - `findings.rs`: the sentences, charts and tables that show the results;
//! - `claims.rs`: the tutorials' claims with the rules that judge them.
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
mod session;
pub mod sharing;
pub mod speed_up;
pub mod start_up;
pub mod statistics;
mod words;

pub use catalogue::{Experiment, UnknownExperiment};
/// The meaning and the unit of the numbers of a series or of an axis.
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
    Calibration, Environment, Figure, Finding, Headline, Ideal, MAX_REPORT_BYTES, Machine, Outcome,
    Point, Provenance, Recording, Reference, Report, Responsiveness, SCHEMA, Series, Table, Trend,
    UnreadableReport, Verdict,
};
pub use run::run;
pub use samples::{Estimate, Samples};
#[cfg(feature = "schema")]
pub use schema::report_schema;
pub use speed_up::speed_ups::{IdealShare, SpeedUp, speed_ups};
pub use statistics::Summary;
