//! Experiments: a plan becomes runs on execution models, runs become samples,
//! samples statistics, and statistics a report.
//!
//! In reading order: [`SpeedUpPlan`] says what to measure, [`statistics`] turns
//! few noisy samples into honest figures ([`outliers`] names the odd ones,
//! [`clock`] says how much to measure at once), [`scaling`], [`break_even`] and
//! [`latency`] fit and sum up what they mean, [`lanes`](fn@lanes) draws traces,
//! [`Report`] keeps everything, and [`sentence`](fn@sentence) says it plainly.
//!
//! This room must not import Yew or the DOM.

pub mod break_even;
mod calibrate;
pub mod clock;
mod environment;
mod lanes;
pub mod latency;
mod least_squares;
mod observe;
pub mod outliers;
mod plan;
mod report;
mod samples;
pub mod scaling;
mod sentence;
mod speed_up;
pub mod statistics;

pub use environment::environment;

pub use lanes::{Breakdown, Lane, Span, SpanKind, lanes};
pub use observe::{Cancel, Observer, Phase, Progress, RunError};
pub use plan::{Field, Invalid, SpeedUpPlan};
pub use report::{
    Calibration, Environment, Ideal, Measurements, Model, Report, Responsiveness, Run, SCHEMA,
    Series, SpeedUp, UnreadableReport,
};
pub use samples::{Estimate, Samples};
pub use sentence::sentence;
pub use speed_up::run;
pub use statistics::Summary;
