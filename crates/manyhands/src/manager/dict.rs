//! `DictProxy`.

use super::{
    message::{Answer, DictCall, Method, pickled_pairs},
    proxy::{blocking_and_async, proxy},
};
use crate::{Error, connection::Pickle, process::Change};
use serde::{Serialize, de::DeserializeOwned};
use std::{borrow::Borrow, fmt::Debug, hash::Hash};

proxy! {
    /// A dict that a manager's server keeps (Python's `Manager().dict()`,
    /// `managers.py`, `DictProxy`). Every method is one round trip to the server, and
    /// is atomic.
    ///
    /// Keys are compared by their encoding. They are listed in the order in which they
    /// were first set, as in Python. A key may be given in a borrowed form, as for a
    /// `HashMap`: `&str` for `String`.
    ///
    /// # Nested values
    ///
    /// [`DictProxy::get`] returns a copy. As in Python, changing the copy does not
    /// change the dict: `d["k"].append(1)` has no effect. In Python one assigns the
    /// changed copy (`v = d["k"]; v.append(1); d["k"] = v`), but then a change that
    /// another process makes in between is lost. [`DictProxy::mutate`] has neither
    /// problem: it sends the change to the server, which applies it to the value.
    ///
    /// ```no_run
    /// use manyhands::{Error, Manager};
    ///
    /// fn main_program() -> Result<(), Error> {
    ///     let manager = Manager::new()?;
    ///     let dict = manager.dict::<String, Vec<u32>>()?;
    ///     dict.set("k", &vec![])?;
    ///     dict.get("k")?.push(1);
    ///     assert!(dict.get("k")?.is_empty());
    ///     dict.mutate("k", |list: &mut Vec<u32>, item| list.push(item), 1)?;
    ///     assert_eq!(dict.get("k")?, [1]);
    ///     Ok(())
    /// }
    /// ```
    ///
    /// Alternatively, a value can be a proxy of the same manager, such as a
    /// `DictProxy<String, ListProxy<u32>>`. The inner object exists as long as it is in
    /// the dict or some process has a proxy of it.
    DictProxy<K, V>
}

/// The value, or the error for a missing key.
fn or_key_error<R>(key: &(impl Debug + ?Sized), found: Option<R>) -> Result<R, Error> {
    found.ok_or_else(|| Error::KeyError(format!("{key:?}")))
}

impl<K, V> DictProxy<K, V>
where
    K: Eq + Hash + Debug + Serialize + DeserializeOwned,
    V: Serialize + DeserializeOwned,
{
    fn key<Q>(&self, key: &Q) -> Result<Pickle, Error>
    where
        K: Borrow<Q>,
        Q: ?Sized + Serialize,
    {
        self.object.pickle(key)
    }

    fn mutation<Q, A: Serialize + DeserializeOwned, R: Serialize>(
        &self,
        key: &Q,
        default: Option<&V>,
        f: &(impl Fn(&mut V, A) -> R + Copy + Send + 'static),
        argument: &A,
    ) -> Result<DictCall, Error>
    where
        K: Borrow<Q>,
        Q: ?Sized + Serialize,
    {
        let default = default.map(|value| self.object.pickle(value)).transpose()?;
        let argument = self.object.pickle(argument)?;
        Ok(DictCall::Mutate(
            self.key(key)?,
            default,
            Change::new(f),
            argument,
        ))
    }

    blocking_and_async! { "DictProxy", Method::Dict:
        /// Returns a copy of the value of a key (Python's `d[key]`).
        ///
        /// # Errors
        /// [`Error::KeyError`] if the key is missing. [`Error::PicklingError`],
        /// [`Error::ManagerDied`] and [`Error::BlockingOnPage`] are possible for every
        /// method of this type.
        get / get_async <Q> (self, key: &Q) -> V [K: Borrow<Q>, Q: ?Sized + Serialize + Debug] {
            DictCall::Get(self.key(key)?) => |answer| or_key_error(key, answer.maybe()?)
        }
        /// Returns the value of a key, or `default` if the key is missing (Python's
        /// `d.get(key, default)`).
        get_or / get_or_async <Q> (self, key: &Q, default: V) -> V [K: Borrow<Q>, Q: ?Sized + Serialize + Debug] {
            DictCall::Get(self.key(key)?) => |answer| {
                Ok(answer.maybe()?.unwrap_or(default))
            }
        }
        /// Sets the value of a key (Python's `d[key] = value`).
        set / set_async <Q> (self, key: &Q, value: &V) -> () [K: Borrow<Q>, Q: ?Sized + Serialize + Debug] {
            DictCall::Set(self.key(key)?, self.object.pickle(value)?) => Answer::done
        }
        /// Removes a key (Python's `del d[key]`).
        ///
        /// # Errors
        /// [`Error::KeyError`].
        remove / remove_async <Q> (self, key: &Q) -> () [K: Borrow<Q>, Q: ?Sized + Serialize + Debug] {
            DictCall::Pop(self.key(key)?) => |answer| match answer {
                Answer::Missing => or_key_error(key, None),
                _ => Ok(()),
            }
        }
        /// Removes a key and returns its value.
        ///
        /// # Errors
        /// [`Error::KeyError`].
        pop / pop_async <Q> (self, key: &Q) -> V [K: Borrow<Q>, Q: ?Sized + Serialize + Debug] {
            DictCall::Pop(self.key(key)?) => |answer| or_key_error(key, answer.maybe()?)
        }
        /// Removes a key and returns its value, or `default` if the key is missing.
        pop_or / pop_or_async <Q> (self, key: &Q, default: V) -> V [K: Borrow<Q>, Q: ?Sized + Serialize + Debug] {
            DictCall::Pop(self.key(key)?) => |answer| {
                Ok(answer.maybe()?.unwrap_or(default))
            }
        }
        /// Removes the last key and returns it with its value. The last key is the one
        /// that was first set most recently.
        ///
        /// # Errors
        /// [`Error::KeyError`] when the dict is empty.
        popitem / popitem_async (self) -> (K, V) {
            DictCall::PopItem => |answer| {
                let empty = || Error::KeyError("popitem(): dictionary is empty".into());
                match answer {
                    Answer::Missing => Err(empty()),
                    pairs => pairs.pairs()?.pop().ok_or_else(empty),
                }
            }
        }
        /// The value of a key, which is set to `default` if there is none.
        setdefault / setdefault_async <Q> (self, key: &Q, default: &V) -> V [K: Borrow<Q>, Q: ?Sized + Serialize + Debug] {
            DictCall::SetDefault(self.key(key)?, self.object.pickle(default)?)
                => Answer::value
        }
        /// Is there that key (Python's `key in d`)?
        contains_key / contains_key_async <Q> (self, key: &Q) -> bool [K: Borrow<Q>, Q: ?Sized + Serialize + Debug] {
            DictCall::ContainsKey(self.key(key)?) => Answer::present
        }
        /// The number of keys.
        len / len_async (self) -> usize {
            DictCall::Len => Answer::number
        }
        /// Whether there are no keys.
        is_empty / is_empty_async (self) -> bool {
            DictCall::Len => |answer| Ok(answer.number()? == 0)
        }
        /// A copy of all keys, in order.
        keys / keys_async (self) -> Vec<K> {
            DictCall::Keys => Answer::values
        }
        /// A copy of all values, in the order of the keys.
        values / values_async (self) -> Vec<V> {
            DictCall::Values => Answer::values
        }
        /// A copy of all keys and values, in order (Python's `items` and `copy`).
        items / items_async (self) -> Vec<(K, V)> {
            DictCall::Items => Answer::pairs
        }
        /// Sets several keys at once, in one round trip.
        update / update_async (self, pairs: &[(K, V)]) -> () {
            DictCall::Update(self.object.within(|| pickled_pairs(pairs))?) => Answer::done
        }
        /// Removes all keys.
        clear / clear_async (self) -> () {
            DictCall::Clear => Answer::done
        }
        /// Changes a value in the server, atomically and in one round trip; returns
        /// what `f` returns. `f` must not capture anything ([`crate::Target`] says
        /// why); what it needs is passed as its argument.
        ///
        /// A panic in `f` ends the server. While `f` runs, all other clients wait.
        ///
        /// # Errors
        /// [`Error::KeyError`]; as [`DictProxy::get`].
        mutate / mutate_async <Q, A: Serialize + DeserializeOwned, R: Serialize + DeserializeOwned>
        (self, key: &Q, f: impl Fn(&mut V, A) -> R + Copy + Send + 'static, argument: A) -> R [K: Borrow<Q>, Q: ?Sized + Serialize + Debug] {
            self.mutation(key, None, &f, &argument)? => |answer| or_key_error(key, answer.maybe()?)
        }
        /// [`DictProxy::mutate`] for a key that may be missing: it is set to `default`
        /// first.
        ///
        /// # Errors
        /// As [`DictProxy::get_or`].
        mutate_or / mutate_or_async
        <Q, A: Serialize + DeserializeOwned, R: Serialize + DeserializeOwned>
        (self, key: &Q, default: V, f: impl Fn(&mut V, A) -> R + Copy + Send + 'static, argument: A) -> R [K: Borrow<Q>, Q: ?Sized + Serialize + Debug] {
            self.mutation(key, Some(&default), &f, &argument)? => Answer::value
        }
    }
}
