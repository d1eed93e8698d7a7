//! The trace: what happened in every process, in order.
//!
//! Each process writes to its own ring in the arena. The host reads all rings, merges
//! the records by sequence number and gives them to subscribers. Printed lines travel
//! in the same way.
//!
//! This module must not know what is drawn from its records.

mod event;
mod ring;
mod subscribe;

pub use event::{Event, HOST, Level, Op, Pid};
pub(crate) use ring::{Item, Ring, SIZE as RING_SIZE, TextKind};
pub(crate) use subscribe::publish;
pub use subscribe::{OutputLine, Record, Stream, Subscription, name_of, subscribe};
