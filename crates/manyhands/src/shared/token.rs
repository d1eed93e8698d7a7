//! `Token`: what tells who still has something.

use crate::{
    Error,
    kernel::{attachment::ObjectOf, handle::Kind, object_ref::ObjectRef},
};
use serde::{Deserialize, Serialize};

/// A shared object that is nothing but held: by every process that has a clone
/// of it, or one on its way. What a process had is let go of when it dies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Token(ObjectOf<{ Kind::Token.bit() }>);

impl Token {
    /// A new one.
    pub(crate) fn new() -> Result<Token, Error> {
        Ok(Token(ObjectOf::new(ObjectRef::create(Kind::Token, 0)?)))
    }

    /// A number that no other token has while this one is held.
    pub(crate) fn number(&self) -> u64 {
        u64::from_le_bytes(self.0.handle().to_bytes())
    }

    /// Is this the only one left, in any process and on the way to any?
    pub(crate) fn is_last(&self) -> bool {
        self.0.is_last()
    }
}
