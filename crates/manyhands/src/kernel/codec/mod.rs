//! The one codec: arguments, results and messages as bytes.
//!
//! The encoding ([`format`]) says of everything what it is, so that a value that is
//! received as another type is refused, and so that types which must be told what comes
//! (untagged enums, flattened fields) can be read. Shared objects and functions travel
//! beside the bytes, as attachments ([`super::attachment`]).
//!
//! This module must not know where the bytes go: into an argument, a channel or a file.

mod access;
mod any;
mod bulk;
mod format;
mod reader;
mod shapes;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod writer;

use super::{
    attachment::{self, Arrived, Attachment},
    buffer,
};
use crate::Error;
use format::{Fault, MAX_DEPTH};
use reader::Reader;
use serde::{Serialize, de::DeserializeOwned};
use std::{any::type_name, marker::PhantomData};
use writer::Writer;

/// The error of a value that was nested too deeply, or that something else is wrong with.
/// (Not a part of the functions below, which are compiled again for every type.)
#[cold]
fn explain(doing: &str, type_name: &str, too_deep: bool, fault: Fault) -> Error {
    if too_deep {
        return Error::RecursionError {
            type_name: type_name.into(),
            limit: MAX_DEPTH,
        };
    }
    Error::PicklingError(format!("{doing} `{type_name}`: {fault}"))
}

/// A value as bytes, and its attachments. The objects among these are held: the
/// value may be gone before the bytes set out.
pub(crate) fn encode<T: ?Sized + Serialize>(
    value: &T,
) -> Result<(Vec<u8>, Vec<Attachment>), Error> {
    let (bytes, attachments) = attachment::encoding(|| {
        let mut writer = Writer::new(buffer::empty());
        let written = writer.value(value);
        let too_deep = writer.too_deep;
        written
            .and_then(|()| writer.finish())
            .map_err(|fault| explain("cannot send a", type_name::<T>(), too_deep, fault))
    });
    Ok((bytes?, attachments))
}

/// A value from all of these bytes and all attachments that came with them.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8], arrived: Arrived) -> Result<T, Error> {
    attachment::decoding(arrived, || match decode_head(bytes)? {
        (value, []) => Ok(value),
        (_, rest) => Err(Error::PicklingError(format!(
            "what was sent is no `{}`: {} bytes are left over",
            type_name::<T>(),
            rest.len()
        ))),
    })
}

/// A value without attachments from the start of `bytes`, and the rest. There can only
/// be a rest of a value that is written by position.
pub(crate) fn decode_head<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8]), Error> {
    let explain =
        |too_deep, fault| explain("what was sent is no", type_name::<T>(), too_deep, fault);
    let mut reader = Reader::new(bytes).map_err(|fault| explain(false, fault))?;
    match reader.value(PhantomData::<T>) {
        Ok(value) => Ok((value, reader.rest())),
        Err(fault) => Err(explain(reader.too_deep, fault)),
    }
}

/// A value as the bytes that a message carries (Python's `pickle.dumps`).
///
/// # Errors
/// [`Error::PicklingError`] if the value cannot be turned into bytes, or if it
/// refers to a shared object: bytes alone do not keep one alive, so it must be
/// sent through a pipe or a queue. [`Error::RecursionError`] if it is nested too deeply.
pub fn dumps<T: ?Sized + Serialize>(value: &T) -> Result<Vec<u8>, Error> {
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
/// [`Error::PicklingError`] if the bytes are not of such a value,
/// [`Error::RecursionError`] if it is nested too deeply.
pub fn loads<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    decode(bytes, Vec::new())
}
