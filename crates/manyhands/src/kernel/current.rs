//! The process that this instance is, and the arena's structures as that process uses
//! them.
//!
//! This module must not know how a process waits, records or ends.

use super::{
    arena::{Arena, Memory},
    directory::Directory,
    heap::Heap,
    layout,
    object::Objects,
    platform,
    table::{Table, Word},
    trace::{HOST, Pid},
};
use crate::Error;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, OnceCell};

/// The name and the pid of another process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) struct Named {
    pub(crate) pid: Pid,
    pub(crate) name: String,
}

/// What a process knows about itself from its start.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) struct Identity {
    pub(crate) name: String,
    /// Python's `_identity`: the numbers of the children on the path from the root
    /// process to this one.
    pub(crate) path: Vec<u32>,
    pub(crate) parent: Option<Named>,
    pub(crate) daemon: bool,
    /// For a thread: the process whose memory it shares.
    pub(crate) process: Option<Named>,
    /// For a thread: does a panic in it end that process too?
    pub(crate) vital: bool,
}

/// This instance's process.
pub(crate) struct Current {
    pub(crate) pid: Pid,
    pub(crate) slot: u32,
    pub(crate) word: Word,
    pub(crate) worker: u32,
    pub(crate) identity: Identity,
    /// The address of its trace ring; 0 for none.
    pub(crate) ring: u32,
    /// Which trace events are recorded, as [`super::trace::Level`].
    pub(crate) level: u32,
    /// May it sleep? The page may not. A program that was loaded in a worker may, once
    /// the dispatcher runs.
    pub(crate) may_block: Cell<bool>,
    /// How many children it has had so far.
    pub(crate) children: Cell<u32>,
}

thread_local! {
    static CURRENT: OnceCell<Current> = const { OnceCell::new() };
}

/// Sets which process this instance is; called once.
pub(crate) fn set(current: Current) {
    CURRENT.with(|cell| {
        let _ = cell.set(current);
    });
}

/// Calls `f` with this instance's process, if it has one yet.
pub(crate) fn with<R>(f: impl FnOnce(Option<&Current>) -> R) -> R {
    CURRENT.with(|cell| f(cell.get()))
}

/// The host's slot.
pub(crate) const HOST_SLOT: u32 = 0;
/// The number under which the dispatcher takes locks. No slot has it.
pub(crate) const DISPATCHER: u32 = 0xffff;

/// The heap, for this process or the dispatcher.
pub(crate) fn heap() -> Heap<'static, Arena> {
    let (owner, may_sleep) = owner();
    Heap::new(&Arena, owner, may_sleep)
}

/// The process table, for this process or the dispatcher.
pub(crate) fn table() -> Table<'static, Arena> {
    Table::new(&Arena, heap())
}

/// The shared objects, for this process or the dispatcher.
pub(crate) fn objects() -> Objects<'static, Arena> {
    Objects::new(&Arena, heap())
}

/// The directory of names, for this process or the dispatcher.
pub(crate) fn directory() -> Directory<'static, Arena> {
    let (owner, may_sleep) = owner();
    Directory::new(&Arena, heap(), owner, may_sleep)
}

/// The number under which this process takes locks, and whether it may sleep.
pub(crate) fn owner() -> (u32, bool) {
    with(|current| match current {
        Some(current) => (current.slot + 1, current.may_block.get()),
        None => (DISPATCHER, false),
    })
}

/// The size in bytes to which the arena may grow.
pub(crate) fn arena_max() -> usize {
    Arena.load(layout::ARENA_MAX) as usize
}

/// The error for a request of this many bytes for which the arena has no room.
pub(crate) fn no_room(bytes: usize) -> Error {
    Error::MemoryError {
        bytes,
        limit: arena_max(),
    }
}

/// This process's pid.
pub(crate) fn pid() -> Pid {
    with(|current| current.map_or(HOST, |current| current.pid))
}

/// The time in µs since the host's time origin.
pub(crate) fn now_us() -> f64 {
    since_epoch(platform::now())
}

pub(super) fn since_epoch(milliseconds: f64) -> f64 {
    thread_local! {
        static EPOCH: OnceCell<f64> = const { OnceCell::new() };
    }
    let epoch = EPOCH.with(|cell| *cell.get_or_init(|| Arena.read_f64(layout::EPOCH)));
    (milliseconds - epoch) * 1e3
}
