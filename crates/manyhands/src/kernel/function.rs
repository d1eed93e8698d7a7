//! Functions that travel between processes.
//!
//! Every process is an instance of the same module, so a function has the same index in
//! the function table of every process. As data, a function is this index and the
//! number of its type. It travels as an attachment of its message
//! ([`super::attachment`]), never in the message's bytes.
//!
//! That is why it is sound to turn an index back into a function. At a call, the engine
//! checks only the WebAssembly signature, which many Rust types share. A table of all
//! valid functions cannot be built, because they are instances of generic code that the
//! receiver may never have used. But only [`Function::serialize`] writes an attachment
//! that names a function, and it does so from a function pointer whose type has that
//! number. Bytes that a program makes up have no such attachment, and an attachment for
//! a function of another type is refused.
//!
//! This module must not know who calls the function, and must not import the codec.

use super::{
    attachment::{Attachment, attach, detach},
    handle::Handle,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A type of function pointers that can travel.
///
/// # Safety
/// No other type has the same number; `index` returns the function's index in the
/// function table; and `from_index` returns the function with that index.
pub(crate) unsafe trait Signature: Copy {
    /// The number of this type, below 2²⁷.
    const NUMBER: u32;

    /// The function's index in the function table, which is the same in every instance
    /// of the module.
    fn index(self) -> u32;

    /// The function with this index.
    ///
    /// # Safety
    /// `index` must come from [`Signature::index`] of this same type, in an instance of
    /// this module.
    unsafe fn from_index(index: u32) -> Self;
}

/// Implements [`Signature`] for a type of function pointers.
macro_rules! signature {
    ($number:literal, $type:ty) => {
        // SAFETY: the numbers are all different: 1 below, 2 in `boot`, 3 in
        // `process::change`, 4 in the tests. On wasm a function pointer is the
        // function's index, a number of 32 bits.
        unsafe impl $crate::kernel::function::Signature for $type {
            const NUMBER: u32 = $number;

            fn index(self) -> u32 {
                self as usize as u32
            }

            unsafe fn from_index(index: u32) -> Self {
                // SAFETY: the caller guarantees that it is a function of this type.
                unsafe { std::mem::transmute::<usize, $type>(index as usize) }
            }
        }
    };
}

pub(crate) use signature;

signature!(1, fn());

/// A function without captures that can travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Function<S = fn()>(S);

impl<S: Signature> Function<S> {
    /// Wraps a function.
    pub(crate) fn new(function: S) -> Function<S> {
        Function(function)
    }

    /// The function.
    pub(crate) fn get(self) -> S {
        self.0
    }

    /// Its index in the function table.
    pub(crate) fn index(self) -> u32 {
        self.0.index()
    }
}

impl Function {
    /// Calls it.
    pub(crate) fn call(self) {
        self.0()
    }
}

impl<S: Signature> Serialize for Function<S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        let handle = Handle::of_function(self.index(), S::NUMBER);
        attach(Attachment::Function(handle), serializer)
    }
}

impl<'de, S: Signature> Deserialize<'de> for Function<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = || "a function of this type".into();
        detach(deserializer, expected, |attachment| match attachment {
            Attachment::Function(handle) => {
                let index = handle.function(S::NUMBER)?;
                // SAFETY: only `serialize` makes such attachments. This one has the
                // number of this type, so an instance of this module made it from a
                // function of this type.
                Some(Function(unsafe { S::from_index(index) }))
            }
            Attachment::Object(_) => None,
        })
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::{Error, kernel::codec};

    signature!(4, fn(u32));

    // These tests never turn an index back into a function: on a native machine a
    // function pointer has more than 32 bits.

    #[test]
    fn a_function_travels_beside_the_bytes() {
        let (bytes, attachments) = codec::encode(&Function::new((|| ()) as fn())).unwrap();
        assert_eq!(bytes, codec::encode(&0u32).unwrap().0);
        assert!(matches!(&attachments[..], [Attachment::Function(handle)]
            if handle.is_function() && handle.function(<fn()>::NUMBER) == Some(handle.at)));
    }

    #[test]
    fn no_function_comes_of_bytes_or_of_a_function_of_another_type() {
        let first = codec::encode(&0u32).unwrap().0;
        let refused = |arrived| codec::decode::<Function<fn(u32)>>(&first, arrived).unwrap_err();
        let Error::PicklingError(text) = refused(Vec::new()) else {
            panic!("not refused as it must be");
        };
        assert_eq!(text, "what was sent is not a function of this type");
        let other = Handle::of_function(7, <fn()>::NUMBER);
        let Error::PicklingError(text) = refused(vec![Ok(Attachment::Function(other))]) else {
            panic!("not refused as it must be");
        };
        assert_eq!(
            text,
            "a function was sent, which cannot be received as a function of this type"
        );
    }

    #[test]
    fn other_codecs_are_refused() {
        let function = Function::new((|| ()) as fn());
        assert!(postcard::to_allocvec(&function).is_err());
        assert!(serde_json::to_string(&function).is_err());
        assert!(postcard::from_bytes::<Function>(&[0]).is_err());
        assert!(serde_json::from_str::<Function>("0").is_err());
    }
}
