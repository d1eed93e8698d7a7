//! The names of structs, fields and variants in a message, each shape once.
//!
//! This module must not import the reader or the writer.

use super::format::Fault;
use std::{
    cell::{Cell, RefCell},
    ops::Range,
};

/// The shapes that this thread has written, and which of them are in the message that is
/// being written. A shape is its names.
///
/// They are kept from one message to the next, since most messages are like the last one.
#[derive(Default)]
pub(super) struct ShapesOut {
    names: Vec<&'static str>,
    shapes: Vec<KnownShape>,
    /// All shapes as they are written.
    encoded: Vec<u8>,
    /// The shapes in the message, by their numbers there.
    used: Vec<u32>,
    /// The number of the message.
    message: u32,
    /// The names of shapes that are not known yet: those of a struct that is inside another
    /// one stand after the other's.
    open: Vec<&'static str>,
    /// The last shape that was used.
    last: usize,
}

struct KnownShape {
    /// Where its names are in [`ShapesOut::names`].
    start: u32,
    end: u32,
    /// Where it is in [`ShapesOut::encoded`].
    encoded: Range<usize>,
    /// The last message with it, and its number there.
    message: u32,
    number: u16,
}

/// A shape that is being written, name by name.
#[derive(Clone, Copy, Default)]
pub(super) struct OpenShape {
    /// A known shape that begins with the names so far; [`UNKNOWN`] if there is none.
    known: u32,
    /// Where its names begin and end, in [`ShapesOut::names`] and else in
    /// [`ShapesOut::open`], and which of them comes next.
    start: u32,
    next: u32,
    end: u32,
}

const UNKNOWN: u32 = u32::MAX;

/// Whether two names are one and the same; equal names may count as different.
#[inline]
fn same(one: &str, other: &str) -> bool {
    std::ptr::eq(one, other)
}

thread_local! {
    static SPARE: Cell<Option<Box<ShapesOut>>> = const { Cell::new(None) };
}

impl ShapesOut {
    /// For a new message.
    pub(super) fn empty() -> Box<ShapesOut> {
        let mut shapes: Box<ShapesOut> = SPARE.take().unwrap_or_default();
        // No shape was in this message yet. (Once in 2³² messages one may seem to be: then
        // all are forgotten.)
        shapes.message = shapes.message.wrapping_add(1);
        if shapes.message == 0 {
            *shapes = ShapesOut {
                message: 1,
                ..ShapesOut::default()
            };
        }
        shapes
    }

    /// Keeps the shapes for the next message, unless they are many.
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
        let begins = |shape: &KnownShape| same(self.names[shape.start as usize], name);
        let last = self.shapes.get(self.last).is_some_and(begins);
        let known = match last {
            true => Some(self.last),
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
        let start = self.open.len() as u32;
        self.open.push(name);
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
        if shape.next < shape.end && same(self.names[shape.next as usize], name) {
            shape.next += 1;
        } else {
            self.add_unknown(shape, name);
        }
    }

    fn add_unknown(&mut self, shape: &mut OpenShape, name: &'static str) {
        self.forget_known(shape);
        self.open.push(name);
    }

    /// The shape is not the known one, although it begins with the same names.
    fn forget_known(&mut self, shape: &mut OpenShape) {
        if shape.known == UNKNOWN {
            return;
        }
        let names = &self.names[shape.start as usize..shape.next as usize];
        let start = self.open.len() as u32;
        self.open.extend_from_slice(names);
        *shape = OpenShape {
            known: UNKNOWN,
            start,
            next: 0,
            end: 0,
        };
    }

    /// Ends a shape; its number in the message.
    #[inline]
    pub(super) fn close(&mut self, mut shape: OpenShape) -> Result<u16, Fault> {
        if shape.known != UNKNOWN && shape.next == shape.end {
            return self.number(shape.known as usize);
        }
        self.forget_known(&mut shape);
        self.close_unknown(shape.start as usize)
    }

    fn close_unknown(&mut self, mark: usize) -> Result<u16, Fault> {
        let new = &self.open[mark..];
        let is_new = |shape: &KnownShape| {
            let old = self.names(shape);
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
        };
        let found = match self.shapes.iter().position(is_new) {
            Some(found) => found,
            None => self.learn(mark)?,
        };
        self.open.truncate(mark);
        self.number(found)
    }

    fn learn(&mut self, mark: usize) -> Result<usize, Fault> {
        let length = |length: usize| {
            u16::try_from(length).map_err(|_| {
                Fault::new("it has a struct with more than 65 535 fields or a name as long")
            })
        };
        let (start, first) = (self.names.len() as u32, self.encoded.len());
        let new = &self.open[mark..];
        self.encoded.extend(length(new.len())?.to_le_bytes());
        for name in new {
            self.encoded.extend(length(name.len())?.to_le_bytes());
            self.encoded.extend_from_slice(name.as_bytes());
        }
        self.names.extend_from_slice(new);
        self.shapes.push(KnownShape {
            start,
            end: self.names.len() as u32,
            encoded: first..self.encoded.len(),
            message: 0,
            number: 0,
        });
        Ok(self.shapes.len() - 1)
    }

    /// The number of a known shape in the message.
    #[inline]
    fn number(&mut self, known: usize) -> Result<u16, Fault> {
        self.last = known;
        let shape = &mut self.shapes[known];
        if shape.message != self.message {
            shape.number = u16::try_from(self.used.len())
                .map_err(|_| Fault::new("it has more than 65 536 different shapes of structs"))?;
            shape.message = self.message;
            self.used.push(known as u32);
        }
        Ok(shape.number)
    }

    /// Writes the shapes in the message.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for known in &self.used {
            let encoded = self.shapes[*known as usize].encoded.clone();
            out.extend_from_slice(&self.encoded[encoded]);
        }
    }
}

/// The shapes in a message that is being read.
#[derive(Default)]
pub(super) struct ShapesIn<'de> {
    bytes: &'de [u8],
    /// Where the shapes begin, as far as this was needed.
    starts: RefCell<Vec<u32>>,
    /// The shape that was last found to have the fields at this address, and how many
    /// there are.
    equal: Cell<(u16, usize, usize)>,
}

/// A number of 16 bits, and the rest.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u16::from_le_bytes(*number).into(), rest))
}

/// A name, and the rest.
fn name(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = number(bytes)?;
    rest.split_at_checked(length)
}

impl<'de> ShapesIn<'de> {
    pub(super) fn new(bytes: &'de [u8]) -> ShapesIn<'de> {
        ShapesIn {
            bytes,
            ..ShapesIn::default()
        }
    }

    /// The number of names of a shape, and these; `None` if there is no such shape.
    fn shape(&self, index: u16) -> Option<(usize, &'de [u8])> {
        if index == 0 {
            return number(self.bytes);
        }
        let mut starts = self.starts.borrow_mut();
        if starts.is_empty() {
            starts.push(0);
        }
        while starts.len() <= index.into() {
            let start = *starts.last()? as usize;
            let (count, mut rest) = number(self.bytes.get(start..)?)?;
            for _ in 0..count {
                (_, rest) = name(rest)?;
            }
            starts.push((self.bytes.len() - rest.len()) as u32);
        }
        number(self.bytes.get(starts[usize::from(index)] as usize..)?)
    }

    /// How many names a shape has: at least one.
    pub(super) fn count(&self, index: u16) -> Option<usize> {
        let (count, _) = self.shape(index)?;
        (count > 0).then_some(count)
    }

    /// A name of a shape.
    pub(super) fn get(&self, index: u16, which: usize) -> Option<&'de str> {
        let (count, mut rest) = self.shape(index)?;
        if which >= count {
            return None;
        }
        for _ in 0..which {
            (_, rest) = name(rest)?;
        }
        std::str::from_utf8(name(rest)?.0).ok()
    }

    /// Whether the fields of a shape are these, in this order.
    #[inline]
    pub(super) fn has_fields(&self, index: u16, fields: &'static [&'static str]) -> bool {
        let key = (index, fields.as_ptr() as usize, fields.len());
        if self.equal.get() == key {
            return true;
        }
        let equal = self.compare_fields(index, fields).is_some();
        if equal {
            self.equal.set(key);
        }
        equal
    }

    fn compare_fields(&self, index: u16, fields: &'static [&'static str]) -> Option<()> {
        let (count, rest) = self.shape(index)?;
        if count != fields.len() + 1 {
            return None;
        }
        // Not the struct's own name.
        let (_, mut rest) = name(rest)?;
        for field in fields {
            let (name, after) = name(rest)?;
            if name != field.as_bytes() {
                return None;
            }
            rest = after;
        }
        Some(())
    }
}
