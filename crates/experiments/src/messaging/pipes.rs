//! Through shared memory: a process sends, another answers.

use super::{
    PayloadKind, Route,
    payload::{Form, Payload},
};
use crate::{
    clock::{Batch, batch_size, step},
    driver::answer,
    execute::must,
    per_call::{self, timed},
};
use manyhands::{Connection, Process, Queue, RawArray, pipe, trace};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use workloads::random::mix;

/// Exchanges go on so long, in µs, before they are measured,
const WARM_UP: f64 = 30_000.0;
/// so many at once.
const IN_A_WARM_UP: u64 = 20;
/// Latencies of a repeat.
const LATENCIES: usize = 40;
/// Bytes of a message whose latency is measured.
const SHORT: usize = 16;
/// Messages of a stream take this many bytes together, at most.
const STREAM: usize = 8 << 20;

/// What the sender is asked.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Question {
    /// A payload of this kind and size, in this form.
    Send(PayloadKind, u64, Form),
    /// The same through a shared array: read in one copy, or where it lies.
    Share(PayloadKind, u64, bool),
    /// Short messages to and fro, through a pipe or a queue.
    Latency(Route),
    /// Messages of this many bytes, one after another.
    Stream(Route, u64),
}

/// What one payload took, in µs; or several latencies, or a rate.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) encode: f64,
    /// Until a short word is back.
    pub(super) transit: f64,
    pub(super) decode: f64,
    /// All of it, measured at once.
    pub(super) total: f64,
    pub(super) digest: String,
    pub(super) samples: Vec<f64>,
}

/// What the sender tells the receiver.
#[derive(Serialize, Deserialize)]
enum Order {
    /// Answer so many messages, with or without decoding them.
    Receive(u64, Option<(Form, PayloadKind)>),
    /// Decode the next message again and again, and say how long it took.
    Decode(Form, PayloadKind),
    /// Look at this array whenever the bell rings, so often.
    Look(u64, RawArray<u8>, Look),
    /// Read it again and again, and say how long it took.
    Read(RawArray<u8>, bool, PayloadKind),
    /// Answer so many messages of the queue.
    Queue(u64),
    /// Take so many messages that come this way and say when that is done.
    Take(u64, Route),
    End,
}

/// What to do with a shared array.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Look {
    Nothing,
    Copy,
    InPlace,
}

const WORD: [u8; 1] = [1];

/// µs of one call.
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

/// µs of one exchange with the receiver, given what makes so many of them. It is
/// measured warm: two sides that have just begun to talk may share a core while
/// another one is idle, until the system moves one of them, and learn only then
/// that to look for an answer is faster than to sleep.
fn per_exchange(mut exchange: impl FnMut(u64)) -> f64 {
    let begin = trace::now_us();
    while trace::now_us() - begin < WARM_UP {
        exchange(IN_A_WARM_UP);
    }
    time_per_call(exchange)
}

/// The step of this process's clock, in µs.
fn clock_step() -> f64 {
    step(trace::now_us).unwrap_or(0.0)
}

fn again(times: u64, mut act: impl FnMut()) {
    for _ in 0..times {
        act();
    }
}

/// Every element where it lies.
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
                must(connection.send_bytes(&WORD));
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
                must(connection.send_bytes(&WORD));
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
                must(connection.send_bytes(&WORD));
            }
            Order::End => return,
        }
    }
}

/// The sender: asked by the page, it measures with the receiver it started.
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
                must(self.connection.send_bytes(&WORD));
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
        let bytes = vec![7; SHORT];
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
        // In the shortest batches that the clock can tell to a tenth: the
        // spread over longer ones would hide the slow ones among the many.
        let (step, once) = (clock_step(), per_exchange(round));
        let size = batch_size(step, once, 10).unwrap_or(1);
        let mut batch = Batch::new(step, 10).from_size(size);
        let samples = loop {
            let size = batch.size();
            let times = [(); LATENCIES].map(|()| timed(|| round(size)));
            let shortest = times.into_iter().fold(f64::INFINITY, f64::min);
            if !batch.grown(shortest) {
                break times.map(|time| time / size as f64);
            }
        };
        Answer {
            samples: samples.to_vec(),
            ..Answer::default()
        }
    }

    /// MB a second.
    fn stream(&self, route: Route, size: usize) -> Answer {
        let message: Vec<u8> = (0..size as u64).map(|at| mix(at) as u8).collect();
        let times = (STREAM / size.max(1)).clamp(8, 4_000) as u64;
        self.order(&Order::Take(times, route));
        let begin = trace::now_us();
        again(times, || match route {
            Route::Queue => must(self.there.put(&message)),
            Route::Pipe => must(self.connection.send_bytes(&message)),
        });
        self.word();
        let time = trace::now_us() - begin;
        Answer {
            samples: vec![times as f64 * size as f64 / time],
            ..Answer::default()
        }
    }
}
