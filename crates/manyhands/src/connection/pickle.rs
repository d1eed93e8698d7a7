//! `Pickle`: an encoded value that can be kept and decoded later.
//!
//! This module must not import channels.

use crate::{
    Error,
    kernel::{attachment::Attachment, buffer, codec},
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Visitor},
};
use std::{
    fmt,
    hash::{Hash, Hasher},
};

/// An encoded value (Python's word is pickle) and the shared objects that are attached
/// to it, which live as long as the pickle. Two pickles are equal if their bytes and
/// their attached objects are equal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) struct Pickle {
    bytes: Bytes,
    attachments: Vec<Attachment>,
}

impl Pickle {
    /// Encodes a value.
    pub(crate) fn new<T: ?Sized + Serialize>(value: &T) -> Result<Pickle, Error> {
        let (buffer, attachments) = codec::encode(value)?;
        // Copied into an allocation of its exact length, since it may be kept long.
        let bytes = Bytes(buffer.as_slice().into());
        buffer::give_back(buffer);
        Ok(Pickle { bytes, attachments })
    }

    /// Decodes the value.
    pub(crate) fn load<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let arrived = self.attachments.iter().cloned().map(Ok).collect();
        codec::decode(&self.bytes.0, arrived)
    }
}

impl PartialEq for Pickle {
    fn eq(&self, other: &Pickle) -> bool {
        self.bytes.0 == other.bytes.0 && self.attachments == other.attachments
    }
}

impl Eq for Pickle {}

impl Hash for Pickle {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.0.hash(state);
    }
}

/// Bytes that serde reads and writes as one block and not one by one.
#[derive(Clone, Debug)]
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BytesVisitor;

        impl Visitor<'_> for BytesVisitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.into()))
            }
        }

        deserializer.deserialize_bytes(BytesVisitor)
    }
}
