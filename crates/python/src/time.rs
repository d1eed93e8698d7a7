//! Time-outs, as Python's calls take them.

use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};
use std::time::Duration;

/// How long a call may wait.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wait {
    /// Not at all: 0 or less was given.
    Not,
    /// For this long.
    For(Duration),
    /// For ever: no time-out that a clock could reach.
    Forever,
}

/// The longest time-out that is counted, in seconds; about 126 years.
const LONGEST: f64 = 4e9;

impl Wait {
    /// A time-out in seconds.
    pub fn seconds(seconds: f64) -> Wait {
        if seconds > LONGEST {
            Wait::Forever
        } else if seconds > 0.0 {
            Wait::For(Duration::from_secs_f64(seconds))
        } else {
            Wait::Not
        }
    }

    /// As the library takes it: `None` is for ever.
    pub fn duration(self) -> Option<Duration> {
        match self {
            Wait::Not => Some(Duration::ZERO),
            Wait::For(time) => Some(time),
            Wait::Forever => None,
        }
    }
}

/// A time-out from a number of Python's, in seconds.
///
/// # Errors
/// `TypeError` for what is no number.
pub fn wait(timeout: &PyObjectRef, vm: &VirtualMachine) -> PyResult<Wait> {
    Ok(Wait::seconds(timeout.try_float(vm)?.to_f64()))
}
