//! A value as bytes that can be kept, and read when somebody wants it.

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

/// A value as bytes (what Python calls a pickle), with what is attached to them:
/// shared objects in it live for as long as the pickle does. Two pickles are
/// equal if both are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pickle {
    bytes: Bytes,
    attachments: Vec<Attachment>,
}

impl Pickle {
    /// The pickle of a value.
    pub(crate) fn new<T: Serialize>(value: &T) -> Result<Pickle, Error> {
        let (buffer, attachments) = codec::encode(value)?;
        // No larger than it must be: it may be kept for long.
        let bytes = Bytes(buffer.as_slice().into());
        buffer::give_back(buffer);
        Ok(Pickle { bytes, attachments })
    }

    /// The value.
    pub(crate) fn open<T: DeserializeOwned>(&self) -> Result<T, Error> {
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

/// Bytes in one piece, not one by one.
#[derive(Clone, Debug)]
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whole;

        impl Visitor<'_> for Whole {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.into()))
            }
        }

        deserializer.deserialize_bytes(Whole)
    }
}
