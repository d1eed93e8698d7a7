//! The payloads that are sent: their kinds, their values, and their encodings as bytes.

use crate::{execute::must, form::choices};
use manyhands::{dumps, loads};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use workloads::random::{Random, mix};

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

impl PayloadKind {
    /// Whether its size is given by the plan. Numbers and structs have a fixed size.
    pub(crate) fn is_sized(self) -> bool {
        !matches!(self, PayloadKind::Number | PayloadKind::Struct)
    }
}

/// A value that is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Payload {
    Number(f64),
    Struct(Row),
    Table(Vec<Row>),
    Bytes(ByteBuf),
    Integers(Vec<i64>),
}

/// A row of a table, with a nested field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    name: String,
    time: u32,
    place: (f64, f64, f64),
}

/// The approximate size of an encoded row, in bytes.
const ROW_BYTES: u64 = 40;

/// How a payload is encoded as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Encoding {
    Json,
    Codec,
    /// As the bytes in memory; only for bytes and integers.
    Plain,
}

impl Payload {
    /// A payload of this kind and about this many bytes.
    pub(super) fn new(kind: PayloadKind, size: u64) -> Payload {
        let mut random = Random::new(7, size);
        let mut row = || Row {
            name: format!("row {:08x}", random.next_u64() as u32),
            time: random.next_u64() as u32,
            place: (0.5, -1.25, random.below(1_000) as f64),
        };
        match kind {
            PayloadKind::Number => Payload::Number(std::f64::consts::PI),
            PayloadKind::Struct => Payload::Struct(row()),
            PayloadKind::Table => {
                Payload::Table((0..(size / ROW_BYTES).max(1)).map(|_| row()).collect())
            }
            PayloadKind::Bytes => {
                let bytes = (0..size).map(|at| mix(at) as u8);
                Payload::Bytes(ByteBuf::from(bytes.collect::<Vec<u8>>()))
            }
            PayloadKind::Integers => Payload::Integers(
                (0..(size / 8).max(1))
                    .map(|at| mix(at) as i32 as i64)
                    .collect(),
            ),
        }
    }

    /// The size that charts show, in bytes.
    pub(super) fn size(&self) -> u64 {
        match self {
            Payload::Number(_) => 8,
            Payload::Struct(_) => ROW_BYTES,
            Payload::Table(rows) => rows.len() as u64 * ROW_BYTES,
            Payload::Bytes(bytes) => bytes.len() as u64,
            Payload::Integers(integers) => integers.len() as u64 * 8,
        }
    }

    pub(super) fn encode(&self, encoding: Encoding) -> Vec<u8> {
        match (encoding, self) {
            (Encoding::Json, _) => serde_json::to_vec(self).unwrap_or_default(),
            (Encoding::Plain, Payload::Bytes(bytes)) => bytes.to_vec(),
            (Encoding::Plain, Payload::Integers(integers)) => {
                bytemuck::cast_slice::<i64, u8>(integers).to_vec()
            }
            _ => must(dumps(self)),
        }
    }

    /// Decodes bytes that [`encode`](Self::encode) made from a payload of this kind.
    pub(super) fn decode(encoding: Encoding, bytes: &[u8], kind: PayloadKind) -> Payload {
        match (encoding, kind) {
            (Encoding::Json, _) => {
                serde_json::from_slice(bytes).unwrap_or(Payload::Number(f64::NAN))
            }
            (Encoding::Plain, PayloadKind::Bytes) => Payload::Bytes(ByteBuf::from(bytes.to_vec())),
            (Encoding::Plain, _) => Payload::Integers(bytemuck::pod_collect_to_vec(bytes)),
            (Encoding::Codec, _) => must(loads(bytes)),
        }
    }

    pub(super) fn kind(&self) -> PayloadKind {
        match self {
            Payload::Number(_) => PayloadKind::Number,
            Payload::Struct(_) => PayloadKind::Struct,
            Payload::Table(_) => PayloadKind::Table,
            Payload::Bytes(_) => PayloadKind::Bytes,
            Payload::Integers(_) => PayloadKind::Integers,
        }
    }

    /// A digest that is equal for equal payloads, whatever method sent them.
    pub(super) fn digest(&self) -> String {
        let bytes = self.encode(Encoding::Codec);
        let hash = bytes.iter().fold(
            bytes.len() as u64,
            |hash, byte| mix(hash ^ u64::from(*byte)),
        );
        format!("{hash:016x}")
    }
}
