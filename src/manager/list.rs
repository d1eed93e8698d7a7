//! `ListProxy`.

use super::{
    desk::{Caller, Desk},
    link::Ask,
    message::{Answer, Fault, Method, changed},
    remote::{Remote, ask, faces},
    server::{Object, no_such_method},
};
use crate::{Error, connection::Pickle, process::Change};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{marker::PhantomData, ops::Range};

/// What a list (or an array) can be asked.
#[derive(Serialize, Deserialize)]
pub(super) enum ListCall {
    Get(isize),
    Set(isize, Pickle),
    Slice(usize, usize),
    Len,
    Append(Pickle),
    Extend(Vec<Pickle>),
    Insert(isize, Pickle),
    Pop(isize),
    Remove(Pickle),
    Index(Pickle),
    Count(Pickle),
    Reverse,
    Clear,
    Mutate(isize, Change, Pickle),
    /// A change of the whole list.
    MutateAll(Change, Pickle),
}

/// A list in the server.
pub(super) struct List(pub(super) Vec<Pickle>);

impl List {
    /// The place of an index, which counts from the end if it is negative.
    fn place(&self, index: isize, what: &str) -> Result<usize, Fault> {
        let length = self.0.len() as isize;
        let place = if index < 0 { index + length } else { index };
        if (0..length).contains(&place) {
            Ok(place as usize)
        } else {
            Err(Fault::Index(format!("{what} out of range")))
        }
    }

    fn find(&self, item: &Pickle) -> Option<usize> {
        self.0.iter().position(|one| one == item)
    }

    fn answer(&mut self, call: ListCall) -> Result<Answer, Fault> {
        Ok(match call {
            ListCall::Get(index) => {
                let place = self.place(index, "list index")?;
                Answer::Value(self.0[place].clone())
            }
            ListCall::Set(index, item) => {
                let place = self.place(index, "list assignment index")?;
                self.0[place] = item;
                Answer::Done
            }
            ListCall::Slice(start, end) => {
                let end = end.min(self.0.len());
                Answer::Values(self.0[start.min(end)..end].to_vec())
            }
            ListCall::Len => Answer::Number(self.0.len() as u64),
            ListCall::Append(item) => {
                self.0.push(item);
                Answer::Done
            }
            ListCall::Extend(items) => {
                self.0.extend(items);
                Answer::Done
            }
            ListCall::Insert(index, item) => {
                let length = self.0.len() as isize;
                let place = if index < 0 { index + length } else { index };
                self.0.insert(place.clamp(0, length) as usize, item);
                Answer::Done
            }
            ListCall::Pop(index) => {
                if self.0.is_empty() {
                    return Err(Fault::Index("pop from empty list".into()));
                }
                let place = self.place(index, "pop index")?;
                Answer::Value(self.0.remove(place))
            }
            ListCall::Remove(item) => {
                let missing = || Fault::Value("list.remove(x): x not in list".into());
                self.0.remove(self.find(&item).ok_or_else(missing)?);
                Answer::Done
            }
            ListCall::Index(item) => {
                (self.find(&item)).map_or(Answer::Missing, |place| Answer::Number(place as u64))
            }
            ListCall::Count(item) => {
                let count = self.0.iter().filter(|one| **one == item).count();
                Answer::Number(count as u64)
            }
            ListCall::Reverse => {
                self.0.reverse();
                Answer::Done
            }
            ListCall::Clear => {
                self.0.clear();
                Answer::Done
            }
            ListCall::Mutate(index, change, argument) => {
                let place = self.place(index, "list index")?;
                changed(&mut self.0[place], change, &argument)
            }
            ListCall::MutateAll(change, argument) => {
                let (items, result) = Pickle::new(&self.0)
                    .and_then(|whole| change.make(&whole, &argument))
                    .and_then(|(whole, result)| Ok((whole.open()?, result)))
                    .map_err(Fault::from)?;
                self.0 = items;
                Answer::Value(result)
            }
        })
    }
}

impl Object for List {
    fn call(&mut self, caller: Caller, method: Method, desk: &mut Desk) {
        let Method::List(call) = method else {
            return no_such_method(&caller, desk);
        };
        let answer = self.answer(call);
        desk.answer(&caller, answer.unwrap_or_else(Answer::from));
    }
}

/// A list in a manager's server (Python's `Manager().list()`, `managers.py`,
/// `ListProxy`): every method is one round trip to the server, and atomic.
///
/// A negative index counts from the end, as in Python. Items are compared by
/// their encoding. What comes from the list is a copy, so a change of it is
/// lost, as in Python: [`ListProxy::mutate`] changes an item where it is.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct ListProxy<T> {
    pub(super) remote: Remote,
    #[serde(skip)]
    pub(super) items: PhantomData<fn(T) -> T>,
}

pub(super) fn method(call: ListCall) -> Result<Ask, Error> {
    ask(Method::List(call))
}

/// Pickles one by one, so that the server can keep them so.
pub(super) fn pickles<T: Serialize>(items: &[T]) -> Result<Vec<Pickle>, Error> {
    items.iter().map(Pickle::new).collect()
}

impl<T: Serialize + DeserializeOwned> ListProxy<T> {
    fn extension(&self, items: &[T]) -> Result<Ask, Error> {
        method(ListCall::Extend(
            self.remote.with_server(|| pickles(items))?,
        ))
    }

    faces! { "ListProxy":
        /// An item (Python's `l[index]`): a copy.
        ///
        /// # Errors
        /// [`Error::IndexError`]; [`Error::PicklingError`],
        /// [`Error::ManagerDied`], [`Error::BlockingOnPage`], so for all below.
        get / get_async (self, index: isize) -> T {
            method(ListCall::Get(index)) => Answer::value
        }
        /// Replaces an item (Python's `l[index] = item`).
        ///
        /// # Errors
        /// [`Error::IndexError`].
        set / set_async (self, index: isize, item: &T) -> () {
            method(ListCall::Set(index, self.remote.pickle(item)?)) => Answer::done
        }
        /// A copy of some items (Python's `l[start:end]`): what is past the end
        /// is left out.
        slice / slice_async (self, range: Range<usize>) -> Vec<T> {
            method(ListCall::Slice(range.start, range.end)) => Answer::values
        }
        /// A copy of all items (Python's `l[:]`).
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
        /// Adds an item at the end (Python's `append`).
        append / append_async (self, item: &T) -> () {
            method(ListCall::Append(self.remote.pickle(item)?)) => Answer::done
        }
        /// Adds items at the end, in one round trip.
        extend / extend_async (self, items: &[T]) -> () {
            self.extension(items) => Answer::done
        }
        /// Puts an item in front of the one at `index`; before the first or
        /// after the last if there is none.
        insert / insert_async (self, index: isize, item: &T) -> () {
            method(ListCall::Insert(index, self.remote.pickle(item)?)) => Answer::done
        }
        /// Takes the last item out.
        ///
        /// # Errors
        /// [`Error::IndexError`] when there is none.
        pop / pop_async (self) -> T {
            method(ListCall::Pop(-1)) => Answer::value
        }
        /// Takes an item out (Python's `pop(index)`).
        ///
        /// # Errors
        /// [`Error::IndexError`].
        pop_at / pop_at_async (self, index: isize) -> T {
            method(ListCall::Pop(index)) => Answer::value
        }
        /// Takes out the first item that is equal.
        ///
        /// # Errors
        /// [`Error::ValueError`] when there is none.
        remove / remove_async (self, item: &T) -> () {
            method(ListCall::Remove(self.remote.pickle(item)?)) => Answer::done
        }
        /// The place of the first item that is equal.
        ///
        /// # Errors
        /// [`Error::ValueError`] when there is none.
        index / index_async (self, item: &T) -> usize {
            method(ListCall::Index(self.remote.pickle(item)?)) => |answer| match answer {
                Answer::Missing => Err(Error::ValueError("the item is not in list".into())),
                place => place.size(),
            }
        }
        /// Is there an equal item (Python's `item in l`)?
        contains / contains_async (self, item: &T) -> bool {
            method(ListCall::Index(self.remote.pickle(item)?)) => |answer| {
                Ok(matches!(answer, Answer::Number(_)))
            }
        }
        /// How many items are equal.
        count / count_async (self, item: &T) -> usize {
            method(ListCall::Count(self.remote.pickle(item)?)) => Answer::size
        }
        /// Turns the order round.
        reverse / reverse_async (self) -> () {
            method(ListCall::Reverse) => Answer::done
        }
        /// Takes all out. (Python's proxy has no `clear`: `del l[:]`.)
        clear / clear_async (self) -> () {
            method(ListCall::Clear) => Answer::done
        }
    }

    /// Sorts it, in the server.
    ///
    /// # Errors
    /// As [`ListProxy::get`].
    pub fn sort(&self) -> Result<(), Error>
    where
        T: Ord,
    {
        self.mutate_all(|items: &mut Vec<T>, ()| items.sort(), ())
    }

    /// [`ListProxy::sort`] for the page.
    pub async fn sort_async(&self) -> Result<(), Error>
    where
        T: Ord,
    {
        let sort = |items: &mut Vec<T>, ()| items.sort();
        self.mutate_all_async(sort, ()).await
    }

    fn mutation<A: Serialize + DeserializeOwned, R: Serialize>(
        &self,
        index: isize,
        f: &(impl Fn(&mut T, A) -> R + Copy + Send + 'static),
        argument: &A,
    ) -> Result<Ask, Error> {
        let argument = self.remote.pickle(argument)?;
        method(ListCall::Mutate(index, Change::new(f), argument))
    }

    /// Changes an item where it is, in the server: atomically and in one round
    /// trip; what `f` returns. See [`crate::DictProxy::mutate`].
    ///
    /// # Errors
    /// [`Error::IndexError`]; as [`ListProxy::get`].
    pub fn mutate<A, R>(
        &self,
        index: isize,
        f: impl Fn(&mut T, A) -> R + Copy + Send + 'static,
        argument: A,
    ) -> Result<R, Error>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let ask = self.mutation(index, &f, &argument)?;
        let names = ("ListProxy::mutate", "ListProxy::mutate_async");
        let answer = self.remote.call(names.0, names.1, ask)?;
        self.remote.read(answer, Answer::value)
    }

    /// [`ListProxy::mutate`] for the page.
    pub async fn mutate_async<A, R>(
        &self,
        index: isize,
        f: impl Fn(&mut T, A) -> R + Copy + Send + 'static,
        argument: A,
    ) -> Result<R, Error>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let ask = self.mutation(index, &f, &argument)?;
        let answer = self.remote.call_async(ask).await?;
        self.remote.read(answer, Answer::value)
    }

    fn mutation_of_all<A: Serialize + DeserializeOwned, R: Serialize>(
        &self,
        f: &(impl Fn(&mut Vec<T>, A) -> R + Copy + Send + 'static),
        argument: &A,
    ) -> Result<Ask, Error> {
        let argument = self.remote.pickle(argument)?;
        method(ListCall::MutateAll(Change::of_all(f), argument))
    }

    /// [`ListProxy::mutate`] of the whole list.
    ///
    /// # Errors
    /// As [`ListProxy::get`].
    pub fn mutate_all<A, R>(
        &self,
        f: impl Fn(&mut Vec<T>, A) -> R + Copy + Send + 'static,
        argument: A,
    ) -> Result<R, Error>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let ask = self.mutation_of_all(&f, &argument)?;
        let names = ("ListProxy::mutate_all", "ListProxy::mutate_all_async");
        let answer = self.remote.call(names.0, names.1, ask)?;
        self.remote.read(answer, Answer::value)
    }

    /// [`ListProxy::mutate_all`] for the page.
    pub async fn mutate_all_async<A, R>(
        &self,
        f: impl Fn(&mut Vec<T>, A) -> R + Copy + Send + 'static,
        argument: A,
    ) -> Result<R, Error>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let ask = self.mutation_of_all(&f, &argument)?;
        let answer = self.remote.call_async(ask).await?;
        self.remote.read(answer, Answer::value)
    }
}
