//! Reading and writing what is in files.

use super::{
    errno::Errno,
    state::{BLOCK, Change, Content, NodeId},
    tree::now,
    volume::Transaction,
};

impl Transaction<'_> {
    /// The size of a file; `None` for `/dev/null`.
    fn size(&self, node: NodeId) -> Result<Option<u64>, Errno> {
        match &self.state().node(node)?.content {
            Content::File { size, .. } => Ok(Some(*size)),
            Content::Null => Ok(None),
            Content::Folder(_) => Err(Errno::EISDIR),
        }
    }

    /// Reads from a file; how many bytes there were.
    pub fn read(&mut self, node: NodeId, offset: u64, into: &mut [u8]) -> Result<usize, Errno> {
        let size = self.size(node)?.unwrap_or(0);
        let length = size.saturating_sub(offset).min(into.len() as u64) as usize;
        if length > 0 {
            self.read_blocks(node, offset, &mut into[..length])?;
        }
        Ok(length)
    }

    /// Writes to a file, at the end if no offset is given; the offset after that.
    pub fn write(&mut self, node: NodeId, at: Option<u64>, bytes: &[u8]) -> Result<u64, Errno> {
        let Some(size) = self.size(node)? else {
            return Ok(at.unwrap_or(0) + bytes.len() as u64);
        };
        let offset = at.unwrap_or(size);
        let end = offset.checked_add(bytes.len() as u64);
        let end = end.ok_or(Errno::EINVAL)?;
        if bytes.is_empty() {
            return Ok(end);
        }
        if offset > size {
            self.resize(node, offset)?;
        }
        self.reserve(node, end)?;
        self.write_blocks(node, offset, bytes)?;
        self.change(Change::Resize {
            node,
            size: end.max(size),
            time: now(),
        });
        Ok(end)
    }

    /// Gives a file the blocks that it needs for a size.
    fn reserve(&mut self, node: NodeId, size: u64) -> Result<(), Errno> {
        let Content::File { blocks, .. } = &self.state().node(node)?.content else {
            return Ok(());
        };
        let needed = size.div_ceil(BLOCK);
        let missing = needed.saturating_sub(blocks.len() as u64);
        self.extend(node, missing)
    }

    /// Gives a file another size. What is added is zeros.
    pub fn resize(&mut self, node: NodeId, new: u64) -> Result<(), Errno> {
        let Some(old) = self.size(node)? else {
            return Ok(());
        };
        if new > old {
            self.reserve(node, new)?;
            let zeros = vec![0; BLOCK as usize * 16];
            let mut at = old;
            while at < new {
                let length = (new - at).min(zeros.len() as u64);
                self.write_blocks(node, at, &zeros[..length as usize])?;
                at += length;
            }
        }
        self.change(Change::Resize {
            node,
            size: new,
            time: now(),
        });
        Ok(())
    }
}
