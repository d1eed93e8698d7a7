//! Attachments: what travels with the bytes of a message.
//!
//! A shared object or a function is more than data, because whoever has it can do
//! something with it. It is therefore never in the bytes of a message, which any
//! program can make up ([`crate::Connection::send_bytes`], `serde_json`, a type with
//! its own `Serialize`). The bytes contain only an index into the message's
//! attachments. Only the codec writes attachments, from objects that the sender holds
//! and functions that the sender has, so a receiver gets nothing that was not sent to
//! it. The attachment also contains the kind of the object or the type of the function,
//! which is checked before it becomes a Rust value.
//!
//! While the codec encodes or decodes a message, this module keeps the attachments of
//! that message. Any other serializer finds no attachments and gets an error.
//!
//! This module must not import the codec, which is above it.

use super::{
    handle::{Handle, Kind},
    object_ref::{ObjectRef, ProcessRef},
};
use crate::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use std::{cell::RefCell, ops::Deref};

/// Something that travels with the bytes of a message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Attachment {
    /// A shared object, which this process holds.
    Object(ObjectRef),
    /// A function: see [`super::function`].
    Function(Handle),
}

/// The attachments of a message that has arrived; for each that could not be obtained,
/// the reason.
pub(crate) type Arrived = Vec<Result<Attachment, Error>>;

impl Attachment {
    fn arrived(handle: Handle) -> Result<Attachment, Error> {
        if handle.is_function() {
            return Ok(Attachment::Function(handle));
        }
        ObjectRef::acquire(handle).map(Attachment::Object)
    }

    fn handle(&self) -> Handle {
        match self {
            Attachment::Object(object) => object.handle(),
            Attachment::Function(handle) => *handle,
        }
    }

    /// What it is, for the text of an error.
    fn name(&self) -> &'static str {
        match self {
            Attachment::Object(object) => object.handle().name(),
            Attachment::Function(_) => "function",
        }
    }
}

/// Holds the objects of handles that have just arrived. The handles stay in flight
/// until [`super::object_ref::release_in_flight`] is called.
pub(crate) fn arrive(handles: &[Handle]) -> Arrived {
    (handles.iter().copied()).map(Attachment::arrived).collect()
}

/// The handles of attachments, as an envelope contains them.
pub(crate) fn handles(attachments: &[Attachment]) -> Vec<Handle> {
    attachments.iter().map(Attachment::handle).collect()
}

/// An attachment that this process holds for all its threads.
#[derive(Debug)]
pub(crate) enum ProcessAttachment {
    Object(ProcessRef),
    Function(Handle),
}

impl ProcessAttachment {
    /// Makes the process hold an attachment that this thread holds.
    pub(crate) fn new(attachment: &Attachment) -> Result<ProcessAttachment, Error> {
        Ok(match attachment {
            Attachment::Object(object) => ProcessAttachment::Object(ProcessRef::new(object)?),
            Attachment::Function(handle) => ProcessAttachment::Function(*handle),
        })
    }

    /// The attachment for this thread.
    pub(crate) fn get(&self) -> Result<Attachment, Error> {
        Ok(match self {
            ProcessAttachment::Object(object) => Attachment::Object(object.get()?),
            ProcessAttachment::Function(handle) => Attachment::Function(*handle),
        })
    }
}

/// A message that is being decoded.
#[derive(Default)]
struct Decoding {
    arrived: Arrived,
    /// How many of the attachments have become part of the value.
    taken: usize,
    /// Why an attachment was refused, because the codec's own errors contain no text.
    refused: Option<Box<Error>>,
}

impl Decoding {
    fn all_taken(&self, type_name: &str) -> Result<(), Error> {
        // If attachments are left over, the message contained more than the received
        // type.
        if self.taken < self.arrived.len() {
            return Err(Error::PicklingError(format!(
                "what was sent is no `{type_name}`: it has shared objects, or functions, that \
                 this type has not"
            )));
        }
        Ok(())
    }
}

thread_local! {
    /// The attachments of the message that is being encoded.
    static ENCODING: RefCell<Option<Vec<Attachment>>> = const { RefCell::new(None) };
    static DECODING: RefCell<Option<Decoding>> = const { RefCell::new(None) };
}

/// Forgets the messages whose encoding or decoding a panic has interrupted.
pub(super) fn forget_interrupted() {
    ENCODING.take();
    DECODING.take();
}

/// Encodes a message; returns what was attached to it meanwhile. During this, another
/// value may be encoded; each message has its own attachments.
pub(super) fn encoding<R>(encode: impl FnOnce() -> R) -> (R, Vec<Attachment>) {
    // What does not depend on the message's type is in a separate function, which is
    // compiled only once.
    fn exchange(attachments: Option<Vec<Attachment>>) -> Option<Vec<Attachment>> {
        ENCODING.replace(attachments)
    }
    let outer = exchange(Some(Vec::new()));
    let result = encode();
    (result, exchange(outer).unwrap_or_default())
}

/// Decodes a message that arrived with these attachments. `type_name` is what an error says
/// that it should have been.
pub(super) fn decoding<T>(
    type_name: &str,
    arrived: Arrived,
    decode: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    fn exchange(decoding: Option<Decoding>) -> Option<Decoding> {
        DECODING.replace(decoding)
    }
    let outer = exchange(Some(Decoding {
        arrived,
        taken: 0,
        refused: None,
    }));
    let result = decode();
    let decoding = exchange(outer).unwrap_or_default();
    match result {
        Ok(value) => decoding.all_taken(type_name).map(|()| value),
        Err(error) => Err(decoding.refused.map_or(error, |refused| *refused)),
    }
}

const OUTSIDE: &str = "a shared object or a function only travels between processes of this \
                       program: as an argument or a result, or through a pipe, a queue or a \
                       manager";

/// Attaches something to the message that is being encoded.
pub(super) fn attach<S: Serializer>(
    attachment: Attachment,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let index = ENCODING.with_borrow_mut(|encoding| {
        let attachments = encoding.as_mut()?;
        attachments.push(attachment);
        Some(attachments.len() as u32 - 1)
    });
    match index {
        Some(index) => serializer.serialize_u32(index),
        None => Err(ser::Error::custom(OUTSIDE)),
    }
}

/// Takes an attachment of the message that is being decoded, as the value that `choose`
/// makes of it. `expected` describes the value for an error.
pub(super) fn detach<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: impl FnOnce() -> String,
    choose: impl FnOnce(&Attachment) -> Option<T>,
) -> Result<T, D::Error> {
    let index = u32::deserialize(deserializer)? as usize;
    let taken = DECODING.with_borrow_mut(|decoding| {
        let decoding = (decoding.as_mut()).ok_or_else(|| Error::PicklingError(OUTSIDE.into()))?;
        decoding.taken += 1;
        match decoding.arrived.get(index) {
            Some(Ok(attachment)) => choose(attachment).ok_or_else(|| {
                Error::PicklingError(format!(
                    "a {} was sent, which cannot be received as {}",
                    attachment.name(),
                    expected()
                ))
            }),
            Some(Err(error)) => Err(error.clone()),
            None => Err(Error::PicklingError(format!(
                "what was sent is not {}",
                expected()
            ))),
        }
    });
    taken.map_err(refused)
}

/// Refuses an attachment that has arrived. The codec reports this error.
pub(crate) fn refused<E: de::Error>(error: Error) -> E {
    let text = error.to_string();
    DECODING.with_borrow_mut(|decoding| {
        if let Some(decoding) = decoding {
            decoding.refused = Some(Box::new(error));
        }
    });
    E::custom(text)
}

impl Serialize for Attachment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        attach(self.clone(), serializer)
    }
}

impl<'de> Deserialize<'de> for Attachment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        detach(
            deserializer,
            || "an attachment".into(),
            |any| Some(any.clone()),
        )
    }
}

/// A shared object of one of these kinds ([`Kind::bit`]), which is checked when
/// it arrives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ObjectOf<const KINDS: u32>(ObjectRef);

impl<const KINDS: u32> ObjectOf<KINDS> {
    /// An object that this process has made, or found, itself.
    pub(crate) fn new(object: ObjectRef) -> Self {
        debug_assert!(object.handle().is_one_of(KINDS));
        ObjectOf(object)
    }

    /// The object, without what is known of its kind.
    pub(crate) fn into_object_ref(self) -> ObjectRef {
        self.0
    }
}

impl<const KINDS: u32> Deref for ObjectOf<KINDS> {
    type Target = ObjectRef;

    fn deref(&self) -> &ObjectRef {
        &self.0
    }
}

impl<const KINDS: u32> Serialize for ObjectOf<KINDS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        attach(Attachment::Object(self.0.clone()), serializer)
    }
}

impl<'de, const KINDS: u32> Deserialize<'de> for ObjectOf<KINDS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = || {
            let kinds = Kind::ALL.iter().filter(|kind| KINDS & kind.bit() != 0);
            let names: Vec<&str> = kinds.map(|kind| kind.name()).collect();
            format!("a {}", names.join(" or "))
        };
        detach(deserializer, expected, |attachment| match attachment {
            Attachment::Object(object) if object.handle().is_one_of(KINDS) => {
                Some(ObjectOf(object.clone()))
            }
            _ => None,
        })
    }
}
