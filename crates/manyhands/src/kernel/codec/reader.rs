//! Reads a value: serde's deserializer.
//!
//! This module must not import the writer.

use super::{
    bulk,
    format::{
        BY_POSITION, CodecError, MAX_DEPTH, STACK_RESERVE, fixed_size, kind, name,
        nested_too_deeply,
    },
    shapes::ShapeReader,
};
use crate::kernel::stack;
use serde::{
    Deserializer,
    de::{
        DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
        Unexpected, VariantAccess, Visitor, value::StrDeserializer,
    },
};

/// Reads a value from bytes that end with the shapes in the value.
pub(super) struct Reader<'de> {
    bytes: &'de [u8],
    pub(super) shapes: ShapeReader<'de>,
    depth: u32,
    /// Set when the value is nested too deeply.
    pub(super) too_deep: bool,
    /// The kind of the next value if that is an element of a packed sequence and thus has
    /// no kind byte; otherwise 0.
    pub(super) packed_kind: u8,
}

fn truncated() -> CodecError {
    CodecError::new("it ends too early")
}

impl<'de> Reader<'de> {
    pub(super) fn new(bytes: &'de [u8]) -> Result<Reader<'de>, CodecError> {
        let garbled = || CodecError::new("it was not encoded by this crate");
        let (bytes, shapes) = match bytes {
            [0, bytes @ ..] => (bytes, ShapeReader::default()),
            [1, ..] => {
                let (before, start) = bytes.split_last_chunk().ok_or_else(garbled)?;
                let start = u32::from_le_bytes(*start) as usize;
                let (value, shapes) = before.split_at_checked(start).ok_or_else(garbled)?;
                (
                    value.get(1..).ok_or_else(garbled)?,
                    ShapeReader::new(shapes),
                )
            }
            _ => return Err(garbled()),
        };
        Ok(Reader {
            bytes,
            shapes,
            depth: 0,
            too_deep: false,
            packed_kind: 0,
        })
    }

    /// The bytes that have not been read.
    pub(super) fn rest(&self) -> &'de [u8] {
        self.bytes
    }

    #[inline]
    fn take(&mut self, count: usize) -> Result<&'de [u8], CodecError> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or_else(truncated)?;
        self.bytes = rest;
        Ok(taken)
    }

    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (taken, rest) = self.bytes.split_first_chunk().ok_or_else(truncated)?;
        self.bytes = rest;
        Ok(*taken)
    }

    /// Reads the kind of the next value.
    #[inline]
    pub(super) fn kind(&mut self) -> Result<u8, CodecError> {
        match std::mem::take(&mut self.packed_kind) {
            0 => Ok(self.array::<1>()?[0]),
            packed_kind => Ok(packed_kind),
        }
    }

    fn length(&mut self) -> Result<usize, CodecError> {
        Ok(u32::from_le_bytes(self.array()?) as usize)
    }

    #[inline]
    pub(super) fn u16(&mut self) -> Result<u16, CodecError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(super) fn str(&mut self) -> Result<&'de str, CodecError> {
        let length = self.length()?;
        std::str::from_utf8(self.take(length)?)
            .map_err(|_| CodecError::new("a string is not UTF-8"))
    }

    pub(super) fn char(&mut self) -> Result<char, CodecError> {
        let number = u32::from_le_bytes(self.array()?);
        char::from_u32(number).ok_or_else(|| CodecError::new("a char is none"))
    }

    pub(super) fn bool(&mut self) -> Result<bool, CodecError> {
        Ok(self.array::<1>()?[0] != 0)
    }

    /// Reads the number of elements of a sequence and its packed kind.
    fn count_and_packed_kind(&mut self) -> Result<(usize, u8), CodecError> {
        let count = self.length()?;
        let packed_kind = self.array::<1>()?[0];
        match fixed_size(packed_kind) {
            None if packed_kind != 0 => Err(truncated()),
            _ => Ok((count, packed_kind)),
        }
    }

    /// A name in a shape. Index 0 is the name of the struct or the variant.
    pub(super) fn name_of(&self, shape: u16, index: usize) -> Result<&'de str, CodecError> {
        self.shapes.get(shape, index).ok_or_else(truncated)
    }

    /// Reads the content of a value, one level deeper.
    #[inline]
    pub(super) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, CodecError>,
    ) -> Result<T, CodecError> {
        if self.depth >= MAX_DEPTH || stack::has_less_than(STACK_RESERVE) {
            self.too_deep = true;
            return Err(nested_too_deeply());
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Reads a value whose type is known to the compiler.
    #[inline]
    pub(super) fn value<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, CodecError> {
        match bulk::number_kind::<S::Value>() {
            Some(kind) if bulk::is_plain_seed::<S, S::Value>() => self.numbers(kind),
            _ => seed.deserialize(self),
        }
    }

    /// Reads a vector of numbers of this kind.
    fn numbers<T>(&mut self, kind: u8) -> Result<T, CodecError> {
        match self.kind()? {
            kind::SEQ => {}
            other => {
                return Err(CodecError::new(format!(
                    "invalid type: {}, expected a sequence",
                    name(other)
                )));
            }
        }
        let (count, packed_kind) = self.count_and_packed_kind()?;
        if count > 0 && packed_kind != kind {
            let what = if packed_kind == 0 {
                "other elements"
            } else {
                name(packed_kind)
            };
            return Err(CodecError::new(format!(
                "invalid type: a sequence with {what} in it, expected each element to be {}",
                name(kind)
            )));
        }
        let size = fixed_size(kind).unwrap_or(1);
        let bytes = self.take(count.checked_mul(size).ok_or_else(truncated)?)?;
        bulk::vec_from_bytes(bytes).ok_or_else(truncated)
    }

    /// The error for a value that is of another kind than expected.
    #[cold]
    pub(super) fn unexpected<T>(
        &mut self,
        found: u8,
        expected: &dyn serde::de::Expected,
    ) -> Result<T, CodecError> {
        Err(CodecError::invalid_type(
            Unexpected::Other(name(found)),
            expected,
        ))
    }

    #[inline]
    pub(super) fn elements<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, CodecError> {
        let (remaining, packed_kind) = self.count_and_packed_kind()?;
        self.nested(|reader| {
            let mut elements = Elements {
                reader,
                remaining,
                packed_kind,
            };
            let value = visitor.visit_seq(&mut elements)?;
            elements.check_all_read()?;
            Ok(value)
        })
    }

    pub(super) fn entries<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, CodecError> {
        let remaining = self.length()?;
        self.nested(|reader| {
            let mut entries = Entries { reader, remaining };
            let value = visitor.visit_map(&mut entries)?;
            entries.check_all_read()?;
            Ok(value)
        })
    }

    /// Reads the fields of a struct, or those of an enum variant. `name` is the name of
    /// the struct; it is `None` for a variant, whose name has already been read.
    #[inline]
    pub(super) fn fields<V: Visitor<'de>>(
        &mut self,
        name: Option<&'static str>,
        by_position: bool,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        match self.kind()? {
            kind::STRUCT if !by_position => {
                let shape = self.u16()?;
                if self.shapes.has_fields(shape, fields) {
                    return self.fields_in_order(fields.len(), visitor);
                }
                // The sender may have left out some fields (`skip_serializing_if`). That
                // is allowed only if both structs have the same name; otherwise their
                // fields must be the same.
                let sent = self.name_of(shape, 0)?;
                match name {
                    Some(name) if sent != name => Err(CodecError::new(format!(
                        "invalid type: a struct `{sent}`, expected a struct `{name}`, whose \
                         fields are others"
                    ))),
                    _ => self.named_fields(shape, visitor),
                }
            }
            kind::POSITIONAL_STRUCT if by_position => {
                let count = usize::from(self.u16()?);
                if count != fields.len() {
                    return Err(CodecError::invalid_length(count, &visitor));
                }
                self.fields_in_order(count, visitor)
            }
            other => self.unexpected(other, &visitor),
        }
    }

    /// Reads the fields of a struct by their names.
    pub(super) fn named_fields<V: Visitor<'de>>(
        &mut self,
        shape: u16,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        let count = self.shapes.count(shape).ok_or_else(truncated)?;
        self.nested(|reader| {
            let mut fields = Fields {
                reader,
                shape,
                next: 1,
                count,
            };
            let value = visitor.visit_map(&mut fields)?;
            fields.check_all_read()?;
            Ok(value)
        })
    }

    /// Reads the fields of a struct by their positions.
    #[inline]
    pub(super) fn fields_in_order<V: Visitor<'de>>(
        &mut self,
        remaining: usize,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        self.nested(|reader| {
            let packed_kind = 0;
            let mut elements = Elements {
                reader,
                remaining,
                packed_kind,
            };
            let value = visitor.visit_seq(&mut elements)?;
            elements.check_all_read()?;
            Ok(value)
        })
    }
}

macro_rules! fixed {
    ($($method:ident = $kind:ident as $visit:ident: $type:ty),*) => {
        $(#[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
            match self.kind()? {
                kind::$kind => visitor.$visit(<$type>::from_le_bytes(self.array()?)),
                other => self.unexpected(other, &visitor),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = CodecError;

    fixed! {
        deserialize_u8 = U8 as visit_u8: u8, deserialize_i8 = I8 as visit_i8: i8,
        deserialize_u16 = U16 as visit_u16: u16, deserialize_i16 = I16 as visit_i16: i16,
        deserialize_u32 = U32 as visit_u32: u32, deserialize_i32 = I32 as visit_i32: i32,
        deserialize_u64 = U64 as visit_u64: u64, deserialize_i64 = I64 as visit_i64: i64,
        deserialize_u128 = U128 as visit_u128: u128, deserialize_i128 = I128 as visit_i128: i128,
        deserialize_f32 = F32 as visit_f32: f32, deserialize_f64 = F64 as visit_f64: f64
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        // This counts as two levels: see `MAX_DEPTH`.
        self.depth += 1;
        let value = self.any(visitor);
        self.depth -= 1;
        value
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.kind()? {
            kind::BOOL => visitor.visit_bool(self.bool()?),
            other => self.unexpected(other, &visitor),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.kind()? {
            kind::CHAR => visitor.visit_char(self.char()?),
            other => self.unexpected(other, &visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.kind()? {
            kind::STR => visitor.visit_borrowed_str(self.str()?),
            // A variant's name that is used as the key of a map.
            kind::UNIT_VARIANT => {
                let shape = self.u16()?;
                visitor.visit_borrowed_str(self.name_of(shape, 0)?)
            }
            other => self.unexpected(other, &visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.kind()? {
            kind::STR => visitor.visit_borrowed_str(self.str()?),
            other => self.unexpected(other, &visitor),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.kind()? {
            kind::SEQ => match self.count_and_packed_kind()? {
                (count, kind::U8) => visitor.visit_borrowed_bytes(self.take(count)?),
                (0, _) => visitor.visit_borrowed_bytes(&[]),
                _ => self.unexpected(kind::SEQ, &visitor),
            },
            other => self.unexpected(other, &visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.kind()? {
            kind::NONE => visitor.visit_none(),
            kind::SOME => self.nested(|reader| visitor.visit_some(reader)),
            other => self.unexpected(other, &visitor),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.kind()? {
            kind::UNIT => visitor.visit_unit(),
            other => self.unexpected(other, &visitor),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        self.nested(|reader| visitor.visit_newtype_struct(reader))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.kind()? {
            kind::SEQ => self.elements(visitor),
            other => self.unexpected(other, &visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        match self.kind()? {
            kind::TUPLE => self.elements(visitor),
            other => self.unexpected(other, &visitor),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        count: usize,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        self.deserialize_tuple(count, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        match self.kind()? {
            kind::MAP => self.entries(visitor),
            other => self.unexpected(other, &visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        self.fields(Some(name), name.starts_with(BY_POSITION), fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        let by_position = name.starts_with(BY_POSITION);
        let has_content = match (self.kind()?, by_position) {
            (kind::UNIT_VARIANT, false) | (kind::POSITIONAL_UNIT_VARIANT, true) => false,
            (kind::VARIANT, false) | (kind::POSITIONAL_VARIANT, true) => true,
            (other, _) => return self.unexpected(other, &visitor),
        };
        let index = self.u16()?;
        self.nested(|reader| {
            visitor.visit_enum(Variant {
                reader,
                index,
                by_position,
                has_content,
            })
        })
    }

    /// The name of a field or a variant, which is the key of a map entry.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        self.deserialize_any(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, CodecError> {
        self.deserialize_any(visitor)
    }
}

/// A deserializer of a name.
fn name_deserializer(name: &str) -> StrDeserializer<'_, CodecError> {
    serde::de::value::StrDeserializer::new(name)
}

/// Checks that a visitor has read the whole content. Otherwise the next value would be
/// read from the bytes that are left.
fn check_none_left(remaining: usize) -> Result<(), CodecError> {
    match remaining {
        0 => Ok(()),
        remaining => Err(CodecError::new(format!(
            "it has {remaining} elements too many"
        ))),
    }
}

/// The elements of a sequence or a tuple, or the fields of a struct by their positions.
struct Elements<'a, 'de> {
    reader: &'a mut Reader<'de>,
    remaining: usize,
    /// The kind of all elements, if the sequence is packed; otherwise 0.
    packed_kind: u8,
}

impl Elements<'_, '_> {
    fn check_all_read(&self) -> Result<(), CodecError> {
        check_none_left(self.remaining)
    }
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = CodecError;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, CodecError> {
        if self.remaining == 0 {
            return Ok(None);
        }
        self.remaining -= 1;
        self.reader.packed_kind = self.packed_kind;
        self.reader.value(seed).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.remaining)
    }
}

/// The keys and values of a map.
struct Entries<'a, 'de> {
    reader: &'a mut Reader<'de>,
    remaining: usize,
}

impl Entries<'_, '_> {
    fn check_all_read(&self) -> Result<(), CodecError> {
        check_none_left(self.remaining)
    }
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = CodecError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, CodecError> {
        if self.remaining == 0 {
            return Ok(None);
        }
        self.remaining -= 1;
        self.reader.value(seed).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, CodecError> {
        self.reader.value(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.remaining)
    }
}

/// The fields of a struct by their names.
struct Fields<'a, 'de> {
    reader: &'a mut Reader<'de>,
    shape: u16,
    /// The index of the next field's name in the shape.
    next: usize,
    count: usize,
}

impl Fields<'_, '_> {
    fn check_all_read(&self) -> Result<(), CodecError> {
        check_none_left(self.count - self.next)
    }
}

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = CodecError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, CodecError> {
        if self.next == self.count {
            return Ok(None);
        }
        let name = self.reader.name_of(self.shape, self.next)?;
        self.next += 1;
        seed.deserialize(name_deserializer(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, CodecError> {
        self.reader.value(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.count - self.next)
    }
}

/// An enum as a map with one entry: the name of the variant is the key, its content the
/// value.
pub(super) struct VariantEntry<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    /// The shape with the variant's name; `None` once the name has been read.
    pub(super) shape: Option<u16>,
}

impl<'de> MapAccess<'de> for VariantEntry<'_, 'de> {
    type Error = CodecError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, CodecError> {
        let Some(shape) = self.shape.take() else {
            return Ok(None);
        };
        let name = self.reader.name_of(shape, 0)?;
        seed.deserialize(name_deserializer(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, CodecError> {
        self.reader.value(seed)
    }
}

/// An enum: first the variant, then its content.
struct Variant<'a, 'de> {
    reader: &'a mut Reader<'de>,
    /// The index of the variant if it is written by position, otherwise that of the shape
    /// with its name.
    index: u16,
    by_position: bool,
    has_content: bool,
}

impl<'a, 'de> EnumAccess<'de> for Variant<'a, 'de> {
    type Error = CodecError;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self), CodecError> {
        let which = if self.by_position {
            seed.deserialize(u32::from(self.index).into_deserializer())
        } else {
            seed.deserialize(name_deserializer(self.reader.name_of(self.index, 0)?))
        };
        Ok((which?, self))
    }
}

impl Variant<'_, '_> {
    fn must_have_content(&self, expected: &str) -> Result<(), CodecError> {
        if self.has_content {
            return Ok(());
        }
        Err(CodecError::invalid_type(Unexpected::UnitVariant, &expected))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = CodecError;

    fn unit_variant(self) -> Result<(), CodecError> {
        if self.has_content {
            return Err(CodecError::invalid_type(
                Unexpected::NewtypeVariant,
                &"unit variant",
            ));
        }
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<S::Value, CodecError> {
        self.must_have_content("newtype variant")?;
        self.reader.value(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        count: usize,
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        self.must_have_content("tuple variant")?;
        self.reader.deserialize_tuple(count, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, CodecError> {
        self.must_have_content("struct variant")?;
        self.reader.fields(None, self.by_position, fields, visitor)
    }
}
