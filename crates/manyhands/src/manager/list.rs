//! `ListProxy`, and `ArrayProxy`, which for the server is a list of fixed length.

use super::{
    message::{Answer, ListCall, Method, pickles},
    proxy::{blocking_and_async, proxy},
};
use crate::{Error, process::Change};
use serde::{Serialize, de::DeserializeOwned};
use std::ops::Range;

proxy! {
    /// A list that a manager's server keeps (Python's `Manager().list()`,
    /// `managers.py`, `ListProxy`). Every method is one round trip to the server, and
    /// is atomic.
    ///
    /// A negative index counts from the end, as in Python. Items are compared by their
    /// encoding. The list returns copies of its items; as in Python, changing a copy
    /// does not change the list. [`ListProxy::mutate`] changes an item in the list.
    ListProxy<T>
}

/// The methods that lists and arrays have in common.
macro_rules! sequence_methods {
    ($proxy:literal) => {
        blocking_and_async! { $proxy, Method::List:
            /// Returns a copy of an item (Python's `s[index]`).
            ///
            /// # Errors
            /// [`Error::IndexError`]. [`Error::PicklingError`], [`Error::ManagerDied`]
            /// and [`Error::BlockingOnPage`] are possible for every method of this
            /// type.
            get / get_async (self, index: isize) -> T {
                ListCall::Get(index) => Answer::value
            }
            /// Replaces an item (Python's `s[index] = item`).
            ///
            /// # Errors
            /// [`Error::IndexError`].
            set / set_async (self, index: isize, item: &T) -> () {
                ListCall::Set(index, self.object.pickle(item)?) => Answer::done
            }
            /// Returns copies of the items in `range` (Python's `s[start:end]`).
            /// Indices beyond the end are ignored.
            slice / slice_async (self, range: Range<usize>) -> Vec<T> {
                ListCall::Slice(range.start, range.end) => Answer::values
            }
            /// Returns copies of all items (Python's `s[:]`).
            to_vec / to_vec_async (self) -> Vec<T> {
                ListCall::Slice(0, usize::MAX) => Answer::values
            }
            /// The number of items.
            len / len_async (self) -> usize {
                ListCall::Len => Answer::number
            }
            /// Whether there are no items.
            is_empty / is_empty_async (self) -> bool {
                ListCall::Len => |answer| Ok(answer.number()? == 0)
            }
        }
    };
}

impl<T: Serialize + DeserializeOwned> ListProxy<T> {
    sequence_methods!("ListProxy");

    blocking_and_async! { "ListProxy", Method::List:
        /// Adds an item at the end (Python's `append`).
        append / append_async (self, item: &T) -> () {
            ListCall::Append(self.object.pickle(item)?) => Answer::done
        }
        /// Adds items at the end, in one round trip.
        extend / extend_async (self, items: &[T]) -> () {
            ListCall::Extend(self.object.within(|| pickles(items))?) => Answer::done
        }
        /// Inserts an item before the item at `index`; for an index outside the list,
        /// at the nearer end.
        insert / insert_async (self, index: isize, item: &T) -> () {
            ListCall::Insert(index, self.object.pickle(item)?) => Answer::done
        }
        /// Removes the last item and returns it.
        ///
        /// # Errors
        /// [`Error::IndexError`] if the list is empty.
        pop / pop_async (self) -> T {
            ListCall::Pop(-1) => Answer::value
        }
        /// Removes an item and returns it (Python's `pop(index)`).
        ///
        /// # Errors
        /// [`Error::IndexError`].
        pop_at / pop_at_async (self, index: isize) -> T {
            ListCall::Pop(index) => Answer::value
        }
        /// Removes the first item that is equal to `item`.
        ///
        /// # Errors
        /// [`Error::ValueError`] if there is none.
        remove / remove_async (self, item: &T) -> () {
            ListCall::Remove(self.object.pickle(item)?) => Answer::done
        }
        /// The index of the first item that is equal to `item`.
        ///
        /// # Errors
        /// [`Error::ValueError`] if there is none.
        index / index_async (self, item: &T) -> usize {
            ListCall::Index(self.object.pickle(item)?) => |answer| match answer {
                Answer::Missing => Err(Error::ValueError("the item is not in list".into())),
                place => place.number(),
            }
        }
        /// Whether the list has an item that is equal to `item` (Python's `item in l`).
        contains / contains_async (self, item: &T) -> bool {
            ListCall::Index(self.object.pickle(item)?) => Answer::present
        }
        /// The number of items that are equal to `item`.
        count / count_async (self, item: &T) -> usize {
            ListCall::Count(self.object.pickle(item)?) => Answer::number
        }
        /// Reverses the order of the items.
        reverse / reverse_async (self) -> () {
            ListCall::Reverse => Answer::done
        }
        /// Removes all items. (Python's proxy has no `clear`; there it is `del l[:]`.)
        clear / clear_async (self) -> () {
            ListCall::Clear => Answer::done
        }
        /// Changes an item in the server, atomically and in one round trip; returns
        /// what `f` returns. See [`crate::DictProxy::mutate`].
        ///
        /// # Errors
        /// [`Error::IndexError`]; otherwise as [`ListProxy::get`].
        mutate / mutate_async <A: Serialize + DeserializeOwned, R: Serialize + DeserializeOwned>
        (self, index: isize, f: impl Fn(&mut T, A) -> R + Copy + Send + 'static, argument: A) -> R {
            ListCall::Mutate(index, Change::new(&f), self.object.pickle(&argument)?)
                => Answer::value
        }
        /// [`ListProxy::mutate`] for the whole list.
        ///
        /// # Errors
        /// As [`ListProxy::get`].
        mutate_all / mutate_all_async
        <A: Serialize + DeserializeOwned, R: Serialize + DeserializeOwned>
        (self, f: impl Fn(&mut Vec<T>, A) -> R + Copy + Send + 'static, argument: A) -> R {
            ListCall::MutateAll(Change::of_items(&f), self.object.pickle(&argument)?)
                => Answer::value
        }
    }
}

impl<T: Ord + Serialize + DeserializeOwned> ListProxy<T> {
    blocking_and_async! { "ListProxy", Method::List:
        /// Sorts the list, in the server.
        ///
        /// # Errors
        /// As [`ListProxy::get`].
        sort / sort_async (self) -> () {
            ListCall::MutateAll(
                Change::of_items(&|items: &mut Vec<T>, ()| items.sort()),
                self.object.pickle(&())?,
            ) => Answer::value
        }
    }
}

proxy! {
    /// An array of fixed length that a manager's server keeps (Python's
    /// `Manager().Array(typecode, sequence)`, which is an `array.array`; `managers.py`,
    /// `ArrayProxy`). A negative index counts from the end.
    ArrayProxy<T>
}

impl<T: Serialize + DeserializeOwned> ArrayProxy<T> {
    sequence_methods!("ArrayProxy");
}
