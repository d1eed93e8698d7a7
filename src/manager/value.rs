//! `ValueProxy`.

use super::{
    desk::{Caller, Desk},
    link::Ask,
    message::{Answer, Method, changed},
    remote::{Remote, ask, faces},
    server::{Object, no_such_method},
};
use crate::{Error, connection::Pickle, process::Change};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::marker::PhantomData;

/// What a value can be asked.
#[derive(Serialize, Deserialize)]
pub(super) enum ValueCall {
    Get,
    Set(Pickle),
    Mutate(Change, Pickle),
}

/// A value in the server.
pub(super) struct Kept(pub(super) Pickle);

impl Object for Kept {
    fn call(&mut self, caller: Caller, method: Method, desk: &mut Desk) {
        let answer = match method {
            Method::Value(ValueCall::Get) => Answer::Value(self.0.clone()),
            Method::Value(ValueCall::Set(value)) => {
                self.0 = value;
                Answer::Done
            }
            Method::Value(ValueCall::Mutate(change, argument)) => {
                changed(&mut self.0, change, &argument)
            }
            _ => return no_such_method(&caller, desk),
        };
        desk.answer(&caller, answer);
    }
}

/// A value in a manager's server (Python's `Manager().Value(typecode, value)`,
/// `managers.py`, `ValueProxy`): of any type, which the type code is to Python's.
///
/// To get, change and set it is not atomic, as in Python; [`ValueProxy::mutate`]
/// is.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct ValueProxy<T> {
    pub(super) remote: Remote,
    #[serde(skip)]
    pub(super) value: PhantomData<fn(T) -> T>,
}

fn method(call: ValueCall) -> Result<Ask, Error> {
    ask(Method::Value(call))
}

impl<T: Serialize + DeserializeOwned> ValueProxy<T> {
    faces! { "ValueProxy":
        /// The value (Python's `.value` and `get()`): a copy.
        ///
        /// # Errors
        /// [`Error::PicklingError`], [`Error::ManagerDied`],
        /// [`Error::BlockingOnPage`]; so for all below.
        get / get_async (self) -> T {
            method(ValueCall::Get) => Answer::value
        }
        /// Sets it.
        set / set_async (self, value: &T) -> () {
            method(ValueCall::Set(self.remote.pickle(value)?)) => Answer::done
        }
    }

    fn mutation<A: Serialize + DeserializeOwned, R: Serialize>(
        &self,
        f: &(impl Fn(&mut T, A) -> R + Copy + Send + 'static),
        argument: &A,
    ) -> Result<Ask, Error> {
        let argument = self.remote.pickle(argument)?;
        method(ValueCall::Mutate(Change::new(f), argument))
    }

    /// Changes it where it is, in the server: atomically and in one round trip;
    /// what `f` returns. See [`crate::DictProxy::mutate`]; what `f` may capture is
    /// said at [`crate::Target`].
    ///
    /// ```compile_fail,E0277
    /// struct Token; // not Copy
    /// fn add(value: &manyhands::ValueProxy<u64>) -> Result<(), manyhands::Error> {
    ///     let token = Token;
    ///     value.mutate(move |value: &mut u64, more: u64| {
    ///         let _token = &token;
    ///         *value += more;
    ///     }, 3)
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`ValueProxy::get`].
    pub fn mutate<A, R>(
        &self,
        f: impl Fn(&mut T, A) -> R + Copy + Send + 'static,
        argument: A,
    ) -> Result<R, Error>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let ask = self.mutation(&f, &argument)?;
        let names = ("ValueProxy::mutate", "ValueProxy::mutate_async");
        let answer = self.remote.call(names.0, names.1, ask)?;
        self.remote.read(answer, Answer::value)
    }

    /// [`ValueProxy::mutate`] for the page.
    pub async fn mutate_async<A, R>(
        &self,
        f: impl Fn(&mut T, A) -> R + Copy + Send + 'static,
        argument: A,
    ) -> Result<R, Error>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
    {
        let ask = self.mutation(&f, &argument)?;
        let answer = self.remote.call_async(ask).await?;
        self.remote.read(answer, Answer::value)
    }
}
