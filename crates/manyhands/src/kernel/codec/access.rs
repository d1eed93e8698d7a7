//! Reads the content of sequences, maps, structs and enums, as serde's visitors ask for
//! it.
//!
//! This module and [`super::reader`] import each other and are one deserializer. No other
//! module imports this one.

use super::{
    format::CodecError,
    reader::{Reader, name_deserializer},
};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};

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
pub(super) struct Elements<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    pub(super) remaining: usize,
    /// The kind of all elements, if the sequence is packed; otherwise 0.
    pub(super) packed_kind: u8,
}

impl Elements<'_, '_> {
    pub(super) fn check_all_read(&self) -> Result<(), CodecError> {
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
pub(super) struct Entries<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    pub(super) remaining: usize,
}

impl Entries<'_, '_> {
    pub(super) fn check_all_read(&self) -> Result<(), CodecError> {
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
pub(super) struct Fields<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    pub(super) shape: u16,
    /// The index of the next field's name in the shape.
    pub(super) next: usize,
    pub(super) count: usize,
}

impl Fields<'_, '_> {
    pub(super) fn check_all_read(&self) -> Result<(), CodecError> {
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
pub(super) struct Variant<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    /// The index of the variant if it is written by position, otherwise that of the shape
    /// with its name.
    pub(super) index: u16,
    pub(super) by_position: bool,
    pub(super) has_content: bool,
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
