//! The Chrome trace: when it is parsed, every event has what the Trace Event Format requires,
//! slices are nested, and arrows have two ends.
#![cfg(not(target_arch = "wasm32"))]

use manyhands::trace::{Event, HOST, Op, OutputLine, Record, Stream};
use proptest::prelude::*;
use serde_json::Value;
use test_support::chrome_trace::{check, parsed};
use timeline::{Lane, Span, SpanKind, Spans, Trace, chrome_trace, chrome_trace_of_lanes};

const OPS: [Op; 18] = [
    Op::Start,
    Op::Ready,
    Op::TargetBegin,
    Op::TargetEnd,
    Op::Exit,
    Op::BlockBegin,
    Op::BlockEnd,
    Op::TaskBegin,
    Op::TaskEnd,
    Op::Steal,
    Op::Put,
    Op::Get,
    Op::Acquire,
    Op::Release,
    Op::Notify,
    Op::Load,
    Op::Store,
    Op::Note,
];

fn event(sequence: u32, time_us: f64, pid: u32, op: Op, object: u32) -> Record {
    Record::Event(Event {
        sequence,
        time_us,
        pid,
        op,
        object,
        operands: [0, 3],
    })
}

fn phases<'a>(events: &'a [Value], name: &str, pid: u32) -> Vec<(&'a str, f64)> {
    (events.iter())
        .filter(|event| event["name"] == name && event["pid"] == pid && event["ph"] != "M")
        .map(|event| (event["ph"].as_str().unwrap(), event["ts"].as_f64().unwrap()))
        .collect()
}

#[test]
fn a_process_s_life() {
    let line = Record::Output(OutputLine {
        sequence: 7,
        time_us: 41.0,
        pid: 2,
        stream: Stream::Stdout,
        text: "</script><script>alert(1)".to_owned(),
        ends_line: true,
    });
    let records = [
        event(1, 10.0, HOST, Op::Start, 2),
        event(2, 20.0, 2, Op::Ready, 0),
        event(3, 25.0, 2, Op::TargetBegin, 0),
        event(4, 30.0, 2, Op::BlockBegin, 64),
        event(6, 40.0, 2, Op::BlockEnd, 64),
        line,
        event(5, 35.0, HOST, Op::Put, 96),
        event(8, 42.0, 2, Op::Get, 96),
        event(9, 50.0, 2, Op::TargetEnd, 0),
        event(10, 55.0, 2, Op::Exit, 0),
    ];
    let text = chrome_trace(&records, |pid| format!("<b>\"{pid}\""));
    let events = parsed(&text);
    check(&events);
    assert_eq!(phases(&events, "process", 2), [("X", 10.0)]);
    assert_eq!(phases(&events, "start-up", 2), [("X", 10.0)]);
    assert_eq!(phases(&events, "target", 2), [("X", 25.0)]);
    assert_eq!(phases(&events, "waiting", 2), [("X", 30.0)]);
    assert_eq!(phases(&events, "start", HOST), [("i", 10.0), ("s", 10.0)]);
    assert_eq!(phases(&events, "start", 2), [("f", 10.0)]);
    assert_eq!(phases(&events, "message", HOST), [("s", 35.0)]);
    assert_eq!(phases(&events, "message", 2), [("f", 42.0)]);
    let printed = events
        .iter()
        .find(|event| event["name"] == "print")
        .unwrap();
    assert_eq!(printed["args"]["text"], "</script><script>alert(1)");
    let name = events
        .iter()
        .find(|event| event["name"] == "process_name" && event["pid"] == 2);
    assert_eq!(name.unwrap()["args"]["name"], "<b>\"2\"");
}

#[test]
fn slices_with_lost_events_are_closed_or_left_out() {
    let records = [
        // The event of the start was lost, and the wait and the target never end.
        event(1, 20.0, 3, Op::TargetBegin, 0),
        event(2, 30.0, 3, Op::BlockBegin, 64),
        // All events of beginnings were lost.
        event(3, 31.0, 4, Op::TargetEnd, 0),
        event(4, 32.0, 4, Op::BlockEnd, 0),
        // A message that is never taken, and one whose put was lost.
        event(5, 33.0, 4, Op::Put, 96),
        event(6, 34.0, 4, Op::Get, 128),
        event(7, f64::NAN, 4, Op::Get, 128),
    ];
    let events = parsed(&chrome_trace(&records, |pid| pid.to_string()));
    check(&events);
    assert_eq!(phases(&events, "target", 3), [("X", 20.0)]);
    assert_eq!(phases(&events, "target", 4), []);
    assert_eq!(phases(&events, "message", 4), []);
    check(&parsed(&chrome_trace(&[], |pid| pid.to_string())));
}

#[test]
fn the_depth_of_a_channel_is_counted() {
    let records = [
        event(1, 1.0, 2, Op::Put, 96),
        event(2, 2.0, 2, Op::Put, 96),
        event(3, 3.0, 3, Op::Get, 96),
        // A message that was put before the trace began.
        event(4, 4.0, 3, Op::Get, 128),
    ];
    let events = parsed(&chrome_trace(&records, |pid| pid.to_string()));
    check(&events);
    let depths = |name: &str| -> Vec<f64> {
        let counts = events
            .iter()
            .filter(|event| event["ph"] == "C" && event["name"] == name);
        counts
            .map(|event| event["args"]["count"].as_f64().unwrap())
            .collect()
    };
    assert_eq!(depths("channel 96"), [1.0, 2.0, 1.0]);
    assert_eq!(depths("channel 128"), [0.0]);
}

#[test]
fn threads_are_tracks_of_their_process() {
    let mut thread = event(2, 2.0, 2, Op::Start, 3);
    let mut inner = event(4, 4.0, 3, Op::Start, 4);
    for one in [&mut thread, &mut inner] {
        if let Record::Event(event) = one {
            event.operands[0] = 1;
        }
    }
    let mut trace = Trace::new();
    trace.begin("all of it", 0.5);
    for record in [
        event(1, 1.0, HOST, Op::Start, 2),
        thread,
        event(3, 3.0, 3, Op::TargetBegin, 0),
        inner,
        event(5, 5.0, 4, Op::TargetBegin, 0),
        event(6, 6.0, 3, Op::TargetEnd, 0),
    ] {
        trace.record(record);
    }
    trace.end(7.0);
    trace.count("queue", 5.5, 2.0);
    trace.name_all(|pid| (pid != 4).then(|| format!("number {pid}")));
    assert_eq!((trace.len(), trace.dropped(), trace.lost()), (6, 0, 0));
    let events = parsed(&trace.to_chrome());
    check(&events);
    let track_of = |name: &str, ph: &str| -> Vec<(u64, u64)> {
        (events.iter())
            .filter(|event| event["name"] == name && event["ph"] == ph)
            .map(|event| {
                (
                    event["pid"].as_u64().unwrap(),
                    event["tid"].as_u64().unwrap(),
                )
            })
            .collect()
    };
    assert_eq!(track_of("target", "X"), [(2, 3), (2, 4)]);
    assert_eq!(track_of("all of it", "X"), [(1, 0)]);
    assert_eq!(track_of("queue", "C"), [(1, 1)]);
    let names: Vec<&str> = (events.iter())
        .filter(|event| event["name"] == "thread_name")
        .map(|event| event["args"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["page", "number 2", "number 3", "pid 4", "measured"]);
}

#[test]
fn records_beyond_the_limit_are_dropped_and_counted() {
    let mut trace = Trace::new();
    // The start of a process is kept, even if the process records very many events.
    trace.record(event(0, 0.0, 1, Op::Start, 2));
    for sequence in 1..=100_250 {
        let op = if sequence % 2 == 0 {
            Op::BlockBegin
        } else {
            Op::BlockEnd
        };
        trace.record(event(sequence, f64::from(sequence), 2, op, 64));
    }
    trace.add_lost(1_234);
    assert_eq!((trace.len(), trace.dropped()), (100_001, 250));
    let text = trace.to_chrome();
    let events = parsed(&text);
    check(&events);
    assert!(
        events
            .iter()
            .any(|event| event["name"] == "process" && event["pid"] == 2)
    );
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["otherData"]["records dropped"], 250);
    assert_eq!(file["otherData"]["records lost"], 1_234);
    assert!(text.len() < 20_000_000, "{} bytes", text.len());
}

#[test]
fn sequence_numbers_may_wrap() {
    let mut trace = Trace::new();
    trace.record(event(u32::MAX, 1.0, 2, Op::BlockBegin, 64));
    trace.record(event(0, 2.0, 2, Op::BlockEnd, 64));
    let events = parsed(&trace.to_chrome());
    check(&events);
    assert_eq!(phases(&events, "waiting", 2), [("X", 1.0)]);
}

#[test]
fn lanes_become_slices() {
    let span = |kind, start_us, end_us| Span {
        kind,
        start_us,
        end_us,
    };
    let lane = Lane {
        pid: 5,
        name: "five".to_owned(),
        spans: Spans::from_iter([
            span(SpanKind::StartUp, 1.0, 3.5),
            span(SpanKind::Computing, 3.5, 9.0),
            span(SpanKind::Idle, f64::NAN, 9.0),
        ]),
        exit_code: Some(0),
    };
    let events = parsed(&chrome_trace_of_lanes(&[lane]));
    check(&events);
    assert_eq!(phases(&events, "start-up", 5), [("X", 1.0)]);
    assert_eq!(phases(&events, "computing", 5), [("X", 3.5)]);
    let slices = events.iter().filter(|event| event["ph"] == "X");
    let lengths: Vec<f64> = slices.map(|event| event["dur"].as_f64().unwrap()).collect();
    assert_eq!(lengths, [2.5, 5.5]);
}

proptest! {
    #[test]
    fn any_trace_gives_a_sound_file(
        all in prop::collection::vec((0.0..100.0_f64, 1..5_u32, 0..OPS.len(), 1..6_u32), 0..120),
    ) {
        let records: Vec<Record> = (0..).zip(all)
            .map(|(sequence, (time, pid, op, object))| event(sequence, time, pid, OPS[op], object))
            .collect();
        check(&parsed(&chrome_trace(&records, |pid| format!("process {pid}"))));
        // As the page keeps it, with any threads and measurements.
        let mut trace = Trace::new();
        for record in records {
            if let Record::Event(event) = &record {
                match event.op {
                    Op::TaskBegin => trace.begin("a stretch", event.time_us),
                    Op::TaskEnd => trace.end(event.time_us),
                    Op::Steal => trace.count("a count", event.time_us, 1.0),
                    _ => {}
                }
            }
            let thread = match record {
                Record::Event(mut event) if event.op == Op::Start => {
                    event.operands[0] = event.object % 2;
                    Record::Event(event)
                }
                other => other,
            };
            trace.record(thread);
        }
        check(&parsed(&trace.to_chrome()));
    }
}
