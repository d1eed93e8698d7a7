//! Experiments: a plan becomes runs on execution models, runs become samples,
//! samples statistics, and statistics a report.
//!
//! In reading order: [`SpeedUpPlan`] says what to measure, [`statistics`] turns
//! few noisy samples into honest figures, [`lanes`](fn@lanes) draws traces,
//! [`Report`] keeps everything, and [`sentence`](fn@sentence) says it plainly.
//!
//! This room must not import Yew or the DOM.

mod calibrate;
mod environment;
mod lanes;
mod observe;
mod plan;
mod report;
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
pub use sentence::sentence;
pub use speed_up::run;
pub use statistics::Summary;
