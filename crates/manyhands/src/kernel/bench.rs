//! What the kernel's operations are made of, one by one, so that a benchmark can
//! say which of them an operation's time goes to. No program needs it.
//!
//! This room must not know what is measured.

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

/// A line of the cache, to the start of which places are counted.
const LINE: u32 = 64;

/// A piece of the arena, bare: every method is one call of the arena's port.
///
/// # Panics
/// Every method, for a place beyond the end, as a slice does.
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
    /// A piece of so many bytes, all 0.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new(bytes: u32) -> Result<RawSegment, Error> {
        let size = bytes as usize + LINE as usize;
        let object = ObjectOf::new(ObjectRef::create(Kind::RawSegment, size)?);
        Ok(RawSegment { object, bytes })
    }

    /// The address of so many bytes from `place` on.
    #[inline]
    fn range(&self, place: u32, bytes: usize) -> u32 {
        let end = u64::from(place) + bytes as u64;
        assert!(end <= self.bytes.into(), "beyond the end of the piece");
        self.object.at(0).next_multiple_of(LINE) + place
    }

    /// The address of a word.
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

    /// Writes a word that others may see late.
    #[inline]
    pub fn store_relaxed(&self, place: u32, value: u32) {
        Arena.store_relaxed(self.at(place), value);
    }

    /// Adds to a word.
    #[inline]
    pub fn add(&self, place: u32, value: u32) -> u32 {
        Arena.add(self.at(place), value)
    }

    /// Writes a word; what it was.
    #[inline]
    pub fn exchange(&self, place: u32, value: u32) -> u32 {
        Arena.exchange(self.at(place), value)
    }

    /// Writes a word if it is as expected; what it was.
    #[inline]
    pub fn compare_exchange(&self, place: u32, expected: u32, new: u32) -> u32 {
        Arena.compare_exchange(self.at(place), expected, new)
    }

    /// Wakes one who sleeps on a word.
    #[inline]
    pub fn notify(&self, place: u32) {
        Arena.notify(self.at(place), 1);
    }

    /// Copies bytes out.
    #[inline]
    pub fn read(&self, place: u32, into: &mut [u8]) {
        Arena.read(self.range(place, into.len()), into);
    }

    /// Copies bytes in.
    #[inline]
    pub fn write(&self, place: u32, from: &[u8]) {
        Arena.write(self.range(place, from.len()), from);
    }
}

/// The look for a signal that every operation begins with.
#[inline]
pub fn look_for_signal() {
    blocking::check_signal();
}

/// The browser's exact clock, in ms.
pub fn exact_clock() -> f64 {
    platform::now()
}

/// The clock of the trace's events, in ms.
pub fn event_clock() -> f64 {
    platform::recently()
}
