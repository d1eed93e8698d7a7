//! What a process can be given to do.
//!
//! A function, or a closure that captures nothing, is nothing but a place in
//! the module, and every process has the same module: so a target travels as
//! the table index of a small entry made for it, and needs neither a macro nor
//! a registry. What a closure captures would stay behind in its parent's
//! memory; such a closure does not compile. (Python finds out at run time:
//! "Can't pickle local object".)

use crate::{
    Error,
    kernel::{
        boot::{self, Entry},
        codec,
        hold::Hold,
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{cell::Cell, fmt::Display};

/// A call in the form in which it travels: plain data, and what it needs of
/// shared objects. It can be sent through a queue or a pipe.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    pub(crate) entry: u32,
    #[serde(with = "serde_bytes")]
    pub(crate) arguments: Vec<u8>,
    pub(crate) holds: Vec<Hold>,
}

impl Call {
    /// Makes the call here. What it comes to is plain data again.
    ///
    /// # Errors
    /// [`Error::PicklingError`] when arguments or result cannot travel.
    pub(crate) fn make(self) -> Result<Returned, Error> {
        let arrived = self.holds.into_iter().map(Ok).collect();
        let (bytes, holds) = boot::enter(self.entry, &self.arguments, arrived)?;
        Ok(Returned { bytes, holds })
    }
}

/// What a [`Call`] came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Returned {
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    holds: Vec<Hold>,
}

impl Returned {
    /// The value.
    pub(crate) fn value<T: DeserializeOwned>(&self) -> Result<T, Error> {
        codec::decode(&self.bytes)
    }
}

/// What becomes of a function's results in a chunk.
pub trait Settle<R> {
    /// What is kept of a result.
    type Value: Serialize + DeserializeOwned + 'static;

    /// Keeps it; a text when it is an error, which ends the chunk.
    ///
    /// # Errors
    /// The text.
    fn settle(result: R) -> Result<Self::Value, String>;
}

/// Keeps every result.
pub struct Plain;

impl<R: Serialize + DeserializeOwned + 'static> Settle<R> for Plain {
    type Value = R;

    fn settle(result: R) -> Result<R, String> {
        Ok(result)
    }
}

/// Keeps what is `Ok`.
pub struct Fallible;

impl<T, E> Settle<Result<T, E>> for Fallible
where
    T: Serialize + DeserializeOwned + 'static,
    E: Display,
{
    type Value = T;

    fn settle(result: Result<T, E>) -> Result<T, String> {
        result.map_err(|error| error.to_string())
    }
}

/// What a chunk came to: the values, and why there are no more.
pub(crate) type ChunkResult<V> = (Vec<V>, Option<String>);

/// Which item is next, when so many have been done.
type Choose = fn(usize) -> Option<usize>;

thread_local! {
    static NEXT: Cell<Option<Choose>> = const { Cell::new(None) };
}

/// From now on `next` says, before every item of a chunk, which one is next;
/// it is told how many came before. `None`, or a number beyond the end, ends
/// the chunk.
pub(crate) fn choose_items(next: Choose) {
    NEXT.set(Some(next));
}

fn settle_all<A, R, P: Settle<R>>(
    items: Vec<A>,
    mut call: impl FnMut(A) -> R,
) -> ChunkResult<P::Value> {
    let choose = NEXT.get().unwrap_or(Some);
    let mut values = Vec::with_capacity(items.len());
    let mut items: Vec<Option<A>> = items.into_iter().map(Some).collect();
    while let Some(item) = choose(values.len())
        .and_then(|next| items.get_mut(next))
        .and_then(Option::take)
    {
        match P::settle(call(item)) {
            Ok(value) => values.push(value),
            Err(text) => return (values, Some(text)),
        }
    }
    (values, None)
}

/// Something that can be called in another process with arguments of type `A`.
///
/// Implemented for functions of none to four parameters, which take `()`, the
/// argument itself, or a tuple, and for [`Partial`]. `M` only tells these
/// apart and is always inferred.
///
/// A closure that captures does not compile:
///
/// ```compile_fail
/// let factor = 3;
/// let process = manyhands::Process::spawn(|x: u64| x * factor, 14u64);
/// ```
///
/// Bind the value instead, as with Python's `functools.partial`:
///
/// ```no_run
/// fn scale(factor: u64, x: u64) -> u64 { x * factor }
/// let process = manyhands::Process::spawn(manyhands::partial(scale, 3), 14u64);
/// ```
pub trait Target<A, M> {
    /// What the target returns.
    type Output: Serialize + DeserializeOwned + 'static;

    /// The call, ready to travel.
    ///
    /// # Errors
    /// [`Error::PicklingError`] if an argument cannot be turned into bytes.
    fn call(&self, arguments: &A) -> Result<Call, Error>;

    /// The call for each of several arguments in turn, ready to travel: a
    /// chunk of [`crate::Pool::map`].
    ///
    /// # Errors
    /// As [`Target::call`].
    #[doc(hidden)]
    fn chunk<P: Settle<Self::Output>>(&self, items: &[A]) -> Result<Call, Error>;

    /// Calls the target here.
    ///
    /// # Errors
    /// [`Error::PicklingError`] if a bound argument cannot be read back.
    fn here(&self, arguments: A) -> Result<Self::Output, Error>;
}

/// Conjures up a function of which nothing but its type is needed.
pub(super) fn conjure<F>() -> F {
    const {
        assert!(
            size_of::<F>() == 0,
            "a target may not capture anything: what it captured would stay behind in its \
             parent's memory. Pass it as an argument, or bind it with manyhands::partial"
        );
    }
    // SAFETY: a value of a type without bytes; one existed when the call was
    // made, so the type is inhabited, and functions have no other meaning.
    unsafe { std::ptr::NonNull::<F>::dangling().read() }
}

macro_rules! functions {
    ($(($($name:ident : $argument:ident),*) as $pack:ty, $bound:pat,)*) => {$(
        impl<FN, R, $($argument),*> Target<$pack, fn($($argument),*) -> R> for FN
        where
            FN: Fn($($argument),*) -> R,
            $($argument: Serialize + DeserializeOwned + 'static,)*
            R: Serialize + DeserializeOwned + 'static,
        {
            type Output = R;

            fn call(&self, arguments: &$pack) -> Result<Call, Error> {
                let entry: Entry = |bytes, arrived| {
                    let target = conjure::<FN>();
                    let $bound = codec::decode::<$pack>(bytes)?;
                    drop(arrived);
                    codec::encode(&target($($name),*))
                };
                // Checked for every target that is ever sent, not only when
                // its entry runs.
                let _: fn() -> FN = conjure::<FN>;
                let (arguments, holds) = codec::encode(arguments)?;
                Ok(Call { entry: boot::index_of(entry), arguments, holds })
            }

            fn chunk<P: Settle<R>>(&self, items: &[$pack]) -> Result<Call, Error> {
                let entry: Entry = |bytes, arrived| {
                    let target = conjure::<FN>();
                    let items = codec::decode::<Vec<$pack>>(bytes)?;
                    drop(arrived);
                    let each = |$bound: $pack| target($($name),*);
                    codec::encode(&settle_all::<_, _, P>(items, each))
                };
                let _: fn() -> FN = conjure::<FN>;
                let (arguments, holds) = codec::encode(&items)?;
                Ok(Call { entry: boot::index_of(entry), arguments, holds })
            }

            fn here(&self, arguments: $pack) -> Result<R, Error> {
                let $bound = arguments;
                Ok(self($($name),*))
            }
        }
    )*};
}

functions! {
    () as (), (),
    (a: A1) as A1, a,
    (a: A1, b: A2) as (A1, A2), (a, b),
    (a: A1, b: A2, c: A3) as (A1, A2, A3), (a, b, c),
    (a: A1, b: A2, c: A3, d: A4) as (A1, A2, A3, A4), (a, b, c, d),
}

/// A function with its first argument bound; see [`partial`].
#[derive(Clone, Debug)]
pub struct Partial<F, B> {
    function: F,
    bound: B,
}

/// Binds a function's first argument, as Python's `functools.partial` does:
/// the bound value travels with the target.
pub fn partial<F, B>(function: F, bound: B) -> Partial<F, B> {
    Partial { function, bound }
}

macro_rules! partials {
    ($(($($name:ident : $argument:ident),*) as $pack:ty, $bound:pat,)*) => {$(
        impl<FN, B, R, $($argument),*> Target<$pack, fn(B, $($argument),*) -> R>
            for Partial<FN, B>
        where
            FN: Fn(B, $($argument),*) -> R,
            B: Clone + Serialize + DeserializeOwned + 'static,
            $($argument: Serialize + DeserializeOwned + 'static,)*
            R: Serialize + DeserializeOwned + 'static,
        {
            type Output = R;

            fn call(&self, arguments: &$pack) -> Result<Call, Error> {
                let entry: Entry = |bytes, arrived| {
                    let target = conjure::<FN>();
                    let (first, $bound) = codec::decode::<(B, $pack)>(bytes)?;
                    drop(arrived);
                    codec::encode(&target(first, $($name),*))
                };
                let _: fn() -> FN = conjure::<FN>;
                let (arguments, holds) = codec::encode(&(&self.bound, arguments))?;
                Ok(Call { entry: boot::index_of(entry), arguments, holds })
            }

            fn chunk<P: Settle<R>>(&self, items: &[$pack]) -> Result<Call, Error> {
                let entry: Entry = |bytes, arrived| {
                    let target = conjure::<FN>();
                    let (first, items) = codec::decode::<(B, Vec<$pack>)>(bytes)?;
                    drop(arrived);
                    let each = |$bound: $pack| target(first.clone(), $($name),*);
                    codec::encode(&settle_all::<_, _, P>(items, each))
                };
                let _: fn() -> FN = conjure::<FN>;
                let (arguments, holds) = codec::encode(&(&self.bound, items))?;
                Ok(Call { entry: boot::index_of(entry), arguments, holds })
            }

            fn here(&self, arguments: $pack) -> Result<R, Error> {
                let $bound = arguments;
                Ok((self.function)(self.bound.clone(), $($name),*))
            }
        }
    )*};
}

partials! {
    () as (), (),
    (a: A1) as A1, a,
    (a: A1, b: A2) as (A1, A2), (a, b),
    (a: A1, b: A2, c: A3) as (A1, A2, A3), (a, b, c),
}
