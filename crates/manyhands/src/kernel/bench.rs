//! The single operations that the kernel's operations consist of, so that a benchmark
//! can say how much time each of them takes. Programs do not need them.
//!
//! This module must not know what is measured.

use super::{
    arena::{Arena, Memory},
    attachment::ObjectOf,
    blocking,
    handle::Kind,
    object_ref::ObjectRef,
    platform,
};
use crate::Error;
use serde::{Deserialize, Serialize};

/// The size of a cache line in bytes. Offsets in a segment are relative to the start of
/// a line.
const LINE: u32 = 64;

/// A segment of the arena. Every method is one call of the arena's port.
///
/// # Panics
/// Every method panics, as a slice does, for an offset beyond the end.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "OfKind", into = "OfKind")]
pub struct RawSegment {
    object: OfKind,
    bytes: u32,
}

type OfKind = ObjectOf<{ Kind::RawSegment.bit() }>;

impl From<OfKind> for RawSegment {
    fn from(object: OfKind) -> RawSegment {
        let bytes = object.length() - LINE;
        RawSegment { object, bytes }
    }
}

impl From<RawSegment> for OfKind {
    fn from(piece: RawSegment) -> OfKind {
        piece.object
    }
}

impl RawSegment {
    /// A segment of `bytes` bytes, all 0.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new(bytes: u32) -> Result<RawSegment, Error> {
        let size = bytes as usize + LINE as usize;
        let object = ObjectOf::new(ObjectRef::create(Kind::RawSegment, size)?);
        Ok(RawSegment { object, bytes })
    }

    /// The arena address of `bytes` bytes from `place` on.
    #[inline]
    fn range(&self, place: u32, bytes: usize) -> u32 {
        let end = u64::from(place) + bytes as u64;
        assert!(end <= self.bytes.into(), "beyond the end of the piece");
        self.object.at(0).next_multiple_of(LINE) + place
    }

    /// The arena address of a word.
    #[inline]
    fn at(&self, place: u32) -> u32 {
        self.range(place, 4)
    }

    /// Reads a word.
    #[inline]
    pub fn load(&self, place: u32) -> u32 {
        Arena.load(self.at(place))
    }

    /// Writes a word.
    #[inline]
    pub fn store(&self, place: u32, value: u32) {
        Arena.store(self.at(place), value);
    }

    /// Writes a word that other processes may see late.
    #[inline]
    pub fn store_relaxed(&self, place: u32, value: u32) {
        Arena.store_relaxed(self.at(place), value);
    }

    /// Adds to a word.
    #[inline]
    pub fn add(&self, place: u32, value: u32) -> u32 {
        Arena.add(self.at(place), value)
    }

    /// Writes a word; returns its old value.
    #[inline]
    pub fn exchange(&self, place: u32, value: u32) -> u32 {
        Arena.exchange(self.at(place), value)
    }

    /// Writes a word if it has the expected value; returns its old value.
    #[inline]
    pub fn compare_exchange(&self, place: u32, expected: u32, new: u32) -> u32 {
        Arena.compare_exchange(self.at(place), expected, new)
    }

    /// Wakes one process that sleeps on a word.
    #[inline]
    pub fn notify(&self, place: u32) {
        Arena.notify(self.at(place), 1);
    }

    /// Copies bytes out of the segment.
    #[inline]
    pub fn read(&self, place: u32, into: &mut [u8]) {
        Arena.read(self.range(place, into.len()), into);
    }

    /// Copies bytes into the segment.
    #[inline]
    pub fn write(&self, place: u32, from: &[u8]) {
        Arena.write(self.range(place, from.len()), from);
    }
}

/// Checks for a signal, as every operation of the library does first.
#[inline]
pub fn look_for_signal() {
    blocking::check_signal();
}

/// Reads the browser's precise clock, in ms.
pub fn exact_clock() -> f64 {
    platform::now()
}

/// Reads the clock of the trace's events, in ms.
pub fn event_clock() -> f64 {
    platform::recently()
}
