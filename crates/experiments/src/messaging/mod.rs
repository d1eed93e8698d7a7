//! The messaging experiment: what does it cost to send something to another process? Its plan
//! and its series.

pub(super) mod claims;
pub(super) mod findings;
mod page;
mod payload;
mod pipes;
pub(super) mod run;

pub use payload::PayloadKind;

use crate::{
    Quantity, Series,
    form::{Kind, Limit, Named, Rules, choices, plan},
    report::SeriesId,
};

choices! {
    /// How it is sent.
    pub enum SendMethod {
        Clone = "clone", "structured clone", "A JavaScript object, copied by the browser.";
        Json = "json", "JSON", "As JSON text, through shared memory.";
        Codec = "codec", "binary codec",
            "As Manyhands sends everything: in few bytes, through shared memory.";
        Bytes = "bytes", "plain bytes",
            "Bytes as they are, through shared memory: for bytes and integers.";
        Transfer = "transfer", "transfer",
            "A buffer that changes hands without a copy: for bytes and integers.";
        Shared = "shared", "shared array",
            "An array that both can see, read in one copy: for bytes and integers.";
        InPlace = "in-place", "shared array, in place",
            "The same, read element by element where it lies.";
    }
}

plan! {
    /// The plan of the messaging experiment.
    Plan(_) {
        /// What is sent.
        payloads: Vec<PayloadKind> = vec![PayloadKind::Table, PayloadKind::Integers]
            => PayloadKind::ALL.to_vec(), "Payloads";
        /// How it is sent.
        methods as "ways": Vec<SendMethod> = vec![SendMethod::Clone, SendMethod::Codec, SendMethod::Shared] => SendMethod::ALL.to_vec(), "Ways";
        /// How large tables, bytes and integers are.
        sizes: Vec<u64> = vec![1_000, 100_000] => vec![1_000, 10_000, 100_000, 1_000_000], "Sizes",
            Kind::Numbers(Limit::Fixed(100, 10_000_000, "bytes"), 8);
        /// How often everything is measured: more repeats, less doubt.
        repeats: u32 = 3 => 5, "Repeats", Kind::Number(Limit::Fixed(1, 50, ""));
    }
}

impl SendMethod {
    /// Whether this method can send a payload: plain bytes, buffers and shared arrays can hold
    /// only bytes and integers.
    pub(crate) fn can_carry(self, payload: PayloadKind) -> bool {
        matches!(
            self,
            SendMethod::Clone | SendMethod::Json | SendMethod::Codec
        ) || matches!(payload, PayloadKind::Bytes | PayloadKind::Integers)
    }

    /// Whether the page is the sender, and not a process.
    pub fn is_on_page(self) -> bool {
        matches!(self, SendMethod::Clone | SendMethod::Transfer)
    }
}

impl Rules for Plan {
    fn contradictions(&self, report: &mut dyn FnMut(&'static str, String)) {
        for payload in &self.payloads {
            if !self.methods.iter().any(|method| method.can_carry(*payload)) {
                let name = payload.name();
                let message = format!(
                    "None of the chosen ways can carry '{name}': add clone, json or codec."
                );
                report(KEYS.methods, message);
            }
        }
    }

    fn applies(&self, name: &str) -> bool {
        name != KEYS.sizes || self.payloads.iter().any(|payload| payload.is_sized())
    }
}

/// A part of the time of a message.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Part {
    Encode,
    Transit,
    Decode,
}

choices! {
    /// The kind of channel that short messages and streams go through.
    pub(crate) enum ChannelKind {
        Pipe = "pipe", "Pipe", "";
        Queue = "queue", "Queue", "";
    }
}

/// The series that the experiment records.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Measured {
    /// The total time of a payload that is sent by one method.
    Time(PayloadKind, SendMethod),
    /// A part of that time.
    Part(PayloadKind, SendMethod, Part),
    /// The time of a short message and its reply.
    Latency(ChannelKind),
    /// The throughput of a stream of messages.
    Stream(ChannelKind),
}

impl SeriesId for Measured {
    fn series(&self) -> Series {
        let of_payload = |payload: PayloadKind, method: SendMethod, part: &str, word: &str| {
            let id = format!("{}-{}{part}", payload.name(), method.name());
            let label = format!("{} by {}{word}", payload.title(), method.title());
            (id, label, ("time", "µs"), Some(method.name().to_owned()))
        };
        let through = |kind: &str, channel: ChannelKind, measure| {
            let id = format!("{kind}-{}", channel.name());
            (id, channel.title().to_owned(), measure, None)
        };
        let (id, label, measure, way) = match *self {
            Measured::Time(payload, method) => of_payload(payload, method, "", ""),
            Measured::Part(payload, method, Part::Encode) => {
                of_payload(payload, method, "-encode", ": encoding")
            }
            Measured::Part(payload, method, Part::Transit) => {
                of_payload(payload, method, "-transit", ": transit")
            }
            Measured::Part(payload, method, Part::Decode) => {
                of_payload(payload, method, "-decode", ": decoding")
            }
            Measured::Latency(channel) => through("latency", channel, ("round trip", "µs")),
            Measured::Stream(channel) => through("stream", channel, ("throughput", "MB/s")),
        };
        let (axis, measure) = (
            Quantity::new("payload", "bytes"),
            Quantity::new(measure.0, measure.1),
        );
        let series = Series::new(id, label, axis, measure);
        Series { way, ..series }
    }
}
