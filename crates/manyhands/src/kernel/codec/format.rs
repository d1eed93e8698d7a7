//! The encoding: one byte says what a value is, and its bytes follow.
//!
//! Numbers are little-endian and have their full width. What a value is also says what
//! stands before its bytes:
//!
//! - a string: its length in bytes (32 bits);
//! - a sequence or a tuple: its length (32 bits) and the elements' kind, if all elements
//!   are numbers of one kind, which then follow without a kind of their own; else 0;
//! - a map: its length (32 bits), then keys and values in turn;
//! - a struct: the number (16 bits) of its shape, which is its name and its fields'
//!   names; then the fields' values;
//! - an enum: the number (16 bits) of a shape that is the variant's name; then what is
//!   in the variant.
//!
//! The shapes stand after the value, each once: how many names, and the names. The
//! first byte of all says whether there are any, and then the last four say where they
//! begin.
//!
//! A type of this crate whose name for serde begins with [`BY_POSITION`] is written
//! without names, which would take longer than its values: its fields and variants are
//! known by their positions. The sender and the receiver of such a type are the same
//! code.
//!
//! This module imports nothing.

use std::fmt;

/// How deeply a value may be nested: each struct, tuple, sequence, map, enum variant
/// with content, and `Some` that is inside another one is one level.
///
/// It is so low that the smallest stack there is (1 MiB; see `STACK` in `boot.js`) has
/// room for the deepest message even in a program that is compiled without
/// optimisation. There, in Chromium, what was nested in 1 level after the other could
/// be read down to the level 1 400 (a list of `Option<Box>`), 527 (`serde_json::Value`) and
/// 143 (an untagged enum of 270 bytes, which serde reads twice). What must be told what
/// comes, as the last two must, is therefore read with two levels for each one.
/// serde_json's limit is also 128.
pub(super) const MAX_DEPTH: u32 = 128;

/// So many bytes of the stack are left to what the codec calls: below that a value counts
/// as too deep, however deep it is.
pub(super) const STACK_RESERVE: usize = 128 << 10;

/// The first character of the names (for serde) of types that are written by position.
pub(super) const BY_POSITION: char = '=';

/// What a value is.
pub(super) mod kind {
    pub const BOOL: u8 = 1;
    pub const U8: u8 = 2;
    pub const I8: u8 = 3;
    pub const U16: u8 = 4;
    pub const I16: u8 = 5;
    pub const U32: u8 = 6;
    pub const I32: u8 = 7;
    pub const U64: u8 = 8;
    pub const I64: u8 = 9;
    pub const U128: u8 = 10;
    pub const I128: u8 = 11;
    pub const F32: u8 = 12;
    pub const F64: u8 = 13;
    pub const CHAR: u8 = 14;
    /// The kinds below have no fixed size.
    pub const UNIT: u8 = 15;
    pub const NONE: u8 = 16;
    pub const SOME: u8 = 17;
    pub const STR: u8 = 18;
    pub const SEQ: u8 = 19;
    pub const TUPLE: u8 = 20;
    pub const MAP: u8 = 21;
    pub const STRUCT: u8 = 22;
    pub const UNIT_VARIANT: u8 = 23;
    pub const VARIANT: u8 = 24;
    /// By position: the number of fields (16 bits), or the variant's index (16 bits).
    pub const STRUCT_AT: u8 = 25;
    pub const UNIT_VARIANT_AT: u8 = 26;
    pub const VARIANT_AT: u8 = 27;
}

/// The size in bytes of a value of this kind, if all such values have the same.
pub(super) fn fixed_size(kind: u8) -> Option<usize> {
    const SIZES: [u8; 15] = [0, 1, 1, 1, 2, 2, 4, 4, 8, 8, 16, 16, 4, 8, 4];
    match SIZES.get(kind as usize) {
        None | Some(0) => None,
        Some(size) => Some((*size).into()),
    }
}

/// What a value of this kind is called in an error.
pub(super) fn name(kind: u8) -> &'static str {
    const NAMES: [&str; 28] = [
        "something else",
        "a bool",
        "a u8",
        "an i8",
        "a u16",
        "an i16",
        "a u32",
        "an i32",
        "a u64",
        "an i64",
        "a u128",
        "an i128",
        "an f32",
        "an f64",
        "a char",
        "()",
        "None",
        "Some",
        "a string",
        "a sequence",
        "a tuple",
        "a map",
        "a struct",
        "an enum",
        "an enum",
        "a struct",
        "an enum",
        "an enum",
    ];
    NAMES.get(kind as usize).unwrap_or(&NAMES[0])
}

/// Why a value could not be written or read.
#[derive(Debug)]
pub(super) struct Fault(Box<str>);

impl Fault {
    #[cold]
    pub(super) fn new(text: impl Into<Box<str>>) -> Fault {
        Fault(text.into())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

impl serde::ser::Error for Fault {
    fn custom<T: fmt::Display>(text: T) -> Fault {
        Fault::new(text.to_string())
    }
}

impl serde::de::Error for Fault {
    fn custom<T: fmt::Display>(text: T) -> Fault {
        Fault::new(text.to_string())
    }
}

/// The fault of a value that is nested too deeply. Whoever sees the flag that is set
/// beside it makes a typed error of it.
#[cold]
pub(super) fn too_deep() -> Fault {
    Fault::new("it is nested too deeply")
}
