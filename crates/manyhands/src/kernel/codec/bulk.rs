//! Vectors of numbers, which are written and read in one copy.
//!
//! serde writes a `Vec<u8>` number by number, which is slow. Whenever the codec is about
//! to write or read a value of a known type (the message itself, a field, an element, the
//! content of a `Some`), it therefore first uses this module to find out whether the type
//! is a vector of numbers.
//!
//! This module must not import the reader or the writer.

use super::format::kind;
use std::{
    any::TypeId,
    marker::PhantomData,
    mem::{ManuallyDrop, transmute, transmute_copy},
};

/// The `TypeId` of a type, which need not be `'static`. All lifetimes in the type are
/// treated as `'static`.
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

/// A number that is written as the bytes that represent it in memory.
trait Number: bytemuck::Pod {
    const KIND: u8;
}

macro_rules! numbers {
    ($($type:ty = $kind:ident),*) => {
        $(impl Number for $type {
            const KIND: u8 = kind::$kind;
        })*

        /// If `value` is a vector of numbers, or a reference to one: the kind, how many
        /// there are, and their bytes. (serde passes the elements of a vector or map by
        /// reference to a reference.)
        #[inline]
        pub(super) fn as_numbers<T: ?Sized>(value: &T) -> Option<(u8, usize, &[u8])> {
            let size = size_of_val(value);
            if size != size_of::<Vec<u8>>() && size != size_of::<&Vec<u8>>()
                || cfg!(target_endian = "big")
            {
                return None;
            }
            let id = type_id::<T>();
            $(
                let vector = if id == TypeId::of::<Vec<$type>>() {
                    // SAFETY: `T` is this type, which has no lifetimes.
                    Some(unsafe { &*std::ptr::from_ref(value).cast::<Vec<$type>>() })
                } else if id == TypeId::of::<&'static Vec<$type>>() {
                    // SAFETY: `T` is this type but for its lifetime, which is no shorter
                    // than that of `value`, to which the result is bound.
                    Some(unsafe { *std::ptr::from_ref(value).cast::<&Vec<$type>>() })
                } else {
                    None
                };
                if let Some(vector) = vector {
                    return Some((<$type>::KIND, vector.len(), bytemuck::cast_slice(vector)));
                }
            )*
            None
        }

        /// The kind of the numbers, if `T` is a vector of numbers.
        #[inline]
        pub(super) fn number_kind<T>() -> Option<u8> {
            if size_of::<T>() != size_of::<Vec<u8>>() || cfg!(target_endian = "big") {
                return None;
            }
            let id = type_id::<T>();
            $(if id == TypeId::of::<Vec<$type>>() {
                return Some(<$type>::KIND);
            })*
            None
        }

        /// The vector that these bytes represent, if `T` is a vector of numbers.
        pub(super) fn vec_from_bytes<T>(bytes: &[u8]) -> Option<T> {
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

/// Is this seed a `PhantomData<T>`, which deserializes a plain `T`? Other seeds may have
/// a deserializer of their own, which must be called.
#[inline]
pub(super) fn is_plain_seed<S, T>() -> bool {
    size_of::<S>() == 0 && type_id::<S>() == type_id::<PhantomData<T>>()
}
