//! The warning about a trace from which records are missing.
#![cfg(not(target_arch = "wasm32"))]

use experiments::missing_records;
use manyhands::trace::{Event, Op, Record};
use timeline::Trace;

#[test]
fn dropped_and_lost_records_are_counted_in_the_warning() {
    let mut trace = Trace::new();
    for sequence in 0..100_250_u32 {
        let op = if sequence % 2 == 0 {
            Op::BlockBegin
        } else {
            Op::BlockEnd
        };
        trace.record(Record::Event(Event {
            sequence,
            time_us: f64::from(sequence),
            pid: 2,
            op,
            object: 0,
            operands: [0, 0],
        }));
    }
    trace.add_lost(1_234);
    let warning = missing_records(&trace).unwrap();
    assert!(
        ["100,000", "250", "1,234"]
            .iter()
            .all(|count| warning.contains(count)),
        "{warning}"
    );
}

#[test]
fn lost_records_are_counted_in_the_warning() {
    let mut trace = Trace::new();
    assert_eq!(missing_records(&trace), None);
    trace.add_lost(1);
    let warning = missing_records(&trace).unwrap();
    assert!(warning.starts_with("1 records never came"), "{warning}");
    assert_eq!(trace.dropped(), 0);
}
