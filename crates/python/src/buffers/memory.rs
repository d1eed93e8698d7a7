//! Memory that Python's buffers and `ctypes` objects are made of: bytes that processes
//! share, or bytes of this process.

use manyhands::{Error, SharedBuffer};
use std::sync::{Arc, Mutex, MutexGuard};

/// Bytes of a fixed number. All clones are the same bytes, for every thread.
#[derive(Clone, Debug)]
pub enum Memory {
    /// Bytes that several processes see.
    Shared(SharedBuffer),
    /// Bytes of this process only.
    Own(Arc<Mutex<Vec<u8>>>),
}

fn lock(bytes: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    bytes
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn out_of_range() -> Error {
    Error::IndexError("index out of range".into())
}

impl Memory {
    /// So many bytes of this process, which are all 0. `None` if there is no room.
    pub fn own(size: usize) -> Option<Memory> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size).ok()?;
        bytes.resize(size, 0);
        Some(Memory::Own(Arc::new(Mutex::new(bytes))))
    }

    /// The number of bytes.
    pub fn len(&self) -> usize {
        match self {
            Memory::Shared(buffer) => buffer.len(),
            Memory::Own(bytes) => lock(bytes).len(),
        }
    }

    /// Fills `into` with the bytes from `at` on.
    ///
    /// # Errors
    /// As [`SharedBuffer::read`].
    pub fn read(&self, at: usize, into: &mut [u8]) -> Result<(), Error> {
        match self {
            Memory::Shared(buffer) => buffer.read(at, into),
            Memory::Own(bytes) => {
                let bytes = lock(bytes);
                let from = at
                    .checked_add(into.len())
                    .and_then(|end| bytes.get(at..end));
                into.copy_from_slice(from.ok_or_else(out_of_range)?);
                Ok(())
            }
        }
    }

    /// So many bytes from `at` on.
    ///
    /// # Errors
    /// As [`Memory::read`].
    pub fn bytes(&self, at: usize, size: usize) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size).map_err(|_| out_of_range())?;
        bytes.resize(size, 0);
        self.read(at, &mut bytes)?;
        Ok(bytes)
    }

    /// Writes bytes from `at` on.
    ///
    /// # Errors
    /// As [`Memory::read`].
    pub fn write(&self, at: usize, from: &[u8]) -> Result<(), Error> {
        match self {
            Memory::Shared(buffer) => buffer.write(at, from),
            Memory::Own(bytes) => {
                let mut bytes = lock(bytes);
                let into = at
                    .checked_add(from.len())
                    .and_then(|end| bytes.get_mut(at..end));
                into.ok_or_else(out_of_range)?.copy_from_slice(from);
                Ok(())
            }
        }
    }

    /// The bits of an element of 1, 2, 4 or 8 bytes. It is not one that is half written,
    /// if its address is a multiple of its size.
    ///
    /// # Errors
    /// As [`Memory::read`].
    pub fn load(&self, at: usize, size: usize) -> Result<u64, Error> {
        if let Memory::Shared(buffer) = self
            && at.is_multiple_of(size)
        {
            return Ok(match size {
                1 => buffer.load::<u8>(at)?.into(),
                2 => buffer.load::<u16>(at)?.into(),
                4 => buffer.load::<u32>(at)?.into(),
                _ => buffer.load::<u64>(at)?,
            });
        }
        let mut bits = [0; 8];
        self.read(at, &mut bits[..size])?;
        Ok(u64::from_le_bytes(bits))
    }

    /// Stores the lower bits as an element of 1, 2, 4 or 8 bytes; as [`Memory::load`].
    ///
    /// # Errors
    /// As [`Memory::read`].
    pub fn store(&self, at: usize, size: usize, bits: u64) -> Result<(), Error> {
        if let Memory::Shared(buffer) = self
            && at.is_multiple_of(size)
        {
            return match size {
                1 => buffer.store(at, bits as u8),
                2 => buffer.store(at, bits as u16),
                4 => buffer.store(at, bits as u32),
                _ => buffer.store(at, bits),
            };
        }
        self.write(at, &bits.to_le_bytes()[..size])
    }
}
