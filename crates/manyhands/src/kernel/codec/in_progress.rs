//! Which value is being encoded or decoded, for the error after a panic in its code.
//!
//! This module must not import the rest of the codec, because the panic hook, which is below
//! that, uses it.

use crate::Error;
use std::cell::Cell;

/// A value whose `Serialize` or `Deserialize` is running.
#[derive(Clone, Copy)]
struct InProgress {
    /// What will be said of it if it fails.
    doing: &'static str,
    type_name: &'static str,
    /// The trait whose code runs.
    code: &'static str,
}

thread_local! {
    /// The value that this thread is encoding or decoding.
    static IN_PROGRESS: Cell<Option<InProgress>> = const { Cell::new(None) };
}

pub(super) const ENCODING: (&str, &str) = ("cannot send a", "Serialize");
pub(super) const DECODING: (&str, &str) = ("what was sent is no", "Deserialize");

/// Calls `work`, which encodes or decodes a value of this type.
#[inline]
pub(super) fn in_progress<R>(
    (doing, code): (&'static str, &'static str),
    type_name: &'static str,
    work: impl FnOnce() -> R,
) -> R {
    let outer = IN_PROGRESS.replace(Some(InProgress {
        doing,
        type_name,
        code,
    }));
    let result = work();
    IN_PROGRESS.set(outer);
    result
}

/// The error for a panic with this text, if it came from the code of a type that this
/// thread was encoding or decoding. As the panic does not return to the codec, this is for
/// the panic hook.
pub(in crate::kernel) fn error_of_panic(text: &str) -> Option<Error> {
    let InProgress {
        doing,
        type_name,
        code,
    } = IN_PROGRESS.take()?;
    Some(Error::PicklingError(format!(
        "{doing} `{type_name}`, because its {code} {text}"
    )))
}
