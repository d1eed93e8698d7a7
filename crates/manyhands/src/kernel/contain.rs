//! Runs code of the program without letting a panic there through.
//!
//! This module must not know what the code is for.

use super::{attachment, current::with, platform};

/// Calls code of the program (a `Deserialize`, an iterator, a callback) while this
/// crate works for another caller. In a process, a panic there ends the process. The
/// page continues after a panic: there it ends only this call, is reported as an
/// uncaught exception, and this returns `None`. The code must therefore not leave
/// anything borrowed that is used afterwards.
pub(crate) fn contain<R>(call: impl FnOnce() -> R) -> Option<R> {
    let may_block = with(|current| current.is_some_and(|current| current.may_block.get()));
    if may_block || !platform::IN_BROWSER {
        return Some(call());
    }
    let (mut call, mut result) = (Some(call), None);
    let returned = platform::returns(&mut || result = call.take().map(|call| call()));
    if !returned {
        attachment::forget_interrupted();
    }
    result
}
