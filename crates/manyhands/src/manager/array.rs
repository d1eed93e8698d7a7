//! `ArrayProxy`: to the server, a list whose length does not change.

use super::{
    list::{ListCall, method},
    message::Answer,
    remote::{Remote, faces},
};
use crate::Error;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{marker::PhantomData, ops::Range};

/// An array of fixed length in a manager's server (Python's
/// `Manager().Array(typecode, sequence)`, an `array.array`; `managers.py`,
/// `ArrayProxy`). A negative index counts from the end.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct ArrayProxy<T> {
    pub(super) remote: Remote,
    #[serde(skip)]
    pub(super) items: PhantomData<fn(T) -> T>,
}

impl<T: Serialize + DeserializeOwned> ArrayProxy<T> {
    faces! { "ArrayProxy":
        /// An item (Python's `a[index]`).
        ///
        /// # Errors
        /// [`Error::IndexError`]; [`Error::PicklingError`],
        /// [`Error::ManagerDied`], [`Error::BlockingOnPage`], so for all below.
        get / get_async (self, index: isize) -> T {
            method(ListCall::Get(index)) => Answer::value
        }
        /// Replaces an item (Python's `a[index] = item`).
        ///
        /// # Errors
        /// [`Error::IndexError`].
        set / set_async (self, index: isize, item: &T) -> () {
            method(ListCall::Set(index, self.remote.pickle(item)?)) => Answer::done
        }
        /// A copy of some items (Python's `a[start:end]`): what is past the end
        /// is left out.
        slice / slice_async (self, range: Range<usize>) -> Vec<T> {
            method(ListCall::Slice(range.start, range.end)) => Answer::values
        }
        /// A copy of all items (Python's `a[:]`).
        to_vec / to_vec_async (self) -> Vec<T> {
            method(ListCall::Slice(0, usize::MAX)) => Answer::values
        }
        /// How many items there are.
        len / len_async (self) -> usize {
            method(ListCall::Len) => Answer::size
        }
        /// Is there none?
        is_empty / is_empty_async (self) -> bool {
            method(ListCall::Len) => |answer| Ok(answer.number()? == 0)
        }
    }
}
