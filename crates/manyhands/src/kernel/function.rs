//! A function as plain data.

use serde::{Deserialize, Serialize};

/// A function without captures: its index in the function table, which is the
/// same in every instance of the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Function(u32);

impl Function {
    /// The function's index.
    pub(crate) fn new(function: fn()) -> Function {
        Function(function as usize as u32)
    }

    /// Calls it.
    pub(crate) fn call(self) {
        // SAFETY: made from a function of this very type, in an instance of
        // this module; the engine checks the type at every call.
        let function = unsafe { std::mem::transmute::<usize, fn()>(self.0 as usize) };
        function();
    }
}
