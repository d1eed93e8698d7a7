//! `exit`: ends a process with an exit code, by the rules of `sys.exit`.
//!
//! This module must not import the start of processes.

use crate::{
    error::Reason,
    kernel::{
        blocking, current, exit,
        table::EndRecord,
        trace::{HOST, TextKind},
    },
};

/// A value that [`exit()`] takes, with Python's rules for `sys.exit(x)`.
pub trait ExitStatus {
    /// The exit code, and the text that is printed to the standard error stream.
    fn status(self) -> (i32, Option<String>);
}

/// Python's `sys.exit(None)`: code 0.
impl ExitStatus for () {
    fn status(self) -> (i32, Option<String>) {
        (0, None)
    }
}

/// An integer: the code is its low 8 bits (256 gives 0, −1 gives 255).
impl ExitStatus for i32 {
    fn status(self) -> (i32, Option<String>) {
        (self & 0xff, None)
    }
}

/// `true` gives code 1, `false` gives code 0.
impl ExitStatus for bool {
    fn status(self) -> (i32, Option<String>) {
        (i32::from(self), None)
    }
}

/// A text is printed to the standard error stream, and the code is 1.
impl ExitStatus for &str {
    fn status(self) -> (i32, Option<String>) {
        (1, Some(self.into()))
    }
}

/// A text is printed to the standard error stream, and the code is 1.
impl ExitStatus for String {
    fn status(self) -> (i32, Option<String>) {
        (1, Some(self))
    }
}

/// Ends this process at once with a code: `exit(())`, `exit(7)`, `exit(true)`,
/// `exit("why")`, by the rules of Python's `sys.exit`.
///
/// Before that, its daemons are terminated and its other children are joined.
/// Python's `sys.exit` raises an exception, which runs `finally` blocks; this
/// function runs no destructors.
///
/// # Panics
/// On the page, which is not a process that could be ended.
pub fn exit(status: impl ExitStatus) -> ! {
    let host = current::with(|current| current.is_none_or(|current| current.pid == HOST));
    assert!(!host, "exit() ends a process; the page is none");
    let (exit_code, text) = status.status();
    if let Some(text) = &text {
        blocking::write(TextKind::Stderr, text);
    }
    exit::exit(&EndRecord {
        exit_code,
        reason: Reason::Exited,
        outcome: text.map(String::into_bytes),
    })
}
