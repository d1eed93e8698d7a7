//! Bytes that every process can read before it is known which process it is in.
//!
//! They are in the arena once, whereas what a module contains is in the memory of each
//! process. This module must not use shared objects, which only a process can hold.

use super::{
    arena::{Arena, Memory},
    current, host,
    layout::{PRELOAD_DATA, PRELOAD_LENGTH},
    trace::HOST,
};
use crate::Error;
use std::cell::Cell;

thread_local! {
    /// The address of the data and their length in bytes.
    static PLACE: Cell<(u32, u32)> = const { Cell::new((0, 0)) };
}

/// The length in bytes of the pieces in which the data are asked for.
const PIECE: usize = 1 << 16;

/// Gives all processes that start from now on `length` bytes to read, which they can do
/// already in their [`preload`](crate::preload) function, by [`read_preload_data`]. `fill`
/// is called with one piece after another: with its offset, and with the bytes to fill.
///
/// The bytes exist once for the whole program, so large tables that every process needs are
/// better here than in the module, of which each process has a copy in its memory. (A child
/// that Python forks shares what its parent has read, in the same way.)
///
/// # Errors
/// [`Error::ValueError`] when they were given before, and in a process: only the page gives
/// them. [`Error::MemoryError`] when the arena has no room. [`Error::NotIsolated`].
pub fn set_preload_data(
    length: usize,
    mut fill: impl FnMut(usize, &mut [u8]),
) -> Result<(), Error> {
    host::ensure()?;
    if current::pid() != HOST {
        return Err(Error::ValueError("only the page gives preload data".into()));
    }
    if Arena.load(PRELOAD_DATA) != 0 {
        return Err(Error::ValueError(
            "the preload data were given already: they are given once, before the first \
             process starts"
                .into(),
        ));
    }
    let room = u32::try_from(length).ok();
    let place = room.and_then(|length| Some((current::heap().allocate(length)?, length)));
    let (at, room) = place.ok_or_else(|| current::no_room(length))?;
    let mut piece = vec![0; PIECE.min(length)];
    for start in (0..length).step_by(PIECE) {
        let piece = &mut piece[..PIECE.min(length - start)];
        fill(start, piece);
        Arena.write(at + start as u32, piece);
    }
    Arena.store(PRELOAD_LENGTH, room);
    Arena.store(PRELOAD_DATA, at);
    find();
    Ok(())
}

/// Writes `bytes` over the preload data from offset `start` on. The processes that read them
/// from now on read these bytes; one that reads at this moment may read some of the old and
/// some of the new. So the page can also tell processes what is known only later, such as
/// what the program that it runs next will import.
///
/// # Errors
/// [`Error::ValueError`] in a process: only the page gives preload data.
/// [`Error::IndexError`] when that goes beyond their end; then nothing is written.
pub fn update_preload_data(start: usize, bytes: &[u8]) -> Result<(), Error> {
    let at = place(start, bytes.len())?;
    if current::pid() != HOST {
        return Err(Error::ValueError("only the page gives preload data".into()));
    }
    Arena.write(at, bytes);
    Ok(())
}

/// Fills `into` with the preload data from offset `start` on ([`set_preload_data`]). It may
/// be called in the [`preload`](crate::preload) function.
///
/// # Errors
/// [`Error::IndexError`] when that goes beyond their end. There are none in a process that
/// started before they were given.
pub fn read_preload_data(start: usize, into: &mut [u8]) -> Result<(), Error> {
    Arena.read(place(start, into.len())?, into);
    Ok(())
}

/// The address of so many bytes of the data from offset `start` on.
fn place(start: usize, bytes: usize) -> Result<u32, Error> {
    let (at, length) = PLACE.get();
    match start.checked_add(bytes) {
        Some(end) if end <= length as usize => Ok(at + start as u32),
        _ => Err(Error::IndexError(format!(
            "{bytes} bytes from byte {start} on: there are {length} bytes of preload data"
        ))),
    }
}

/// Finds the data. Called when this thread has been bound to the arena.
pub(super) fn find() {
    PLACE.set((Arena.load(PRELOAD_DATA), Arena.load(PRELOAD_LENGTH)));
}
