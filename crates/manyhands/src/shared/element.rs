//! What a shared value or array is made of: Python's type codes.

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

/// Code, size in bytes.
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
    /// [`Error::ValueError`] for a letter that is none.
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

    /// Bytes of one element.
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

/// A Unicode character: type code `u` (`ctypes.c_wchar`). Any 32 bits can be in
/// shared memory, so that it may be none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct WChar(pub u32);

impl From<char> for WChar {
    fn from(character: char) -> WChar {
        WChar(character.into())
    }
}

impl WChar {
    /// The character, if it is one.
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

/// How an element is reached in the arena; only this room can.
pub trait Cell: Pod {
    /// Reads the element at `at`.
    fn load(at: u32) -> Self;
    /// Writes it.
    fn store(at: u32, value: Self);
    /// Writes `new` if its bits are `expected`; returns it as it was.
    fn swap_if(at: u32, expected: Self, new: Self) -> Self;
    /// The sum, wrapping for an integer.
    fn plus(self, other: Self) -> Self;
    /// Do the two have the same bits?
    fn same(self, other: Self) -> bool {
        bytemuck::bytes_of(&self) == bytemuck::bytes_of(&other)
    }
}

/// What a shared value or array can be made of: the Rust types of Python's type
/// codes, and nothing else.
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
/// No element is ever seen half written.
pub trait Element: Cell {
    /// Its type codes.
    const CODES: &'static str;

    /// Its (first) type code.
    fn type_code() -> TypeCode {
        TypeCode(Self::CODES.chars().next().unwrap_or('B'))
    }
}

/// Elements that are integers.
pub trait Integer: Element {
    /// The low bits of a number, as `ctypes` stores one that does not fit: 200
    /// as an `i8` is −56.
    fn wrap(number: i64) -> Self;
}

/// A part of a word: bit offset and the word's address.
fn part(at: u32) -> (u32, u32) {
    ((at % 4) * 8, at & !3)
}

fn swap_part_if(at: u32, bits: u32, expected: u32, new: u32) -> u32 {
    let (shift, word) = part(at);
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
        impl Cell for $type {
            fn load(at: u32) -> Self {
                bytemuck::cast::<$bits, $type>(element!(@load $size, $bits, at))
            }

            fn store(at: u32, value: Self) {
                let bits: $bits = bytemuck::cast(value);
                element!(@store $size, at, bits)
            }

            fn swap_if(at: u32, expected: Self, new: Self) -> Self {
                let (old, new): ($bits, $bits) = (bytemuck::cast(expected), bytemuck::cast(new));
                bytemuck::cast::<$bits, $type>(element!(@swap $size, $bits, at, old, new))
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
        let (shift, word) = part($at);
        (Arena.load(word) >> shift) as $bits
    }};
    (@load word, $bits:ty, $at:ident) => { Arena.load($at) };
    (@load wide, $bits:ty, $at:ident) => { Arena.load_wide($at) };
    (@store small, $at:ident, $value:ident) => { Arena.write($at, &$value.to_le_bytes()) };
    (@store word, $at:ident, $value:ident) => { Arena.store($at, $value) };
    (@store wide, $at:ident, $value:ident) => { Arena.store_wide($at, $value) };
    (@swap small, $bits:ty, $at:ident, $old:ident, $new:ident) => {
        swap_part_if($at, <$bits>::BITS, $old.into(), $new.into()) as $bits
    };
    (@swap word, $bits:ty, $at:ident, $old:ident, $new:ident) => {
        Arena.compare_exchange($at, $old, $new)
    };
    (@swap wide, $bits:ty, $at:ident, $old:ident, $new:ident) => {
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
