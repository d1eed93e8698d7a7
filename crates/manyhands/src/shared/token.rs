//! `Token`: a shared object that only counts its owners.
//!
//! This module must not import anything but the kernel.

use crate::{
    Error,
    kernel::{attachment::ObjectOf, handle::Kind, object_ref::ObjectRef},
};
use serde::{Deserialize, Serialize};

/// A shared object without content. Its reference count tells whether any process still
/// has a clone of it, or whether one is in a message. The references of a process that
/// dies are released.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Token(ObjectOf<{ Kind::Token.bit() }>);

impl Token {
    /// A new token.
    pub(crate) fn new() -> Result<Token, Error> {
        Ok(Token(ObjectOf::new(ObjectRef::create(Kind::Token, 0)?)))
    }

    /// A number that no other token has while this one exists.
    pub(crate) fn id(&self) -> u64 {
        u64::from_le_bytes(self.0.handle().to_bytes())
    }

    /// Whether this is the only clone left, in all processes and messages.
    pub(crate) fn is_last(&self) -> bool {
        self.0.is_last()
    }
}
