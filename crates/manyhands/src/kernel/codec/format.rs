//! The encoding: each value is one byte that states its kind, followed by its content.
//!
//! Numbers are little-endian and have their full width. The content depends on the kind:
//!
//! - a string: its length in bytes (32 bits), then the bytes;
//! - a sequence or a tuple: the number of elements (32 bits), one byte for the packed
//!   kind, then the elements. If all elements are of one kind whose size is fixed (a
//!   number, a bool or a char), the sequence is *packed*: that kind is written once, as
//!   the packed kind, and the elements follow without their kind bytes. Otherwise the
//!   packed kind is 0;
//! - a map: the number of entries (32 bits), then each key followed by its value;
//! - a struct: the index (16 bits) of its shape, then the values of its fields. A shape
//!   is a list of names: here the name of the struct and the names of its fields;
//! - an enum: the index (16 bits) of a shape with a single name, that of the variant,
//!   then the content of the variant.
//!
//! The shapes are written after the value, each of them once: the number of its names (16
//! bits), then each name with its length (16 bits). The first byte of the message is 1 if
//! there are shapes and 0 if not. If there are, the last four bytes of the message are
//! the offset at which they begin.
//!
//! A type of this crate whose serde name begins with [`BY_POSITION`] is written without
//! names: its fields and variants are identified by their positions, because writing the
//! names would take longer than writing its values. This is possible because the sender
//! and the receiver of such a type are the same code.
//!
//! This module imports nothing.

use std::fmt;

/// How deeply a value may be nested. Each struct, tuple, sequence, map, enum variant with
/// content, and `Some` that is inside another one is one level.
///
/// The limit is low enough that even the smallest stack (1 MiB; see `STACK` in `boot.js`)
/// has room for the deepest message, also in a program that is compiled without
/// optimisation. Measured with such a program and no limit, in Chromium: a list of
/// `Option<Box>` could be read down to level 1 400, a `serde_json::Value` down to level
/// 527, and an untagged enum of 270 bytes, which serde reads twice, down to level 143.
/// The last two types are read with `deserialize_any` and use up the stack sooner, so
/// each of their levels counts as two. The limit of serde_json is 128 as well.
pub(super) const MAX_DEPTH: u32 = 128;

/// How many bytes of the stack must be left for the code that the codec calls. If fewer
/// are left, a value counts as nested too deeply, whatever its depth is.
pub(super) const STACK_RESERVE: usize = 128 << 10;

/// The first character of the serde name of a type that is written by position.
pub(super) const BY_POSITION: char = '=';

/// The kinds of values.
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
    /// The kinds from here on have no fixed size.
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
    /// Written by position: a struct is followed by the number of its fields (16 bits), a
    /// variant by its index (16 bits).
    pub const POSITIONAL_STRUCT: u8 = 25;
    pub const POSITIONAL_UNIT_VARIANT: u8 = 26;
    pub const POSITIONAL_VARIANT: u8 = 27;
}

/// The size in bytes of a value of this kind, if all values of this kind have the same
/// size.
pub(super) fn fixed_size(kind: u8) -> Option<usize> {
    const SIZES: [u8; 15] = [0, 1, 1, 1, 2, 2, 4, 4, 8, 8, 16, 16, 4, 8, 4];
    match SIZES.get(kind as usize) {
        None | Some(0) => None,
        Some(size) => Some((*size).into()),
    }
}

/// The name of this kind in the text of an error.
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
pub(super) struct CodecError(Box<str>);

impl CodecError {
    #[cold]
    pub(super) fn new(text: impl Into<Box<str>>) -> CodecError {
        CodecError(text.into())
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CodecError {}

impl serde::ser::Error for CodecError {
    fn custom<T: fmt::Display>(text: T) -> CodecError {
        CodecError::new(text.to_string())
    }
}

impl serde::de::Error for CodecError {
    fn custom<T: fmt::Display>(text: T) -> CodecError {
        CodecError::new(text.to_string())
    }
}

/// The error for a value that is nested too deeply. The reader or writer also sets its
/// `too_deep` flag, from which the caller makes an [`crate::Error::RecursionError`].
#[cold]
pub(super) fn nested_too_deeply() -> CodecError {
    CodecError::new("it is nested too deeply")
}
