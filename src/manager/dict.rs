//! `DictProxy`.

use super::{
    desk::{Caller, Desk},
    link::Ask,
    message::{Answer, Method, changed},
    remote::{Remote, ask, faces},
    server::{Object, no_such_method},
};
use crate::{Error, connection::Pickle, process::Change};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Debug,
    hash::Hash,
    marker::PhantomData,
    rc::Rc,
};

/// What a dict can be asked.
#[derive(Serialize, Deserialize)]
pub(super) enum DictCall {
    Get(Pickle),
    Set(Pickle, Pickle),
    Pop(Pickle),
    PopItem,
    SetDefault(Pickle, Pickle),
    ContainsKey(Pickle),
    Len,
    Keys,
    Values,
    Items,
    Update(Vec<(Pickle, Pickle)>),
    Clear,
    /// With the value to begin with where there is none.
    Mutate(Pickle, Option<Pickle>, Change, Pickle),
}

/// A dict in the server, in the order in which its keys were first set.
#[derive(Default)]
pub(super) struct Dict {
    values: HashMap<Rc<Pickle>, (u64, Pickle)>,
    order: BTreeMap<u64, Rc<Pickle>>,
    next: u64,
}

impl Dict {
    pub(super) fn new(pairs: Vec<(Pickle, Pickle)>) -> Dict {
        let mut dict = Dict::default();
        for (key, value) in pairs {
            dict.set(key, value);
        }
        dict
    }

    fn set(&mut self, key: Pickle, value: Pickle) {
        if let Some((_, old)) = self.values.get_mut(&key) {
            *old = value;
            return;
        }
        let key = Rc::new(key);
        self.order.insert(self.next, key.clone());
        self.values.insert(key, (self.next, value));
        self.next += 1;
    }

    fn pop(&mut self, key: &Pickle) -> Option<Pickle> {
        let (place, value) = self.values.remove(key)?;
        self.order.remove(&place);
        Some(value)
    }

    fn items(&self) -> impl Iterator<Item = (&Pickle, &Pickle)> {
        let item = |key: &'_ Rc<Pickle>| self.values.get(&**key).map(|(_, value)| value);
        self.order
            .values()
            .filter_map(move |key| Some((&**key, item(key)?)))
    }

    fn answer(&mut self, call: DictCall) -> Answer {
        let value = |value: Option<Pickle>| value.map_or(Answer::Missing, Answer::Value);
        match call {
            DictCall::Get(key) => value(self.values.get(&key).map(|(_, value)| value.clone())),
            DictCall::Set(key, value) => {
                self.set(key, value);
                Answer::Done
            }
            DictCall::Pop(key) => value(self.pop(&key)),
            DictCall::PopItem => {
                let Some((_, key)) = self.order.pop_last() else {
                    return Answer::Missing;
                };
                let value = self.values.remove(&key).map(|(_, value)| value);
                let pair = value.map(|value| (Rc::unwrap_or_clone(key), value));
                Answer::Pairs(pair.into_iter().collect())
            }
            DictCall::SetDefault(key, default) => {
                if let Some((_, value)) = self.values.get(&key) {
                    return Answer::Value(value.clone());
                }
                self.set(key, default.clone());
                Answer::Value(default)
            }
            DictCall::ContainsKey(key) => Answer::Flag(self.values.contains_key(&key)),
            DictCall::Len => Answer::Number(self.values.len() as u64),
            DictCall::Keys => Answer::Values(self.items().map(|(key, _)| key.clone()).collect()),
            DictCall::Values => {
                Answer::Values(self.items().map(|(_, value)| value.clone()).collect())
            }
            DictCall::Items => {
                let pair = |(key, value): (&Pickle, &Pickle)| (key.clone(), value.clone());
                Answer::Pairs(self.items().map(pair).collect())
            }
            DictCall::Update(pairs) => {
                for (key, value) in pairs {
                    self.set(key, value);
                }
                Answer::Done
            }
            DictCall::Clear => {
                self.values.clear();
                self.order.clear();
                Answer::Done
            }
            DictCall::Mutate(key, default, change, argument) => {
                match (self.values.get_mut(&key), default) {
                    (Some((_, value)), _) => changed(value, change, &argument),
                    (None, Some(mut value)) => {
                        let answer = changed(&mut value, change, &argument);
                        if matches!(answer, Answer::Value(_)) {
                            self.set(key, value);
                        }
                        answer
                    }
                    (None, None) => Answer::Missing,
                }
            }
        }
    }
}

impl Object for Dict {
    fn call(&mut self, caller: Caller, method: Method, desk: &mut Desk) {
        let Method::Dict(call) = method else {
            return no_such_method(&caller, desk);
        };
        let answer = self.answer(call);
        desk.answer(&caller, answer);
    }
}

/// A dict in a manager's server (Python's `Manager().dict()`, `managers.py`,
/// `DictProxy`): every method is one round trip to the server, and atomic.
///
/// Keys are compared by their encoding. They come in the order in which they
/// were first set, as in Python.
///
/// # Nested values
///
/// What [`DictProxy::get`] returns is a copy: to change it changes nothing in
/// the dict, as in Python, where `d["k"].append(1)` is lost without a word.
/// Python's way out is to assign it again (`v = d["k"]; v.append(1); d["k"] =
/// v`), which loses what another process does in between. [`DictProxy::mutate`]
/// does it right: the change travels to the value.
///
/// ```no_run
/// use manyhands::{Error, Manager};
///
/// fn main_program() -> Result<(), Error> {
///     let manager = Manager::new()?;
///     let dict = manager.dict::<String, Vec<u32>>()?;
///     let key = "k".to_string();
///     dict.set(&key, &vec![])?;
///     dict.get(&key)?.push(1);
///     assert!(dict.get(&key)?.is_empty());
///     dict.mutate(&key, |list: &mut Vec<u32>, item| list.push(item), 1)?;
///     assert_eq!(dict.get(&key)?, [1]);
///     Ok(())
/// }
/// ```
///
/// Or let the value be a proxy of the same manager's, a `DictProxy<String,
/// ListProxy<u32>>`: the inner object lives for as long as it is in the dict,
/// or somebody has it.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct DictProxy<K, V> {
    pub(super) remote: Remote,
    #[serde(skip)]
    pub(super) types: PhantomData<fn() -> (K, V)>,
}

fn method(call: DictCall) -> Result<Ask, Error> {
    ask(Method::Dict(call))
}

/// Pickles of keys and of values, so that the server can keep them so.
pub(super) fn pickles<K, V>(pairs: &[(K, V)]) -> Result<Vec<(Pickle, Pickle)>, Error>
where
    K: Serialize,
    V: Serialize,
{
    let pickle = |(key, value): &(K, V)| Ok((Pickle::new(key)?, Pickle::new(value)?));
    pairs.iter().map(pickle).collect()
}

/// What is missing is an error.
fn there<R>(key: &impl Debug, found: Option<R>) -> Result<R, Error> {
    found.ok_or_else(|| Error::KeyError(format!("{key:?}")))
}

impl<K, V> DictProxy<K, V>
where
    K: Eq + Hash + Debug + Serialize + DeserializeOwned,
    V: Serialize + DeserializeOwned,
{
    fn key(&self, key: &K) -> Result<Pickle, Error> {
        self.remote.pickle(key)
    }

    fn update_call(&self, pairs: &[(K, V)]) -> Result<Ask, Error> {
        method(DictCall::Update(
            self.remote.with_server(|| pickles(pairs))?,
        ))
    }

    fn mutation<A: Serialize + DeserializeOwned, R: Serialize>(
        &self,
        key: &K,
        default: Option<&V>,
        f: &(impl Fn(&mut V, A) -> R + Copy + Send + 'static),
        argument: &A,
    ) -> Result<Ask, Error> {
        let default = default.map(|value| self.remote.pickle(value)).transpose()?;
        let argument = self.remote.pickle(argument)?;
        method(DictCall::Mutate(
            self.key(key)?,
            default,
            Change::new(f),
            argument,
        ))
    }

    faces! { "DictProxy":
        /// The value of a key (Python's `d[key]`): a copy.
        ///
        /// # Errors
        /// [`Error::KeyError`] without that key; [`Error::PicklingError`],
        /// [`Error::ManagerDied`], [`Error::BlockingOnPage`], so for all below.
        get / get_async (self, key: &K) -> V {
            method(DictCall::Get(self.key(key)?)) => |answer| there(key, answer.maybe()?)
        }
        /// The value of a key, or another one (Python's `d.get(key, default)`).
        get_or / get_or_async (self, key: &K, default: V) -> V {
            method(DictCall::Get(self.key(key)?)) => |answer| {
                Ok(answer.maybe()?.unwrap_or(default))
            }
        }
        /// Sets the value of a key (Python's `d[key] = value`).
        set / set_async (self, key: &K, value: &V) -> () {
            method(DictCall::Set(self.key(key)?, self.remote.pickle(value)?)) => Answer::done
        }
        /// Takes a key out (Python's `del d[key]`).
        ///
        /// # Errors
        /// [`Error::KeyError`].
        remove / remove_async (self, key: &K) -> () {
            method(DictCall::Pop(self.key(key)?)) => |answer| match answer {
                Answer::Missing => there(key, None),
                _ => Ok(()),
            }
        }
        /// Takes a key out; its value.
        ///
        /// # Errors
        /// [`Error::KeyError`].
        pop / pop_async (self, key: &K) -> V {
            method(DictCall::Pop(self.key(key)?)) => |answer| there(key, answer.maybe()?)
        }
        /// Takes a key out; its value, or another one.
        pop_or / pop_or_async (self, key: &K, default: V) -> V {
            method(DictCall::Pop(self.key(key)?)) => |answer| {
                Ok(answer.maybe()?.unwrap_or(default))
            }
        }
        /// Takes out the key that was first set last.
        ///
        /// # Errors
        /// [`Error::KeyError`] when the dict is empty.
        popitem / popitem_async (self) -> (K, V) {
            method(DictCall::PopItem) => |answer| {
                let empty = || Error::KeyError("popitem(): dictionary is empty".into());
                match answer {
                    Answer::Missing => Err(empty()),
                    pairs => pairs.pairs()?.pop().ok_or_else(empty),
                }
            }
        }
        /// The value of a key, which is set to `default` if there is none.
        setdefault / setdefault_async (self, key: &K, default: &V) -> V {
            method(DictCall::SetDefault(self.key(key)?, self.remote.pickle(default)?))
                => Answer::value
        }
        /// Is there that key (Python's `key in d`)?
        contains_key / contains_key_async (self, key: &K) -> bool {
            method(DictCall::ContainsKey(self.key(key)?)) => Answer::flag
        }
        /// How many keys there are.
        len / len_async (self) -> usize {
            method(DictCall::Len) => Answer::size
        }
        /// Is there no key?
        is_empty / is_empty_async (self) -> bool {
            method(DictCall::Len) => |answer| Ok(answer.number()? == 0)
        }
        /// All keys, in order: a copy.
        keys / keys_async (self) -> Vec<K> {
            method(DictCall::Keys) => Answer::values
        }
        /// All values, in the keys' order: a copy.
        values / values_async (self) -> Vec<V> {
            method(DictCall::Values) => Answer::values
        }
        /// All keys and values, in order: a copy (Python's `items` and `copy`).
        items / items_async (self) -> Vec<(K, V)> {
            method(DictCall::Items) => Answer::pairs
        }
        /// Sets many at once, in one round trip.
        update / update_async (self, pairs: &[(K, V)]) -> () {
            self.update_call(pairs) => Answer::done
        }
        /// Takes all out.
        clear / clear_async (self) -> () {
            method(DictCall::Clear) => Answer::done
        }
    }

    /// Changes a value where it is, in the server: atomically and in one round
    /// trip; what `f` returns. `f` captures nothing ([`crate::Target`] says
    /// why): what it needs is its argument.
    ///
    /// A panic in `f` kills the server. While `f` runs, all other clients wait.
    ///
    /// # Errors
    /// [`Error::KeyError`]; as [`DictProxy::get`].
    pub fn mutate<A, R>(
        &self,
        key: &K,
        f: impl Fn(&mut V, A) -> R + Copy + Send + 'static,
        argument: A,
    ) -> Result<R, Error>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let ask = self.mutation(key, None, &f, &argument)?;
        let names = ("DictProxy::mutate", "DictProxy::mutate_async");
        let answer = self.remote.call(names.0, names.1, ask)?;
        there(key, self.remote.read(answer, Answer::maybe)?)
    }

    /// [`DictProxy::mutate`] for the page.
    pub async fn mutate_async<A, R>(
        &self,
        key: &K,
        f: impl Fn(&mut V, A) -> R + Copy + Send + 'static,
        argument: A,
    ) -> Result<R, Error>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let ask = self.mutation(key, None, &f, &argument)?;
        let answer = self.remote.call_async(ask).await?;
        there(key, self.remote.read(answer, Answer::maybe)?)
    }

    /// [`DictProxy::mutate`] of a key's value, or of `default` where there is
    /// none: it is set then.
    ///
    /// # Errors
    /// As [`DictProxy::get_or`].
    pub fn mutate_or<A, R>(
        &self,
        key: &K,
        default: V,
        f: impl Fn(&mut V, A) -> R + Copy + Send + 'static,
        argument: A,
    ) -> Result<R, Error>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let ask = self.mutation(key, Some(&default), &f, &argument)?;
        let names = ("DictProxy::mutate_or", "DictProxy::mutate_or_async");
        let answer = self.remote.call(names.0, names.1, ask)?;
        self.remote.read(answer, Answer::value)
    }

    /// [`DictProxy::mutate_or`] for the page.
    pub async fn mutate_or_async<A, R>(
        &self,
        key: &K,
        default: V,
        f: impl Fn(&mut V, A) -> R + Copy + Send + 'static,
        argument: A,
    ) -> Result<R, Error>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let ask = self.mutation(key, Some(&default), &f, &argument)?;
        let answer = self.remote.call_async(ask).await?;
        self.remote.read(answer, Answer::value)
    }
}
