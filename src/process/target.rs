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
        codec, hold,
        object::Handle,
    },
};
use serde::{Serialize, de::DeserializeOwned};

/// A target in the form in which it travels.
pub struct Call {
    pub(crate) entry: u32,
    pub(crate) arguments: Vec<u8>,
    pub(crate) handles: Vec<Handle>,
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
                    let (bytes, handles) = codec::encode(&target($($name),*))?;
                    Ok(hold::seal(&bytes, &handles))
                };
                // Checked for every target that is ever sent, not only when
                // its entry runs.
                let _: fn() -> FN = conjure::<FN>;
                let (arguments, handles) = codec::encode(arguments)?;
                Ok(Call { entry: boot::index_of(entry), arguments, handles })
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
                    let (bytes, handles) = codec::encode(&target(first, $($name),*))?;
                    Ok(hold::seal(&bytes, &handles))
                };
                let _: fn() -> FN = conjure::<FN>;
                let (arguments, handles) = codec::encode(&(&self.bound, arguments))?;
                Ok(Call { entry: boot::index_of(entry), arguments, handles })
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
