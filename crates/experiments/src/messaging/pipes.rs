//! Messages through shared memory: one process sends and another answers.

use super::{
    ChannelKind, PayloadKind,
    payload::{Encoding, Payload},
};
use crate::{
    clock::{Batch, STEPS_PER_SAMPLE, batch_size, step, steps_per_sample},
    driver::serve,
    execute::must,
    per_call::{self, timed},
};
use manyhands::{Connection, Process, Queue, RawArray, pipe, trace};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use workloads::random::mix;

/// The time for which exchanges are warmed up before they are measured, in µs.
const WARM_UP_US: f64 = 30_000.0;
/// The number of exchanges between two readings of the clock during the warm-up.
const WARM_UP_BATCH: u64 = 20;
/// The number of latencies in one repeat.
const LATENCIES: usize = 40;
/// The largest total time of the latencies of one repeat, in µs. On a coarse clock, five
/// latencies may take longer.
const LATENCIES_US: f64 = 1_000_000.0;
/// The size in bytes of a message whose latency is measured.
const SHORT_BYTES: usize = 16;
/// The size of a stream of messages, in bytes, unless the clock needs more messages.
const MAX_STREAM_BYTES: usize = 8 << 20;

/// The requests to the sender.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Request {
    /// Send a payload of this kind and size in this encoding.
    Send(PayloadKind, u64, Encoding),
    /// Write the payload to a shared array, which is read in place (`true`) or copied.
    Share(PayloadKind, u64, bool),
    /// Exchange short messages through a pipe or a queue.
    Latency(ChannelKind),
    /// Send messages of this number of bytes, one after another.
    Stream(ChannelKind, u64),
}

/// The reply of the sender: the times of one payload in µs, several latencies, or a rate.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Reply {
    pub(super) encode: f64,
    /// The time until a short acknowledgement has arrived.
    pub(super) transit: f64,
    pub(super) decode: f64,
    /// The total time, measured as a whole.
    pub(super) total: f64,
    pub(super) digest: String,
    pub(super) samples: Vec<f64>,
}

/// The commands of the sender to the receiver.
#[derive(Serialize, Deserialize)]
enum Command {
    /// Acknowledge this number of messages, with or without decoding them.
    Receive(u64, Option<(Encoding, PayloadKind)>),
    /// Decode the next message repeatedly, and answer with the time of one decoding.
    Decode(Encoding, PayloadKind),
    /// Read this array each time a notification arrives, this number of times.
    ReadOnNotification(u64, RawArray<u8>, ReadMode),
    /// Read the array repeatedly, and answer with the time of one reading.
    Read(RawArray<u8>, bool, PayloadKind),
    /// Send back this number of messages of the queue.
    Queue(u64),
    /// Receive this number of messages through this channel, and acknowledge them when all
    /// have arrived.
    Drain(u64, ChannelKind),
    End,
}

/// How to read a shared array.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum ReadMode {
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
/// core until the system moves one of them. After that, they adapt to polling for an answer,
/// which is faster than sleeping.
fn per_exchange(mut exchange: impl FnMut(u64)) -> f64 {
    let begin = trace::now_us();
    while trace::now_us() - begin < WARM_UP_US {
        exchange(WARM_UP_BATCH);
    }
    time_per_call(exchange)
}

/// The step of this process's clock, in µs. It is measured once, because that takes as long as
/// a step.
fn clock_step() -> f64 {
    thread_local!(static STEP: f64 = step(trace::now_us).unwrap_or(0.0));
    STEP.with(|step| *step)
}

/// Calls a function this number of times.
fn repeat(times: u64, mut act: impl FnMut()) {
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
    Payload::decode(Encoding::Plain, &array.to_vec(), kind)
}

fn receive(connection: Connection, to_receiver: Queue<Vec<u8>>, to_sender: Queue<Vec<u8>>) {
    loop {
        match must(connection.recv::<Command>()) {
            Command::Receive(times, encoding) => repeat(times, || {
                let bytes = must(connection.recv_bytes());
                if let Some((encoding, kind)) = encoding {
                    std::hint::black_box(Payload::decode(encoding, &bytes, kind));
                }
                must(connection.send_bytes(&ACKNOWLEDGEMENT));
            }),
            Command::Decode(encoding, kind) => {
                let bytes = must(connection.recv_bytes());
                let time = time_per_call(|times| {
                    repeat(times, || {
                        std::hint::black_box(Payload::decode(encoding, &bytes, kind));
                    });
                });
                let digest = Payload::decode(encoding, &bytes, kind).digest();
                must(connection.send(&(time, digest)));
            }
            Command::ReadOnNotification(times, array, mode) => repeat(times, || {
                must(connection.recv_bytes());
                match mode {
                    ReadMode::Nothing => {}
                    ReadMode::Copy => drop(std::hint::black_box(array.to_vec())),
                    ReadMode::InPlace => {
                        std::hint::black_box(sum_in_place(&array));
                    }
                }
                must(connection.send_bytes(&ACKNOWLEDGEMENT));
            }),
            Command::Read(array, in_place, kind) => {
                let time = time_per_call(|times| {
                    repeat(times, || {
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
            Command::Queue(times) => {
                repeat(times, || must(to_sender.put(&must(to_receiver.get()))))
            }
            Command::Drain(times, channel) => {
                repeat(times, || match channel {
                    ChannelKind::Queue => drop(must(to_receiver.get())),
                    ChannelKind::Pipe => drop(must(connection.recv_bytes())),
                });
                must(connection.send_bytes(&ACKNOWLEDGEMENT));
            }
            Command::End => return,
        }
    }
}

/// The target of the sender, which starts the receiver and measures at the page's request.
pub(super) fn send(requests: Connection, (): ()) {
    let (connection, theirs) = must(pipe());
    let (to_receiver, to_sender) = (must(Queue::new(0)), must(Queue::new(0)));
    let process = Process::builder().name("receiver");
    let process = must(process.spawn(receive, (theirs, to_receiver.clone(), to_sender.clone())));
    let sender = Sender {
        connection,
        to_receiver,
        to_sender,
    };
    serve(&requests, |request| match request {
        Request::Send(kind, size, encoding) => sender.send(&Payload::new(kind, size), encoding),
        Request::Share(kind, size, in_place) => sender.share(&Payload::new(kind, size), in_place),
        Request::Latency(channel) => sender.latency(channel),
        Request::Stream(channel, size) => sender.stream(channel, size as usize),
    });
    must(sender.connection.send(&Command::End));
    must(process.join());
}

struct Sender {
    connection: Connection,
    to_receiver: Queue<Vec<u8>>,
    to_sender: Queue<Vec<u8>>,
}

impl Sender {
    fn command(&self, command: &Command) {
        must(self.connection.send(command));
    }

    fn wait_for_acknowledgement(&self) {
        must(self.connection.recv_bytes());
    }

    fn send(&self, payload: &Payload, encoding: Encoding) -> Reply {
        let encode = time_per_call(|times| {
            repeat(times, || {
                std::hint::black_box(payload.encode(encoding));
            });
        });
        let (bytes, kind) = (payload.encode(encoding), payload.kind());
        let transit = per_exchange(|times| {
            self.command(&Command::Receive(times, None));
            repeat(times, || {
                must(self.connection.send_bytes(&bytes));
                self.wait_for_acknowledgement();
            });
        });
        self.command(&Command::Decode(encoding, kind));
        must(self.connection.send_bytes(&bytes));
        let (decode, digest) = must(self.connection.recv());
        let total = per_exchange(|times| {
            self.command(&Command::Receive(times, Some((encoding, kind))));
            repeat(times, || {
                must(self.connection.send_bytes(&payload.encode(encoding)));
                self.wait_for_acknowledgement();
            });
        });
        Reply {
            encode,
            transit,
            decode,
            total,
            digest,
            samples: Vec::new(),
        }
    }

    fn share(&self, payload: &Payload, in_place: bool) -> Reply {
        let (bytes, kind) = (payload.encode(Encoding::Plain), payload.kind());
        let array: RawArray<u8> = must(RawArray::new(bytes.len()));
        let write = || must(array.write(0, &bytes));
        let encode = time_per_call(|times| repeat(times, write));
        let exchange = |times: u64, mode: ReadMode, write: &dyn Fn()| {
            self.command(&Command::ReadOnNotification(times, array.clone(), mode));
            repeat(times, || {
                write();
                must(self.connection.send_bytes(&ACKNOWLEDGEMENT));
                self.wait_for_acknowledgement();
            });
        };
        let transit = per_exchange(|times| exchange(times, ReadMode::Nothing, &|| {}));
        self.command(&Command::Read(array.clone(), in_place, kind));
        let (decode, digest) = must(self.connection.recv());
        let mode = if in_place {
            ReadMode::InPlace
        } else {
            ReadMode::Copy
        };
        let total = per_exchange(|times| exchange(times, mode, &write));
        Reply {
            encode,
            transit,
            decode,
            total,
            digest,
            samples: Vec::new(),
        }
    }

    fn latency(&self, channel: ChannelKind) -> Reply {
        let bytes = vec![7; SHORT_BYTES];
        let exchange = |times: u64| match channel {
            ChannelKind::Queue => {
                self.command(&Command::Queue(times));
                repeat(times, || {
                    must(self.to_receiver.put(&bytes));
                    must(self.to_sender.get());
                });
            }
            ChannelKind::Pipe => {
                self.command(&Command::Receive(times, None));
                repeat(times, || {
                    must(self.connection.send_bytes(&bytes));
                    self.wait_for_acknowledgement();
                });
            }
        };
        // The batches are the shortest that the clock can measure to a tenth, because longer
        // batches would average out the slow exchanges. On a coarse clock there are fewer
        // batches, so that they do not take half a minute.
        let (step, once) = (clock_step(), per_exchange(exchange));
        let steps = steps_per_sample(step, 10);
        let size = batch_size(step, once, steps).unwrap_or(1);
        let mut batch = Batch::new(step, steps).starting_at(size);
        let one = f64::from(steps) * step.max(once);
        let latencies = (LATENCIES_US / one).clamp(5.0, LATENCIES as f64) as usize;
        let samples = loop {
            let size = batch.size();
            let times: Vec<f64> = (0..latencies).map(|_| timed(|| exchange(size))).collect();
            let shortest = times.iter().copied().fold(f64::INFINITY, f64::min);
            if !batch.grow_if_too_short(shortest) {
                break times.into_iter().map(|time| time / size as f64).collect();
            }
        };
        Reply {
            samples,
            ..Reply::default()
        }
    }

    /// Measures the rate of a stream of messages, in MB/s.
    fn stream(&self, channel: ChannelKind, size: usize) -> Reply {
        let message: Vec<u8> = (0..size as u64).map(|at| mix(at) as u8).collect();
        let times = (MAX_STREAM_BYTES / size.max(1)).clamp(8, 4_000) as u64;
        // The number of messages grows until the clock can measure them.
        let mut batch = Batch::new(clock_step(), STEPS_PER_SAMPLE).starting_at(times);
        let rate = loop {
            let times = batch.size();
            self.command(&Command::Drain(times, channel));
            let time = timed(|| {
                repeat(times, || match channel {
                    ChannelKind::Queue => must(self.to_receiver.put(&message)),
                    ChannelKind::Pipe => must(self.connection.send_bytes(&message)),
                });
                self.wait_for_acknowledgement();
            });
            if !batch.grow_if_too_short(time) {
                break times as f64 * size as f64 / time;
            }
        };
        Reply {
            samples: vec![rate],
            ..Reply::default()
        }
    }
}
