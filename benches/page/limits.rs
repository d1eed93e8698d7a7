//! The parts of the time of an operation: the measurements begin with the floor and add one
//! part at a time, up to the complete operation.

use crate::{
    Outcome,
    floor::BareWorker,
    floors::floor,
    objects::{exchange_pair, lock_uncontended, per_turn, pipe_round_trip},
    report,
};
use js_sys::{Array, Promise};
use manyhands::{
    __bench::{RawSegment, event_clock, exact_clock, look_for_signal},
    DEFAULT_CAPACITY, Pool, Process, Queue, StartMethod, one_way_pipe, trace,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// The number of measured rounds, after one round that is not measured.
const ROUNDS: u32 = 7;
const TURNS: u32 = 20_000;

/// The parts of sending a message of 16 bytes that are measured.
type Level = u32;
/// Only a word that changes.
const WORDS: Level = 0;
/// A frame at a fixed address: a header, 16 bytes, and a word that says that the frame is
/// complete.
const FRAMES: Level = 1;
/// Each frame follows the one before it in memory.
const CONSECUTIVE_FRAMES: Level = 2;
/// The same with a lock and a count on each side, as several writers and readers need.
const LOCKS_AND_COUNTS: Level = 3;

const LEVELS: [(&str, Level); 4] = [
    ("limit_rtt_words", WORDS),
    ("limit_rtt_frames", FRAMES),
    ("limit_rtt_line_of_frames", CONSECUTIVE_FRAMES),
    ("limit_rtt_locks_and_counts", LOCKS_AND_COUNTS),
];

/// The size of one direction's part of the segment, in bytes: the frames, then a cache line
/// for the writer, one for the reader, and one for each count.
const DIRECTION: u32 = FRAMES_BYTES + 5 * 64;
/// The size of all frames of a direction, in bytes.
const FRAMES_BYTES: u32 = 1 << 16;
/// The size of a frame, in bytes.
const FRAME: u32 = 32;

/// One direction of the messages between two processes.
struct Direction<'a> {
    segment: &'a RawSegment,
    from: u32,
    level: Level,
}

impl Direction<'_> {
    fn frame(&self, number: u32) -> u32 {
        if self.level < CONSECUTIVE_FRAMES {
            return self.from;
        }
        self.from + number % (FRAMES_BYTES / FRAME) * FRAME
    }

    /// A cache line after the frames: 1 is the writer's, 2 the reader's, 3 and 4 are counts.
    fn cache_line(&self, number: u32) -> u32 {
        self.from + FRAMES_BYTES + number * 64
    }

    fn put(&self, number: u32, bytes: &[u8; 16]) {
        let at = self.frame(number);
        let locked = self.level >= LOCKS_AND_COUNTS;
        if locked {
            self.segment.compare_exchange(self.cache_line(1), 0, 1);
            self.segment.read(self.cache_line(1) + 4, &mut [0; 32]);
        }
        if self.level >= FRAMES {
            let mut frame = [0; FRAME as usize];
            frame[12..28].copy_from_slice(bytes);
            self.segment.write(at + 4, &frame);
        }
        self.segment.store(at, number);
        if locked {
            self.segment.store_relaxed(self.cache_line(1) + 4, number);
            self.segment.exchange(self.cache_line(3), number);
            self.segment.store_relaxed(self.cache_line(1) + 8, number);
            self.segment.exchange(self.cache_line(1), 0);
        }
        if self.level == WORDS {
            // The floor also notifies.
            self.segment.notify(at);
        }
    }

    fn take(&self, number: u32, bytes: &mut [u8; 16]) {
        let at = self.frame(number);
        let locked = self.level >= LOCKS_AND_COUNTS;
        while self.segment.load(at) != number {}
        if locked {
            self.segment.compare_exchange(self.cache_line(2), 0, 1);
            self.segment.load(self.cache_line(2) + 4);
        }
        if self.level >= FRAMES {
            self.segment.read(at, &mut [0; 16]);
            self.segment.read(at + 16, bytes);
        }
        if locked {
            self.segment.store_relaxed(self.cache_line(4) + 4, number);
            self.segment.exchange(self.cache_line(4), number);
            self.segment.store_relaxed(self.cache_line(2) + 4, number);
            self.segment.exchange(self.cache_line(2), 0);
        }
    }
}

fn directions(segment: &RawSegment, level: Level) -> [Direction<'_>; 2] {
    [0, DIRECTION].map(|from| Direction {
        segment,
        from,
        level,
    })
}

/// µs for a round trip with these parts.
fn round_trip(level: Level) -> f64 {
    fn echo(segment: RawSegment, level: Level) {
        let [there, back] = directions(&segment, level);
        let mut bytes = [0; 16];
        for number in 1..=TURNS {
            there.take(number, &mut bytes);
            back.put(number, &bytes);
        }
    }
    let segment = RawSegment::new(2 * DIRECTION).unwrap();
    let process = Process::spawn(echo, (segment.clone(), level)).unwrap();
    let [there, back] = directions(&segment, level);
    let (mut number, mut bytes) = (0, [0; 16]);
    let took = per_turn(TURNS, |_| {
        number += 1;
        there.put(number, &bytes);
        back.take(number, &mut bytes);
    });
    process.join().unwrap();
    took
}

/// µs to put and take a message in one process: half of a round trip without the transfer
/// of cache lines between cores.
fn alone(level: Level) -> f64 {
    let segment = RawSegment::new(2 * DIRECTION).unwrap();
    let [there, _] = directions(&segment, level);
    let (mut number, mut bytes) = (0, [0; 16]);
    per_turn(TURNS, |_| {
        number += 1;
        there.put(number, &bytes);
        there.take(number, &mut bytes);
    })
}

/// The same with a pipe.
fn pipe_alone(turns: u32) -> f64 {
    let (reader, writer) = one_way_pipe(DEFAULT_CAPACITY).unwrap();
    let mut bytes = [0; 16];
    per_turn(turns, |_| {
        writer.send_bytes(&bytes).unwrap();
        reader.recv_bytes_into(&mut bytes).unwrap();
    })
}

/// ns of one call that reads a word.
fn look(turns: u32) -> f64 {
    let segment = RawSegment::new(4).unwrap();
    1e3 * per_turn(turns, |_| {
        segment.load(0);
    })
}

/// ns for the two instructions of a lock and the check for a signal.
fn pair_and_signal(turns: u32) -> f64 {
    let segment = RawSegment::new(4).unwrap();
    1e3 * per_turn(turns, |_| {
        look_for_signal();
        segment.compare_exchange(0, 0, 1);
        segment.exchange(0, 0);
    })
}

/// ns of one reading of the exact clock.
fn exact_clock_call(turns: u32) -> f64 {
    1e3 * per_turn(turns, |_| {
        exact_clock();
    })
}

/// ns of one reading of the clock for events.
fn event_clock_call(turns: u32) -> f64 {
    1e3 * per_turn(turns, |_| {
        event_clock();
    })
}

/// ns for the parts of a trace event without its time: its number, its position in the
/// ring, its 32 bytes, the count, and the check whether the reader sleeps.
fn event_calls(turns: u32) -> f64 {
    let segment = RawSegment::new(1 << 12).unwrap();
    let mut unit = [0; 32];
    1e3 * per_turn(turns, |turn| {
        segment.load(0);
        let number = segment.add(0, 1);
        unit[..4].copy_from_slice(&number.to_le_bytes());
        segment.load(64);
        segment.load(68);
        segment.load(64);
        segment.write(128 + turn % 64 * 32, &unit);
        segment.store(64, number);
        segment.load(0);
    })
}

/// Tasks per second, one by one through two queues, without the other work of a pool.
fn tasks_through_queues(count: u32) -> f64 {
    fn work(tasks: Queue<Option<u64>>, results: Queue<u64>) {
        while let Some(item) = tasks.get().unwrap() {
            results.put(&(item * item)).unwrap();
        }
    }
    let (tasks, results) = (Queue::new(0).unwrap(), Queue::new(0).unwrap());
    let two = [0, 1].map(|_| Process::spawn(work, (tasks.clone(), results.clone())).unwrap());
    let rate = median_rate(count, || {
        for item in 0..count {
            tasks.put(&Some(u64::from(item))).unwrap();
        }
        for _ in 0..count {
            results.get().unwrap();
        }
    });
    for _ in &two {
        tasks.put(&None).unwrap();
    }
    for process in two {
        process.join().unwrap();
    }
    rate
}

/// The median rate of five runs of `count` tasks each.
fn median_rate(count: u32, mut all: impl FnMut()) -> f64 {
    let mut rates = [0.0; 5].map(|_: f64| {
        let begin = trace::now_us();
        all();
        f64::from(count) * 1e6 / (trace::now_us() - begin)
    });
    rates.sort_by(f64::total_cmp);
    rates[2]
}

/// The same with a pool, in chunks of one.
fn tasks_through_pool(count: u32) -> f64 {
    let pool = Pool::new(2).unwrap();
    median_rate(count, || {
        let items = 0..u64::from(count);
        let one_by_one = pool.chunk_size(1).unwrap();
        one_by_one.map(|item: u64| item * item, items).unwrap();
    })
}

/// ms until four bare workers, started at the same time, have sent their first messages.
async fn four_bare_workers() -> Result<f64, String> {
    let begin = trace::now_us();
    let start = || {
        future_to_promise(async {
            let (worker, ..) = BareWorker::start().await?;
            worker.end();
            Ok(JsValue::NULL)
        })
    };
    let four = Array::of4(&start(), &start(), &start(), &start());
    let started = JsFuture::from(Promise::all(&four)).await;
    started.map_err(|error| format!("{error:?}"))?;
    Ok((trace::now_us() - begin) / 1e3)
}

/// ms until four processes that do nothing have started and ended.
async fn four_processes() -> Result<f64, manyhands::Error> {
    let begin = trace::now_us();
    let spawn = || {
        Process::builder()
            .start_method(StartMethod::Spawn)
            .spawn(|| (), ())
    };
    let four = [spawn()?, spawn()?, spawn()?, spawn()?];
    for process in &four {
        process.join_async().await?;
    }
    Ok((trace::now_us() - begin) / 1e3)
}

pub async fn measure() -> Outcome {
    for round in 0..=ROUNDS {
        let sample = |name: &str, unit: &str, value: f64| {
            if round > 0 {
                report::sample(name, unit, round, value);
            }
        };
        let least = floor("pingpong", &[f64::from(TURNS), 1.0, 0.0]).await?;
        sample("floor_rtt_spin", "µs", least);
        for (name, level) in LEVELS {
            let took = Process::spawn(round_trip, level)?.join_async().await?;
            sample(name, "µs", took);
        }
        let whole = Process::spawn(pipe_round_trip, TURNS)?.join_async().await?;
        sample("pipe_rtt_16B", "µs", whole);
        let parts = Process::spawn(alone, LOCKS_AND_COUNTS)?
            .join_async()
            .await?;
        sample("limit_alone_locks_and_counts", "µs", parts);
        let pipe = Process::spawn(pipe_alone, TURNS)?.join_async().await?;
        sample("limit_alone_pipe", "µs", pipe);
        macro_rules! alone {
            ($name:literal, $function:expr) => {
                let took = Process::spawn($function, 200_000)?.join_async().await?;
                sample($name, "ns", took);
            };
        }
        alone!("limit_look", look);
        alone!("floor_exchange_pair", exchange_pair);
        alone!("limit_pair_and_signal", pair_and_signal);
        alone!("lock_uncontended", lock_uncontended);
        alone!("limit_exact_clock", exact_clock_call);
        alone!("limit_event_clock", event_clock_call);
        alone!("limit_event_calls", event_calls);
        let by_queues = Process::spawn(tasks_through_queues, 10_000)?;
        sample(
            "limit_tasks_through_queues",
            "1/s",
            by_queues.join_async().await?,
        );
        let by_pool = Process::spawn(tasks_through_pool, 10_000)?;
        sample("pool_map_tiny_chunk1", "1/s", by_pool.join_async().await?);
        sample("limit_four_bare_workers", "ms", four_bare_workers().await?);
        sample("limit_four_processes", "ms", four_processes().await?);
    }
    Ok(())
}
