//! The elements of shared values and arrays: Python's type codes and their Rust types.
//!
//! This module must not import values or arrays.

use crate::{
    Error,
    kernel::arena::{Arena, Memory},
};
use bytemuck::{Pod, Zeroable};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One of Python's type codes (`sharedctypes.typecode_to_type`), with the sizes
/// that CPython has on 64-bit Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "char")]
pub struct TypeCode(char);

impl TryFrom<char> for TypeCode {
    type Error = Error;

    fn try_from(code: char) -> Result<TypeCode, Error> {
        TypeCode::new(code)
    }
}

/// Each type code with its size in bytes.
const CODES: [(char, usize); 14] = [
    ('c', 1),
    ('u', 4),
    ('b', 1),
    ('B', 1),
    ('h', 2),
    ('H', 2),
    ('i', 4),
    ('I', 4),
    ('l', 8),
    ('L', 8),
    ('q', 8),
    ('Q', 8),
    ('f', 4),
    ('d', 8),
];

impl TypeCode {
    /// The type code of this letter.
    ///
    /// # Errors
    /// [`Error::ValueError`] for a letter that is not a type code.
    pub fn new(code: char) -> Result<TypeCode, Error> {
        if CODES.iter().any(|(known, _)| *known == code) {
            return Ok(TypeCode(code));
        }
        let known: String = CODES.iter().map(|(known, _)| *known).collect();
        Err(Error::ValueError(format!(
            "'{code}' is no type code: use one of {known}"
        )))
    }

    /// Every type code.
    pub fn all() -> impl Iterator<Item = TypeCode> {
        CODES.iter().map(|(code, _)| TypeCode(*code))
    }

    /// The letter.
    pub fn code(self) -> char {
        self.0
    }

    /// The size of one element in bytes.
    pub fn size(self) -> usize {
        let found = CODES.iter().find(|(code, _)| *code == self.0);
        found.map_or(1, |(_, size)| *size)
    }
}

impl fmt::Display for TypeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A byte of text: type code `c` (`ctypes.c_char`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct CChar(pub u8);

/// A Unicode character: type code `u` (`ctypes.c_wchar`). Since shared memory can
/// contain any 32 bits, the value need not be a valid character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct WChar(pub u32);

impl From<char> for WChar {
    fn from(character: char) -> WChar {
        WChar(character.into())
    }
}

impl WChar {
    /// The character, if the value is a valid one.
    pub fn to_char(self) -> Option<char> {
        char::from_u32(self.0)
    }
}

// SAFETY: both are a single number, for which any bits and all zeros are valid.
unsafe impl Zeroable for CChar {}
// SAFETY: as above.
unsafe impl Pod for CChar {}
// SAFETY: as above.
unsafe impl Zeroable for WChar {}
// SAFETY: as above.
unsafe impl Pod for WChar {}

/// Access to an element in the arena. Only this module can implement it, so
/// [`Element`] is sealed.
pub trait ArenaElement: Pod {
    /// Reads the element at address `at`.
    fn load(at: u32) -> Self;
    /// Writes the element at address `at`.
    fn store(at: u32, value: Self);
    /// Writes `new` if the element has the bits of `expected`, in one atomic step; returns
    /// the element as it was before.
    fn compare_exchange(at: u32, expected: Self, new: Self) -> Self;
    /// The sum; for an integer it wraps.
    fn plus(self, other: Self) -> Self;
    /// Whether the two have the same bits.
    fn same_bits(self, other: Self) -> bool {
        bytemuck::bytes_of(&self) == bytemuck::bytes_of(&other)
    }
}

/// A type that a shared value or array can have: the Rust types of Python's type codes.
/// The trait is sealed.
///
/// | type | codes | type | codes |
/// |---|---|---|---|
/// | [`CChar`] | `c` | [`WChar`] | `u` |
/// | `i8` | `b` | `u8` | `B` |
/// | `i16` | `h` | `u16` | `H` |
/// | `i32` | `i` | `u32` | `I` |
/// | `i64` | `l` `q` | `u64` | `L` `Q` |
/// | `f32` | `f` | `f64` | `d` |
///
/// Loads and stores are atomic: no process ever sees an element half written.
pub trait Element: ArenaElement {
    /// All type codes of this type.
    const CODES: &'static str;

    /// The first type code of this type.
    fn type_code() -> TypeCode {
        TypeCode(Self::CODES.chars().next().unwrap_or('B'))
    }
}

/// Elements that are integers.
pub trait Integer: Element {
    /// The low bits of a number, as `ctypes` stores a number that does not fit: 200 as an
    /// `i8` is −56.
    fn wrap(number: i64) -> Self;
}

/// For an element smaller than a word: its bit offset in the word, and the word's
/// address.
fn shift_and_word(at: u32) -> (u32, u32) {
    ((at % 4) * 8, at & !3)
}

fn compare_exchange_part(at: u32, bits: u32, expected: u32, new: u32) -> u32 {
    let (shift, word) = shift_and_word(at);
    let mask = ((1u32 << bits) - 1) << shift;
    let mut old = Arena.load(word);
    while old & mask == expected << shift {
        match Arena.compare_exchange(word, old, old & !mask | new << shift) {
            seen if seen == old => break,
            seen => old = seen,
        }
    }
    (old & mask) >> shift
}

macro_rules! element {
    ($($type:ty: $codes:literal, $size:tt as $bits:ty, $plus:expr;)*) => {$(
        impl ArenaElement for $type {
            fn load(at: u32) -> Self {
                bytemuck::cast::<$bits, $type>(element!(@load $size, $bits, at))
            }

            fn store(at: u32, value: Self) {
                let bits: $bits = bytemuck::cast(value);
                element!(@store $size, at, bits)
            }

            fn compare_exchange(at: u32, expected: Self, new: Self) -> Self {
                let (old, new): ($bits, $bits) = (bytemuck::cast(expected), bytemuck::cast(new));
                bytemuck::cast::<$bits, $type>(element!(@compare_exchange $size, $bits, at, old, new))
            }

            fn plus(self, other: Self) -> Self {
                let plus: fn(Self, Self) -> Self = $plus;
                plus(self, other)
            }
        }

        impl Element for $type {
            const CODES: &'static str = $codes;
        }
    )*};
    (@load small, $bits:ty, $at:ident) => {{
        let (shift, word) = shift_and_word($at);
        (Arena.load(word) >> shift) as $bits
    }};
    (@load word, $bits:ty, $at:ident) => { Arena.load($at) };
    (@load wide, $bits:ty, $at:ident) => { Arena.load_wide($at) };
    (@store small, $at:ident, $value:ident) => { Arena.write($at, &$value.to_le_bytes()) };
    (@store word, $at:ident, $value:ident) => { Arena.store($at, $value) };
    (@store wide, $at:ident, $value:ident) => { Arena.store_wide($at, $value) };
    (@compare_exchange small, $bits:ty, $at:ident, $old:ident, $new:ident) => {
        compare_exchange_part($at, <$bits>::BITS, $old.into(), $new.into()) as $bits
    };
    (@compare_exchange word, $bits:ty, $at:ident, $old:ident, $new:ident) => {
        Arena.compare_exchange($at, $old, $new)
    };
    (@compare_exchange wide, $bits:ty, $at:ident, $old:ident, $new:ident) => {
        Arena.compare_exchange_wide($at, $old, $new)
    };
}

element! {
    i8: "b", small as u8, |a, b| a.wrapping_add(b);
    u8: "B", small as u8, |a, b| a.wrapping_add(b);
    i16: "h", small as u16, |a, b| a.wrapping_add(b);
    u16: "H", small as u16, |a, b| a.wrapping_add(b);
    i32: "i", word as u32, |a, b| a.wrapping_add(b);
    u32: "I", word as u32, |a, b| a.wrapping_add(b);
    i64: "lq", wide as u64, |a, b| a.wrapping_add(b);
    u64: "LQ", wide as u64, |a, b| a.wrapping_add(b);
    f32: "f", word as u32, |a, b| a + b;
    f64: "d", wide as u64, |a, b| a + b;
    CChar: "c", small as u8, |a, b| CChar(a.0.wrapping_add(b.0));
    WChar: "u", word as u32, |a, b| WChar(a.0.wrapping_add(b.0));
}

macro_rules! integer {
    ($($type:ty)*) => {$(
        impl Integer for $type {
            fn wrap(number: i64) -> Self {
                number as $type
            }
        }
    )*};
}

integer! { i8 u8 i16 u16 i32 u32 i64 u64 }
