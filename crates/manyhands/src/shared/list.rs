//! `ShareableList`.
//!
//! This module must not import values or arrays.

use super::memory::SharedMemory;
use crate::{
    Error,
    kernel::{attachment::refused, handle::Kind},
};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// One item of a [`ShareableList`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Item {
    /// Python's `None`.
    None,
    /// Python's `bool`.
    Bool(bool),
    /// An integer of 64 bits, as in Python's `ShareableList`.
    Int(i64),
    /// Python's `float`.
    Float(f64),
    /// Python's `str`.
    Str(String),
    /// Python's `bytes`.
    Bytes(Vec<u8>),
}

macro_rules! item_from {
    ($($type:ty => $variant:ident),*) => {$(
        impl From<$type> for Item {
            fn from(value: $type) -> Item {
                Item::$variant(value.into())
            }
        }
    )*};
}

item_from!(bool => Bool, i64 => Int, i32 => Int, f64 => Float, &str => Str, String => Str,
    Vec<u8> => Bytes, &[u8] => Bytes);

/// The item as a Python literal.
impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Item::None => f.write_str("None"),
            Item::Bool(true) => f.write_str("True"),
            Item::Bool(false) => f.write_str("False"),
            Item::Int(value) => write!(f, "{value}"),
            Item::Float(value) => write!(f, "{value:?}"),
            Item::Str(text) => write!(f, "'{}'", text.escape_debug()),
            Item::Bytes(bytes) => write!(f, "b'{}'", bytes.escape_ascii()),
        }
    }
}

/// The kind of a slot's item, which is the slot's first word.
const NONE: u32 = 0;
const FALSE: u32 = 1;
const TRUE: u32 = 2;
const INT: u32 = 3;
const FLOAT: u32 = 4;
const STR: u32 = 5;
const BYTES: u32 = 6;

fn not_a_list() -> Error {
    Error::ValueError("the shared memory holds no list, or it was half written".into())
}

/// The layout of a list, in bytes. First its length (`COUNT` bytes). Then a table with an
/// entry for each slot (`TABLE_ENTRY` bytes): the slot's offset and its capacity. Then
/// the slots: kind and length of the item (`SLOT_HEADER` bytes) and its content.
const COUNT: usize = 4;
const TABLE_ENTRY: usize = 8;
const SLOT_HEADER: usize = 8;
/// Python's `_alignment`.
const ALIGNMENT: usize = 8;

impl Item {
    fn encode(&self) -> (u32, Vec<u8>) {
        match self {
            Item::None => (NONE, Vec::new()),
            Item::Bool(false) => (FALSE, Vec::new()),
            Item::Bool(true) => (TRUE, Vec::new()),
            Item::Int(value) => (INT, value.to_le_bytes().to_vec()),
            Item::Float(value) => (FLOAT, value.to_le_bytes().to_vec()),
            Item::Str(text) => (STR, text.as_bytes().to_vec()),
            Item::Bytes(bytes) => (BYTES, bytes.clone()),
        }
    }

    fn decode(kind: u32, content: Vec<u8>) -> Result<Item, Error> {
        let number = content.first_chunk().copied();
        let item = match (kind, number) {
            (NONE, _) => Some(Item::None),
            (FALSE | TRUE, _) => Some(Item::Bool(kind == TRUE)),
            (INT, Some(bytes)) => Some(Item::Int(i64::from_le_bytes(bytes))),
            (FLOAT, Some(bytes)) => Some(Item::Float(f64::from_le_bytes(bytes))),
            (STR, _) => String::from_utf8(content).ok().map(Item::Str),
            (BYTES, _) => Some(Item::Bytes(content)),
            _ => None,
        };
        item.ok_or_else(not_a_list)
    }

    /// The capacity in bytes of a slot that is made for this item.
    fn capacity(&self) -> usize {
        match self {
            // Python's rule: the next multiple of 8 above the length.
            Item::Str(_) | Item::Bytes(_) => {
                let length = self.encode().1.len();
                ALIGNMENT * (length / ALIGNMENT + 1)
            }
            _ => ALIGNMENT,
        }
    }
}

/// A list in [`SharedMemory`] (Python's `shared_memory.ShareableList`). Its length and
/// the capacity of each slot are fixed when it is made. It has no lock, as in Python.
///
/// Difference from Python: zero bytes at the end of a `str` or `bytes` are kept.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct ShareableList {
    memory: SharedMemory,
}

impl<'de> Deserialize<'de> for ShareableList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let memory = SharedMemory::deserialize(deserializer)?;
        ShareableList::from_memory(memory).map_err(|_| {
            let text = "a SharedMemory was sent, which cannot be received as a ShareableList";
            refused(Error::PicklingError(text.into()))
        })
    }
}

impl ShareableList {
    /// A new list of these items, in a new shared memory with this name, or with a
    /// generated name if `name` is `None`.
    ///
    /// # Errors
    /// As [`SharedMemory::create`].
    pub fn create<T: Into<Item>>(
        items: impl IntoIterator<Item = T>,
        name: Option<&str>,
    ) -> Result<ShareableList, Error> {
        let items: Vec<Item> = items.into_iter().map(Into::into).collect();
        let mut table = (items.len() as u32).to_le_bytes().to_vec();
        let mut offset = COUNT + TABLE_ENTRY * items.len();
        for item in &items {
            let capacity = item.capacity();
            table.extend((offset as u32).to_le_bytes());
            table.extend((capacity as u32).to_le_bytes());
            offset += SLOT_HEADER + capacity;
        }
        let memory = SharedMemory::of_kind(Kind::ShareableList, name, offset)?;
        memory.write(0, &table)?;
        let list = ShareableList { memory };
        for (index, item) in items.into_iter().enumerate() {
            list.set(index, item)?;
        }
        Ok(list)
    }

    /// The list in the shared memory of this name.
    ///
    /// # Errors
    /// [`Error::ValueError`] when the shared memory was not made for a list; otherwise as
    /// [`SharedMemory::attach`].
    pub fn attach(name: &str) -> Result<ShareableList, Error> {
        ShareableList::from_memory(SharedMemory::attach(name)?)
    }

    fn from_memory(memory: SharedMemory) -> Result<ShareableList, Error> {
        if !memory.is_of_kind(Kind::ShareableList) {
            return Err(not_a_list());
        }
        Ok(ShareableList { memory })
    }

    /// The list's shared memory, with which it can be closed and unlinked (Python's
    /// `.shm`).
    pub fn shm(&mut self) -> &mut SharedMemory {
        &mut self.memory
    }

    fn words<const N: usize>(&self, at: usize) -> Result<[u32; N], Error> {
        let mut words = [0u32; N];
        self.memory
            .read(at, bytemuck::cast_slice_mut(&mut words[..]))?;
        Ok(words)
    }

    /// The number of items; 0 after the list was closed.
    pub fn len(&self) -> usize {
        self.words::<1>(0).map_or(0, |[count]| count as usize)
    }

    /// Whether the list has no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A slot's offset and its capacity, in bytes.
    fn slot(&self, index: usize, message: &str) -> Result<(usize, usize), Error> {
        let [count] = self.words(0)?;
        if index >= count as usize {
            return Err(Error::IndexError(message.into()));
        }
        let [offset, capacity] =
            self.words(TABLE_ENTRY.saturating_mul(index).saturating_add(COUNT))?;
        Ok((offset as usize, capacity as usize))
    }

    /// The item at `index`, from 0.
    ///
    /// # Errors
    /// [`Error::IndexError`]; [`Error::ValueError`] after the list was closed.
    pub fn get(&self, index: usize) -> Result<Item, Error> {
        let (offset, capacity) = self.slot(index, "index out of range")?;
        let [kind, length] = self.words(offset)?;
        let mut content = vec![0; capacity.min(length as usize)];
        self.memory
            .read(offset.saturating_add(SLOT_HEADER), &mut content)?;
        Item::decode(kind, content)
    }

    /// Stores an item. It may be of another kind than the one before.
    ///
    /// # Errors
    /// [`Error::ValueError`] when a `str` or `bytes` is longer than the slot's capacity;
    /// [`Error::IndexError`].
    pub fn set(&self, index: usize, item: impl Into<Item>) -> Result<(), Error> {
        let (offset, capacity) = self.slot(index, "assignment index out of range")?;
        let (kind, content) = item.into().encode();
        if content.len() > capacity {
            return Err(Error::ValueError(
                "bytes/str item exceeds available storage".into(),
            ));
        }
        let mut slot = kind.to_le_bytes().to_vec();
        slot.extend((content.len() as u32).to_le_bytes());
        slot.extend(content);
        self.memory.write(offset, &slot)
    }

    /// All items.
    ///
    /// # Errors
    /// As [`ShareableList::get`].
    pub fn to_vec(&self) -> Result<Vec<Item>, Error> {
        (0..self.len()).map(|index| self.get(index)).collect()
    }

    /// How often an item occurs in the list.
    ///
    /// # Errors
    /// As [`ShareableList::get`].
    pub fn count(&self, item: impl Into<Item>) -> Result<usize, Error> {
        let item = item.into();
        let all = self.to_vec()?;
        Ok(all.into_iter().filter(|one| *one == item).count())
    }

    /// The index of the first item that is equal to `item`.
    ///
    /// # Errors
    /// [`Error::ValueError`] when it is not in the list; as
    /// [`ShareableList::get`].
    pub fn index(&self, item: impl Into<Item>) -> Result<usize, Error> {
        let item = item.into();
        let found = self.to_vec()?.iter().position(|one| *one == item);
        found.ok_or_else(|| Error::ValueError(format!("{item} not in this container")))
    }
}
