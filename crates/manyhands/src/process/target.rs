//! Targets: the functions that another process can be told to call.
//!
//! A function, or a closure that captures nothing, has no data: it is only an index
//! in the module's function table, and every process has the same module. So a target
//! is sent as the index of a small function that is made for its type
//! ([`crate::kernel::function`]), and needs neither a macro nor a registry. A value
//! that a closure captures would stay in the parent's memory, so a closure that
//! captures does not compile. (Python reports this at run time: "Can't pickle local
//! object".)
//!
//! This module must not import pools, although `chunk` is for them.

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
use std::{any::type_name, cell::Cell, fmt::Display};

/// A call that can be sent to another process: its function, its encoded arguments,
/// and the shared objects that are attached to them. It can be sent through a queue
/// or a pipe. Like a shared object, it cannot be made from bytes alone:
///
/// ```
/// let forged = serde_json::from_str::<manyhands::Call>(
///     r#"{"entry": 7, "arguments": [], "attachments": []}"#,
/// );
/// assert!(forged.unwrap_err().to_string().contains("only travels between processes"));
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub struct Call {
    pub(crate) entry: Function<Entry>,
    #[serde(with = "serde_bytes")]
    pub(crate) arguments: Vec<u8>,
    pub(crate) attachments: Vec<Attachment>,
}

impl Call {
    /// Makes the call in this process and encodes the result.
    ///
    /// # Errors
    /// [`Error::PicklingError`] when the arguments cannot be decoded or the result
    /// cannot be encoded.
    pub(crate) fn make(self) -> Result<CallResult, Error> {
        let arrived = self.attachments.into_iter().map(Ok).collect();
        let (bytes, attachments) = self.entry.get()(&self.arguments, arrived)?;
        Ok(CallResult { bytes, attachments })
    }
}

/// The encoded result of a [`Call`], with the shared objects in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(crate) struct CallResult {
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    attachments: Vec<Attachment>,
}

impl CallResult {
    /// Its length in bytes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Decodes the result. `type_name` is what an error says that it should have been.
    pub(crate) fn value<T: DeserializeOwned>(&self, type_name: &'static str) -> Result<T, Error> {
        let arrived: Arrived = self.attachments.iter().cloned().map(Ok).collect();
        codec::decode_as(type_name, &self.bytes, arrived)
    }
}

/// How a chunk treats the result of each call: [`KeepAll`] or [`StopAtErr`].
pub trait ResultRule<R> {
    /// The value that is kept of a result.
    type Value: Serialize + DeserializeOwned + 'static;

    /// The value to keep.
    ///
    /// # Errors
    /// The text of the error that ends the chunk.
    fn value_of(result: R) -> Result<Self::Value, String>;
}

/// Keeps every result, also an `Err`.
pub struct KeepAll;

impl<R: Serialize + DeserializeOwned + 'static> ResultRule<R> for KeepAll {
    type Value = R;

    fn value_of(result: R) -> Result<R, String> {
        Ok(result)
    }
}

/// Keeps the value of an `Ok`; an `Err` ends the chunk.
pub struct StopAtErr;

impl<T, E> ResultRule<Result<T, E>> for StopAtErr
where
    T: Serialize + DeserializeOwned + 'static,
    E: Display,
{
    type Value = T;

    fn value_of(result: Result<T, E>) -> Result<T, String> {
        result.map_err(|error| error.to_string())
    }
}

/// The result of a chunk: the values of its items, and the text of the error that
/// ended it early, if one did.
pub(crate) type ChunkResult<V> = (Vec<V>, Option<String>);

/// From the number of items that this chunk has finished, the index of the next item;
/// `None` ends the chunk.
type NextItem = fn(usize) -> Option<usize>;

thread_local! {
    static NEXT_ITEM: Cell<Option<NextItem>> = const { Cell::new(None) };
}

/// Sets the function that chooses the next item in every later chunk of this process.
/// It gets the number of items that the chunk has finished. `None`, or an index beyond
/// the end, ends the chunk.
pub(crate) fn set_next_item(next: NextItem) {
    NEXT_ITEM.set(Some(next));
}

fn call_each<A, R, P: ResultRule<R>>(
    items: Vec<A>,
    mut call: impl FnMut(A) -> R,
) -> ChunkResult<P::Value> {
    let choose = NEXT_ITEM.get().unwrap_or(Some);
    let mut values = Vec::with_capacity(items.len());
    let mut items: Vec<Option<A>> = items.into_iter().map(Some).collect();
    while let Some(item) = choose(values.len())
        .and_then(|next| items.get_mut(next))
        .and_then(Option::take)
    {
        match P::value_of(call(item)) {
            Ok(value) => values.push(value),
            Err(text) => return (values, Some(text)),
        }
    }
    (values, None)
}

/// A type whose values can be sent to another process (Python's word is picklable): it
/// implements serde's `Serialize` and `Deserialize` and owns its data. Every such type
/// implements this trait automatically. The trait only makes the compiler's error message
/// clear for all other types.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be sent to another process",
    label = "has a parameter or a result of type `{Self}`",
    note = "what is sent implements serde's `Serialize` and `Deserialize`: put \
            `#[derive(serde::Serialize, serde::Deserialize)]` on a type of yours, or switch on \
            the feature `serde` of the crate that it comes from",
    note = "it owns its data: `String`, not `&str`; `Vec<T>`, not `&[T]`",
    note = "a target that never returns is declared as one that returns nothing: `-> ()`"
)]
pub trait Picklable: Serialize + DeserializeOwned + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + 'static> Picklable for T {}

/// A function that can be called in another process with arguments of type `A`.
///
/// The trait is implemented for functions with up to four parameters and for
/// [`Partial`]. `A` is `()` for no parameter, the argument's type for one, and a
/// tuple for several. `M` is a marker that tells the implementations apart; it is
/// always inferred.
///
/// A closure that captures a value with data does not compile. If the value can be copied,
/// such as a number, `cargo check` accepts the closure and `cargo build` refuses it: Rust has
/// no bound that says "captures nothing", so this is an assertion about the closure's size,
/// which the compiler looks at when it makes code.
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
/// A captured queue, pipe, lock or shared value is refused at once:
///
/// ```compile_fail,E0277
/// let queue = manyhands::Queue::<u64>::new(0).unwrap();
/// let process = manyhands::Process::spawn(move || queue.put(&1).unwrap(), ());
/// ```
///
/// Pass it as an argument:
///
/// ```no_run
/// use manyhands::{Process, Queue};
/// let queue = Queue::<u64>::new(0).unwrap();
/// let put = |queue: Queue<u64>| queue.put(&1).unwrap();
/// let process = Process::spawn(put, queue.clone());
/// ```
///
/// # Parameters and results own their data
/// The compiler says so in its own words if a parameter or the result is a reference,
/// because it is the reference's lifetime that does not fit: ``implementation of
/// `serde_core::de::Deserialize` is not general enough``, or, if the argument is a `String`
/// already, ``expected `&str`, found `String` ``.
///
/// ```compile_fail
/// fn greet(name: &str) -> usize { name.len() }
/// let process = manyhands::Process::spawn(greet, "Ann");
/// ```
///
/// Take a `String` for a `&str`, a `Vec<T>` for a `&[T]`, a `T` for a `&T`, and
/// `Cow<'static, str>` or `String` for a `&'static str` that is returned:
///
/// ```no_run
/// fn greet(name: String) -> usize { name.len() }
/// let process = manyhands::Process::spawn(greet, "Ann".to_string());
/// ```
///
/// # `Copy + Send + 'static`
/// A closure can capture a value of size zero, such as a token that stands for a
/// permission. Such a closure has no data either, and so it can be a target. Its value
/// is made again in the process or thread that calls it, once for every call, while
/// the original still exists. Therefore it must be allowed to copy the value (`Copy`),
/// to have it in another thread (`Send`), and it must not borrow (`'static`). All
/// functions, and all closures that capture nothing, fulfil this.
///
/// ```no_run
/// #[derive(Clone, Copy)]
/// struct Token;
/// let token = Token;
/// let process = manyhands::Process::spawn(move || { let _token = token; }, ());
/// ```
///
/// A token that cannot be copied does not compile:
///
/// ```compile_fail,E0277
/// struct Token; // not Copy
/// let token = Token;
/// let process = manyhands::Process::spawn(move || { let _token = &token; }, ());
/// ```
///
/// A token that must stay in its thread does not compile:
///
/// ```compile_fail,E0277
/// #[derive(Clone, Copy)]
/// struct Token(std::marker::PhantomData<*const ()>); // not Send
/// let token = Token(std::marker::PhantomData);
/// let process = manyhands::Process::spawn(move || { let _token = token; }, ());
/// ```
///
/// A token that borrows does not compile:
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
/// The bounds cannot express one more rule, because each process has its own statics.
/// Suppose that the values of a zero-sized type prove something about the statics of
/// the process that made them, and that `unsafe` code relies on it. Such a value must
/// not be captured by the target of another process; its type should not be `Send`.
///
/// The trait is sealed: other crates cannot implement it.
///
/// ```compile_fail,E0277
/// struct Mine;
/// impl manyhands::Target<u64, fn(u64) -> u64> for Mine {
///     type Output = u64;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the target of a process with the arguments `{A}`",
    label = "not a target for these arguments",
    note = "a closure that captures something is none: pass what it captures as an argument, \
            also a queue, a pipe, a lock or a shared value, or bind it with \
            `manyhands::partial`",
    note = "a target is a function, or a closure that captures nothing, with at most four \
            parameters: pass further ones in a tuple or a struct",
    note = "its parameters and its result own their data and implement serde's `Serialize` and \
            `Deserialize`: `String`, not `&str`; `Vec<T>`, not `&[T]`",
    note = "the arguments are `()` for no parameter, the value itself for one, and a tuple for \
            several, of exactly the parameters' types",
    note = "a target that never returns is declared as one that returns nothing: `-> ()`"
)]
pub trait Target<A, M>: sealed::Sealed<M> {
    /// What the target returns.
    type Output: Serialize + DeserializeOwned + 'static;

    /// The call with these arguments, encoded.
    ///
    /// # Errors
    /// [`Error::PicklingError`] if an argument cannot be encoded.
    fn call(&self, arguments: &A) -> Result<Call, Error>;

    /// One call that applies the target to each of `items` in turn: a chunk of
    /// [`crate::Pool::map`].
    ///
    /// # Errors
    /// As [`Target::call`].
    #[doc(hidden)]
    fn chunk<P: ResultRule<Self::Output>>(&self, items: &[A]) -> Result<Call, Error>;

    /// Calls the target in this process, without encoding anything.
    ///
    /// # Errors
    /// None of the present targets returns one.
    fn call_here(&self, arguments: A) -> Result<Self::Output, Error>;
}

mod sealed {
    /// Only this module can implement it.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a function with at most four parameters",
        note = "a target is a function or a closure that captures nothing; pass what else it \
                needs in a tuple or a struct"
    )]
    pub trait Sealed<M> {}

    /// What a target is besides a function: see `Copy + Send + 'static` at
    /// [`super::Target`]. Every such type implements this trait automatically. The trait
    /// only makes the compiler's error message clear for all other types.
    #[diagnostic::on_unimplemented(
        message = "a target may not capture anything, and `{Self}` does",
        label = "captures a value, which would stay behind in its parent's memory",
        note = "pass what it captures as an argument, also a queue, a pipe, a lock or a shared \
                value: `Process::spawn(|queue: Queue<u64>| …, queue.clone())`",
        note = "or bind it, as with Python's `functools.partial`: \
                `Process::spawn(manyhands::partial(target, queue.clone()), …)`"
    )]
    pub trait CapturesNothing: Copy + Send + 'static {}

    #[diagnostic::do_not_recommend]
    impl<F: Copy + Send + 'static> CapturesNothing for F {}
}

/// Fails to compile for a target that captures data.
pub(super) const fn assert_zero_sized<F>() {
    assert!(
        size_of::<F>() == 0,
        "a target may not capture anything: what it captured would stay behind in its \
         parent's memory. Pass it as an argument, or bind it with manyhands::partial"
    );
}

/// Makes a value of a zero-sized type, for a target that was sent as its type alone.
///
/// # Safety
/// A value of this type must have existed in this program. It is not enough that the
/// type could have a value: other code may rely on the fact that none was ever made
/// (the constructor may be private or `unsafe`). Given such a value, the result is a
/// copy of it: `Copy` allows a second one, `Send` allows it in another thread, and
/// `'static` allows it at any later time. See [`Target`] for the statics of a process.
pub(super) unsafe fn zero_sized_value<F: Copy + Send + 'static>() -> F {
    const { assert_zero_sized::<F>() };
    // SAFETY: reading zero bytes from a dangling, aligned pointer is valid, and the
    // caller guarantees that a value of this type has existed.
    unsafe { std::ptr::NonNull::<F>::dangling().read() }
}

macro_rules! functions {
    ($(($($name:ident : $argument:ident),*) as $tuple:ty, $pattern:pat,)*) => {$(
        impl<FN, R, $($argument),*> sealed::Sealed<fn($($argument),*) -> R> for FN
        where
            FN: Fn($($argument),*) -> R,
        {
        }

        impl<FN, R, $($argument),*> Target<$tuple, fn($($argument),*) -> R> for FN
        where
            FN: Fn($($argument),*) -> R + sealed::CapturesNothing,
            $($argument: Picklable,)*
            R: Picklable,
        {
            type Output = R;

            fn call(&self, arguments: &$tuple) -> Result<Call, Error> {
                let entry: Entry = |bytes, arrived| {
                    // SAFETY: this method was called on a value of the type, and
                    // only this method makes this entry.
                    let target = unsafe { zero_sized_value::<FN>() };
                    let $pattern = codec::decode::<$tuple>(bytes, arrived)?;
                    codec::encode(&target($($name),*))
                };
                // Checked here as well, so that it is checked for every target that
                // is sent and not only where its entry is compiled.
                const { assert_zero_sized::<FN>() };
                let (arguments, attachments) = codec::encode(arguments)?;
                Ok(Call { entry: Function::new(entry), arguments, attachments })
            }

            fn chunk<P: ResultRule<R>>(&self, items: &[$tuple]) -> Result<Call, Error> {
                let entry: Entry = |bytes, arrived| {
                    // SAFETY: this method was called on a value of the type, and
                    // only this method makes this entry.
                    let target = unsafe { zero_sized_value::<FN>() };
                    let items: Vec<$tuple> =
                        codec::decode_as(type_name::<$tuple>(), bytes, arrived)?;
                    let each = |$pattern: $tuple| target($($name),*);
                    let values = call_each::<_, _, P>(items, each);
                    codec::encode_as(type_name::<P::Value>(), &values)
                };
                const { assert_zero_sized::<FN>() };
                let (arguments, attachments) = codec::encode_as(type_name::<$tuple>(), &items)?;
                Ok(Call { entry: Function::new(entry), arguments, attachments })
            }

            fn call_here(&self, arguments: $tuple) -> Result<R, Error> {
                let $pattern = arguments;
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

/// A function whose first argument is bound; made by [`partial`].
#[derive(Clone, Debug)]
pub struct Partial<F, B> {
    function: F,
    bound: B,
}

/// Binds a function's first argument (Python's `functools.partial`). The bound value
/// is sent with each call.
pub fn partial<F, B>(function: F, bound: B) -> Partial<F, B> {
    Partial { function, bound }
}

macro_rules! partials {
    ($(($($name:ident : $argument:ident),*) as $tuple:ty, $pattern:pat,)*) => {$(
        impl<FN, B, R, $($argument),*> sealed::Sealed<fn(B, $($argument),*) -> R>
            for Partial<FN, B>
        where
            FN: Fn(B, $($argument),*) -> R,
        {
        }

        impl<FN, B, R, $($argument),*> Target<$tuple, fn(B, $($argument),*) -> R>
            for Partial<FN, B>
        where
            FN: Fn(B, $($argument),*) -> R + sealed::CapturesNothing,
            B: Clone + Picklable,
            $($argument: Picklable,)*
            R: Picklable,
        {
            type Output = R;

            fn call(&self, arguments: &$tuple) -> Result<Call, Error> {
                let entry: Entry = |bytes, arrived| {
                    // SAFETY: this method was called on a value of the type, and
                    // only this method makes this entry.
                    let target = unsafe { zero_sized_value::<FN>() };
                    let (first, $pattern) = codec::decode::<(B, $tuple)>(bytes, arrived)?;
                    codec::encode(&target(first, $($name),*))
                };
                const { assert_zero_sized::<FN>() };
                let (arguments, attachments) = codec::encode(&(&self.bound, arguments))?;
                Ok(Call { entry: Function::new(entry), arguments, attachments })
            }

            fn chunk<P: ResultRule<R>>(&self, items: &[$tuple]) -> Result<Call, Error> {
                let entry: Entry = |bytes, arrived| {
                    // SAFETY: this method was called on a value of the type, and
                    // only this method makes this entry.
                    let target = unsafe { zero_sized_value::<FN>() };
                    let (first, items): (B, Vec<$tuple>) =
                        codec::decode_as(type_name::<(B, $tuple)>(), bytes, arrived)?;
                    let each = |$pattern: $tuple| target(first.clone(), $($name),*);
                    let values = call_each::<_, _, P>(items, each);
                    codec::encode_as(type_name::<P::Value>(), &values)
                };
                const { assert_zero_sized::<FN>() };
                let (arguments, attachments) =
                    codec::encode_as(type_name::<(B, $tuple)>(), &(&self.bound, items))?;
                Ok(Call { entry: Function::new(entry), arguments, attachments })
            }

            fn call_here(&self, arguments: $tuple) -> Result<R, Error> {
                let $pattern = arguments;
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
