//! `exit`: ending a process with a code, by `sys.exit`'s rules.

use crate::{
    error::Reason,
    kernel::{
        blocking, current, exit,
        table::Ending,
        trace::{HOST, TextKind},
    },
};

/// What [`exit`] takes: Python's rules for `sys.exit(x)`.
pub trait ExitStatus {
    /// The exit code, and what is printed on the standard error stream.
    fn status(self) -> (i32, Option<String>);
}

/// `None`: 0.
impl ExitStatus for () {
    fn status(self) -> (i32, Option<String>) {
        (0, None)
    }
}

/// An integer: its low 8 bits (256 → 0, −1 → 255).
impl ExitStatus for i32 {
    fn status(self) -> (i32, Option<String>) {
        (self & 0xff, None)
    }
}

/// `True` → 1, `False` → 0.
impl ExitStatus for bool {
    fn status(self) -> (i32, Option<String>) {
        (i32::from(self), None)
    }
}

/// Anything else is printed; 1.
impl ExitStatus for &str {
    fn status(self) -> (i32, Option<String>) {
        (1, Some(self.into()))
    }
}

/// Anything else is printed; 1.
impl ExitStatus for String {
    fn status(self) -> (i32, Option<String>) {
        (1, Some(self))
    }
}

/// Ends this process at once with a code: `exit(())`, `exit(7)`, `exit(true)`,
/// `exit("why")`, by the rules of Python's `sys.exit`.
///
/// Its daemons are terminated and its other children joined first. Unlike
/// Python's, which is an exception, it runs no destructors.
///
/// # Panics
/// On the host, which is no process that could end.
pub fn exit(status: impl ExitStatus) -> ! {
    let host = current::with(|current| current.is_none_or(|current| current.pid == HOST));
    assert!(!host, "exit() ends a process; the page is none");
    let (exit_code, text) = status.status();
    if let Some(text) = &text {
        blocking::write(TextKind::Stderr, text);
    }
    exit::exit(&Ending {
        exit_code,
        reason: Reason::Exited,
        outcome: text.map(String::into_bytes),
    })
}
