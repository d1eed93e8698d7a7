//! `NamespaceProxy`.

use super::{
    desk::{Caller, Desk},
    link::Ask,
    message::{Answer, Fault, Method, changed},
    remote::{Remote, ask, faces},
    server::{Object, no_such_method},
};
use crate::{Error, connection::Pickle, process::Change};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{any::type_name, collections::BTreeMap};

/// What a namespace can be asked.
#[derive(Serialize, Deserialize)]
pub(super) enum NamespaceCall {
    Get(String),
    /// With the name of the value's type.
    Set(String, String, Pickle),
    Remove(String),
    Names,
    Mutate(String, String, Change, Pickle),
}

/// A namespace in the server: the attributes, each with its type's name.
#[derive(Default)]
pub(super) struct Attributes(BTreeMap<String, (String, Pickle)>);

impl Object for Attributes {
    fn call(&mut self, caller: Caller, method: Method, desk: &mut Desk) {
        let Method::Namespace(call) = method else {
            return no_such_method(&caller, desk);
        };
        let answer = match call {
            NamespaceCall::Get(name) => match self.0.get(&name) {
                Some((kind, value)) => Answer::Typed(kind.clone(), value.clone()),
                None => Answer::Missing,
            },
            NamespaceCall::Set(name, kind, value) => {
                self.0.insert(name, (kind, value));
                Answer::Done
            }
            NamespaceCall::Remove(name) => match self.0.remove(&name) {
                Some(_) => Answer::Done,
                None => Answer::Missing,
            },
            NamespaceCall::Names => Answer::Names(self.0.keys().cloned().collect()),
            NamespaceCall::Mutate(name, wanted, change, argument) => match self.0.get_mut(&name) {
                Some((kind, value)) if *kind == wanted => changed(value, change, &argument),
                Some((kind, _)) => Fault::Pickling(other_type(&name, kind, &wanted)).into(),
                None => Answer::Missing,
            },
        };
        desk.answer(&caller, answer);
    }
}

fn other_type(name: &str, kind: &str, wanted: &str) -> String {
    format!("the attribute '{name}' is a {kind}, not a {wanted}")
}

fn missing(name: &str) -> Error {
    Error::AttributeError(format!("'Namespace' object has no attribute '{name}'"))
}

/// Attributes of any types in a manager's server (Python's
/// `Manager().Namespace()`, `managers.py`, `NamespaceProxy`): `set("x", &1u32)`
/// is `ns.x = 1`, `get::<u32>("x")` is `ns.x`.
///
/// An attribute knows its type: to read it as another one is
/// [`Error::PicklingError`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamespaceProxy {
    pub(super) remote: Remote,
}

fn method(call: NamespaceCall) -> Result<Ask, Error> {
    ask(Method::Namespace(call))
}

impl NamespaceProxy {
    fn typed<T: DeserializeOwned>(&self, name: &str, answer: Answer) -> Result<T, Error> {
        let wanted = type_name::<T>();
        match answer {
            Answer::Typed(kind, value) if kind == wanted => self.remote.open(&value),
            Answer::Typed(kind, _) => Err(Error::PicklingError(other_type(name, &kind, wanted))),
            _ => Err(missing(name)),
        }
    }

    fn setting<T: Serialize>(&self, name: &str, value: &T) -> Result<Ask, Error> {
        let value = self.remote.pickle(value)?;
        method(NamespaceCall::Set(
            name.into(),
            type_name::<T>().into(),
            value,
        ))
    }

    /// An attribute (Python's `ns.x`): a copy.
    ///
    /// # Errors
    /// [`Error::AttributeError`] without that attribute, [`Error::PicklingError`]
    /// when it has another type; [`Error::ManagerDied`],
    /// [`Error::BlockingOnPage`], so for all below.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<T, Error> {
        let ask = method(NamespaceCall::Get(name.into()))?;
        let names = ("NamespaceProxy::get", "NamespaceProxy::get_async");
        self.typed(name, self.remote.call(names.0, names.1, ask)?)
    }

    /// [`NamespaceProxy::get`] for the page.
    pub async fn get_async<T: DeserializeOwned>(&self, name: &str) -> Result<T, Error> {
        let ask = method(NamespaceCall::Get(name.into()))?;
        self.typed(name, self.remote.call_async(ask).await?)
    }

    /// Sets an attribute (Python's `ns.x = value`).
    ///
    /// # Errors
    /// As [`NamespaceProxy::get`].
    pub fn set<T: Serialize>(&self, name: &str, value: &T) -> Result<(), Error> {
        let ask = self.setting(name, value)?;
        let names = ("NamespaceProxy::set", "NamespaceProxy::set_async");
        self.remote.call(names.0, names.1, ask)?.done()
    }

    /// [`NamespaceProxy::set`] for the page.
    pub async fn set_async<T: Serialize>(&self, name: &str, value: &T) -> Result<(), Error> {
        let ask = self.setting(name, value)?;
        self.remote.call_async(ask).await?.done()
    }

    faces! { "NamespaceProxy":
        /// Takes an attribute out (Python's `del ns.x`).
        ///
        /// # Errors
        /// [`Error::AttributeError`].
        remove / remove_async (self, name: &str) -> () {
            method(NamespaceCall::Remove(name.into())) => |answer| match answer {
                Answer::Missing => Err(missing(name)),
                answer => answer.done(),
            }
        }
        /// The attributes' names, sorted, as Python prints them.
        names / names_async (self) -> Vec<String> {
            method(NamespaceCall::Names) => Answer::names
        }
    }

    fn mutation<T, A, R>(
        &self,
        name: &str,
        f: &(impl Fn(&mut T, A) -> R + Copy + Send + 'static),
        argument: &A,
    ) -> Result<Ask, Error>
    where
        T: Serialize + DeserializeOwned,
        A: Serialize + DeserializeOwned,
        R: Serialize,
    {
        let argument = self.remote.pickle(argument)?;
        let kind = type_name::<T>().into();
        let change = Change::new(f);
        method(NamespaceCall::Mutate(name.into(), kind, change, argument))
    }

    fn mutated<R: DeserializeOwned>(&self, name: &str, answer: Answer) -> Result<R, Error> {
        let result = self.remote.read(answer, Answer::maybe)?;
        result.ok_or_else(|| missing(name))
    }

    /// Changes an attribute where it is, in the server: atomically and in one
    /// round trip; what `f` returns. See [`crate::DictProxy::mutate`].
    ///
    /// # Errors
    /// As [`NamespaceProxy::get`].
    pub fn mutate<T, A, R>(
        &self,
        name: &str,
        f: impl Fn(&mut T, A) -> R + Copy + Send + 'static,
        argument: A,
    ) -> Result<R, Error>
    where
        T: Serialize + DeserializeOwned,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let ask = self.mutation(name, &f, &argument)?;
        let names = ("NamespaceProxy::mutate", "NamespaceProxy::mutate_async");
        self.mutated(name, self.remote.call(names.0, names.1, ask)?)
    }

    /// [`NamespaceProxy::mutate`] for the page.
    pub async fn mutate_async<T, A, R>(
        &self,
        name: &str,
        f: impl Fn(&mut T, A) -> R + Copy + Send + 'static,
        argument: A,
    ) -> Result<R, Error>
    where
        T: Serialize + DeserializeOwned,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let ask = self.mutation(name, &f, &argument)?;
        self.mutated(name, self.remote.call_async(ask).await?)
    }
}
