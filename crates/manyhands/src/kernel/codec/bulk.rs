//! Vectors of numbers, which are written and read in one copy.
//!
//! serde writes a `Vec<u8>` number by number. Wherever the codec has a value of a known
//! type before it (the message itself, a field, an element, what is in a `Some`), it
//! asks here first whether that is such a vector.
//!
//! This module must not import the reader or the writer.

use super::format::kind;
use std::{
    any::TypeId,
    marker::PhantomData,
    mem::{ManuallyDrop, transmute, transmute_copy},
};

/// The identity of a type, whatever its lifetimes are.
#[inline]
fn type_id<T: ?Sized>() -> TypeId {
    trait Identity {
        fn id(&self) -> TypeId
        where
            Self: 'static;
    }
    impl<T: ?Sized> Identity for PhantomData<T> {
        fn id(&self) -> TypeId
        where
            Self: 'static,
        {
            TypeId::of::<T>()
        }
    }
    let phantom = PhantomData::<T>;
    let identity: &dyn Identity = &phantom;
    // SAFETY: only the lifetime of a value without data is extended. The identity that
    // results is the same for all lifetimes in `T`, so it proves equality only with a
    // type that has none, which is how it is used below.
    unsafe { transmute::<&dyn Identity, &(dyn Identity + 'static)>(identity) }.id()
}

/// A number that is written as its bytes in memory.
trait Number: bytemuck::Pod {
    const KIND: u8;
}

macro_rules! numbers {
    ($($type:ty = $kind:ident),*) => {
        $(impl Number for $type {
            const KIND: u8 = kind::$kind;
        })*

        /// The kind and the bytes of a vector of numbers, if `value` is one.
        #[inline]
        pub(super) fn numbers_in<T: ?Sized>(value: &T) -> Option<(u8, usize, &[u8])> {
            if size_of_val(value) != size_of::<Vec<u8>>() || cfg!(target_endian = "big") {
                return None;
            }
            let id = type_id::<T>();
            $(if id == TypeId::of::<Vec<$type>>() {
                // SAFETY: `T` is this type, which has no lifetimes.
                let vector = unsafe { &*std::ptr::from_ref(value).cast::<Vec<$type>>() };
                return Some((<$type>::KIND, vector.len(), bytemuck::cast_slice(vector)));
            })*
            None
        }

        /// The kind of the numbers in a vector of type `T`, if it is one.
        #[inline]
        pub(super) fn kind_in<T>() -> Option<u8> {
            if size_of::<T>() != size_of::<Vec<u8>>() || cfg!(target_endian = "big") {
                return None;
            }
            let id = type_id::<T>();
            $(if id == TypeId::of::<Vec<$type>>() {
                return Some(<$type>::KIND);
            })*
            None
        }

        /// The vector of these bytes, if `T` is a vector of numbers.
        pub(super) fn vector<T>(bytes: &[u8]) -> Option<T> {
            let id = type_id::<T>();
            $(if id == TypeId::of::<Vec<$type>>() {
                let mut numbers = vec![<$type>::default(); bytes.len() / size_of::<$type>()];
                let into: &mut [u8] = bytemuck::cast_slice_mut(&mut numbers);
                let length = into.len();
                into.copy_from_slice(&bytes[..length]);
                let numbers = ManuallyDrop::new(numbers);
                // SAFETY: `T` is this type, which has no lifetimes, and the original is
                // not dropped.
                return Some(unsafe { transmute_copy::<Vec<$type>, T>(&numbers) });
            })*
            None
        }
    };
}

numbers! {
    u8 = U8, i8 = I8, u16 = U16, i16 = I16, u32 = U32, i32 = I32, u64 = U64, i64 = I64,
    f32 = F32, f64 = F64
}

/// Whether a seed for deserialising is the plain one of a vector of numbers, which reads
/// a `T` and nothing else.
#[inline]
pub(super) fn is_plain_seed<S, T>() -> bool {
    size_of::<S>() == 0 && type_id::<S>() == type_id::<PhantomData<T>>()
}
