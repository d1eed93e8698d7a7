//! The shapes in a message: lists with the names of structs, their fields, and enum
//! variants. Each shape is written once per message.
//!
//! This module must not import the reader or the writer.

use super::format::CodecError;
use std::{
    cell::{Cell, RefCell},
    ops::Range,
};

/// Writes shapes. Has all shapes that this thread has written, and records which of them
/// are in the current message.
///
/// It is kept for the next message, because most messages have the same shapes as the one
/// before.
#[derive(Default)]
pub(super) struct ShapeWriter {
    names: Vec<&'static str>,
    shapes: Vec<KnownShape>,
    /// The encoded bytes of all known shapes, one after the other.
    encoded: Vec<u8>,
    /// The shapes in the current message: indices into `shapes`, in the order of the
    /// shapes' indices in the message.
    used: Vec<u32>,
    /// The number of the current message, counted from 1.
    message: u32,
    /// The names of the open shapes that are not known. The names of a struct inside
    /// another struct follow those of the outer one, as on a stack.
    open_names: Vec<&'static str>,
    /// The index of the shape that was used last.
    last_used: usize,
}

struct KnownShape {
    /// The range of its names in [`ShapeWriter::names`].
    start: u32,
    end: u32,
    /// The range of its bytes in [`ShapeWriter::encoded`].
    encoded: Range<usize>,
    /// The last message that it was written to, and its index there.
    message: u32,
    index: u16,
}

/// A shape that is being put together, name by name.
#[derive(Clone, Copy, Default)]
pub(super) struct OpenShape {
    /// The index of a known shape that begins with the names added so far, or
    /// [`UNKNOWN`].
    known: u32,
    /// The range of its names, and the next name to be compared. For a known shape these
    /// are indices into [`ShapeWriter::names`]. Otherwise `start` is an index into
    /// [`ShapeWriter::open_names`], and the others are 0.
    start: u32,
    next: u32,
    end: u32,
}

const UNKNOWN: u32 = u32::MAX;

/// Compares two names by their addresses, which is fast. Equal names at different
/// addresses count as different; the shape is then written twice, which does no harm.
#[inline]
fn is_same_str(one: &str, other: &str) -> bool {
    std::ptr::eq(one, other)
}

thread_local! {
    static SPARE: Cell<Option<Box<ShapeWriter>>> = const { Cell::new(None) };
}

impl ShapeWriter {
    /// A writer for a new message, with the shapes known from earlier messages.
    pub(super) fn for_message() -> Box<ShapeWriter> {
        let mut shapes: Box<ShapeWriter> = SPARE.take().unwrap_or_default();
        // After 2³² messages the number wraps around, and a shape could seem to be in the
        // new message already. Then all shapes are forgotten.
        shapes.message = shapes.message.wrapping_add(1);
        if shapes.message == 0 {
            *shapes = ShapeWriter {
                message: 1,
                ..ShapeWriter::default()
            };
        }
        shapes
    }

    /// Keeps the known shapes for the next message, unless there are too many.
    pub(super) fn give_back(mut self: Box<Self>) {
        const MOST: usize = 256;
        if self.shapes.len() <= MOST {
            self.used.clear();
            SPARE.set(Some(self));
        }
    }

    fn names(&self, shape: &KnownShape) -> &[&'static str] {
        &self.names[shape.start as usize..shape.end as usize]
    }

    /// Begins a shape with its first name.
    #[inline]
    pub(super) fn open(&mut self, name: &'static str) -> OpenShape {
        let begins = |shape: &KnownShape| is_same_str(self.names[shape.start as usize], name);
        let last = self.shapes.get(self.last_used).is_some_and(begins);
        let known = match last {
            true => Some(self.last_used),
            false => self.shapes.iter().position(begins),
        };
        if let Some(known) = known {
            let KnownShape { start, end, .. } = self.shapes[known];
            return OpenShape {
                known: known as u32,
                start,
                next: start + 1,
                end,
            };
        }
        let start = self.open_names.len() as u32;
        self.open_names.push(name);
        OpenShape {
            known: UNKNOWN,
            start,
            next: 0,
            end: 0,
        }
    }

    /// Adds a name to the shape that was begun last.
    #[inline]
    pub(super) fn add(&mut self, shape: &mut OpenShape, name: &'static str) {
        if shape.next < shape.end && is_same_str(self.names[shape.next as usize], name) {
            shape.next += 1;
        } else {
            self.add_unknown(shape, name);
        }
    }

    fn add_unknown(&mut self, shape: &mut OpenShape, name: &'static str) {
        self.make_unknown(shape);
        self.open_names.push(name);
    }

    /// Turns an open shape that differs from the known one into an unknown one: copies
    /// the names added so far to the open names.
    fn make_unknown(&mut self, shape: &mut OpenShape) {
        if shape.known == UNKNOWN {
            return;
        }
        let names = &self.names[shape.start as usize..shape.next as usize];
        let start = self.open_names.len() as u32;
        self.open_names.extend_from_slice(names);
        *shape = OpenShape {
            known: UNKNOWN,
            start,
            next: 0,
            end: 0,
        };
    }

    /// Ends a shape and returns its index in the message.
    #[inline]
    pub(super) fn close(&mut self, mut shape: OpenShape) -> Result<u16, CodecError> {
        if shape.known != UNKNOWN && shape.next == shape.end {
            return self.index_in_message(shape.known as usize);
        }
        self.make_unknown(&mut shape);
        self.close_unknown(shape.start as usize)
    }

    /// Ends an open shape that is not known; its names are the open names from `mark` on.
    fn close_unknown(&mut self, mark: usize) -> Result<u16, CodecError> {
        let new = &self.open_names[mark..];
        let is_new = |shape: &KnownShape| {
            let old = self.names(shape);
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| is_same_str(old, new))
        };
        let found = match self.shapes.iter().position(is_new) {
            Some(found) => found,
            None => self.add_known(mark)?,
        };
        self.open_names.truncate(mark);
        self.index_in_message(found)
    }

    /// Adds the open names from `mark` on as a known shape and returns its index.
    fn add_known(&mut self, mark: usize) -> Result<usize, CodecError> {
        let length = |length: usize| {
            u16::try_from(length).map_err(|_| {
                CodecError::new("it has a struct with more than 65 535 fields or a name as long")
            })
        };
        let (start, encoded_start) = (self.names.len() as u32, self.encoded.len());
        let new = &self.open_names[mark..];
        self.encoded.extend(length(new.len())?.to_le_bytes());
        for name in new {
            self.encoded.extend(length(name.len())?.to_le_bytes());
            self.encoded.extend_from_slice(name.as_bytes());
        }
        self.names.extend_from_slice(new);
        self.shapes.push(KnownShape {
            start,
            end: self.names.len() as u32,
            encoded: encoded_start..self.encoded.len(),
            message: 0,
            index: 0,
        });
        Ok(self.shapes.len() - 1)
    }

    /// Returns the index of a known shape in the current message, and adds it to the
    /// message if it is not there yet.
    #[inline]
    fn index_in_message(&mut self, known: usize) -> Result<u16, CodecError> {
        self.last_used = known;
        let shape = &mut self.shapes[known];
        if shape.message != self.message {
            shape.index = u16::try_from(self.used.len()).map_err(|_| {
                CodecError::new("it has more than 65 536 different shapes of structs")
            })?;
            shape.message = self.message;
            self.used.push(known as u32);
        }
        Ok(shape.index)
    }

    /// Appends the bytes of all shapes in the current message.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for known in &self.used {
            let encoded = self.shapes[*known as usize].encoded.clone();
            out.extend_from_slice(&self.encoded[encoded]);
        }
    }
}

/// Reads the shapes in a message.
#[derive(Default)]
pub(super) struct ShapeReader<'de> {
    bytes: &'de [u8],
    /// The offsets at which the shapes begin, as far as they have been looked up.
    starts: RefCell<Vec<u32>>,
    /// The last successful comparison by `has_fields`: the shape, and the address and
    /// length of the list of fields.
    last_match: Cell<(u16, usize, usize)>,
}

/// Splits a 16-bit number off the bytes.
fn split_u16(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (value, rest) = bytes.split_first_chunk()?;
    Some((u16::from_le_bytes(*value).into(), rest))
}

/// Splits a name off the bytes.
fn split_name(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = split_u16(bytes)?;
    rest.split_at_checked(length)
}

impl<'de> ShapeReader<'de> {
    pub(super) fn new(bytes: &'de [u8]) -> ShapeReader<'de> {
        ShapeReader {
            bytes,
            ..ShapeReader::default()
        }
    }

    /// The number of names of a shape, and the bytes of these; `None` if there is no such
    /// shape.
    fn shape(&self, index: u16) -> Option<(usize, &'de [u8])> {
        if index == 0 {
            return split_u16(self.bytes);
        }
        let mut starts = self.starts.borrow_mut();
        if starts.is_empty() {
            starts.push(0);
        }
        while starts.len() <= index.into() {
            let start = *starts.last()? as usize;
            let (count, mut rest) = split_u16(self.bytes.get(start..)?)?;
            for _ in 0..count {
                (_, rest) = split_name(rest)?;
            }
            starts.push((self.bytes.len() - rest.len()) as u32);
        }
        split_u16(self.bytes.get(starts[usize::from(index)] as usize..)?)
    }

    /// How many names a shape has; `None` if there is no such shape, or if it has no
    /// name.
    pub(super) fn count(&self, index: u16) -> Option<usize> {
        let (count, _) = self.shape(index)?;
        (count > 0).then_some(count)
    }

    /// The name at this index in a shape.
    pub(super) fn get(&self, index: u16, which: usize) -> Option<&'de str> {
        let (count, mut rest) = self.shape(index)?;
        if which >= count {
            return None;
        }
        for _ in 0..which {
            (_, rest) = split_name(rest)?;
        }
        std::str::from_utf8(split_name(rest)?.0).ok()
    }

    /// Are these the fields of a shape, in this order?
    #[inline]
    pub(super) fn has_fields(&self, index: u16, fields: &'static [&'static str]) -> bool {
        let key = (index, fields.as_ptr() as usize, fields.len());
        if self.last_match.get() == key {
            return true;
        }
        let equal = self.compare_fields(index, fields).is_some();
        if equal {
            self.last_match.set(key);
        }
        equal
    }

    fn compare_fields(&self, index: u16, fields: &'static [&'static str]) -> Option<()> {
        let (count, rest) = self.shape(index)?;
        if count != fields.len() + 1 {
            return None;
        }
        // The first name is the struct's own.
        let (_, mut rest) = split_name(rest)?;
        for field in fields {
            let (name, after) = split_name(rest)?;
            if name != field.as_bytes() {
                return None;
            }
            rest = after;
        }
        Some(())
    }
}
