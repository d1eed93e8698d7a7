//! Writes a value: serde's serializer.
//!
//! This module must not import the reader.

use super::{
    bulk,
    format::{
        BY_POSITION, CodecError, MAX_DEPTH, STACK_RESERVE, fixed_size, kind, nested_too_deeply,
    },
    shapes::{OpenShape, ShapeWriter},
};
use crate::kernel::{buffer, stack};
use serde::{Serialize, Serializer, ser};

/// Writes a value and, after it, the shapes in it.
pub(super) struct Writer {
    pub(super) out: Vec<u8>,
    /// `None` until the first shape is written.
    shapes: Option<Box<ShapeWriter>>,
    depth: u32,
    /// Set when the value is nested too deeply.
    pub(super) too_deep: bool,
    /// While an element of a packed sequence is written: the packed kind. A value of
    /// this kind is written without its kind byte; any other value sets this to 0.
    /// Otherwise 0.
    packed_kind: u8,
}

/// Encodes a value that has no shared objects and no functions; `None` if it cannot be
/// encoded.
pub(in crate::kernel) fn bytes_of<T: ?Sized + Serialize>(value: &T) -> Option<Vec<u8>> {
    let mut writer = Writer::new(buffer::empty());
    writer.value(value).and_then(|()| writer.finish()).ok()
}

impl Writer {
    pub(super) fn new(mut out: Vec<u8>) -> Writer {
        // The first byte: whether there are shapes. `finish` changes it if there are.
        out.push(0);
        Writer {
            out,
            shapes: None,
            depth: 0,
            too_deep: false,
            packed_kind: 0,
        }
    }

    /// Appends the shapes and returns all bytes.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, CodecError> {
        if let Some(shapes) = self.shapes {
            let start = self.out.len();
            self.out[0] = 1;
            shapes.write(&mut self.out);
            let start = length(start)?;
            self.out.extend(start.to_le_bytes());
            shapes.give_back();
        }
        Ok(self.out)
    }

    /// Writes a value whose type is known to the compiler.
    #[inline]
    pub(super) fn value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), CodecError> {
        match bulk::as_numbers(value) {
            Some((kind, count, bytes)) => self.numbers(kind, count, bytes),
            None => value.serialize(self),
        }
    }

    #[inline]
    fn shapes(&mut self) -> &mut ShapeWriter {
        self.shapes.get_or_insert_with(ShapeWriter::for_message)
    }

    /// Writes the kind of a value.
    #[inline]
    fn kind(&mut self, kind: u8) {
        self.packed_kind = 0;
        self.out.push(kind);
    }

    /// Writes a value of fixed size: a number, a bool or a char.
    #[inline]
    fn fixed<const N: usize>(&mut self, kind: u8, bytes: [u8; N]) -> Result<(), CodecError> {
        // One allocation for the kind and the bytes.
        self.out.reserve(N + 1);
        if self.packed_kind != kind {
            self.kind(kind);
        }
        self.out.extend_from_slice(&bytes);
        Ok(())
    }

    #[inline]
    fn kind_and_length(&mut self, kind: u8, count: usize) -> Result<(), CodecError> {
        self.kind(kind);
        self.out.extend(length(count)?.to_le_bytes());
        Ok(())
    }

    fn numbers(&mut self, kind: u8, count: usize, bytes: &[u8]) -> Result<(), CodecError> {
        self.enter()?;
        self.kind_and_length(kind::SEQ, count)?;
        // An empty sequence has no packed kind: its elements' kind is not known when it
        // is written element by element, and both ways must give the same bytes.
        self.out.push(if count == 0 { 0 } else { kind });
        self.out.extend_from_slice(bytes);
        self.depth -= 1;
        Ok(())
    }

    #[inline]
    fn enter(&mut self) -> Result<(), CodecError> {
        if self.depth == MAX_DEPTH || stack::has_less_than(STACK_RESERVE) {
            self.too_deep = true;
            return Err(nested_too_deeply());
        }
        self.depth += 1;
        Ok(())
    }

    #[inline]
    fn elements(&mut self, kind: u8) -> Result<Elements<'_>, CodecError> {
        self.enter()?;
        self.kind_and_length(kind, 0)?;
        self.out.push(0);
        Ok(Elements {
            start: self.out.len(),
            writer: self,
            count: 0,
            packed_kind: 0,
        })
    }

    #[inline]
    fn fields(&mut self, name: &'static str, count: usize) -> Result<Fields<'_>, CodecError> {
        self.enter()?;
        if name.starts_with(BY_POSITION) {
            self.kind(kind::POSITIONAL_STRUCT);
            self.out.extend((count as u16).to_le_bytes());
            return Ok(Fields {
                writer: self,
                index_offset: 0,
                shape: OpenShape::default(),
            });
        }
        self.packed_kind = 0;
        self.out.extend_from_slice(&[kind::STRUCT, 0, 0]);
        let index_offset = self.out.len() - 2;
        let shape = self.shapes().open(name);
        Ok(Fields {
            writer: self,
            index_offset,
            shape,
        })
    }

    /// Writes which variant of an enum follows. `kinds` are the kind bytes of a variant
    /// that is written by name and of one that is written by position.
    fn variant(
        &mut self,
        kinds: [u8; 2],
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<(), CodecError> {
        let by_position = name.starts_with(BY_POSITION);
        self.kind(kinds[usize::from(by_position)]);
        let index_in_message = if by_position {
            index as u16
        } else {
            let shapes = self.shapes();
            let shape = shapes.open(variant);
            shapes.close(shape)?
        };
        self.out.extend(index_in_message.to_le_bytes());
        Ok(())
    }
}

/// A length as it is written: 32 bits.
fn length(length: usize) -> Result<u32, CodecError> {
    u32::try_from(length).map_err(|_| CodecError::new("it is longer than 4 GiB"))
}

macro_rules! fixed {
    ($($method:ident: $type:ty = $kind:ident),*) => {$(
        #[inline]
        fn $method(self, value: $type) -> Result<(), CodecError> {
            self.fixed(kind::$kind, value.to_le_bytes())
        }
    )*};
}

const VARIANT: [u8; 2] = [kind::VARIANT, kind::POSITIONAL_VARIANT];

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = CodecError;
    type SerializeSeq = Elements<'a>;
    type SerializeTuple = Elements<'a>;
    type SerializeTupleStruct = Elements<'a>;
    type SerializeTupleVariant = Elements<'a>;
    type SerializeMap = Entries<'a>;
    type SerializeStruct = Fields<'a>;
    type SerializeStructVariant = Fields<'a>;

    fixed! {
        serialize_u8: u8 = U8, serialize_i8: i8 = I8, serialize_u16: u16 = U16,
        serialize_i16: i16 = I16, serialize_u32: u32 = U32, serialize_i32: i32 = I32,
        serialize_u64: u64 = U64, serialize_i64: i64 = I64, serialize_u128: u128 = U128,
        serialize_i128: i128 = I128, serialize_f32: f32 = F32, serialize_f64: f64 = F64
    }

    fn serialize_bool(self, value: bool) -> Result<(), CodecError> {
        self.fixed(kind::BOOL, [value.into()])
    }

    fn serialize_char(self, value: char) -> Result<(), CodecError> {
        self.fixed(kind::CHAR, u32::from(value).to_le_bytes())
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), CodecError> {
        self.kind_and_length(kind::STR, value.len())?;
        self.out.extend_from_slice(value.as_bytes());
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), CodecError> {
        self.numbers(kind::U8, value.len(), value)
    }

    fn serialize_none(self) -> Result<(), CodecError> {
        self.kind(kind::NONE);
        Ok(())
    }

    #[inline]
    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<(), CodecError> {
        self.enter()?;
        self.kind(kind::SOME);
        self.value(value)?;
        self.depth -= 1;
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), CodecError> {
        self.kind(kind::UNIT);
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), CodecError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<(), CodecError> {
        let kinds = [kind::UNIT_VARIANT, kind::POSITIONAL_UNIT_VARIANT];
        self.variant(kinds, name, index, variant)
    }

    #[inline]
    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), CodecError> {
        self.enter()?;
        self.value(value)?;
        self.depth -= 1;
        Ok(())
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), CodecError> {
        self.enter()?;
        self.variant(VARIANT, name, index, variant)?;
        self.value(value)?;
        self.depth -= 1;
        Ok(())
    }

    #[inline]
    fn serialize_seq(self, _: Option<usize>) -> Result<Elements<'a>, CodecError> {
        self.elements(kind::SEQ)
    }

    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<Elements<'a>, CodecError> {
        self.elements(kind::TUPLE)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Elements<'a>, CodecError> {
        self.elements(kind::TUPLE)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Elements<'a>, CodecError> {
        self.variant(VARIANT, name, index, variant)?;
        self.elements(kind::TUPLE)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'a>, CodecError> {
        self.enter()?;
        self.kind_and_length(kind::MAP, 0)?;
        Ok(Entries {
            start: self.out.len(),
            writer: self,
            count: 0,
        })
    }

    #[inline]
    fn serialize_struct(self, name: &'static str, count: usize) -> Result<Fields<'a>, CodecError> {
        self.fields(name, count)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        count: usize,
    ) -> Result<Fields<'a>, CodecError> {
        self.variant(VARIANT, name, index, variant)?;
        self.fields(name, count)
    }
}

/// The elements of a sequence or a tuple. If all of them are of one kind whose size is
/// fixed, the sequence is packed.
pub(super) struct Elements<'a> {
    writer: &'a mut Writer,
    /// The offset of the first element. The packed kind and, before it, the count precede
    /// it.
    start: usize,
    count: usize,
    /// The kind of all elements so far, if they are written without it; otherwise 0.
    packed_kind: u8,
}

impl Elements<'_> {
    #[inline]
    fn element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), CodecError> {
        self.writer.packed_kind = self.packed_kind;
        self.writer.value(value)?;
        let unexpected = self.writer.packed_kind != self.packed_kind;
        self.writer.packed_kind = 0;
        if self.count == 0 {
            self.pack_first();
        } else if unexpected {
            self.unpack();
        }
        self.count += 1;
        Ok(())
    }

    /// If the first element is of a fixed size, moves its kind byte to the packed kind.
    fn pack_first(&mut self) {
        let out = &mut self.writer.out;
        let kind = out[self.start];
        if fixed_size(kind).is_some() {
            out.remove(self.start);
            out[self.start - 1] = kind;
            self.packed_kind = kind;
        }
    }

    /// The last element is of another kind than those before. Inserts the kind byte
    /// before each of those, so that the sequence is no longer packed.
    #[cold]
    fn unpack(&mut self) {
        let kind = std::mem::take(&mut self.packed_kind);
        let out = &mut self.writer.out;
        out[self.start - 1] = 0;
        let packed_bytes = self.count * fixed_size(kind).unwrap_or(1);
        let elements: Vec<u8> = out[self.start..self.start + packed_bytes]
            .chunks(fixed_size(kind).unwrap_or(1))
            .flat_map(|element| std::iter::once(kind).chain(element.iter().copied()))
            .collect();
        out.splice(self.start..self.start + packed_bytes, elements);
    }

    #[inline]
    fn finish(self) -> Result<(), CodecError> {
        let count = length(self.count)?.to_le_bytes();
        self.writer.out[self.start - 5..self.start - 1].copy_from_slice(&count);
        self.writer.depth -= 1;
        Ok(())
    }
}

macro_rules! elements {
    ($($trait:ident::$method:ident),*) => {$(
        impl ser::$trait for Elements<'_> {
            type Ok = ();
            type Error = CodecError;

            #[inline]
            fn $method<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), CodecError> {
                self.element(value)
            }

            #[inline]
            fn end(self) -> Result<(), CodecError> {
                self.finish()
            }
        }
    )*};
}

elements! {
    SerializeSeq::serialize_element, SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field, SerializeTupleVariant::serialize_field
}

/// The entries of a map.
pub(super) struct Entries<'a> {
    writer: &'a mut Writer,
    start: usize,
    count: usize,
}

impl ser::SerializeMap for Entries<'_> {
    type Ok = ();
    type Error = CodecError;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), CodecError> {
        self.count += 1;
        self.writer.value(key)
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), CodecError> {
        self.writer.value(value)
    }

    fn end(self) -> Result<(), CodecError> {
        let count = length(self.count)?.to_le_bytes();
        self.writer.out[self.start - 4..self.start].copy_from_slice(&count);
        self.writer.depth -= 1;
        Ok(())
    }
}

/// The fields of a struct. A field that is left out (`skip_serializing_if`) is not in its
/// shape.
pub(super) struct Fields<'a> {
    writer: &'a mut Writer,
    /// The offset at which the index of the shape is written; 0 for a struct that is
    /// written by position.
    index_offset: usize,
    shape: OpenShape,
}

impl Fields<'_> {
    #[inline]
    fn field<T: ?Sized + Serialize>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), CodecError> {
        if self.index_offset > 0 {
            self.writer.shapes().add(&mut self.shape, name);
        }
        self.writer.value(value)
    }

    #[inline]
    fn finish(self) -> Result<(), CodecError> {
        if self.index_offset > 0 {
            let shape = self.writer.shapes().close(self.shape)?.to_le_bytes();
            self.writer.out[self.index_offset..self.index_offset + 2].copy_from_slice(&shape);
        }
        self.writer.depth -= 1;
        Ok(())
    }
}

macro_rules! fields {
    ($($trait:ident),*) => {$(
        impl ser::$trait for Fields<'_> {
            type Ok = ();
            type Error = CodecError;

            #[inline]
            fn serialize_field<T: ?Sized + Serialize>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), CodecError> {
                self.field(name, value)
            }

            #[inline]
            fn end(self) -> Result<(), CodecError> {
                self.finish()
            }
        }
    )*};
}

fields! { SerializeStruct, SerializeStructVariant }
