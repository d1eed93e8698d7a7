//! What a reader must know of a trace that holds less than all.

use timeline::Trace;
use workloads::grouped;

/// How many records a trace dropped and lost, as sentences; `None` if it holds all.
pub fn missing_records(trace: &Trace) -> Option<String> {
    let dropped = format!(
        "The Chrome trace holds the newest {} records; {} older ones were dropped.",
        grouped(trace.len() as u128),
        grouped(trace.dropped().into())
    );
    let lost = format!(
        "{} records never came: they were written faster than the page could read.",
        grouped(trace.lost().into())
    );
    let said = [(trace.dropped(), dropped), (trace.lost(), lost)];
    let said = said.into_iter().filter(|(count, _)| *count > 0);
    let said: Vec<String> = said.map(|(_, sentence)| sentence).collect();
    (!said.is_empty()).then(|| said.join(" "))
}
