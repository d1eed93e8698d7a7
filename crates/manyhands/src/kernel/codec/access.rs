//! What is inside of sequences, maps, structs and enums.
//!
//! This module and the reader are one deserializer; nothing else imports it.

use super::{
    format::Fault,
    reader::{Reader, name_deserializer},
};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};

/// Whoever reads a value must read all of it: what follows would else be read as
/// something else.
fn all_read(left: usize) -> Result<(), Fault> {
    match left {
        0 => Ok(()),
        left => Err(Fault::new(format!("it has {left} elements too many"))),
    }
}

/// Elements by their positions.
pub(super) struct Elements<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    pub(super) left: usize,
    /// The kind of all elements, if they do not say it; else 0.
    pub(super) packed: u8,
}

impl Elements<'_, '_> {
    pub(super) fn must_be_read(&self) -> Result<(), Fault> {
        all_read(self.left)
    }
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = Fault;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.reader.packed = self.packed;
        self.reader.value(seed).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// Keys and values.
pub(super) struct Entries<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    pub(super) left: usize,
}

impl Entries<'_, '_> {
    pub(super) fn must_be_read(&self) -> Result<(), Fault> {
        all_read(self.left)
    }
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.reader.value(seed).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        self.reader.value(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// Fields by their names.
pub(super) struct Fields<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    pub(super) shape: u16,
    /// The place of the next name in the shape.
    pub(super) next: usize,
    pub(super) count: usize,
}

impl Fields<'_, '_> {
    pub(super) fn must_be_read(&self) -> Result<(), Fault> {
        all_read(self.count - self.next)
    }
}

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        if self.next == self.count {
            return Ok(None);
        }
        let name = self.reader.name_of(self.shape, self.next)?;
        self.next += 1;
        seed.deserialize(name_deserializer(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        self.reader.value(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.count - self.next)
    }
}

/// A variant as a map with one entry: its name and what is in it.
pub(super) struct VariantEntry<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    /// The shape that is its name; `None` when the name has been read.
    pub(super) shape: Option<u16>,
}

impl<'de> MapAccess<'de> for VariantEntry<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        let Some(shape) = self.shape.take() else {
            return Ok(None);
        };
        let name = self.reader.name_of(shape, 0)?;
        seed.deserialize(name_deserializer(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        self.reader.value(seed)
    }
}

/// A variant: which it is, then what is in it.
pub(super) struct Variant<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    /// Its index, or the shape that is its name.
    pub(super) number: u16,
    pub(super) by_position: bool,
    pub(super) has_content: bool,
}

impl<'a, 'de> EnumAccess<'de> for Variant<'a, 'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Fault> {
        let which = if self.by_position {
            seed.deserialize(u32::from(self.number).into_deserializer())
        } else {
            seed.deserialize(name_deserializer(self.reader.name_of(self.number, 0)?))
        };
        Ok((which?, self))
    }
}

impl Variant<'_, '_> {
    fn must_have_content(&self, expected: &str) -> Result<(), Fault> {
        if self.has_content {
            return Ok(());
        }
        Err(Fault::invalid_type(Unexpected::UnitVariant, &expected))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        if self.has_content {
            return Err(Fault::invalid_type(
                Unexpected::NewtypeVariant,
                &"unit variant",
            ));
        }
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Fault> {
        self.must_have_content("newtype variant")?;
        self.reader.value(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, count: usize, visitor: V) -> Result<V::Value, Fault> {
        self.must_have_content("tuple variant")?;
        self.reader.deserialize_tuple(count, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.must_have_content("struct variant")?;
        self.reader.fields(None, self.by_position, fields, visitor)
    }
}
