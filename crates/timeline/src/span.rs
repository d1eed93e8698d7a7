//! A span: a period in which a process does one kind of thing.

use serde::{Deserialize, Serialize};

/// What a process does during a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SpanKind {
    /// From the parent's request until the target is called.
    StartUp,
    /// The target runs.
    Computing,
    /// The target waits for a shared object or another process.
    Waiting,
    /// The target has returned, or the process has ended.
    Idle,
}

impl SpanKind {
    /// All kinds, in the order of a process's life.
    pub const ALL: [SpanKind; 4] = [
        SpanKind::StartUp,
        SpanKind::Computing,
        SpanKind::Waiting,
        SpanKind::Idle,
    ];

    /// The name as it is shown.
    pub fn name(self) -> &'static str {
        match self {
            SpanKind::StartUp => "start-up",
            SpanKind::Computing => "computing",
            SpanKind::Waiting => "waiting",
            SpanKind::Idle => "idle",
        }
    }
}

/// A period in which a process does one kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Span {
    /// What the process does.
    pub kind: SpanKind,
    /// The start, in µs on the trace's clock.
    pub start_us: f64,
    /// The end, in µs on the trace's clock.
    pub end_us: f64,
}
