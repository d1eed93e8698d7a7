//! Writes a value: serde's serializer.
//!
//! This module must not import the reader.

use super::{
    bulk,
    format::{BY_POSITION, Fault, MAX_DEPTH, STACK_RESERVE, fixed_size, kind, too_deep},
    shapes::{OpenShape, ShapesOut},
};
use crate::kernel::stack;
use serde::{Serialize, Serializer, ser};

/// Writes a value and, after it, the shapes in it.
pub(super) struct Writer {
    pub(super) out: Vec<u8>,
    /// From the first shape on.
    shapes: Option<Box<ShapesOut>>,
    depth: u32,
    /// The value was nested too deeply.
    pub(super) too_deep: bool,
    /// The kind of the next value, if a number of this kind need not say it; else 0.
    packed: u8,
}

impl Writer {
    pub(super) fn new(mut out: Vec<u8>) -> Writer {
        // Whether there are shapes.
        out.push(0);
        Writer {
            out,
            shapes: None,
            depth: 0,
            too_deep: false,
            packed: 0,
        }
    }

    /// Writes the shapes; all bytes.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Fault> {
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

    /// A value whose type is known here.
    #[inline]
    pub(super) fn value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Fault> {
        match bulk::numbers_in(value) {
            Some((kind, count, bytes)) => self.numbers(kind, count, bytes),
            None => value.serialize(self),
        }
    }

    #[inline]
    fn shapes(&mut self) -> &mut ShapesOut {
        self.shapes.get_or_insert_with(ShapesOut::empty)
    }

    /// What the next value is, which has no fixed size.
    #[inline]
    fn kind(&mut self, kind: u8) {
        self.packed = 0;
        self.out.push(kind);
    }

    /// A number, or what is like one.
    #[inline]
    fn fixed<const N: usize>(&mut self, kind: u8, bytes: [u8; N]) -> Result<(), Fault> {
        // Room for all of it at once.
        self.out.reserve(N + 1);
        if self.packed != kind {
            self.kind(kind);
        }
        self.out.extend_from_slice(&bytes);
        Ok(())
    }

    #[inline]
    fn counted(&mut self, kind: u8, count: usize) -> Result<(), Fault> {
        self.kind(kind);
        self.out.extend(length(count)?.to_le_bytes());
        Ok(())
    }

    fn numbers(&mut self, kind: u8, count: usize, bytes: &[u8]) -> Result<(), Fault> {
        self.enter()?;
        self.counted(kind::SEQ, count)?;
        // As the same elements would be one by one: of none the kind is not known.
        self.out.push(if count == 0 { 0 } else { kind });
        self.out.extend_from_slice(bytes);
        self.depth -= 1;
        Ok(())
    }

    #[inline]
    fn enter(&mut self) -> Result<(), Fault> {
        if self.depth == MAX_DEPTH || stack::is_below(STACK_RESERVE) {
            self.too_deep = true;
            return Err(too_deep());
        }
        self.depth += 1;
        Ok(())
    }

    #[inline]
    fn elements(&mut self, kind: u8) -> Result<Elements<'_>, Fault> {
        self.enter()?;
        self.counted(kind, 0)?;
        self.out.push(0);
        Ok(Elements {
            start: self.out.len(),
            writer: self,
            count: 0,
            packed: 0,
        })
    }

    #[inline]
    fn fields(&mut self, name: &'static str, count: usize) -> Result<Fields<'_>, Fault> {
        self.enter()?;
        if name.starts_with(BY_POSITION) {
            self.kind(kind::STRUCT_AT);
            self.out.extend((count as u16).to_le_bytes());
            return Ok(Fields {
                writer: self,
                at: 0,
                shape: OpenShape::default(),
            });
        }
        self.packed = 0;
        self.out.extend_from_slice(&[kind::STRUCT, 0, 0]);
        let at = self.out.len() - 2;
        let shape = self.shapes().open(name);
        Ok(Fields {
            writer: self,
            at,
            shape,
        })
    }

    /// A variant, without what is in it. `kinds`: of one with a name and of one that goes
    /// by its position.
    fn variant(
        &mut self,
        kinds: [u8; 2],
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<(), Fault> {
        let at_position = name.starts_with(BY_POSITION);
        self.kind(kinds[usize::from(at_position)]);
        let number = if at_position {
            index as u16
        } else {
            let shapes = self.shapes();
            let shape = shapes.open(variant);
            shapes.close(shape)?
        };
        self.out.extend(number.to_le_bytes());
        Ok(())
    }
}

/// A length as it is written.
fn length(length: usize) -> Result<u32, Fault> {
    u32::try_from(length).map_err(|_| Fault::new("it is longer than 4 GiB"))
}

macro_rules! fixed {
    ($($method:ident: $type:ty = $kind:ident),*) => {$(
        #[inline]
        fn $method(self, value: $type) -> Result<(), Fault> {
            self.fixed(kind::$kind, value.to_le_bytes())
        }
    )*};
}

const VARIANT: [u8; 2] = [kind::VARIANT, kind::VARIANT_AT];

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Fault;
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

    fn serialize_bool(self, value: bool) -> Result<(), Fault> {
        self.fixed(kind::BOOL, [value.into()])
    }

    fn serialize_char(self, value: char) -> Result<(), Fault> {
        self.fixed(kind::CHAR, u32::from(value).to_le_bytes())
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), Fault> {
        self.counted(kind::STR, value.len())?;
        self.out.extend_from_slice(value.as_bytes());
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Fault> {
        self.numbers(kind::U8, value.len(), value)
    }

    fn serialize_none(self) -> Result<(), Fault> {
        self.kind(kind::NONE);
        Ok(())
    }

    #[inline]
    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<(), Fault> {
        self.enter()?;
        self.kind(kind::SOME);
        self.value(value)?;
        self.depth -= 1;
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), Fault> {
        self.kind(kind::UNIT);
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Fault> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<(), Fault> {
        let kinds = [kind::UNIT_VARIANT, kind::UNIT_VARIANT_AT];
        self.variant(kinds, name, index, variant)
    }

    #[inline]
    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
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
    ) -> Result<(), Fault> {
        self.enter()?;
        self.variant(VARIANT, name, index, variant)?;
        self.value(value)?;
        self.depth -= 1;
        Ok(())
    }

    #[inline]
    fn serialize_seq(self, _: Option<usize>) -> Result<Elements<'a>, Fault> {
        self.elements(kind::SEQ)
    }

    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<Elements<'a>, Fault> {
        self.elements(kind::TUPLE)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Elements<'a>, Fault> {
        self.elements(kind::TUPLE)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Elements<'a>, Fault> {
        self.variant(VARIANT, name, index, variant)?;
        self.elements(kind::TUPLE)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'a>, Fault> {
        self.enter()?;
        self.counted(kind::MAP, 0)?;
        Ok(Entries {
            start: self.out.len(),
            writer: self,
            count: 0,
        })
    }

    #[inline]
    fn serialize_struct(self, name: &'static str, count: usize) -> Result<Fields<'a>, Fault> {
        self.fields(name, count)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        count: usize,
    ) -> Result<Fields<'a>, Fault> {
        self.variant(VARIANT, name, index, variant)?;
        self.fields(name, count)
    }
}

/// The elements of a sequence or a tuple. If all are numbers of one kind, it is written
/// once.
pub(super) struct Elements<'a> {
    writer: &'a mut Writer,
    /// Where the first element begins. Before it stand the count and the kind.
    start: usize,
    count: usize,
    /// The kind of all elements so far, if they are written without it; else 0.
    packed: u8,
}

impl Elements<'_> {
    #[inline]
    fn element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Fault> {
        self.writer.packed = self.packed;
        self.writer.value(value)?;
        let unexpected = self.writer.packed != self.packed;
        self.writer.packed = 0;
        if self.count == 0 {
            self.pack_first();
        } else if unexpected {
            self.unpack();
        }
        self.count += 1;
        Ok(())
    }

    /// Takes the kind of the first element out of it, if its size is fixed.
    fn pack_first(&mut self) {
        let out = &mut self.writer.out;
        let kind = out[self.start];
        if fixed_size(kind).is_some() {
            out.remove(self.start);
            out[self.start - 1] = kind;
            self.packed = kind;
        }
    }

    /// Writes the kind into each element: the last one is of another kind.
    #[cold]
    fn unpack(&mut self) {
        let kind = std::mem::take(&mut self.packed);
        let out = &mut self.writer.out;
        out[self.start - 1] = 0;
        let packed = self.count * fixed_size(kind).unwrap_or(1);
        let elements: Vec<u8> = out[self.start..self.start + packed]
            .chunks(fixed_size(kind).unwrap_or(1))
            .flat_map(|element| std::iter::once(kind).chain(element.iter().copied()))
            .collect();
        out.splice(self.start..self.start + packed, elements);
    }

    #[inline]
    fn finish(self) -> Result<(), Fault> {
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
            type Error = Fault;

            #[inline]
            fn $method<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Fault> {
                self.element(value)
            }

            #[inline]
            fn end(self) -> Result<(), Fault> {
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
    type Error = Fault;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), Fault> {
        self.count += 1;
        self.writer.value(key)
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Fault> {
        self.writer.value(value)
    }

    fn end(self) -> Result<(), Fault> {
        let count = length(self.count)?.to_le_bytes();
        self.writer.out[self.start - 4..self.start].copy_from_slice(&count);
        self.writer.depth -= 1;
        Ok(())
    }
}

/// The fields of a struct. A field that is left out (`skip_serializing_if`) is not in
/// its shape.
pub(super) struct Fields<'a> {
    writer: &'a mut Writer,
    /// Where the number of its shape stands; 0 for a struct without.
    at: usize,
    shape: OpenShape,
}

impl Fields<'_> {
    #[inline]
    fn field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), Fault> {
        if self.at > 0 {
            self.writer.shapes().add(&mut self.shape, name);
        }
        self.writer.value(value)
    }

    #[inline]
    fn finish(self) -> Result<(), Fault> {
        if self.at > 0 {
            let shape = self.writer.shapes().close(self.shape)?.to_le_bytes();
            self.writer.out[self.at..self.at + 2].copy_from_slice(&shape);
        }
        self.writer.depth -= 1;
        Ok(())
    }
}

macro_rules! fields {
    ($($trait:ident),*) => {$(
        impl ser::$trait for Fields<'_> {
            type Ok = ();
            type Error = Fault;

            #[inline]
            fn serialize_field<T: ?Sized + Serialize>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Fault> {
                self.field(name, value)
            }

            #[inline]
            fn end(self) -> Result<(), Fault> {
                self.finish()
            }
        }
    )*};
}

fields! { SerializeStruct, SerializeStructVariant }
