//! The trace: what happened, in order, in every process.
//!
//! Each process writes a ring of its own in the arena; the host drains all of
//! them, merges by sequence number and hands the records to subscribers. What
//! is printed travels the same way.
//!
//! This room must not know what is drawn from its records.

mod event;
mod ring;
mod subscribe;

pub use event::{Event, HOST, Level, Op, Pid};
pub(crate) use ring::{Item, Ring, SIZE as RING_SIZE, TextKind};
pub(crate) use subscribe::publish;
pub use subscribe::{OutputLine, Record, Stream, Subscription, name_of, subscribe};
