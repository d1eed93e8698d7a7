//! `ValueProxy`: to the server, a value is a list of one item.

use super::{
    message::{Answer, ListCall, Method},
    proxy::{blocking_and_async, proxy},
};
use crate::process::Change;
use serde::{Serialize, de::DeserializeOwned};

proxy! {
    /// A value in a manager's server (Python's `Manager().Value(typecode, value)`,
    /// `managers.py`, `ValueProxy`): of any type, which the type code is to Python's.
    ///
    /// To get, change and set it is not atomic, as in Python; [`ValueProxy::mutate`]
    /// is.
    ValueProxy<T>
}

impl<T: Serialize + DeserializeOwned> ValueProxy<T> {
    blocking_and_async! { "ValueProxy", Method::List:
        /// The value (Python's `.value` and `get()`): a copy.
        ///
        /// # Errors
        /// [`crate::Error::PicklingError`], [`crate::Error::ManagerDied`],
        /// [`crate::Error::BlockingOnPage`]; so for all below.
        get / get_async (self) -> T {
            ListCall::Get(0) => Answer::value
        }
        /// Sets it.
        set / set_async (self, value: &T) -> () {
            ListCall::Set(0, self.object.pickle(value)?) => Answer::done
        }
        /// Changes it where it is, in the server: atomically and in one round
        /// trip; what `f` returns. See [`crate::DictProxy::mutate`]; what `f` may
        /// capture is said at [`crate::Target`].
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
