//! Files that this process has open.

use super::{
    errno::Errno,
    process,
    state::NodeId,
    tree::{O_ACCMODE, O_APPEND, O_RDWR, O_WRONLY, Stat},
};
use std::sync::{Mutex, MutexGuard};

/// A file that was opened. It is closed when its last descriptor is.
#[derive(Debug)]
pub struct OpenFile {
    node: NodeId,
    flags: u32,
    offset: Mutex<u64>,
}

impl OpenFile {
    /// Opens a path.
    ///
    /// # Errors
    /// As `open`.
    pub fn open(path: &str, flags: u32, mode: u32) -> Result<OpenFile, Errno> {
        let pid = process::pid();
        let node = process::run(|all, folder| all.open(folder, path, flags, mode, pid))?;
        Ok(OpenFile {
            node,
            flags,
            offset: Mutex::new(0),
        })
    }

    /// Its node.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// What is known of it.
    ///
    /// # Errors
    /// `EIO`.
    pub fn stat(&self) -> Result<Stat, Errno> {
        process::run(|all, _| all.stat(self.node))
    }

    fn offset(&self) -> MutexGuard<'_, u64> {
        self.offset
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Reads from the present offset on; how many bytes there were.
    ///
    /// # Errors
    /// As `read`.
    pub fn read(&self, into: &mut [u8]) -> Result<usize, Errno> {
        let mut offset = self.offset();
        let length = self.read_at(*offset, into)?;
        *offset += length as u64;
        Ok(length)
    }

    /// Reads from an offset on.
    ///
    /// # Errors
    /// As `pread`.
    pub fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, Errno> {
        if self.flags & O_ACCMODE == O_WRONLY {
            return Err(Errno::EBADF);
        }
        process::run(|all, _| all.read(self.node, offset, into))
    }

    /// Writes all bytes, at the present offset or, if the file was opened so, at the end.
    ///
    /// # Errors
    /// As `write`.
    pub fn write(&self, bytes: &[u8]) -> Result<(), Errno> {
        self.check_writable(Errno::EBADF)?;
        let mut offset = self.offset();
        let at = (self.flags & O_APPEND == 0).then_some(*offset);
        *offset = process::run(|all, _| all.write(self.node, at, bytes))?;
        Ok(())
    }

    /// Writes all bytes at an offset.
    ///
    /// # Errors
    /// As `pwrite`.
    pub fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<(), Errno> {
        self.check_writable(Errno::EBADF)?;
        process::run(|all, _| all.write(self.node, Some(offset), bytes)).map(drop)
    }

    fn check_writable(&self, error: Errno) -> Result<(), Errno> {
        match self.flags & O_ACCMODE {
            O_WRONLY | O_RDWR => Ok(()),
            _ => Err(error),
        }
    }

    /// Sets the offset: from the start, the present one, or the end.
    ///
    /// # Errors
    /// As `lseek`.
    pub fn seek(&self, by: i64, whence: i32) -> Result<u64, Errno> {
        let mut offset = self.offset();
        let from = match whence {
            0 => 0,
            1 => *offset,
            2 => self.stat()?.size,
            _ => return Err(Errno::EINVAL),
        };
        *offset = from.checked_add_signed(by).ok_or(Errno::EINVAL)?;
        Ok(*offset)
    }

    /// Gives it another size.
    ///
    /// # Errors
    /// As `ftruncate`.
    pub fn resize(&self, size: u64) -> Result<(), Errno> {
        self.check_writable(Errno::EINVAL)?;
        process::run(|all, _| all.resize(self.node, size))
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        let pid = process::pid();
        // After the end of the program there is nothing to close.
        let _ = process::run(|all, _| {
            all.close(self.node, pid);
            Ok(())
        });
    }
}
