//! Shared values, arrays and memory, as in Python's `sharedctypes.py` and
//! `shared_memory.py`: bytes of the arena that several processes see at once.
//!
//! This module must not import `connection`, `queue`, `process` or anything built from
//! them.

mod array;
mod buffer;
mod element;
mod list;
mod memory;
mod raw;
mod token;
mod value;

pub use array::{Array, ArrayGuard};
pub use buffer::SharedBuffer;
pub use element::{CChar, Element, Integer, TypeCode, WChar};
pub use list::{Item, ShareableList};
pub use memory::SharedMemory;
pub use raw::{RawArray, RawValue};
pub(crate) use token::Token;
pub use value::{Value, ValueGuard};
