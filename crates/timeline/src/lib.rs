//! Turns the library's trace records into a timeline: what each process did, from when
//! to when. It is the same for every program that uses the library.
//!
//! In reading order:
//! - [`lanes`](fn@lanes) and [`LifeCycles`] compute a [`Lane`] for each process: its spans of
//!   start-up, computing, waiting and idling;
//! - [`Spans`] stores the spans of a lane within bounded memory and computes what to draw
//!   of them for a given number of pixels;
//! - [`Trace`] keeps the newest records of an experiment within bounded memory;
//! - [`chrome_trace`](fn@chrome_trace) and [`Trace::to_chrome`] write records in Chrome's
//!   Trace Event Format, which Perfetto and `chrome://tracing` open.
//!
//! All times are µs on the trace's clock unless a name ends in `_ms`.
//!
//! This crate must not import anything but the library's record types: no experiment, no
//! chart, no Yew and no DOM.

mod chrome_trace;
mod lanes;
mod span;
mod spans;
mod trace;

pub use chrome_trace::{chrome_trace, chrome_trace_of_lanes};
pub use lanes::{Breakdown, Lane, LifeCycles, LiveLanes, lanes};
pub use span::{Span, SpanKind};
pub use spans::{PixelRun, Spans};
pub use trace::Trace;
