//! The Chrome trace: parsed back, every event has what the Trace Event Format
//! asks for, slices nest, arrows have two ends.
#![cfg(not(target_arch = "wasm32"))]

use manyhands::experiment::{Lane, Span, SpanKind, chrome_trace, chrome_trace_of_lanes};
use manyhands::trace::{Event, HOST, Line, Op, Record, Stream};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

const OPS: [Op; 17] = [
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

fn parsed(text: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(text).unwrap();
    file["traceEvents"].as_array().unwrap().clone()
}

/// What must hold for every file, by the documented format.
fn check(events: &[Value]) {
    let mut open: BTreeMap<(u64, u64), Vec<String>> = BTreeMap::new();
    let mut now: BTreeMap<(u64, u64), f64> = BTreeMap::new();
    let mut arrows: BTreeMap<u64, (Option<f64>, u32)> = BTreeMap::new();
    let mut named = Vec::new();
    for event in events {
        let text = |key: &str| {
            event[key]
                .as_str()
                .unwrap_or_else(|| panic!("no {key}: {event}"))
        };
        let (name, phase) = (text("name"), text("ph"));
        let number = |key: &str| {
            event[key]
                .as_u64()
                .unwrap_or_else(|| panic!("no {key}: {event}"))
        };
        let track = (number("pid"), number("tid"));
        let time = event["ts"]
            .as_f64()
            .unwrap_or_else(|| panic!("no ts: {event}"));
        assert!(time.is_finite());
        if phase == "M" {
            assert!(matches!(
                name,
                "process_name" | "thread_name" | "process_sort_index"
            ));
            if name == "process_name" {
                named.push(track.0);
                assert!(event["args"]["name"].is_string());
            }
            continue;
        }
        let before = now.insert(track, time).unwrap_or(f64::NEG_INFINITY);
        assert!(before <= time, "time runs backwards: {event}");
        match phase {
            "B" => open.entry(track).or_default().push(name.to_owned()),
            "E" => assert_eq!(open.entry(track).or_default().pop().as_deref(), Some(name)),
            "X" => assert!(event["dur"].as_f64().unwrap() >= 0.0),
            "i" => assert_eq!(event["s"], "t"),
            "s" => {
                let arrow = arrows.entry(number("id")).or_default();
                assert_eq!(arrow.0.replace(time), None, "begins twice: {event}");
            }
            "f" => {
                assert_eq!(event["bp"], "e");
                let arrow = arrows.entry(number("id")).or_default();
                assert!(arrow.0.is_some_and(|begin| begin <= time), "{event}");
                arrow.1 += 1;
            }
            other => panic!("unknown phase {other}"),
        }
    }
    assert!(open.values().all(Vec::is_empty), "not closed: {open:?}");
    assert!(arrows.values().all(|(_, ends)| *ends == 1), "{arrows:?}");
    assert!(
        now.keys().all(|(pid, _)| named.contains(pid)),
        "a process without a name"
    );
}

fn phases<'a>(events: &'a [Value], name: &str, pid: u32) -> Vec<(&'a str, f64)> {
    (events.iter())
        .filter(|event| event["name"] == name && event["pid"] == pid && event["ph"] != "M")
        .map(|event| (event["ph"].as_str().unwrap(), event["ts"].as_f64().unwrap()))
        .collect()
}

#[test]
fn a_process_s_life() {
    let line = Record::Line(Line {
        sequence: 7,
        time_us: 41.0,
        pid: 2,
        stream: Stream::Stdout,
        text: "</script><script>alert(1)".to_owned(),
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
    assert_eq!(phases(&events, "process", 2), [("B", 10.0), ("E", 55.0)]);
    assert_eq!(phases(&events, "start-up", 2), [("B", 10.0), ("E", 25.0)]);
    assert_eq!(phases(&events, "target", 2), [("B", 25.0), ("E", 50.0)]);
    assert_eq!(phases(&events, "waiting", 2), [("B", 30.0), ("E", 40.0)]);
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
fn what_was_lost_is_closed_or_left_out() {
    let records = [
        // Its start was lost, its wait and its target never end.
        event(1, 20.0, 3, Op::TargetBegin, 0),
        event(2, 30.0, 3, Op::BlockBegin, 64),
        // No beginnings at all.
        event(3, 31.0, 4, Op::TargetEnd, 0),
        event(4, 32.0, 4, Op::BlockEnd, 0),
        // Nobody takes it; nobody put that.
        event(5, 33.0, 4, Op::Put, 96),
        event(6, 34.0, 4, Op::Get, 128),
        event(7, f64::NAN, 4, Op::Get, 128),
    ];
    let events = parsed(&chrome_trace(&records, |pid| pid.to_string()));
    check(&events);
    assert_eq!(phases(&events, "target", 3), [("B", 20.0), ("E", 34.0)]);
    assert_eq!(phases(&events, "target", 4), []);
    assert_eq!(phases(&events, "message", 4), []);
    check(&parsed(&chrome_trace(&[], |pid| pid.to_string())));
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
        spans: vec![
            span(SpanKind::StartUp, 1.0, 3.5),
            span(SpanKind::Computing, 3.5, 9.0),
            span(SpanKind::Idle, f64::NAN, 9.0),
        ],
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
    }
}
