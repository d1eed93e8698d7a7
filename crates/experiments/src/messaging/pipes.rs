//! Messages through shared memory: one process sends and another answers.

use super::{
    PayloadKind, Route,
    payload::{Form, Payload},
};
use crate::{
    clock::{Batch, STEPS_PER_SAMPLE, batch_size, step, steps_on},
    driver::answer,
    execute::must,
    per_call::{self, timed},
};
use manyhands::{Connection, Process, Queue, RawArray, pipe, trace};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use workloads::random::mix;

/// Exchanges go on so long, in µs, before they are measured,
const WARM_UP_US: f64 = 30_000.0;
/// so many at once.
const WARM_UP_BATCH: u64 = 20;
/// The number of latencies in one repeat.
const LATENCIES: usize = 40;
/// The latencies of one repeat take this long together, in µs, or as long as five of them.
const LATENCIES_US: f64 = 1_000_000.0;
/// The size in bytes of a message whose latency is measured.
const SHORT_BYTES: usize = 16;
/// The largest size of a stream of messages, in bytes.
const MAX_STREAM_BYTES: usize = 8 << 20;

/// The requests to the sender.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Question {
    /// A payload of this kind and size, in this form.
    Send(PayloadKind, u64, Form),
    /// The same through a shared array, which is read as one copy or in place.
    Share(PayloadKind, u64, bool),
    /// Round trips of short messages through a pipe or a queue.
    Latency(Route),
    /// Messages of this many bytes, one after another.
    Stream(Route, u64),
}

/// The answer of the sender: the times of one payload in µs, several latencies, or a rate.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) encode: f64,
    /// The time until a short acknowledgement has arrived.
    pub(super) transit: f64,
    pub(super) decode: f64,
    /// The total time, measured as a whole.
    pub(super) total: f64,
    pub(super) digest: String,
    pub(super) samples: Vec<f64>,
}

/// The requests of the sender to the receiver.
#[derive(Serialize, Deserialize)]
enum Order {
    /// Answer this number of messages, with or without decoding them.
    Receive(u64, Option<(Form, PayloadKind)>),
    /// Decode the next message repeatedly, and answer with the time of one decoding.
    Decode(Form, PayloadKind),
    /// Read this array each time a notification arrives, this number of times.
    Look(u64, RawArray<u8>, Look),
    /// Read the array repeatedly, and answer with the time of one reading.
    Read(RawArray<u8>, bool, PayloadKind),
    /// Answer this number of messages of the queue.
    Queue(u64),
    /// Receive this number of messages this way, and answer when all have arrived.
    Take(u64, Route),
    End,
}

/// How to read a shared array.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Look {
    Nothing,
    Copy,
    InPlace,
}

const ACKNOWLEDGEMENT: [u8; 1] = [1];

/// The time of one call, in µs.
fn time_per_call(mut call: impl FnMut(u64)) -> f64 {
    let calls = |times| {
        call(times);
        Ok::<(), Infallible>(())
    };
    match per_call::per_call(clock_step(), calls) {
        Ok(once) => once,
        Err(never) => match never {},
    }
}

/// The time of one exchange with the receiver, in µs. The argument performs a given number
/// of exchanges. They are warmed up first: two processes that have just started may share a
/// core until the system moves one of them, and only then do they learn that polling for
/// an answer is faster than sleeping.
fn per_exchange(mut exchange: impl FnMut(u64)) -> f64 {
    let begin = trace::now_us();
    while trace::now_us() - begin < WARM_UP_US {
        exchange(WARM_UP_BATCH);
    }
    time_per_call(exchange)
}

/// The step of this process's clock, in µs. It is looked for once, since that takes as long
/// as a step.
fn clock_step() -> f64 {
    thread_local!(static STEP: f64 = step(trace::now_us).unwrap_or(0.0));
    STEP.with(|step| *step)
}

fn again(times: u64, mut act: impl FnMut()) {
    for _ in 0..times {
        act();
    }
}

/// Reads every element in place.
fn sum_in_place(array: &RawArray<u8>) -> u64 {
    (0..array.len()).fold(0, |sum: u64, at| {
        sum.wrapping_add(u64::from(must(array.get(at))))
    })
}

fn read_array(array: &RawArray<u8>, kind: PayloadKind) -> Payload {
    Payload::decode(Form::Plain, &array.to_vec(), kind)
}

fn receive(connection: Connection, there: Queue<Vec<u8>>, back: Queue<Vec<u8>>) {
    loop {
        match must(connection.recv::<Order>()) {
            Order::Receive(times, form) => again(times, || {
                let bytes = must(connection.recv_bytes());
                if let Some((form, kind)) = form {
                    std::hint::black_box(Payload::decode(form, &bytes, kind));
                }
                must(connection.send_bytes(&ACKNOWLEDGEMENT));
            }),
            Order::Decode(form, kind) => {
                let bytes = must(connection.recv_bytes());
                let time = time_per_call(|times| {
                    again(times, || {
                        std::hint::black_box(Payload::decode(form, &bytes, kind));
                    });
                });
                let digest = Payload::decode(form, &bytes, kind).digest();
                must(connection.send(&(time, digest)));
            }
            Order::Look(times, array, look) => again(times, || {
                must(connection.recv_bytes());
                match look {
                    Look::Nothing => {}
                    Look::Copy => drop(std::hint::black_box(array.to_vec())),
                    Look::InPlace => {
                        std::hint::black_box(sum_in_place(&array));
                    }
                }
                must(connection.send_bytes(&ACKNOWLEDGEMENT));
            }),
            Order::Read(array, in_place, kind) => {
                let time = time_per_call(|times| {
                    again(times, || {
                        if in_place {
                            std::hint::black_box(sum_in_place(&array));
                        } else {
                            std::hint::black_box(read_array(&array, kind));
                        }
                    });
                });
                let digest = read_array(&array, kind).digest();
                must(connection.send(&(time, digest)));
            }
            Order::Queue(times) => again(times, || must(back.put(&must(there.get())))),
            Order::Take(times, route) => {
                again(times, || match route {
                    Route::Queue => drop(must(there.get())),
                    Route::Pipe => drop(must(connection.recv_bytes())),
                });
                must(connection.send_bytes(&ACKNOWLEDGEMENT));
            }
            Order::End => return,
        }
    }
}

/// The target of the sender, which starts the receiver and measures at the page's request.
pub(super) fn send(questions: Connection, (): ()) {
    let (connection, theirs) = must(pipe());
    let (there, back) = (must(Queue::new(0)), must(Queue::new(0)));
    let process = Process::builder().name("receiver");
    let process = must(process.spawn(receive, (theirs, there.clone(), back.clone())));
    let sender = Sender {
        connection,
        there,
        back,
    };
    answer(&questions, |question| match question {
        Question::Send(kind, size, form) => sender.send(&Payload::new(kind, size), form),
        Question::Share(kind, size, in_place) => sender.share(&Payload::new(kind, size), in_place),
        Question::Latency(route) => sender.latency(route),
        Question::Stream(route, size) => sender.stream(route, size as usize),
    });
    must(sender.connection.send(&Order::End));
    must(process.join());
}

struct Sender {
    connection: Connection,
    there: Queue<Vec<u8>>,
    back: Queue<Vec<u8>>,
}

impl Sender {
    fn order(&self, order: &Order) {
        must(self.connection.send(order));
    }

    fn word(&self) {
        must(self.connection.recv_bytes());
    }

    fn send(&self, payload: &Payload, form: Form) -> Answer {
        let encode = time_per_call(|times| {
            again(times, || {
                std::hint::black_box(payload.encode(form));
            });
        });
        let (bytes, kind) = (payload.encode(form), payload.kind());
        let transit = per_exchange(|times| {
            self.order(&Order::Receive(times, None));
            again(times, || {
                must(self.connection.send_bytes(&bytes));
                self.word();
            });
        });
        self.order(&Order::Decode(form, kind));
        must(self.connection.send_bytes(&bytes));
        let (decode, digest) = must(self.connection.recv());
        let total = per_exchange(|times| {
            self.order(&Order::Receive(times, Some((form, kind))));
            again(times, || {
                must(self.connection.send_bytes(&payload.encode(form)));
                self.word();
            });
        });
        Answer {
            encode,
            transit,
            decode,
            total,
            digest,
            samples: Vec::new(),
        }
    }

    fn share(&self, payload: &Payload, in_place: bool) -> Answer {
        let (bytes, kind) = (payload.encode(Form::Plain), payload.kind());
        let array: RawArray<u8> = must(RawArray::new(bytes.len()));
        let write = || must(array.write(0, &bytes));
        let encode = time_per_call(|times| again(times, write));
        let ring = |times: u64, look: Look, write: &dyn Fn()| {
            self.order(&Order::Look(times, array.clone(), look));
            again(times, || {
                write();
                must(self.connection.send_bytes(&ACKNOWLEDGEMENT));
                self.word();
            });
        };
        let transit = per_exchange(|times| ring(times, Look::Nothing, &|| {}));
        self.order(&Order::Read(array.clone(), in_place, kind));
        let (decode, digest) = must(self.connection.recv());
        let look = if in_place { Look::InPlace } else { Look::Copy };
        let total = per_exchange(|times| ring(times, look, &write));
        Answer {
            encode,
            transit,
            decode,
            total,
            digest,
            samples: Vec::new(),
        }
    }

    fn latency(&self, route: Route) -> Answer {
        let bytes = vec![7; SHORT_BYTES];
        let round = |times: u64| match route {
            Route::Queue => {
                self.order(&Order::Queue(times));
                again(times, || {
                    must(self.there.put(&bytes));
                    must(self.back.get());
                });
            }
            Route::Pipe => {
                self.order(&Order::Receive(times, None));
                again(times, || {
                    must(self.connection.send_bytes(&bytes));
                    self.word();
                });
            }
        };
        // The batches are the shortest that the clock can measure to a tenth. Longer
        // batches would average out the slow exchanges.
        // On a coarse clock there are fewer of them, so that they do not take half a minute.
        let (step, once) = (clock_step(), per_exchange(round));
        let steps = steps_on(step, 10);
        let size = batch_size(step, once, steps).unwrap_or(1);
        let mut batch = Batch::new(step, steps).from_size(size);
        let one = f64::from(steps) * step.max(once);
        let latencies = (LATENCIES_US / one).clamp(5.0, LATENCIES as f64) as usize;
        let samples = loop {
            let size = batch.size();
            let times: Vec<f64> = (0..latencies).map(|_| timed(|| round(size))).collect();
            let shortest = times.iter().copied().fold(f64::INFINITY, f64::min);
            if !batch.grown(shortest) {
                break times.into_iter().map(|time| time / size as f64).collect();
            }
        };
        Answer {
            samples,
            ..Answer::default()
        }
    }

    /// The rate in MB/s.
    fn stream(&self, route: Route, size: usize) -> Answer {
        let message: Vec<u8> = (0..size as u64).map(|at| mix(at) as u8).collect();
        let times = (MAX_STREAM_BYTES / size.max(1)).clamp(8, 4_000) as u64;
        // As many messages more as the clock needs.
        let mut batch = Batch::new(clock_step(), STEPS_PER_SAMPLE).from_size(times);
        let rate = loop {
            let times = batch.size();
            self.order(&Order::Take(times, route));
            let time = timed(|| {
                again(times, || match route {
                    Route::Queue => must(self.there.put(&message)),
                    Route::Pipe => must(self.connection.send_bytes(&message)),
                });
                self.word();
            });
            if !batch.grown(time) {
                break times as f64 * size as f64 / time;
            }
        };
        Answer {
            samples: vec![rate],
            ..Answer::default()
        }
    }
}
