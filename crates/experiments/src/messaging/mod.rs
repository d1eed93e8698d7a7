//! What does it cost to send something to another process? What is asked, and what
//! is recorded.

mod page;
mod payload;
mod pipes;
pub(super) mod run;

use crate::{
    Quantity, Series,
    form::{Kind, Limit, Named, Rules, choices, plan},
    series_id::SeriesId,
};
use serde::{Deserialize, Serialize};

choices! {
    /// What is sent.
    PayloadKind {
        Number = "number", "a number", "One floating-point number.";
        Struct = "struct", "a struct", "A name, a time and three numbers.";
        Table = "table", "a table", "Rows of nested fields, up to the size.";
        Bytes = "bytes", "bytes", "So many bytes.";
        Integers = "integers", "integers", "As many 64-bit integers as fit the size.";
    }
}

choices! {
    /// How it is sent.
    Way {
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
        payloads: Vec<PayloadKind> = PayloadKind::ALL.to_vec(), "Payloads";
        /// How it is sent.
        ways: Vec<Way> = Way::ALL.to_vec(), "Ways";
        /// How large tables, bytes and integers are.
        sizes: Vec<u64> = vec![1_000, 10_000, 100_000, 1_000_000], "Sizes",
            Kind::Numbers(Limit::Fixed(100, 10_000_000, "bytes"), 8);
        /// How often everything is measured: more repeats, less doubt.
        repeats: u32 = 5, "Repeats", Kind::Number(Limit::Fixed(1, 50, ""));
    }
}

impl PayloadKind {
    /// Is it of the plan's size, not of one of its own?
    fn is_sized(self) -> bool {
        !matches!(self, PayloadKind::Number | PayloadKind::Struct)
    }
}

impl Way {
    /// Whether it can carry a payload: bytes as they are, buffers and shared
    /// arrays hold nothing but bytes and integers.
    fn can_carry(self, payload: PayloadKind) -> bool {
        matches!(self, Way::Clone | Way::Json | Way::Codec)
            || matches!(payload, PayloadKind::Bytes | PayloadKind::Integers)
    }

    /// Does the page send it, not a process?
    fn is_on_page(self) -> bool {
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
enum Part {
    Encode,
    Transit,
    Decode,
}

/// What short messages and streams go through.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Route {
    Pipe,
    Queue,
}

impl Route {
    fn name(self) -> &'static str {
        match self {
            Route::Pipe => "pipe",
            Route::Queue => "queue",
        }
    }
}

/// What is recorded.
#[derive(Clone, Copy, PartialEq)]
enum Measured {
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
    fn id(&self) -> String {
        match self {
            Measured::Time(payload, way) => format!("{}-{}", payload.name(), way.name()),
            Measured::Part(payload, way, part) => {
                let part = match part {
                    Part::Encode => "encode",
                    Part::Transit => "transit",
                    Part::Decode => "decode",
                };
                format!("{}-{}-{part}", payload.name(), way.name())
            }
            Measured::Latency(route) => format!("latency-{}", route.name()),
            Measured::Stream(route) => format!("stream-{}", route.name()),
        }
    }

    fn series(&self) -> Series {
        let (id, axis) = (self.id(), Quantity::new("payload", "bytes"));
        let time = Quantity::new("time", "µs");
        let label =
            |payload: PayloadKind, way: Way| format!("{} by {}", payload.title(), way.title());
        let through = |route| match route {
            Route::Pipe => "Pipe",
            Route::Queue => "Queue",
        };
        match *self {
            Measured::Time(payload, way) => {
                Series::new(id, label(payload, way), axis, time).of_way(way.name())
            }
            Measured::Part(payload, way, part) => {
                let part = match part {
                    Part::Encode => "encoding",
                    Part::Transit => "transit",
                    Part::Decode => "decoding",
                };
                let label = format!("{}: {part}", label(payload, way));
                Series::new(id, label, axis, time).of_way(way.name())
            }
            Measured::Latency(route) => {
                Series::new(id, through(route), axis, Quantity::new("round trip", "µs"))
            }
            Measured::Stream(route) => Series::new(
                id,
                through(route),
                axis,
                Quantity::new("throughput", "MB/s"),
            ),
        }
    }
}
