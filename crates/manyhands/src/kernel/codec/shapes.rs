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
    /// The names of the shapes that are not complete yet: those of a struct that is
    /// inside another one stand after the other's.
    open: Vec<&'static str>,
    /// The last shape that was used.
    last: usize,
}

/// Whether two names are one and the same; equal names may count as different.
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

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Begins a shape; the mark with which to end it.
    pub(super) fn open(&mut self, name: &'static str) -> usize {
        self.open.push(name);
        self.open.len() - 1
    }

    /// Adds a name to the shape that was begun last.
    pub(super) fn add(&mut self, name: &'static str) {
        self.open.push(name);
    }

    fn shape(&self, index: usize) -> &[&'static str] {
        let start = index
            .checked_sub(1)
            .map_or(0, |before| self.ends[before] as usize);
        &self.names[start..self.ends[index] as usize]
    }

    /// Ends the shape that was begun with this mark; its number.
    pub(super) fn close(&mut self, mark: usize) -> Result<u16, Fault> {
        let new = &self.open[mark..];
        let is_new = |index: usize| {
            let old = self.shape(index);
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
        };
        let count = self.ends.len();
        let found = if self.last < count && is_new(self.last) {
            self.last
        } else if let Some(found) = (0..count).find(|index| is_new(*index)) {
            found
        } else {
            self.names.extend_from_slice(new);
            self.ends.push(self.names.len() as u32);
            count
        };
        self.last = found;
        self.open.truncate(mark);
        u16::try_from(found)
            .map_err(|_| Fault("it has more than 65 536 different shapes of structs".into()))
    }

    /// Writes all shapes.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> Result<(), Fault> {
        let length = |length: usize| {
            u16::try_from(length).map_err(|_| {
                Fault("it has a struct with more than 65 535 fields or a name as long".into())
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
            for _ in 0..count {
                let length = number(&mut bytes)?;
                let name = take(&mut bytes, length)?;
                all.names.push(std::str::from_utf8(name).ok()?);
            }
            all.shapes.push(ShapeIn {
                end: all.names.len() as u32,
                equal_to: Cell::new(0),
            });
        }
        Some(all)
    }

    /// The names of a shape. There is at least one.
    pub(super) fn get(&self, index: u16) -> Option<&[&'de str]> {
        let index = usize::from(index);
        let start = match index.checked_sub(1) {
            Some(before) => self.shapes.get(before)?.end as usize,
            None => 0,
        };
        let names = &self.names[start..self.shapes.get(index)?.end as usize];
        (!names.is_empty()).then_some(names)
    }

    /// Whether the fields of a shape are these, in this order.
    pub(super) fn has_fields(&self, index: u16, fields: &'static [&'static str]) -> bool {
        let (Some([_, names @ ..]), Some(shape)) =
            (self.get(index), self.shapes.get(usize::from(index)))
        else {
            return false;
        };
        if names.len() != fields.len() {
            return false;
        }
        let address = fields.as_ptr() as usize;
        if shape.equal_to.get() == address {
            return true;
        }
        let equal = names == fields;
        if equal {
            shape.equal_to.set(address);
        }
        equal
    }
}
