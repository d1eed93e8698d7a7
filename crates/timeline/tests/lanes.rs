//! Lanes from complete traces and from traces with lost events.
#![cfg(not(target_arch = "wasm32"))]

use manyhands::trace::{Event, HOST, Op, Pid};
use proptest::prelude::*;
use timeline::{Breakdown, Lane, SpanKind, lanes};

fn event(sequence: u32, time_us: f64, pid: Pid, op: Op, object: u32) -> Event {
    Event {
        sequence,
        time_us,
        pid,
        op,
        object,
        operands: [0, 0],
    }
}

fn exit(sequence: u32, time_us: f64, pid: Pid, code: i32) -> Event {
    Event {
        operands: [code as u32, 0],
        ..event(sequence, time_us, pid, Op::Exit, 0)
    }
}

/// All events of one process, with one wait.
fn life() -> Vec<Event> {
    vec![
        event(0, 100.0, HOST, Op::Start, 2),
        event(1, 120.0, 2, Op::Ready, 0),
        event(2, 130.0, 2, Op::TargetBegin, 0),
        event(3, 150.0, 2, Op::BlockBegin, 64),
        event(4, 170.0, 2, Op::BlockEnd, 64),
        event(5, 200.0, 2, Op::TargetEnd, 0),
        exit(6, 210.0, 2, 0),
    ]
}

fn drawn(events: &[Event], from_us: f64, to_us: f64) -> Vec<Lane> {
    lanes(events, |pid| format!("Process-{pid}"), from_us, to_us)
}

fn spans(lane: &Lane) -> Vec<(&'static str, f64, f64)> {
    (lane.spans.list().iter())
        .map(|span| (span.kind.name(), span.start_us, span.end_us))
        .collect()
}

fn only(events: &[Event]) -> Vec<(&'static str, f64, f64)> {
    let lanes = drawn(events, 0.0, 300.0);
    assert_eq!(lanes.len(), 1);
    spans(&lanes[0])
}

#[test]
fn a_whole_life() {
    let lanes = drawn(&life(), 0.0, 300.0);
    assert_eq!(lanes.len(), 1, "the page has no lane for starting others");
    let lane = &lanes[0];
    assert_eq!(
        (lane.pid, lane.name.as_str(), lane.exit_code),
        (2, "Process-2", Some(0))
    );
    let expected = [
        ("start-up", 100.0, 130.0),
        ("computing", 130.0, 150.0),
        ("waiting", 150.0, 170.0),
        ("computing", 170.0, 200.0),
        ("idle", 200.0, 300.0),
    ];
    assert_eq!(spans(lane), expected);
    let breakdown = Breakdown::of(lane);
    let parts = [
        breakdown.startup_ms,
        breakdown.sending_ms,
        breakdown.computing_ms,
        breakdown.waiting_ms,
    ];
    for (part, expected) in parts.into_iter().zip([0.03, 0.0, 0.05, 0.12]) {
        assert!((part - expected).abs() < 1e-12, "{parts:?}");
    }
    assert_eq!(lane.total_ms(SpanKind::Idle), 0.1);
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    let mut events = life();
    events.reverse();
    events.swap(1, 4);
    assert_eq!(drawn(&events, 0.0, 300.0), drawn(&life(), 0.0, 300.0));
}

#[test]
fn live_lanes_go_on_until_now() {
    let starting = [("start-up", 100.0, 300.0)];
    let computing = [("start-up", 100.0, 130.0), ("computing", 130.0, 300.0)];
    assert_eq!(only(&life()[..1]), starting);
    assert_eq!(only(&life()[..2]), starting);
    assert_eq!(only(&life()[..3]), computing);
    assert_eq!(only(&life()[..4])[2], ("waiting", 150.0, 300.0));
    assert_eq!(only(&life()[..5])[3], ("computing", 170.0, 300.0));
}

#[test]
fn killed_and_unstarted_processes_have_an_end() {
    let mut killed = life()[..4].to_vec();
    killed.push(exit(9, 180.0, 2, -9));
    assert_eq!(
        only(&killed)[2..],
        [("waiting", 150.0, 180.0), ("idle", 180.0, 300.0)]
    );
    assert_eq!(drawn(&killed, 0.0, 300.0)[0].exit_code, Some(-9));
    let never_ran = [life()[0], exit(9, 140.0, 2, 1)];
    assert_eq!(
        only(&never_ran),
        [("start-up", 100.0, 140.0), ("idle", 140.0, 300.0)]
    );
}

#[test]
fn a_window_cuts_lanes_and_leaves_out_other_lives() {
    let lanes = drawn(&life(), 160.0, 190.0);
    assert_eq!(
        spans(&lanes[0]),
        [("waiting", 160.0, 170.0), ("computing", 170.0, 190.0)]
    );
    assert_eq!(drawn(&life(), 210.0, 300.0), []);
    assert_eq!(drawn(&life(), 0.0, 100.0), []);
    assert_eq!(drawn(&life(), 300.0, 0.0), []);
}

#[test]
fn lanes_show_what_remains_of_lost_events() {
    let without = |lost: &[Op]| {
        let events = life();
        let kept: Vec<Event> = events
            .into_iter()
            .filter(|e| !lost.contains(&e.op))
            .collect();
        only(&kept)
    };
    assert_eq!(without(&[Op::Start])[0], ("start-up", 120.0, 130.0));
    assert_eq!(without(&[Op::TargetBegin])[0], ("start-up", 100.0, 120.0));
    assert_eq!(
        without(&[Op::TargetBegin, Op::Ready]),
        [("idle", 200.0, 300.0)]
    );
    let unbroken = ("computing", 130.0, 200.0);
    assert_eq!(without(&[Op::BlockBegin])[1], unbroken);
    assert_eq!(without(&[Op::BlockEnd])[1], unbroken);
    assert_eq!(without(&[Op::TargetEnd])[3], ("computing", 170.0, 210.0));
}

#[test]
fn the_page_has_a_lane_where_it_worked_itself() {
    let events = [
        event(0, 10.0, HOST, Op::TargetBegin, 0),
        event(1, 50.0, HOST, Op::TargetEnd, 0),
    ];
    assert_eq!(
        only(&events),
        [("computing", 10.0, 50.0), ("idle", 50.0, 300.0)]
    );
    assert_eq!(
        drawn(&[event(0, 10.0, HOST, Op::BlockBegin, 8)], 0.0, 300.0),
        []
    );
}

prop_compose! {
    fn any_event()(
        sequence: u32,
        time_us in prop_oneof![8 => -50.0..400.0_f64, 1 => any::<f64>()],
        pid in HOST..5_u32,
        op in prop::sample::select(vec![
            Op::Start, Op::Ready, Op::TargetBegin, Op::TargetEnd, Op::Exit, Op::BlockBegin, Op::BlockEnd,
        ]),
        object in 0..5_u32,
    ) -> Event {
        event(sequence, time_us, pid, op, object)
    }
}

proptest! {
    #[test]
    fn spans_are_in_order_and_in_the_window_for_any_trace(
        events in prop::collection::vec(any_event(), 0..60),
        from in -100.0..300.0_f64,
        length in 0.0..300.0_f64,
    ) {
        let lanes = drawn(&events, from, from + length);
        prop_assert!(lanes.is_sorted_by_key(|lane| lane.pid));
        for lane in &lanes {
            prop_assert!(!lane.spans.is_empty());
            let mut now = from;
            for span in lane.spans.list() {
                prop_assert!(now <= span.start_us && span.start_us < span.end_us);
                now = span.end_us;
            }
            prop_assert!(now <= from + length);
        }
    }
}
