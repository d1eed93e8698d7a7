//! Which parts an operation's time goes to: what is measured grows from the bare
//! floor to the whole operation, by one kind of part at a time.

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

/// Rounds that are measured, after one that is not.
const ROUNDS: u32 = 7;
const TURNS: u32 = 20_000;

/// What a message of 16 bytes is made of, as far as this goes.
type Level = u32;
/// A word that changes.
const WORDS: Level = 0;
/// A frame in one place: a head, 16 bytes, a word that says that it is there.
const FRAMES: Level = 1;
/// Every frame behind the one before.
const LINE_OF_FRAMES: Level = 2;
/// … with a lock and a count on each side, as several writers and readers need.
const LOCKS_AND_COUNTS: Level = 3;

const LEVELS: [(&str, Level); 4] = [
    ("limit_rtt_words", WORDS),
    ("limit_rtt_frames", FRAMES),
    ("limit_rtt_line_of_frames", LINE_OF_FRAMES),
    ("limit_rtt_locks_and_counts", LOCKS_AND_COUNTS),
];

/// One direction's part of a piece: frames, then lines of the writer's own, the
/// reader's own, and one for each count.
const DIRECTION: u32 = FRAMES_BYTES + 5 * 64;
const FRAMES_BYTES: u32 = 1 << 16;
const FRAME: u32 = 32;

struct Direction<'a> {
    piece: &'a RawSegment,
    from: u32,
    level: Level,
}

impl Direction<'_> {
    fn frame(&self, number: u32) -> u32 {
        if self.level < LINE_OF_FRAMES {
            return self.from;
        }
        self.from + number % (FRAMES_BYTES / FRAME) * FRAME
    }

    /// A line beside the frames: 1 the writer's, 2 the reader's, 3 and 4 counts.
    fn line(&self, number: u32) -> u32 {
        self.from + FRAMES_BYTES + number * 64
    }

    fn put(&self, number: u32, bytes: &[u8; 16]) {
        let at = self.frame(number);
        let locked = self.level >= LOCKS_AND_COUNTS;
        if locked {
            self.piece.compare_exchange(self.line(1), 0, 1);
            self.piece.read(self.line(1) + 4, &mut [0; 32]);
        }
        if self.level >= FRAMES {
            let mut frame = [0; FRAME as usize];
            frame[12..28].copy_from_slice(bytes);
            self.piece.write(at + 4, &frame);
        }
        self.piece.store(at, number);
        if locked {
            self.piece.store_relaxed(self.line(1) + 4, number);
            self.piece.exchange(self.line(3), number);
            self.piece.store_relaxed(self.line(1) + 8, number);
            self.piece.exchange(self.line(1), 0);
        }
        if self.level == WORDS {
            // As the floor does.
            self.piece.notify(at);
        }
    }

    fn take(&self, number: u32, bytes: &mut [u8; 16]) {
        let at = self.frame(number);
        let locked = self.level >= LOCKS_AND_COUNTS;
        while self.piece.load(at) != number {}
        if locked {
            self.piece.compare_exchange(self.line(2), 0, 1);
            self.piece.load(self.line(2) + 4);
        }
        if self.level >= FRAMES {
            self.piece.read(at, &mut [0; 16]);
            self.piece.read(at + 16, bytes);
        }
        if locked {
            self.piece.store_relaxed(self.line(4) + 4, number);
            self.piece.exchange(self.line(4), number);
            self.piece.store_relaxed(self.line(2) + 4, number);
            self.piece.exchange(self.line(2), 0);
        }
    }
}

fn directions(piece: &RawSegment, level: Level) -> [Direction<'_>; 2] {
    [0, DIRECTION].map(|from| Direction { piece, from, level })
}

fn round_trip(level: Level) -> f64 {
    fn echo(piece: RawSegment, level: Level) {
        let [there, back] = directions(&piece, level);
        let mut bytes = [0; 16];
        for number in 1..=TURNS {
            there.take(number, &mut bytes);
            back.put(number, &bytes);
        }
    }
    let piece = RawSegment::new(2 * DIRECTION).unwrap();
    let process = Process::spawn(echo, (piece.clone(), level)).unwrap();
    let [there, back] = directions(&piece, level);
    let (mut number, mut bytes) = (0, [0; 16]);
    let took = per_turn(TURNS, |_| {
        number += 1;
        there.put(number, &bytes);
        back.take(number, &mut bytes);
    });
    process.join().unwrap();
    took
}

/// µs to put and take a message without a second process: what is left of a round
/// trip's half when no line of the cache goes to and fro.
fn alone(level: Level) -> f64 {
    let piece = RawSegment::new(2 * DIRECTION).unwrap();
    let [there, _] = directions(&piece, level);
    let (mut number, mut bytes) = (0, [0; 16]);
    per_turn(TURNS, |_| {
        number += 1;
        there.put(number, &bytes);
        there.take(number, &mut bytes);
    })
}

/// The same by a pipe.
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
    let piece = RawSegment::new(4).unwrap();
    1e3 * per_turn(turns, |_| {
        piece.load(0);
    })
}

/// A lock's two instructions and the look for a signal.
fn pair_and_signal(turns: u32) -> f64 {
    let piece = RawSegment::new(4).unwrap();
    1e3 * per_turn(turns, |_| {
        look_for_signal();
        piece.compare_exchange(0, 0, 1);
        piece.exchange(0, 0);
    })
}

fn exact_clock_call(turns: u32) -> f64 {
    1e3 * per_turn(turns, |_| {
        exact_clock();
    })
}

fn event_clock_call(turns: u32) -> f64 {
    1e3 * per_turn(turns, |_| {
        event_clock();
    })
}

/// What an event takes without its time: its number, its place, 32 bytes, the
/// count, a look whether the reader sleeps.
fn event_calls(turns: u32) -> f64 {
    let piece = RawSegment::new(1 << 12).unwrap();
    let mut unit = [0; 32];
    1e3 * per_turn(turns, |turn| {
        piece.load(0);
        let number = piece.add(0, 1);
        unit[..4].copy_from_slice(&number.to_le_bytes());
        piece.load(64);
        piece.load(68);
        piece.load(64);
        piece.write(128 + turn % 64 * 32, &unit);
        piece.store(64, number);
        piece.load(0);
    })
}

/// Tasks per second, one by one through two queues, without anything that a pool
/// does beside.
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

/// The median rate of five times so many.
fn median_rate(count: u32, mut all: impl FnMut()) -> f64 {
    let mut rates = [0.0; 5].map(|_: f64| {
        let begin = trace::now_us();
        all();
        f64::from(count) * 1e6 / (trace::now_us() - begin)
    });
    rates.sort_by(f64::total_cmp);
    rates[2]
}

/// The same by a pool, chunks of one.
fn tasks_through_pool(count: u32) -> f64 {
    let pool = Pool::new(2).unwrap();
    median_rate(count, || {
        let items = 0..u64::from(count);
        let one_by_one = pool.chunk_size(1).unwrap();
        one_by_one.map(|item: u64| item * item, items).unwrap();
    })
}

/// ms until four bare workers have said that they are up, started at once.
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
    let up = JsFuture::from(Promise::all(&four)).await;
    up.map_err(|error| format!("{error:?}"))?;
    Ok((trace::now_us() - begin) / 1e3)
}

/// ms until four processes that do nothing have come and gone.
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
