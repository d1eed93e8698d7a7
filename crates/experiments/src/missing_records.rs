//! The warning about records that are missing in a trace.

use timeline::Trace;
use workloads::grouped;

/// Sentences with the numbers of records that a trace dropped and lost; `None` if it has all
/// records.
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
    let sentences = [(trace.dropped(), dropped), (trace.lost(), lost)];
    let sentences = sentences.into_iter().filter(|(count, _)| *count > 0);
    let sentences: Vec<String> = sentences.map(|(_, sentence)| sentence).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}
