//! `NamespaceProxy`.

use super::{
    message::{Answer, Method, NamespaceCall, other_type},
    proxy::{blocking_and_async, proxy},
};
use crate::{Error, process::Change};
use serde::{Serialize, de::DeserializeOwned};
use std::any::type_name;

proxy! {
    /// Attributes of any types that a manager's server keeps (Python's
    /// `Manager().Namespace()`, `managers.py`, `NamespaceProxy`): `set("x", &1u32)` is
    /// `ns.x = 1`, and `get::<u32>("x")` is `ns.x`.
    ///
    /// The type of an attribute is stored with it. Reading it as another type is a
    /// [`Error::PicklingError`].
    NamespaceProxy<>
}

fn missing(name: &str) -> Error {
    Error::AttributeError(format!("'Namespace' object has no attribute '{name}'"))
}

/// The value of an attribute, which must have been set with the type `T`.
fn typed<T: DeserializeOwned>(name: &str, answer: Answer) -> Result<T, Error> {
    let wanted = type_name::<T>();
    match answer {
        Answer::Typed(kind, value) if kind == wanted => value.load(),
        Answer::Typed(kind, _) => Err(other_type(name, &kind, wanted)),
        _ => Err(missing(name)),
    }
}

impl NamespaceProxy {
    blocking_and_async! { "NamespaceProxy", Method::Namespace:
        /// Returns a copy of an attribute (Python's `ns.x`).
        ///
        /// # Errors
        /// [`Error::AttributeError`] if the attribute is missing;
        /// [`Error::PicklingError`] if it has another type. [`Error::ManagerDied`] and
        /// [`Error::BlockingOnPage`] are possible for every method of this type.
        get / get_async <T: DeserializeOwned> (self, name: &str) -> T {
            NamespaceCall::Get(name.into()) => |answer| typed(name, answer)
        }
        /// Sets an attribute (Python's `ns.x = value`).
        ///
        /// # Errors
        /// As [`NamespaceProxy::get`].
        set / set_async <T: Serialize> (self, name: &str, value: &T) -> () {
            NamespaceCall::Set(
                name.into(),
                type_name::<T>().into(),
                self.object.pickle(value)?,
            ) => Answer::done
        }
        /// Removes an attribute (Python's `del ns.x`).
        ///
        /// # Errors
        /// [`Error::AttributeError`].
        remove / remove_async (self, name: &str) -> () {
            NamespaceCall::Remove(name.into()) => |answer| match answer {
                Answer::Missing => Err(missing(name)),
                answer => answer.done(),
            }
        }
        /// The names of all attributes, sorted, as Python prints them.
        names / names_async (self) -> Vec<String> {
            NamespaceCall::Names => Answer::values
        }
        /// Changes an attribute in the server, atomically and in one round trip;
        /// returns what `f` returns. See [`crate::DictProxy::mutate`].
        ///
        /// # Errors
        /// As [`NamespaceProxy::get`].
        mutate / mutate_async <
            T: Serialize + DeserializeOwned,
            A: Serialize + DeserializeOwned,
            R: Serialize + DeserializeOwned
        > (self, name: &str, f: impl Fn(&mut T, A) -> R + Copy + Send + 'static, argument: A) -> R {
            NamespaceCall::Mutate(
                name.into(),
                type_name::<T>().into(),
                Change::new(&f),
                self.object.pickle(&argument)?,
            ) => |answer| answer.maybe()?.ok_or_else(|| missing(name))
        }
    }
}
