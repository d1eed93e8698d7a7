//! Trace records as pictures of time: [`Spans`] are what a process was at from
//! when to when, [`lanes`](fn@lanes) lay the spans of a trace out by process,
//! [`Trace`] keeps the newest records within bounded memory, and
//! [`chrome_trace`](fn@chrome_trace) writes them in Chrome's Trace Event Format.
//!
//! This crate knows the library's record types and nothing above them: it must
//! not import experiments, Yew or the DOM.

mod chrome_trace;
mod lanes;
mod span;
mod spans;
mod trace;

pub use chrome_trace::{chrome_trace, chrome_trace_of_lanes};
pub use lanes::{Breakdown, Lane, Live, Lives, lanes};
pub use span::{Span, SpanKind};
pub use spans::{Run, Spans};
pub use trace::Trace;
