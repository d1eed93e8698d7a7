//! `ChannelRef`: a channel that carries values as its messages. Pipes and queues are
//! built from it.
//!
//! This module must not import `Connection` or `Queue`, and does not decide who reads
//! or writes or what a closed end means.

use crate::{
    Error,
    kernel::{
        arena::Arena,
        attachment::{self, Attachment, ObjectOf},
        blocking, buffer,
        channel::{Channel, Message, Refused, SIZE},
        codec, current,
        handle::{CHANNELS, Handle, Kind},
        object_ref::{self, ObjectRef},
        record,
        trace::Op,
        wait::Step,
    },
};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};

/// A counted reference to a channel. Code that receives one checks its kind (pipe,
/// queue, simple queue).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ChannelRef(ObjectOf<CHANNELS>);

/// An encoded message that has not been put into a channel yet. It keeps the shared
/// objects in the message alive.
pub(crate) struct EncodedMessage {
    bytes: Vec<u8>,
    handles: Vec<Handle>,
    _attachments: Vec<Attachment>,
}

impl EncodedMessage {
    pub(crate) fn new<T: ?Sized + Serialize>(value: &T) -> Result<EncodedMessage, Error> {
        let (bytes, attachments) = codec::encode(value)?;
        let handles = attachment::handles(&attachments);
        Ok(EncodedMessage {
            bytes,
            handles,
            _attachments: attachments,
        })
    }
}

impl Drop for EncodedMessage {
    fn drop(&mut self) {
        buffer::give_back(std::mem::take(&mut self.bytes));
    }
}

/// Decodes a message.
pub(crate) fn decode_message<T: DeserializeOwned>(message: Message) -> Result<T, Error> {
    if message.handles.is_empty() {
        let value = codec::decode(&message.bytes, Vec::new());
        buffer::give_back(message.bytes);
        return value;
    }
    let arrived = attachment::arrive(&message.handles);
    object_ref::release_in_flight(&message.handles);
    let value = codec::decode(&message.bytes, arrived);
    buffer::give_back(message.bytes);
    value
}

/// The bytes of a message; the shared objects in it are released.
pub(super) fn into_bytes(message: Message) -> Vec<u8> {
    object_ref::release_in_flight(&message.handles);
    message.bytes
}

impl<const KINDS: u32> From<ObjectOf<KINDS>> for ChannelRef {
    fn from(channel: ObjectOf<KINDS>) -> ChannelRef {
        ChannelRef(ObjectOf::new(channel.into_object_ref()))
    }
}

impl ChannelRef {
    /// A new channel of this kind, with at most `max_items` messages and `max_bytes`
    /// bytes in it; 0 is no limit.
    pub(crate) fn new(kind: Kind, max_items: u32, max_bytes: u32) -> Result<ChannelRef, Error> {
        let channel = ChannelRef(ObjectOf::new(ObjectRef::create(kind, SIZE as usize)?));
        let made = channel.with(|channel| channel.format(max_items, max_bytes));
        made.ok_or_else(|| current::no_room(4096))?;
        Ok(channel)
    }

    /// Reads a channel from a message and checks that it is of one of these kinds.
    pub(crate) fn deserialize_kind<'de, const KINDS: u32, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<ChannelRef, D::Error> {
        ObjectOf::<KINDS>::deserialize(deserializer).map(ChannelRef::from)
    }

    pub(super) fn into_object_ref(self) -> ObjectRef {
        self.0.into_object_ref()
    }

    pub(super) fn handle(&self) -> Handle {
        self.0.handle()
    }

    pub(crate) fn with<R>(&self, f: impl FnOnce(Channel<Arena>) -> R) -> R {
        let heap = current::heap();
        let (owner, may_sleep) = heap.user();
        f(Channel::new(&Arena, &heap, self.0.at(0), owner, may_sleep))
    }

    fn put_error(refused: Refused, bytes: usize) -> Error {
        match refused {
            Refused::NoReader => Error::BrokenPipeError,
            Refused::Memory => current::no_room(bytes),
        }
    }

    pub(crate) fn put(&self, message: &EncodedMessage) -> Step<Result<(), Error>> {
        let EncodedMessage { bytes, handles, .. } = message;
        self.put_with(handles, bytes, || object_ref::retain_in_flight(handles))
    }

    pub(crate) fn put_bytes(&self, bytes: &[u8]) -> Step<Result<(), Error>> {
        self.put_with(&[], bytes, || ())
    }

    fn put_with(
        &self,
        handles: &[Handle],
        bytes: &[u8],
        retain: impl FnOnce(),
    ) -> Step<Result<(), Error>> {
        let step = self.with(|channel| channel.put(handles, bytes, retain));
        step.map(|result| {
            self.trace_op(Op::Put, bytes.len());
            result.map_err(|refused| ChannelRef::put_error(refused, bytes.len()))
        })
    }

    /// Waits for a message for at most `timeout_us` (µs). The outer `None` says that
    /// the time-out has passed, the inner one that the channel is closed and empty.
    pub(crate) fn wait(
        &self,
        call: &'static str,
        instead: &'static str,
        timeout_us: Option<f64>,
    ) -> Result<Option<Option<Message>>, Error> {
        self.wait_with(call, instead, timeout_us, || self.take())
    }

    pub(super) fn wait_with<T>(
        &self,
        call: &'static str,
        instead: &'static str,
        timeout_us: Option<f64>,
        step: impl FnMut() -> Step<T>,
    ) -> Result<Option<T>, Error> {
        let look = || self.with(|channel| channel.stays_empty());
        blocking::wait_looking(call, instead, timeout_us, look, step)
    }

    pub(crate) fn take(&self) -> Step<Option<Message>> {
        let step = self.with(|channel| channel.take());
        step.map(|message| {
            let length = message.as_ref().map_or(0, |message| message.bytes.len());
            self.trace_op(Op::Get, length);
            message
        })
    }

    /// Takes a message and copies its bytes into `into`; see [`Channel::take_into`].
    pub(super) fn take_into(&self, into: &mut [u8]) -> Step<Option<Result<usize, usize>>> {
        let step = self.with(|channel| channel.take_into(into));
        step.map(|taken| {
            let taken = taken?;
            Some(taken.map(|(length, handles)| {
                object_ref::release_in_flight(&handles);
                self.trace_op(Op::Get, length);
                length
            }))
        })
    }

    fn trace_op(&self, op: Op, bytes: usize) {
        record::trace_op(op, self.handle().at, bytes as u32);
    }
}
