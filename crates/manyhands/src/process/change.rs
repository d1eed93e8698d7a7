//! A change of a value that another process keeps.

use super::target::conjure;
use crate::{Error, connection::Pickle};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What is done: a pickled value and a pickled argument in, the changed value
/// and what the function returned out.
type Entry = fn(&Pickle, &Pickle) -> Result<(Pickle, Pickle), Error>;

/// A function `fn(&mut V, A) -> R` without captures, in the form in which it
/// travels: see [`crate::Target`], for which the same holds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Change(u32);

impl Change {
    /// The change that a function makes.
    pub(crate) fn new<F, V, A, R>(_: &F) -> Change
    where
        F: Fn(&mut V, A) -> R,
        V: Serialize + DeserializeOwned,
        A: DeserializeOwned,
        R: Serialize,
    {
        let entry: Entry = |value, argument| {
            let mut value = value.open::<V>()?;
            let result = conjure::<F>()(&mut value, argument.open::<A>()?);
            Ok((Pickle::new(&value)?, Pickle::new(&result)?))
        };
        Change(entry as usize as u32)
    }

    /// The change that a function makes of a list whose items were pickled one
    /// by one.
    pub(crate) fn of_all<F, V, A, R>(_: &F) -> Change
    where
        F: Fn(&mut Vec<V>, A) -> R,
        V: Serialize + DeserializeOwned,
        A: DeserializeOwned,
        R: Serialize,
    {
        let entry: Entry = |values, argument| {
            let values: Vec<Pickle> = values.open()?;
            let mut values = (values.iter().map(Pickle::open)).collect::<Result<_, Error>>()?;
            let result = conjure::<F>()(&mut values, argument.open::<A>()?);
            let values: Vec<Pickle> =
                (values.iter().map(Pickle::new)).collect::<Result<_, Error>>()?;
            Ok((Pickle::new(&values)?, Pickle::new(&result)?))
        };
        Change(entry as usize as u32)
    }

    /// Makes it.
    pub(crate) fn make(self, value: &Pickle, argument: &Pickle) -> Result<(Pickle, Pickle), Error> {
        // SAFETY: made from a function of this very type, in an instance of
        // this module; the engine checks the type at every call.
        let entry = unsafe { std::mem::transmute::<usize, Entry>(self.0 as usize) };
        entry(value, argument)
    }
}
