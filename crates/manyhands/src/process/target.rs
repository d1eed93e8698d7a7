//! What a process can be given to do.
//!
//! A function, or a closure that captures nothing, is nothing but a place in
//! the module, and every process has the same module: so a target travels as
//! a small entry made for it ([`crate::kernel::function`]), and needs neither a
//! macro nor a registry. What a closure captures would stay behind in its
//! parent's memory; such a closure does not compile. (Python finds out at run
//! time: "Can't pickle local object".)

use crate::{
    Error,
    kernel::{
        attachment::{Arrived, Attachment},
        boot::Entry,
        codec,
        function::Function,
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{cell::Cell, fmt::Display};

/// A call in the form in which it travels: its function, its arguments as bytes,
/// and what is attached to these. It can be sent through a queue or a pipe, and
/// like all that is attached to a message it cannot be made from bytes alone:
///
/// ```
/// let forged = serde_json::from_str::<manyhands::Call>(
///     r#"{"entry": 7, "arguments": [], "attachments": []}"#,
/// );
/// assert!(forged.unwrap_err().to_string().contains("only travels between processes"));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    pub(crate) entry: Function<Entry>,
    #[serde(with = "serde_bytes")]
    pub(crate) arguments: Vec<u8>,
    pub(crate) attachments: Vec<Attachment>,
}

impl Call {
    /// Makes the call here. What it comes to is plain data again.
    ///
    /// # Errors
    /// [`Error::PicklingError`] when arguments or result cannot travel.
    pub(crate) fn make(self) -> Result<Returned, Error> {
        let arrived = self.attachments.into_iter().map(Ok).collect();
        let (bytes, attachments) = self.entry.get()(&self.arguments, arrived)?;
        Ok(Returned { bytes, attachments })
    }
}

/// What a [`Call`] came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Returned {
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    attachments: Vec<Attachment>,
}

impl Returned {
    /// The value.
    pub(crate) fn value<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let arrived: Arrived = self.attachments.iter().cloned().map(Ok).collect();
        codec::decode(&self.bytes, arrived)
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
///
/// # `Copy + Send + 'static`
/// A closure can capture a value without any bytes, such as a token that stands
/// for a right: that leaves nothing behind, and so such a closure is a target.
/// But the target's value is made anew in the process, or the thread, that calls
/// it, once for every call, while the original stays where it is. So it must be
/// a value of which there may be many (`Copy`), which may turn up in another
/// thread (`Send`), and which borrows nothing (`'static`). All functions, and all
/// closures that capture nothing, are.
///
/// ```no_run
/// #[derive(Clone, Copy)]
/// struct Token;
/// let token = Token;
/// let process = manyhands::Process::spawn(move || { let _token = token; }, ());
/// ```
///
/// A token of which there may only be one does not compile:
///
/// ```compile_fail,E0277
/// struct Token; // not Copy
/// let token = Token;
/// let process = manyhands::Process::spawn(move || { let _token = &token; }, ());
/// ```
///
/// Nor does one that must stay in its thread:
///
/// ```compile_fail,E0277
/// #[derive(Clone, Copy)]
/// struct Token(std::marker::PhantomData<*const ()>); // not Send
/// let token = Token(std::marker::PhantomData);
/// let process = manyhands::Process::spawn(move || { let _token = token; }, ());
/// ```
///
/// Nor one that borrows:
///
/// ```compile_fail
/// #[derive(Clone, Copy)]
/// struct Token<'a>(std::marker::PhantomData<&'a ()>); // not 'static
/// fn token<'a>(_: &'a ()) -> Token<'a> { Token(std::marker::PhantomData) }
/// let owner = ();
/// let token = token(&owner);
/// let process = manyhands::Process::spawn(move || { let _token = token; }, ());
/// ```
///
/// One thing no bound can say: a process has statics of its own. A type without
/// bytes whose values promise something about the statics of the process that
/// made them, to `unsafe` code that relies on it, must not be captured by a
/// target of another process; it should not be `Send`.
///
/// The trait is sealed: nobody else can implement it.
///
/// ```compile_fail,E0277
/// struct Mine;
/// impl manyhands::Target<u64, fn(u64) -> u64> for Mine {
///     type Output = u64;
/// }
/// ```
pub trait Target<A, M>: sealed::Sealed<M> {
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

mod sealed {
    /// What only this room can implement.
    pub trait Sealed<M> {}
}

/// Does not compile for a target that captures anything.
pub(super) const fn assert_zero_sized<F>() {
    assert!(
        size_of::<F>() == 0,
        "a target may not capture anything: what it captured would stay behind in its \
         parent's memory. Pass it as an argument, or bind it with manyhands::partial"
    );
}

/// A value of a type without bytes, for a target that arrived as its type alone.
///
/// # Safety
/// There has been a value of this very type in this program. That is more than
/// that the type has values: code may rely on the fact that nobody ever got one
/// (its constructor may be private, or `unsafe`). With it and the bounds, this is
/// a copy of that value which was sent here: `Copy` says that there may be
/// another one, `Send` that it may be in another thread, and `'static` that it
/// may be there at any time. See [`Target`] for the statics of a process.
pub(super) unsafe fn zero_sized_value<F: Copy + Send + 'static>() -> F {
    const { assert_zero_sized::<F>() };
    // SAFETY: reading no bytes from a dangling, aligned pointer is valid, and the
    // caller promises that such a value is one that there may be.
    unsafe { std::ptr::NonNull::<F>::dangling().read() }
}

macro_rules! functions {
    ($(($($name:ident : $argument:ident),*) as $pack:ty, $bound:pat,)*) => {$(
        impl<FN, R, $($argument),*> sealed::Sealed<fn($($argument),*) -> R> for FN
        where
            FN: Fn($($argument),*) -> R,
        {
        }

        impl<FN, R, $($argument),*> Target<$pack, fn($($argument),*) -> R> for FN
        where
            FN: Fn($($argument),*) -> R + Copy + Send + 'static,
            $($argument: Serialize + DeserializeOwned + 'static,)*
            R: Serialize + DeserializeOwned + 'static,
        {
            type Output = R;

            fn call(&self, arguments: &$pack) -> Result<Call, Error> {
                let entry: Entry = |bytes, arrived| {
                    // SAFETY: this method had a value of the type, and is the
                    // only one that hands this entry out.
                    let target = unsafe { zero_sized_value::<FN>() };
                    let $bound = codec::decode::<$pack>(bytes, arrived)?;
                    codec::encode(&target($($name),*))
                };
                // For every target that is ever sent, not only when its entry
                // is compiled.
                const { assert_zero_sized::<FN>() };
                let (arguments, attachments) = codec::encode(arguments)?;
                Ok(Call { entry: Function::new(entry), arguments, attachments })
            }

            fn chunk<P: Settle<R>>(&self, items: &[$pack]) -> Result<Call, Error> {
                let entry: Entry = |bytes, arrived| {
                    // SAFETY: this method had a value of the type, and is the
                    // only one that hands this entry out.
                    let target = unsafe { zero_sized_value::<FN>() };
                    let items = codec::decode::<Vec<$pack>>(bytes, arrived)?;
                    let each = |$bound: $pack| target($($name),*);
                    codec::encode(&settle_all::<_, _, P>(items, each))
                };
                const { assert_zero_sized::<FN>() };
                let (arguments, attachments) = codec::encode(&items)?;
                Ok(Call { entry: Function::new(entry), arguments, attachments })
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
        impl<FN, B, R, $($argument),*> sealed::Sealed<fn(B, $($argument),*) -> R>
            for Partial<FN, B>
        where
            FN: Fn(B, $($argument),*) -> R,
        {
        }

        impl<FN, B, R, $($argument),*> Target<$pack, fn(B, $($argument),*) -> R>
            for Partial<FN, B>
        where
            FN: Fn(B, $($argument),*) -> R + Copy + Send + 'static,
            B: Clone + Serialize + DeserializeOwned + 'static,
            $($argument: Serialize + DeserializeOwned + 'static,)*
            R: Serialize + DeserializeOwned + 'static,
        {
            type Output = R;

            fn call(&self, arguments: &$pack) -> Result<Call, Error> {
                let entry: Entry = |bytes, arrived| {
                    // SAFETY: this method had a value of the type, and is the
                    // only one that hands this entry out.
                    let target = unsafe { zero_sized_value::<FN>() };
                    let (first, $bound) = codec::decode::<(B, $pack)>(bytes, arrived)?;
                    codec::encode(&target(first, $($name),*))
                };
                const { assert_zero_sized::<FN>() };
                let (arguments, attachments) = codec::encode(&(&self.bound, arguments))?;
                Ok(Call { entry: Function::new(entry), arguments, attachments })
            }

            fn chunk<P: Settle<R>>(&self, items: &[$pack]) -> Result<Call, Error> {
                let entry: Entry = |bytes, arrived| {
                    // SAFETY: this method had a value of the type, and is the
                    // only one that hands this entry out.
                    let target = unsafe { zero_sized_value::<FN>() };
                    let (first, items) = codec::decode::<(B, Vec<$pack>)>(bytes, arrived)?;
                    let each = |$bound: $pack| target(first.clone(), $($name),*);
                    codec::encode(&settle_all::<_, _, P>(items, each))
                };
                const { assert_zero_sized::<FN>() };
                let (arguments, attachments) = codec::encode(&(&self.bound, items))?;
                Ok(Call { entry: Function::new(entry), arguments, attachments })
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
