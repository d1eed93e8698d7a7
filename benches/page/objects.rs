//! Pipes, queues, locks and shared values between two processes. Each is measured in the same
//! round as its floor: the least time that two plain workers need for the same.

use crate::{Outcome, floors::floor, report};
use manyhands::{
    __bench::RawSegment, Connection, Event, Lock, Process, Queue, Settings, Value, configure,
    one_way_pipe, pipe, trace, trace::Level,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The number of measured rounds, after one round that is not measured.
const ROUNDS: u32 = 11;

#[derive(Serialize, Deserialize, Clone, Copy)]
struct SmallMessage {
    number: u32,
    ratio: f64,
}

/// The number of batches of a measurement, whose median counts. When the machine does
/// something else, only some batches are affected. As in `floors_worker.js`.
const BATCHES: u32 = 40;

/// µs per turn, for `turns` turns.
pub(crate) fn per_turn(turns: u32, mut turn: impl FnMut(u32)) -> f64 {
    let batch = turns / BATCHES;
    let mut took: Vec<f64> = (0..BATCHES)
        .map(|_| {
            let begin = trace::now_us();
            (0..batch).for_each(&mut turn);
            (trace::now_us() - begin) / f64::from(batch)
        })
        .collect();
    took.sort_unstable_by(f64::total_cmp);
    took[took.len() / 2]
}

/// µs per round trip of 16 bytes through a pipe.
pub(crate) fn pipe_round_trip(turns: u32) -> f64 {
    fn echo(end: Connection) {
        let mut bytes = [0; 16];
        while end.recv_bytes_into(&mut bytes).is_ok() && end.send_bytes(&bytes).is_ok() {}
    }
    let (here, there) = pipe().unwrap();
    let process = Process::spawn(echo, there).unwrap();
    let mut bytes = [0; 16];
    let mut turn = |_| {
        here.send_bytes(&bytes).unwrap();
        here.recv_bytes_into(&mut bytes).unwrap();
    };
    turn(0);
    let took = per_turn(turns, turn);
    here.close();
    process.join().unwrap();
    took
}

/// The same with a process that works for 150 µs before it answers.
fn slow_round_trip(turns: u32) -> f64 {
    fn echo(end: Connection) {
        let mut bytes = [0; 16];
        while end.recv_bytes_into(&mut bytes).is_ok() {
            let until = trace::now_us() + 150.0;
            while trace::now_us() < until {}
            if end.send_bytes(&bytes).is_err() {
                break;
            }
        }
    }
    let (here, there) = pipe().unwrap();
    let process = Process::spawn(echo, there).unwrap();
    let mut bytes = [0; 16];
    let mut turn = |_| {
        here.send_bytes(&bytes).unwrap();
        here.recv_bytes_into(&mut bytes).unwrap();
    };
    turn(0);
    let took = per_turn(turns, turn);
    here.close();
    process.join().unwrap();
    took
}

/// µs per round trip of a small message through two queues.
fn queue_round_trip(turns: u32) -> f64 {
    fn echo(to: Queue<Option<SmallMessage>>, back: Queue<SmallMessage>) {
        while let Some(item) = to.get().unwrap() {
            back.put(&item).unwrap();
        }
    }
    let (to, back) = (Queue::new(0).unwrap(), Queue::new(0).unwrap());
    let process = Process::spawn(echo, (to.clone(), back.clone())).unwrap();
    let turn = |number| {
        to.put(&Some(SmallMessage { number, ratio: 0.5 })).unwrap();
        back.get().unwrap();
    };
    turn(0);
    let took = per_turn(turns, turn);
    to.put(&None).unwrap();
    process.join().unwrap();
    took
}

/// Small messages per second through a queue.
pub(crate) fn queue_one_way(count: u32) -> f64 {
    fn drain(queue: Queue<SmallMessage>, count: u32) {
        for _ in 0..count {
            queue.get().unwrap();
        }
    }
    let queue = Queue::new(0).unwrap();
    let process = Process::spawn(drain, (queue.clone(), count + 1)).unwrap();
    queue
        .put(&SmallMessage {
            number: 0,
            ratio: 0.5,
        })
        .unwrap();
    while !queue.is_empty() {}
    let begin = trace::now_us();
    for number in 0..count {
        queue.put(&SmallMessage { number, ratio: 0.5 }).unwrap();
    }
    process.join().unwrap();
    f64::from(count) * 1e6 / (trace::now_us() - begin)
}

/// Bytes per second through a pipe.
fn pipe_one_way(count: u32, bytes: u32) -> f64 {
    fn drain(end: Connection, count: u32, bytes: u32) {
        let mut into = vec![0; bytes as usize];
        for _ in 0..count {
            end.recv_bytes_into(&mut into).unwrap();
        }
    }
    // The pipe has room for several messages, so that both sides can work, and as much as the
    // floor.
    let (receiver, sender) = one_way_pipe((1 << 20).max(4 * bytes)).unwrap();
    let process = Process::spawn(drain, (receiver, count + 1, bytes)).unwrap();
    let from = vec![7; bytes as usize];
    sender.send_bytes(&from).unwrap();
    let begin = trace::now_us();
    for _ in 0..count {
        sender.send_bytes(&from).unwrap();
    }
    process.join().unwrap();
    f64::from(count) * f64::from(bytes) * 1e6 / (trace::now_us() - begin)
}

/// Additions per second of two processes to a shared value with a lock.
fn value_locked_add(count: u32) -> f64 {
    fn add(value: Value<i32>, start: manyhands::Barrier, count: u32) -> (f64, f64) {
        start.wait().unwrap();
        let begin = trace::now_us();
        for _ in 0..count {
            *value.lock().unwrap() += 1;
        }
        (begin, trace::now_us())
    }
    let value = Value::new(0).unwrap();
    let start = manyhands::Barrier::new(2).unwrap();
    let two: Vec<_> = (0..2)
        .map(|_| Process::spawn(add, (value.clone(), start.clone(), count)).unwrap())
        .collect();
    let times: Vec<(f64, f64)> = two.iter().map(|process| process.join().unwrap()).collect();
    assert_eq!(value.get().unwrap(), 2 * count as i32);
    let begin = times.iter().map(|time| time.0).fold(f64::MAX, f64::min);
    let end = times.iter().map(|time| time.1).fold(f64::MIN, f64::max);
    2e6 * f64::from(count) / (end - begin)
}

/// ns for acquiring and releasing a lock that no other process uses.
pub(crate) fn lock_uncontended(turns: u32) -> f64 {
    let lock = Lock::new().unwrap();
    let turn = |_| {
        lock.acquire().unwrap();
        lock.release().unwrap();
    };
    turn(0);
    1e3 * per_turn(turns, turn)
}

/// The same with only the two instructions, through the same port.
pub(crate) fn exchange_pair(turns: u32) -> f64 {
    let segment = RawSegment::new(4).unwrap();
    1e3 * per_turn(turns, |_| {
        segment.compare_exchange(0, 0, 1);
        segment.compare_exchange(0, 1, 0);
    })
}

/// ns for putting an item into a queue and taking it again in one process: the median of
/// several short runs. The trace is read between the runs, so that the ring never fills.
fn queue_put_get() -> f64 {
    const RUNS: usize = 21;
    const TURNS: u32 = 350;
    let queue = Queue::new(0).unwrap();
    let pause = Event::new().unwrap();
    let turns = |count| {
        for number in 0..count {
            queue.put(&SmallMessage { number, ratio: 0.5 }).unwrap();
            queue.get().unwrap();
        }
    };
    // Runs until the engine has optimised the code.
    turns(50_000);
    let mut took: Vec<f64> = (0..RUNS)
        .map(|_| {
            pause.wait_timeout(Duration::from_millis(40)).unwrap();
            let begin = trace::now_us();
            turns(TURNS);
            1e3 * (trace::now_us() - begin) / f64::from(TURNS)
        })
        .collect();
    took.sort_by(f64::total_cmp);
    took[RUNS / 2]
}

/// Runs a measurement in a process.
macro_rules! measured {
    ($name:literal, $unit:literal, $round:expr, $function:expr, $arguments:expr) => {
        let value = Process::spawn($function, $arguments)?.join_async().await?;
        sample($name, $unit, $round, value);
    };
}

fn sample(name: &str, unit: &str, round: u32, value: f64) {
    if round > 0 {
        report::sample(name, unit, round, value);
    }
}

pub async fn measure() -> Outcome {
    match report::query("of").as_deref() {
        Some("waiting") => return waiting().await,
        Some("trace") => return tracing().await,
        _ => {}
    }
    for round in 0..=ROUNDS {
        measured!("pipe_rtt_16B", "µs", round, pipe_round_trip, 20_000);
        let least = floor("pingpong", &[20_000.0, 1.0, 0.0]).await?;
        sample("floor_rtt_spin", "µs", round, least);
        measured!("queue_rtt", "µs", round, queue_round_trip, 20_000);
        measured!("queue_oneway", "1/s", round, queue_one_way, 300_000);
        let least = floor("ring", &[300_000.0, 16.0]).await?;
        sample("floor_ring_16B", "1/s", round, least);
        measured!(
            "pipe_oneway_64KiB",
            "B/s",
            round,
            pipe_one_way,
            (6_000, 1 << 16)
        );
        let least = floor("ring", &[6_000.0, 65_536.0]).await?;
        sample("floor_ring_64KiB", "B/s", round, least);
        measured!(
            "pipe_oneway_1MiB",
            "B/s",
            round,
            pipe_one_way,
            (400, 1 << 20)
        );
        let least = floor("ring", &[400.0, 1_048_576.0]).await?;
        sample("floor_ring_1MiB", "B/s", round, least);
        measured!("value_locked_add", "1/s", round, value_locked_add, 300_000);
        let least = floor("lock", &[300_000.0]).await?;
        sample("floor_lock_add", "1/s", round, least);
        measured!("lock_uncontended", "ns", round, lock_uncontended, 300_000);
        measured!("floor_exchange_pair", "ns", round, exchange_pair, 300_000);
        let message = floor("message_round_trip", &[300.0]).await?;
        sample("postmessage_rtt", "µs", round, message);
        let message = floor("message_one_way", &[20_000.0, 0.0]).await?;
        sample("postmessage_oneway", "1/s", round, message);
        let message = floor("message_one_way", &[300.0, 65_536.0]).await?;
        sample("postmessage_64KiB", "B/s", round, message * 65_536.0);
        let message = floor("message_one_way", &[40.0, 1_048_576.0]).await?;
        sample("postmessage_1MiB", "B/s", round, message * 1_048_576.0);
        for peer in ["comlink_call", "workerpool_call"] {
            if let Ok(call) = floor(peer, &[300.0]).await {
                sample(peer, "µs", round, call);
            }
        }
    }
    for (name, of, to) in [
        ("pipe_rtt_16B_vs_floor", "pipe_rtt_16B", "floor_rtt_spin"),
        (
            "pipe_rtt_16B_vs_postmessage",
            "pipe_rtt_16B",
            "postmessage_rtt",
        ),
        ("pipe_rtt_16B_vs_comlink", "pipe_rtt_16B", "comlink_call"),
        (
            "pipe_rtt_16B_vs_workerpool",
            "pipe_rtt_16B",
            "workerpool_call",
        ),
        ("queue_rtt_vs_floor", "queue_rtt", "floor_rtt_spin"),
        ("queue_oneway_vs_floor", "queue_oneway", "floor_ring_16B"),
        (
            "queue_oneway_vs_postmessage",
            "queue_oneway",
            "postmessage_oneway",
        ),
        // The highest rate that is possible if messages are only copied.
        (
            "floor_ring_16B_vs_postmessage",
            "floor_ring_16B",
            "postmessage_oneway",
        ),
        (
            "pipe_oneway_64KiB_vs_floor",
            "pipe_oneway_64KiB",
            "floor_ring_64KiB",
        ),
        (
            "pipe_oneway_64KiB_vs_postmessage",
            "pipe_oneway_64KiB",
            "postmessage_64KiB",
        ),
        (
            "pipe_oneway_1MiB_vs_floor",
            "pipe_oneway_1MiB",
            "floor_ring_1MiB",
        ),
        (
            "pipe_oneway_1MiB_vs_postmessage",
            "pipe_oneway_1MiB",
            "postmessage_1MiB",
        ),
        (
            "value_locked_add_vs_floor",
            "value_locked_add",
            "floor_lock_add",
        ),
        (
            "lock_uncontended_vs_floor",
            "lock_uncontended",
            "floor_exchange_pair",
        ),
    ] {
        report::ratio(name, of, to);
    }
    for name in [
        "pipe_rtt_16B",
        "queue_rtt",
        "queue_oneway",
        "pipe_oneway_64KiB",
        "pipe_oneway_1MiB",
        "value_locked_add",
    ] {
        report::ratio(
            &format!("{name}_vs_cpython"),
            name,
            &format!("cpython_{name}"),
        );
    }
    Ok(())
}

/// The three methods of waiting, in three settings. Each page load measures one method.
async fn waiting() -> Outcome {
    let method = report::query("way").ok_or("the address names no way to wait")?;
    configure(Settings {
        waiting: match method.as_str() {
            "wait" => manyhands::Waiting::Sleep,
            "spin" => manyhands::Waiting::Spin,
            _ => manyhands::Waiting::Adaptive,
        },
        ..Settings::default()
    })?;
    for round in 0..=ROUNDS {
        let free = Process::spawn(pipe_round_trip, 2_000)?.join_async().await?;
        sample(&format!("rtt_free_{method}"), "µs", round, free);
        let slow = Process::spawn(slow_round_trip, 300)?.join_async().await?;
        sample(&format!("rtt_slow_{method}"), "µs", round, slow);
        for (name, turns, spin, work_us) in [
            ("floor_rtt_free_spin", 2_000.0, 1.0, 0.0),
            ("floor_rtt_free_wait", 2_000.0, 0.0, 0.0),
            ("floor_rtt_slow_wait", 300.0, 0.0, 150.0),
        ] {
            let least = floor("pingpong", &[turns, spin, work_us]).await?;
            sample(name, "µs", round, least);
        }
    }
    if !report::one_core(true).await {
        report::note("one core", "the browser could not be bound to one core");
        return Ok(());
    }
    for round in 0..=ROUNDS {
        let one = Process::spawn(pipe_round_trip, 2_000)?.join_async().await?;
        sample(&format!("rtt_one_core_{method}"), "µs", round, one);
        let least = floor("pingpong", &[2_000.0, 0.0, 0.0]).await?;
        sample("floor_rtt_one_core_wait", "µs", round, least);
    }
    report::one_core(false).await;
    for setting in ["free", "slow", "one_core"] {
        for other in ["wait", "spin"] {
            report::ratio(
                &format!("rtt_{setting}_adaptive_vs_{other}"),
                &format!("rtt_{setting}_adaptive"),
                &format!("rtt_{setting}_{other}"),
            );
        }
    }
    report::ratio(
        "pipe_rtt_16B_one_core_vs_cpython",
        "rtt_one_core_adaptive",
        "cpython_pipe_rtt_16B_one_core",
    );
    Ok(())
}

/// The cost of tracing.
async fn tracing() -> Outcome {
    let levels = [
        ("off", Level::Off),
        ("default", Level::Default),
        ("all", Level::Everything),
    ];
    for round in 0..=ROUNDS {
        for (name, level) in levels {
            trace::__set_level(level);
            let value = Process::spawn(queue_put_get, ())?.join_async().await?;
            sample(&format!("queue_put_get_trace_{name}"), "ns", round, value);
        }
    }
    let of = |name: &str| format!("queue_put_get_trace_{name}");
    report::excess("trace_default_cost", &of("default"), &of("off"));
    // Two events: one put and one get.
    report::difference("trace_all_event", "ns", &of("all"), &of("off"), 0.5);
    Ok(())
}
