//! The one codec: arguments, results and messages as bytes.
//!
//! postcard: binary, compact, 64-bit safe, driven by serde. Shared objects and
//! functions travel beside the bytes, as attachments ([`super::attachment`]).
//!
//! This room must not know where the bytes go: into an argument, a channel or a file.

use super::{
    attachment::{self, Arrived, Attachment},
    buffer,
};
use crate::Error;
use postcard::ser_flavors::Flavor;
use serde::{Serialize, de::DeserializeOwned};

/// Where postcard writes.
struct Output(Vec<u8>);

impl Flavor for Output {
    type Output = Vec<u8>;

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<Vec<u8>> {
        Ok(self.0)
    }
}

/// A value as bytes, and its attachments. The objects among these are held: the
/// value may be gone before the bytes set out.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<(Vec<u8>, Vec<Attachment>), Error> {
    let encode = || postcard::serialize_with_flavor(value, Output(buffer::empty()));
    let (bytes, attachments) = attachment::encoding(encode);
    Ok((bytes.map_err(pickling_error)?, attachments))
}

/// A value from all of these bytes and all attachments that came with them.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8], arrived: Arrived) -> Result<T, Error> {
    attachment::decoding(arrived, || match decode_head(bytes)? {
        (value, []) => Ok(value),
        (_, rest) => Err(Error::PicklingError(format!(
            "the value that was sent is of another type: {} bytes are left over",
            rest.len()
        ))),
    })
}

/// A value without attachments from the start of `bytes`, and the rest.
pub(crate) fn decode_head<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8]), Error> {
    postcard::take_from_bytes(bytes).map_err(pickling_error)
}

fn pickling_error(error: postcard::Error) -> Error {
    Error::PicklingError(error.to_string())
}

/// A value as the bytes that a message carries (Python's `pickle.dumps`).
///
/// # Errors
/// [`Error::PicklingError`] if the value cannot be turned into bytes, or if it
/// refers to a shared object: bytes alone do not keep one alive, so it must be
/// sent through a pipe or a queue.
pub fn dumps<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    match encode(value)? {
        (bytes, objects) if objects.is_empty() => Ok(bytes),
        _ => Err(Error::PicklingError(
            "a shared object cannot become bytes alone: send it through a pipe or a queue".into(),
        )),
    }
}

/// The value that [`dumps`] turned into bytes (Python's `pickle.loads`).
///
/// # Errors
/// [`Error::PicklingError`] if the bytes are not of such a value.
pub fn loads<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    decode(bytes, Vec::new())
}
