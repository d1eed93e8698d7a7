//! What does it cost to send something to another process? What is asked, and what
//! is recorded.

pub(super) mod claims;
pub(super) mod findings;
mod page;
mod payload;
mod pipes;
pub(super) mod run;

use crate::{
    Quantity, Series,
    form::{Kind, Limit, Named, Rules, choices, plan},
    series_id::SeriesId,
};

choices! {
    /// What is sent.
    pub enum PayloadKind {
        Number = "number", "a number", "One floating-point number.";
        Struct = "struct", "a struct", "A name, a time and three numbers.";
        Table = "table", "a table", "Rows of nested fields, up to the size.";
        Bytes = "bytes", "bytes", "So many bytes.";
        Integers = "integers", "integers", "As many 64-bit integers as fit the size.";
    }
}

choices! {
    /// How it is sent.
    pub enum Way {
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
    /// What is measured of messages.
    Plan(_) {
        /// What is sent.
        payloads: Vec<PayloadKind> = vec![PayloadKind::Table, PayloadKind::Integers]
            => PayloadKind::ALL.to_vec(), "Payloads";
        /// How it is sent.
        ways: Vec<Way> = vec![Way::Clone, Way::Codec, Way::Shared] => Way::ALL.to_vec(), "Ways";
        /// How large tables, bytes and integers are.
        sizes: Vec<u64> = vec![1_000, 100_000] => vec![1_000, 10_000, 100_000, 1_000_000], "Sizes",
            Kind::Numbers(Limit::Fixed(100, 10_000_000, "bytes"), 8);
        /// How often everything is measured: more repeats, less doubt.
        repeats: u32 = 3 => 5, "Repeats", Kind::Number(Limit::Fixed(1, 50, ""));
    }
}

impl PayloadKind {
    /// Is it of the plan's size, not of one of its own?
    pub(crate) fn is_sized(self) -> bool {
        !matches!(self, PayloadKind::Number | PayloadKind::Struct)
    }
}

impl Way {
    /// Whether it can carry a payload: bytes as they are, buffers and shared
    /// arrays hold nothing but bytes and integers.
    pub(crate) fn can_carry(self, payload: PayloadKind) -> bool {
        matches!(self, Way::Clone | Way::Json | Way::Codec)
            || matches!(payload, PayloadKind::Bytes | PayloadKind::Integers)
    }

    /// Whether the page sends it, and not a process.
    pub fn is_on_page(self) -> bool {
        matches!(self, Way::Clone | Way::Transfer)
    }
}

impl Rules for Plan {
    fn contradictions(&self, say: &mut dyn FnMut(&'static str, String)) {
        for payload in &self.payloads {
            if !self.ways.iter().any(|way| way.can_carry(*payload)) {
                let name = payload.name();
                let message = format!(
                    "None of the chosen ways can carry '{name}': add clone, json or codec."
                );
                say(KEYS.ways, message);
            }
        }
    }

    fn applies(&self, name: &str) -> bool {
        name != KEYS.sizes || self.payloads.iter().any(|payload| payload.is_sized())
    }
}

/// A part of a message's time.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Part {
    Encode,
    Transit,
    Decode,
}

choices! {
    /// What short messages and streams go through.
    pub(crate) enum Route {
        Pipe = "pipe", "Pipe", "";
        Queue = "queue", "Queue", "";
    }
}

/// What is recorded.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Measured {
    /// How long a payload takes by one way.
    Time(PayloadKind, Way),
    /// A part of that.
    Part(PayloadKind, Way, Part),
    /// How long a short message and its answer take.
    Latency(Route),
    /// How much goes through, one message after another.
    Stream(Route),
}

impl SeriesId for Measured {
    fn series(&self) -> Series {
        let of_payload = |payload: PayloadKind, way: Way, part: &str, word: &str| {
            let id = format!("{}-{}{part}", payload.name(), way.name());
            let label = format!("{} by {}{word}", payload.title(), way.title());
            (id, label, ("time", "µs"), Some(way.name().to_owned()))
        };
        let through = |kind: &str, route: Route, measure| {
            let id = format!("{kind}-{}", route.name());
            (id, route.title().to_owned(), measure, None)
        };
        let (id, label, measure, way) = match *self {
            Measured::Time(payload, way) => of_payload(payload, way, "", ""),
            Measured::Part(payload, way, Part::Encode) => {
                of_payload(payload, way, "-encode", ": encoding")
            }
            Measured::Part(payload, way, Part::Transit) => {
                of_payload(payload, way, "-transit", ": transit")
            }
            Measured::Part(payload, way, Part::Decode) => {
                of_payload(payload, way, "-decode", ": decoding")
            }
            Measured::Latency(route) => through("latency", route, ("round trip", "µs")),
            Measured::Stream(route) => through("stream", route, ("throughput", "MB/s")),
        };
        let (axis, measure) = (
            Quantity::new("payload", "bytes"),
            Quantity::new(measure.0, measure.1),
        );
        let series = Series::new(id, label, axis, measure);
        Series { way, ..series }
    }
}
