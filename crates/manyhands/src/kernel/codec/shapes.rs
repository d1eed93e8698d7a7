//! The names of structs, fields and variants in a message, each shape once.
//!
//! This module must not import the reader or the writer.

use super::format::Fault;
use std::cell::Cell;

/// The shapes in a message that is being written. A shape is its names.
#[derive(Default)]
pub(super) struct ShapesOut {
    names: Vec<&'static str>,
    /// Where the names of each shape end in `names`.
    ends: Vec<u32>,
    /// The names of shapes that are not known yet: those of a struct that is inside another
    /// one stand after the other's.
    open: Vec<&'static str>,
    /// The last shape that was used.
    last: usize,
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
    /// No shapes, with the memory of the last message's.
    pub(super) fn empty() -> Box<ShapesOut> {
        SPARE.take().unwrap_or_default()
    }

    /// Gives the memory to the next message.
    pub(super) fn give_back(mut self: Box<Self>) {
        const MOST_SPARE: usize = 1 << 10;
        self.names.clear();
        self.ends.clear();
        self.open.clear();
        self.last = 0;
        if self.names.capacity().max(self.open.capacity()) <= MOST_SPARE {
            SPARE.set(Some(self));
        }
    }

    fn shape(&self, index: usize) -> &[&'static str] {
        &self.names[self.start_of(index) as usize..self.ends[index] as usize]
    }

    fn start_of(&self, index: usize) -> u32 {
        index.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    /// Begins a shape with its first name.
    #[inline]
    pub(super) fn open(&mut self, name: &'static str) -> OpenShape {
        let begins = |index: &usize| same(self.names[self.start_of(*index) as usize], name);
        let last = Some(self.last).filter(|last| *last < self.ends.len() && begins(last));
        let known = last.or_else(|| (0..self.ends.len()).find(begins));
        if let Some(known) = known {
            let start = self.start_of(known);
            return OpenShape {
                known: known as u32,
                start,
                next: start + 1,
                end: self.ends[known],
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

    /// Ends a shape; its number.
    #[inline]
    pub(super) fn close(&mut self, mut shape: OpenShape) -> Result<u16, Fault> {
        if shape.known != UNKNOWN && shape.next == shape.end {
            self.last = shape.known as usize;
            return Ok(shape.known as u16);
        }
        self.forget_known(&mut shape);
        self.close_unknown(shape.start as usize)
    }

    fn close_unknown(&mut self, mark: usize) -> Result<u16, Fault> {
        let new = &self.open[mark..];
        let is_new = |index: &usize| {
            let old = self.shape(*index);
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
        };
        let count = self.ends.len();
        let found = (0..count).find(is_new).unwrap_or(count);
        if found == count {
            self.names.extend_from_slice(new);
            self.ends.push(self.names.len() as u32);
        }
        self.last = found;
        self.open.truncate(mark);
        u16::try_from(found)
            .map_err(|_| Fault::new("it has more than 65 536 different shapes of structs"))
    }

    /// Writes all shapes.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> Result<(), Fault> {
        let length = |length: usize| {
            u16::try_from(length).map_err(|_| {
                Fault::new("it has a struct with more than 65 535 fields or a name as long")
            })
        };
        for index in 0..self.ends.len() {
            let shape = self.shape(index);
            out.extend(length(shape.len())?.to_le_bytes());
            for name in shape {
                out.extend(length(name.len())?.to_le_bytes());
                out.extend(name.as_bytes());
            }
        }
        Ok(())
    }
}

/// The shapes in a message that is being read.
#[derive(Default)]
pub(super) struct ShapesIn<'de> {
    names: Vec<&'de str>,
    shapes: Vec<ShapeIn>,
}

struct ShapeIn {
    start: u32,
    end: u32,
    /// The address of a list of fields that was found to be the fields of this shape; 0
    /// for none yet.
    equal_to: Cell<usize>,
}

impl<'de> ShapesIn<'de> {
    /// Reads all shapes; `None` if these bytes are something else.
    pub(super) fn read(mut bytes: &'de [u8]) -> Option<ShapesIn<'de>> {
        fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
            let (first, rest) = bytes.split_at_checked(count)?;
            *bytes = rest;
            Some(first)
        }
        fn number(bytes: &mut &[u8]) -> Option<usize> {
            let number = take(bytes, 2)?.first_chunk().copied()?;
            Some(u16::from_le_bytes(number).into())
        }
        let mut all = ShapesIn::default();
        while !bytes.is_empty() {
            let count = number(&mut bytes)?;
            let start = all.names.len() as u32;
            for _ in 0..count {
                let length = number(&mut bytes)?;
                let name = take(&mut bytes, length)?;
                all.names.push(std::str::from_utf8(name).ok()?);
            }
            all.shapes.push(ShapeIn {
                start,
                end: all.names.len() as u32,
                equal_to: Cell::new(0),
            });
        }
        Some(all)
    }

    /// The names of a shape. There is at least one.
    pub(super) fn get(&self, index: u16) -> Option<&[&'de str]> {
        let shape = self.shapes.get(usize::from(index))?;
        let names = &self.names[shape.start as usize..shape.end as usize];
        (!names.is_empty()).then_some(names)
    }

    /// Whether the fields of a shape are these, in this order.
    #[inline]
    pub(super) fn has_fields(&self, index: u16, fields: &'static [&'static str]) -> bool {
        self.shapes.get(usize::from(index)).is_some_and(|shape| {
            let count = (shape.end - shape.start) as usize;
            let address = fields.as_ptr() as usize;
            count == fields.len() + 1
                && (shape.equal_to.get() == address || self.compare_fields(shape, fields))
        })
    }

    fn compare_fields(&self, shape: &ShapeIn, fields: &'static [&'static str]) -> bool {
        let names = &self.names[shape.start as usize + 1..shape.end as usize];
        let equal = names == fields;
        if equal {
            shape.equal_to.set(fields.as_ptr() as usize);
        }
        equal
    }
}
