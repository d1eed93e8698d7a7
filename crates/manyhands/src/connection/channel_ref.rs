//! What pipes and queues are made of: a channel, and values as its messages.
//!
//! Must not know who reads and who writes, nor what a closed end means.

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

/// A channel that this process holds. Who receives one says what kind of channel
/// it must be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ChannelRef(ObjectOf<CHANNELS>);

/// A message that was encoded and waits to be put; the objects in it are held
/// meanwhile.
pub(crate) struct Parcel {
    bytes: Vec<u8>,
    handles: Vec<Handle>,
    _attachments: Vec<Attachment>,
}

impl Parcel {
    pub(crate) fn new<T: Serialize>(value: &T) -> Result<Parcel, Error> {
        let (bytes, attachments) = codec::encode(value)?;
        let handles = attachment::handles(&attachments);
        Ok(Parcel {
            bytes,
            handles,
            _attachments: attachments,
        })
    }
}

impl Drop for Parcel {
    fn drop(&mut self) {
        buffer::give_back(std::mem::take(&mut self.bytes));
    }
}

/// A value from a message.
pub(crate) fn unpack<T: DeserializeOwned>(message: Message) -> Result<T, Error> {
    if message.handles.is_empty() {
        let value = codec::decode(&message.bytes, Vec::new());
        buffer::give_back(message.bytes);
        return value;
    }
    let arrived = attachment::arrive(&message.handles);
    object_ref::release_in_flight(&message.handles);
    codec::decode(&message.bytes, arrived)
}

/// A message's bytes alone; what travelled with them is let go of.
pub(super) fn bytes(message: Message) -> Vec<u8> {
    object_ref::release_in_flight(&message.handles);
    message.bytes
}

impl<const KINDS: u32> From<ObjectOf<KINDS>> for ChannelRef {
    fn from(channel: ObjectOf<KINDS>) -> ChannelRef {
        ChannelRef(ObjectOf::new(channel.into_object_ref()))
    }
}

impl ChannelRef {
    /// A channel that is used as this, for at most so many messages and bytes; 0:
    /// any number.
    pub(crate) fn new(kind: Kind, max_items: u32, max_bytes: u32) -> Result<ChannelRef, Error> {
        let channel = ChannelRef(ObjectOf::new(ObjectRef::create(kind, SIZE)?));
        let made = channel.with(|channel| channel.format(max_items, max_bytes));
        made.ok_or(Error::MemoryError { bytes: 4096 })?;
        Ok(channel)
    }

    /// A channel of these kinds that has arrived.
    pub(crate) fn of_kind<'de, const KINDS: u32, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<ChannelRef, D::Error> {
        ObjectOf::<KINDS>::deserialize(deserializer).map(ChannelRef::from)
    }

    pub(super) fn handle(&self) -> Handle {
        self.0.handle()
    }

    pub(crate) fn with<R>(&self, f: impl FnOnce(Channel<Arena>) -> R) -> R {
        let heap = current::heap();
        let (owner, may_sleep) = heap.user();
        f(Channel::new(&Arena, &heap, self.0.at(0), owner, may_sleep))
    }

    fn refused(refused: Refused, bytes: usize) -> Error {
        match refused {
            Refused::NoReader => Error::BrokenPipeError,
            Refused::Memory => Error::MemoryError { bytes },
        }
    }

    pub(crate) fn put(&self, parcel: &Parcel) -> Step<Result<(), Error>> {
        let Parcel { bytes, handles, .. } = parcel;
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
            result.map_err(|refused| ChannelRef::refused(refused, bytes.len()))
        })
    }

    /// Waits for a message, at most so long (µs).
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
        let look = || self.with(|channel| channel.look_in_vain());
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

    /// Takes a message's bytes straight into `into`; see [`Channel::take_into`].
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
