//! The one codec: arguments, results and messages as bytes.
//!
//! postcard: binary, compact, 64-bit safe, driven by serde.

use crate::Error;
use serde::{Serialize, de::DeserializeOwned};

/// A value as bytes.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    postcard::to_stdvec(value).map_err(|error| Error::PicklingError(error.to_string()))
}

/// A value from bytes.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    postcard::from_bytes(bytes).map_err(|error| Error::PicklingError(error.to_string()))
}

/// A value from the start of `bytes`, and the rest.
pub(crate) fn decode_head<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8]), Error> {
    postcard::take_from_bytes(bytes).map_err(|error| Error::PicklingError(error.to_string()))
}
