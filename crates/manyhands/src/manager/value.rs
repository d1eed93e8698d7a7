//! `ValueProxy`, which for the server is a list of one item.

use super::{
    message::{Answer, ListCall, Method},
    proxy::{blocking_and_async, proxy},
};
use crate::process::Change;
use serde::{Serialize, de::DeserializeOwned};

proxy! {
    /// A value of any type that a manager's server keeps (Python's
    /// `Manager().Value(typecode, value)`, `managers.py`, `ValueProxy`; Python ignores
    /// the type code).
    ///
    /// As in Python, getting the value, changing it and setting it is not atomic.
    /// [`ValueProxy::mutate`] is.
    ValueProxy<T>
}

impl<T: Serialize + DeserializeOwned> ValueProxy<T> {
    blocking_and_async! { "ValueProxy", Method::List:
        /// Returns a copy of the value (Python's `.value` and `get()`).
        ///
        /// # Errors
        /// [`crate::Error::PicklingError`], [`crate::Error::ManagerDied`] and
        /// [`crate::Error::BlockingOnPage`] are possible for every method of this type.
        get / get_async (self) -> T {
            ListCall::Get(0) => Answer::value
        }
        /// Sets the value.
        set / set_async (self, value: &T) -> () {
            ListCall::Set(0, self.object.pickle(value)?) => Answer::done
        }
        /// Changes the value in the server, atomically and in one round trip; returns
        /// what `f` returns. See [`crate::DictProxy::mutate`]; [`crate::Target`] says
        /// what `f` may capture.
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
        mutate / mutate_async <A: Serialize + DeserializeOwned, R: Serialize + DeserializeOwned>
        (self, f: impl Fn(&mut T, A) -> R + Copy + Send + 'static, argument: A) -> R {
            ListCall::Mutate(0, Change::new(&f), self.object.pickle(&argument)?) => Answer::value
        }
    }
}
