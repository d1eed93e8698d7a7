//! `Change`: a function that changes a value in the process that holds it. A
//! manager's `mutate` is built from it.
//!
//! This module must not import managers.

use super::target::{assert_zero_sized, zero_sized_value};
use crate::{
    Error,
    connection::Pickle,
    kernel::function::{Function, signature},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Takes a pickled value and a pickled argument; returns the pickle of the changed
/// value and the pickle of the function's result.
type Entry = fn(&Pickle, &Pickle) -> Result<(Pickle, Pickle), Error>;

signature!(3, Entry);

/// A function `fn(&mut V, A) -> R` that captures nothing, in a form that can be sent
/// to another process. The rules of [`crate::Target`] apply to it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Change(Function<Entry>);

impl Change {
    /// The change that calls `F` with the value.
    pub(crate) fn new<F, V, A, R>(_: &F) -> Change
    where
        F: Fn(&mut V, A) -> R + Copy + Send + 'static,
        V: Serialize + DeserializeOwned,
        A: DeserializeOwned,
        R: Serialize,
    {
        let entry: Entry = |value, argument| {
            let mut value = value.load::<V>()?;
            // SAFETY: `new` was called with a value of type `F`, and only `new` makes
            // this entry.
            let change = unsafe { zero_sized_value::<F>() };
            let result = change(&mut value, argument.load::<A>()?);
            Ok((Pickle::new(&value)?, Pickle::new(&result)?))
        };
        const { assert_zero_sized::<F>() };
        Change(Function::new(entry))
    }

    /// The change that calls `F` with a list whose items are pickled one by one.
    pub(crate) fn of_items<F, V, A, R>(_: &F) -> Change
    where
        F: Fn(&mut Vec<V>, A) -> R + Copy + Send + 'static,
        V: Serialize + DeserializeOwned,
        A: DeserializeOwned,
        R: Serialize,
    {
        let entry: Entry = |values, argument| {
            let values: Vec<Pickle> = values.load()?;
            let mut values = (values.iter().map(Pickle::load)).collect::<Result<_, Error>>()?;
            // SAFETY: as in `new`.
            let change = unsafe { zero_sized_value::<F>() };
            let result = change(&mut values, argument.load::<A>()?);
            let values: Vec<Pickle> =
                (values.iter().map(Pickle::new)).collect::<Result<_, Error>>()?;
            Ok((Pickle::new(&values)?, Pickle::new(&result)?))
        };
        const { assert_zero_sized::<F>() };
        Change(Function::new(entry))
    }

    /// Calls the function; returns the changed value and the function's result.
    pub(crate) fn apply(
        self,
        value: &Pickle,
        argument: &Pickle,
    ) -> Result<(Pickle, Pickle), Error> {
        self.0.get()(value, argument)
    }
}
