//! The one codec: arguments, results and messages as bytes.
//!
//! postcard: binary, compact, 64-bit safe, driven by serde. Shared objects that
//! are met on the way are collected, so that the envelope which carries the
//! bytes can keep them alive ([`super::hold`]).

use super::hold::Hold;
use crate::Error;
use postcard::ser_flavors::Flavor;
use serde::{Serialize, de::DeserializeOwned};
use std::cell::{Cell, RefCell};

thread_local! {
    static MET: RefCell<Vec<Hold>> = const { RefCell::new(Vec::new()) };
}

/// Called when a shared object is serialised.
pub(crate) fn meet(hold: &Hold) {
    MET.with_borrow_mut(|met| met.push(hold.clone()));
}

thread_local! {
    /// The buffer of the last message, for the next one.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A larger buffer is not kept.
const MOST_SPARE: usize = 1 << 16;

/// An empty buffer, with room if one was given back.
fn buffer() -> Vec<u8> {
    let mut buffer = SPARE.take();
    buffer.clear();
    buffer
}

/// A buffer of so many bytes, whatever they are: to be overwritten.
pub(crate) fn buffer_of(length: usize) -> Vec<u8> {
    let mut buffer = SPARE.take();
    // Only what was not in it is cleared, which takes its time.
    buffer.resize(length, 0);
    buffer
}

/// Gives a buffer to the next message.
pub(crate) fn give_back(buffer: Vec<u8>) {
    if buffer.capacity() <= MOST_SPARE {
        SPARE.set(buffer);
    }
}

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

/// A value as bytes, and the shared objects in it, held: the value may be gone
/// before the bytes set out.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<(Vec<u8>, Vec<Hold>), Error> {
    // A value may be encoded while another one is: what is met then is its own.
    let outer = MET.take();
    let bytes = postcard::serialize_with_flavor(value, Output(buffer()));
    let met = MET.replace(outer);
    let bytes = bytes.map_err(|error| Error::PicklingError(error.to_string()))?;
    Ok((bytes, met))
}

/// A value from bytes.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    postcard::from_bytes(bytes).map_err(|error| Error::PicklingError(error.to_string()))
}

/// A value from the start of `bytes`, and the rest.
pub(crate) fn decode_head<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8]), Error> {
    postcard::take_from_bytes(bytes).map_err(|error| Error::PicklingError(error.to_string()))
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
    decode(bytes)
}
