//! A change of a value that another process keeps.

use super::target::{assert_zero_sized, zero_sized_value};
use crate::{
    Error,
    connection::Pickle,
    kernel::function::{Function, signature},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What is done: a pickled value and a pickled argument in, the changed value
/// and what the function returned out.
type Entry = fn(&Pickle, &Pickle) -> Result<(Pickle, Pickle), Error>;

signature!(3, Entry);

/// A function `fn(&mut V, A) -> R` without captures, in the form in which it
/// travels: see [`crate::Target`], for which the same holds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Change(Function<Entry>);

impl Change {
    /// The change that a function makes.
    pub(crate) fn new<F, V, A, R>(_: &F) -> Change
    where
        F: Fn(&mut V, A) -> R + Copy + Send + 'static,
        V: Serialize + DeserializeOwned,
        A: DeserializeOwned,
        R: Serialize,
    {
        let entry: Entry = |value, argument| {
            let mut value = value.open::<V>()?;
            // SAFETY: `new` had a value of the type, and is the only one that
            // hands this entry out.
            let change = unsafe { zero_sized_value::<F>() };
            let result = change(&mut value, argument.open::<A>()?);
            Ok((Pickle::new(&value)?, Pickle::new(&result)?))
        };
        const { assert_zero_sized::<F>() };
        Change(Function::new(entry))
    }

    /// The change that a function makes of a list whose items were pickled one
    /// by one.
    pub(crate) fn of_all<F, V, A, R>(_: &F) -> Change
    where
        F: Fn(&mut Vec<V>, A) -> R + Copy + Send + 'static,
        V: Serialize + DeserializeOwned,
        A: DeserializeOwned,
        R: Serialize,
    {
        let entry: Entry = |values, argument| {
            let values: Vec<Pickle> = values.open()?;
            let mut values = (values.iter().map(Pickle::open)).collect::<Result<_, Error>>()?;
            // SAFETY: as in `new`.
            let change = unsafe { zero_sized_value::<F>() };
            let result = change(&mut values, argument.open::<A>()?);
            let values: Vec<Pickle> =
                (values.iter().map(Pickle::new)).collect::<Result<_, Error>>()?;
            Ok((Pickle::new(&values)?, Pickle::new(&result)?))
        };
        const { assert_zero_sized::<F>() };
        Change(Function::new(entry))
    }

    /// Makes it.
    pub(crate) fn make(self, value: &Pickle, argument: &Pickle) -> Result<(Pickle, Pickle), Error> {
        self.0.get()(value, argument)
    }
}
