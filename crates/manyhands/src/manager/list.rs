//! `ListProxy`, and `ArrayProxy`, which is a list of fixed length to the server.

use super::{
    message::{Answer, ListCall, Method, pickles},
    proxy::{blocking_and_async, proxy},
};
use crate::{Error, process::Change};
use serde::{Serialize, de::DeserializeOwned};
use std::ops::Range;

proxy! {
    /// A list in a manager's server (Python's `Manager().list()`, `managers.py`,
    /// `ListProxy`): every method is one round trip to the server, and atomic.
    ///
    /// A negative index counts from the end, as in Python. Items are compared by
    /// their encoding. What comes from the list is a copy, so a change of it is
    /// lost, as in Python: [`ListProxy::mutate`] changes an item where it is.
    ListProxy<T>
}

/// What a list and an array have in common.
macro_rules! sequence_methods {
    ($proxy:literal) => {
        blocking_and_async! { $proxy, Method::List:
            /// An item (Python's `s[index]`): a copy.
            ///
            /// # Errors
            /// [`Error::IndexError`]; [`Error::PicklingError`],
            /// [`Error::ManagerDied`], [`Error::BlockingOnPage`], so for all
            /// below.
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
            /// A copy of some items (Python's `s[start:end]`): what is past the
            /// end is left out.
            slice / slice_async (self, range: Range<usize>) -> Vec<T> {
                ListCall::Slice(range.start, range.end) => Answer::values
            }
            /// A copy of all items (Python's `s[:]`).
            to_vec / to_vec_async (self) -> Vec<T> {
                ListCall::Slice(0, usize::MAX) => Answer::values
            }
            /// How many items there are.
            len / len_async (self) -> usize {
                ListCall::Len => Answer::number
            }
            /// Is there none?
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
        /// Puts an item in front of the one at `index`; before the first or
        /// after the last if there is none.
        insert / insert_async (self, index: isize, item: &T) -> () {
            ListCall::Insert(index, self.object.pickle(item)?) => Answer::done
        }
        /// Takes the last item out.
        ///
        /// # Errors
        /// [`Error::IndexError`] when there is none.
        pop / pop_async (self) -> T {
            ListCall::Pop(-1) => Answer::value
        }
        /// Takes an item out (Python's `pop(index)`).
        ///
        /// # Errors
        /// [`Error::IndexError`].
        pop_at / pop_at_async (self, index: isize) -> T {
            ListCall::Pop(index) => Answer::value
        }
        /// Takes out the first item that is equal.
        ///
        /// # Errors
        /// [`Error::ValueError`] when there is none.
        remove / remove_async (self, item: &T) -> () {
            ListCall::Remove(self.object.pickle(item)?) => Answer::done
        }
        /// The place of the first item that is equal.
        ///
        /// # Errors
        /// [`Error::ValueError`] when there is none.
        index / index_async (self, item: &T) -> usize {
            ListCall::Index(self.object.pickle(item)?) => |answer| match answer {
                Answer::Missing => Err(Error::ValueError("the item is not in list".into())),
                place => place.number(),
            }
        }
        /// Is there an equal item (Python's `item in l`)?
        contains / contains_async (self, item: &T) -> bool {
            ListCall::Index(self.object.pickle(item)?) => Answer::present
        }
        /// How many items are equal.
        count / count_async (self, item: &T) -> usize {
            ListCall::Count(self.object.pickle(item)?) => Answer::number
        }
        /// Turns the order round.
        reverse / reverse_async (self) -> () {
            ListCall::Reverse => Answer::done
        }
        /// Takes all out. (Python's proxy has no `clear`: `del l[:]`.)
        clear / clear_async (self) -> () {
            ListCall::Clear => Answer::done
        }
        /// Changes an item where it is, in the server: atomically and in one
        /// round trip; what `f` returns. See [`crate::DictProxy::mutate`].
        ///
        /// # Errors
        /// [`Error::IndexError`]; as [`ListProxy::get`].
        mutate / mutate_async <A: Serialize + DeserializeOwned, R: Serialize + DeserializeOwned>
        (self, index: isize, f: impl Fn(&mut T, A) -> R + Copy + Send + 'static, argument: A) -> R {
            ListCall::Mutate(index, Change::new(&f), self.object.pickle(&argument)?)
                => Answer::value
        }
        /// [`ListProxy::mutate`] of the whole list.
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
        /// Sorts it, in the server.
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
    /// An array of fixed length in a manager's server (Python's
    /// `Manager().Array(typecode, sequence)`, an `array.array`; `managers.py`,
    /// `ArrayProxy`). A negative index counts from the end.
    ArrayProxy<T>
}

impl<T: Serialize + DeserializeOwned> ArrayProxy<T> {
    sequence_methods!("ArrayProxy");
}
