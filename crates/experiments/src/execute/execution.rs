//! The result of one run of a job.

use timeline::Breakdown;
use workloads::Tally;

/// One run of a job.
pub(crate) struct Execution {
    /// The time from the first request until the last result has arrived, including start-up.
    pub(crate) seconds: f64,
    pub(crate) tally: Tally,
    /// How each process or thread spent its time; empty for models without them.
    pub(crate) parts: Vec<Breakdown>,
    /// For a job that waits, the latency of each item in ms: from its arrival until it was
    /// done. Otherwise empty.
    pub(crate) latencies_ms: Vec<f64>,
}
