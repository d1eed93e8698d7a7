//! Printed lines and the trace.

use crate::{common::*, setup};
use manyhands::{
    eprint, eprintln, print, println,
    trace::{Op, Stream},
    *,
};
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn lines_arrive_in_order_before_the_end_is_known() {
    setup();
    fn prints(lines: u32) {
        for line in 0..lines {
            println!("line {line}");
        }
        eprintln!("done");
    }
    let collected = Collected::new();
    // More lines than the ring holds: printing waits for the reader, and nothing is lost.
    let processes: Vec<_> = (0..3)
        .map(|_| Process::spawn(prints, 3000u32).unwrap())
        .collect();
    for process in processes {
        process.join_async().await.unwrap();
        let mut expected: Vec<String> = (0..3000).map(|line| format!("line {line}")).collect();
        expected.push("done".into());
        assert!(collected.lines(process.pid().unwrap()) == expected);
    }
}

#[test]
async fn a_line_longer_than_the_ring_arrives_whole() {
    setup();
    let collected = Collected::new();
    let process = Process::spawn(
        |length: u32| println!("{}", "é".repeat(length as usize)),
        60_000,
    );
    let process = process.unwrap();
    process.join_async().await.unwrap();
    assert!(collected.lines(process.pid().unwrap()) == ["é".repeat(60_000)]);
}

#[test]
async fn an_empty_line_is_a_line() {
    setup();
    let collected = Collected::new();
    let process = Process::spawn(|| println!(""), ()).unwrap();
    process.join_async().await.unwrap();
    assert_eq!(collected.lines(process.pid().unwrap()), [""]);
}

#[test]
async fn text_that_does_not_end_its_line_arrives_and_says_so() {
    setup();
    fn prints() {
        print!("a");
        eprint!("b\nc");
        print!("");
        println!("d");
        eprintln!("e");
        print!("{}", "é".repeat(60_000));
    }
    let collected = Collected::new();
    let process = Process::spawn(prints, ()).unwrap();
    process.join_async().await.unwrap();
    let output = collected.output(process.pid().unwrap());
    let told: Vec<_> = (output.iter())
        .map(|line| (line.stream, line.ends_line, line.text.as_str()))
        .collect();
    let long = "é".repeat(60_000);
    let expected = [
        (Stream::Stdout, false, "a"),
        (Stream::Stderr, false, "b\nc"),
        (Stream::Stdout, false, ""),
        (Stream::Stdout, true, "d"),
        (Stream::Stderr, true, "e"),
        (Stream::Stdout, false, &long),
    ];
    assert!(told == expected, "{:?}", &told[..5]);
}

#[test]
async fn the_trace_has_the_events_of_a_process_in_order() {
    setup();
    let collected = Collected::new();
    let process = Process::spawn(|| exit(7), ()).unwrap();
    let pid = process.pid().unwrap();
    ending(process).await;
    let events = collected.events(pid);
    let ops: Vec<Op> = events.iter().map(|event| event.op).collect();
    assert_eq!(ops, [Op::Ready, Op::TargetBegin, Op::Exit]);
    assert_eq!(events[2].operands[0] as i32, 7);
    assert!(
        events
            .windows(2)
            .all(|pair| pair[0].sequence < pair[1].sequence)
    );
    assert!(
        events
            .windows(2)
            .all(|pair| pair[0].time_us <= pair[1].time_us)
    );
    let starts = collected.events(trace::HOST);
    let start = starts
        .iter()
        .find(|event| event.op == Op::Start && event.object == pid);
    assert!(start.unwrap().time_us <= events[0].time_us + 100.0);
    assert_eq!(
        trace::name_of(pid).unwrap().split('-').next(),
        Some("Process")
    );
}

#[test]
async fn the_end_of_a_killed_process_is_in_the_trace() {
    setup();
    let collected = Collected::new();
    let process = Process::spawn(super::life::loop_until_killed, ()).unwrap();
    let pid = process.pid().unwrap();
    process.kill().unwrap();
    ending(process).await;
    let last = collected.events(pid).pop().unwrap();
    assert_eq!((last.op, last.operands[0] as i32), (Op::Exit, -9));
}
