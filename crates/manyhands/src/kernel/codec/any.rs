//! Reads a value whose type is not known beforehand, according to its kind byte (serde's
//! `deserialize_any`).
//!
//! This module and [`super::reader`] are one deserializer. No other module imports this
//! one.

use super::{
    format::{CodecError, kind},
    reader::{Reader, VariantEntry},
};
use serde::de::Visitor;

macro_rules! by_kind {
    ($reader:ident, $visitor:ident, $kind:expr,
     { $($number:ident: $type:ty => $visit:ident,)* } $($others:tt)*) => {
        match $kind {
            $(kind::$number => $visitor.$visit(<$type>::from_le_bytes($reader.array()?)),)*
            $($others)*
        }
    };
}

impl<'de> Reader<'de> {
    /// Reads the next value, whatever its kind is.
    pub(super) fn any<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, CodecError> {
        by_kind! { self, visitor, self.kind()?,
            {
                U8: u8 => visit_u8,
                I8: i8 => visit_i8,
                U16: u16 => visit_u16,
                I16: i16 => visit_i16,
                U32: u32 => visit_u32,
                I32: i32 => visit_i32,
                U64: u64 => visit_u64,
                I64: i64 => visit_i64,
                U128: u128 => visit_u128,
                I128: i128 => visit_i128,
                F32: f32 => visit_f32,
                F64: f64 => visit_f64,
            }
            kind::BOOL => visitor.visit_bool(self.bool()?),
            kind::CHAR => visitor.visit_char(self.char()?),
            kind::UNIT => visitor.visit_unit(),
            kind::NONE => visitor.visit_none(),
            kind::SOME => self.nested(|reader| visitor.visit_some(reader)),
            kind::STR => visitor.visit_borrowed_str(self.str()?),
            kind::SEQ | kind::TUPLE => self.elements(visitor),
            kind::MAP => self.entries(visitor),
            kind::STRUCT => {
                let shape = self.u16()?;
                self.named_fields(shape, visitor)
            }
            kind::POSITIONAL_STRUCT => {
                let count = self.u16()?;
                self.fields_in_order(count.into(), visitor)
            }
            kind::UNIT_VARIANT => {
                let shape = self.u16()?;
                visitor.visit_borrowed_str(self.name_of(shape, 0)?)
            }
            // As in JSON, an enum is a map with one entry.
            kind::VARIANT => {
                let shape = Some(self.u16()?);
                self.nested(|reader| visitor.visit_map(VariantEntry { reader, shape }))
            }
            other => self.unexpected(other, &visitor),
        }
    }
}
