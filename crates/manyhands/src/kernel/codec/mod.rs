//! The codec: turns arguments, results and messages into bytes and back.
//!
//! The encoding ([`mod@format`]) states the kind of every value. A value that is received as
//! another type is therefore refused, and types whose `Deserialize` asks for the kind of
//! the next value (untagged enums, flattened fields) can be read. Shared objects and
//! functions are not in the bytes. They travel beside them, as attachments
//! ([`super::attachment`]).
//!
//! This module must not know where the bytes go: into an argument, a channel or a file.

mod any;
mod bulk;
mod format;
pub(super) mod in_progress;
mod reader;
mod shapes;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
pub(super) mod writer;

use super::{
    attachment::{self, Arrived, Attachment},
    buffer,
};
use crate::Error;
use format::{CodecError, MAX_DEPTH};
use in_progress::{DECODING, ENCODING, in_progress};
use reader::Reader;
use serde::{Serialize, de::DeserializeOwned};
use std::{any::type_name, marker::PhantomData};
use writer::Writer;

/// Turns an error of the codec into the crate's error. `doing` says what could not be
/// done. This is a function of its own because the functions below are compiled again for
/// every type.
#[cold]
fn public_error(doing: &str, type_name: &str, too_deep: bool, error: CodecError) -> Error {
    if too_deep {
        return Error::RecursionError {
            type_name: type_name.into(),
            limit: MAX_DEPTH,
        };
    }
    Error::PicklingError(format!("{doing} `{type_name}`: {error}"))
}

/// Encodes a value as bytes and attachments. The attachments keep the shared objects
/// alive, because the value may be dropped before the bytes are sent.
pub(crate) fn encode<T: ?Sized + Serialize>(
    value: &T,
) -> Result<(Vec<u8>, Vec<Attachment>), Error> {
    encode_as(type_name::<T>(), value)
}

/// [`encode`], but errors name this type: that of a part of the value, if its other parts
/// are not the caller's.
pub(crate) fn encode_as<T: ?Sized + Serialize>(
    type_name: &'static str,
    value: &T,
) -> Result<(Vec<u8>, Vec<Attachment>), Error> {
    let (bytes, attachments) = attachment::encoding(|| {
        let mut writer = Writer::new(buffer::empty());
        let written = in_progress(ENCODING, type_name, || writer.value(value));
        let too_deep = writer.too_deep;
        written
            .and_then(|()| writer.finish())
            .map_err(|error| public_error(ENCODING.0, type_name, too_deep, error))
    });
    Ok((bytes?, attachments))
}

/// Decodes a value, which must use all of the bytes and all of the attachments.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8], arrived: Arrived) -> Result<T, Error> {
    decode_as(type_name::<T>(), bytes, arrived)
}

/// [`decode`], but errors name this type, as those of [`encode_as`] do.
pub(crate) fn decode_as<T: DeserializeOwned>(
    type_name: &'static str,
    bytes: &[u8],
    arrived: Arrived,
) -> Result<T, Error> {
    attachment::decoding(type_name, arrived, || {
        let decoded = in_progress(DECODING, type_name, || decode_first(type_name, bytes));
        match decoded? {
            (value, []) => Ok(value),
            (_, rest) => Err(Error::PicklingError(format!(
                "{} `{type_name}`: {} bytes are left over",
                DECODING.0,
                rest.len()
            ))),
        }
    })
}

/// Decodes a value without attachments from the start of `bytes`. Returns the value and
/// the bytes that follow it. Only a value that is written by position can be followed by
/// other bytes.
pub(crate) fn decode_prefix<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8]), Error> {
    decode_first(type_name::<T>(), bytes)
}

fn decode_first<'a, T: DeserializeOwned>(
    type_name: &'static str,
    bytes: &'a [u8],
) -> Result<(T, &'a [u8]), Error> {
    let public_error = |too_deep, error| public_error(DECODING.0, type_name, too_deep, error);
    let mut reader = Reader::new(bytes).map_err(|error| public_error(false, error))?;
    match reader.value(PhantomData::<T>) {
        Ok(value) => Ok((value, reader.rest())),
        Err(error) => Err(public_error(reader.too_deep, error)),
    }
}

/// Encodes a value as the bytes that a message carries (Python's `pickle.dumps`).
///
/// # Errors
/// [`Error::PicklingError`] if the value cannot be turned into bytes, or if it refers to
/// a shared object. Bytes alone do not keep a shared object alive, so it must be sent
/// through a pipe or a queue. [`Error::RecursionError`] if the value is nested too
/// deeply.
pub fn dumps<T: ?Sized + Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    match encode(value)? {
        (bytes, objects) if objects.is_empty() => Ok(bytes),
        _ => Err(Error::PicklingError(
            "a shared object cannot become bytes alone: send it through a pipe or a queue".into(),
        )),
    }
}

/// Decodes the value that [`dumps`] turned into bytes (Python's `pickle.loads`).
///
/// # Errors
/// [`Error::PicklingError`] if the bytes are not those of a value of this type,
/// [`Error::RecursionError`] if the value is nested too deeply.
pub fn loads<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    decode(bytes, Vec::new())
}
