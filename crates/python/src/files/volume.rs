//! The program's files in the arena, where all its processes reach them.
//!
//! Every process has a copy of the tree of files ([`State`]). What they share is a log of
//! the changes, and the blocks with what is in the files. A process that wants to read or
//! change anything acquires the lock, takes the steps that others have added to the log,
//! and adds its own. A number in `head` says which log is valid and how long it is. A step
//! has been taken when that number has been stored, in one store: wherever a process is
//! killed, the others find a valid state.
//!
//! A log that is full is replaced by a new one, which leads to the present state.

use super::{
    errno::Errno,
    state::{BLOCK, Change, Content, MAX_SEGMENTS, NodeId, SEGMENT_BLOCKS, State},
};
use manyhands::{Error, Lock, RawArray, SharedMemory};
use serde::{Deserialize, Serialize};

/// The least size of a log in bytes.
const LOG: usize = 1 << 16;
/// The size of a new log, in sizes of the state that it leads to.
const LOG_FACTOR: usize = 4;
/// What `head` contains: the number of the log (upper half) with its length (lower half),
/// and whether the program has ended.
const HEAD: usize = 0;
const ENDED: usize = 1;

/// What the processes of a program share.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shared {
    /// Held by whoever reads or changes anything.
    pub lock: Lock,
    head: SharedMemory,
}

/// The copy of the state that a process has, and how far it has read the log.
#[derive(Debug, Default)]
pub struct Replica {
    state: State,
    log: u32,
    length: u32,
}

/// What a thread uses of [`Shared`].
#[derive(Debug)]
pub struct Volume {
    shared: Shared,
    head: RawArray<u64>,
    log: Option<(u32, SharedMemory)>,
    segments: Vec<SharedMemory>,
}

fn failure(error: Error) -> Errno {
    match error {
        Error::MemoryError { .. } => Errno::ENOSPC,
        _ => Errno::EIO,
    }
}

impl Volume {
    /// An empty one.
    ///
    /// # Errors
    /// As [`SharedMemory::create`].
    pub fn create() -> Result<Volume, Error> {
        let shared = Shared {
            lock: Lock::new()?,
            head: SharedMemory::create(None, 16)?,
        };
        Volume::attach(shared)
    }

    /// The one that another thread made.
    ///
    /// # Errors
    /// As [`SharedMemory::array`].
    pub fn attach(shared: Shared) -> Result<Volume, Error> {
        Ok(Volume {
            head: shared.head.array(0, 2)?,
            shared,
            log: None,
            segments: Vec::new(),
        })
    }

    /// For other threads and processes.
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    fn log_name(&self, number: u32) -> String {
        format!("{}.log{number}", self.shared.head.name())
    }

    fn segment_name(&self, number: u32) -> String {
        format!("{}.{number}", self.shared.head.name())
    }

    /// Acquires the lock, of a process that died as well: what it left is valid.
    fn acquire(&self) -> Result<(), Errno> {
        loop {
            match self.shared.lock.acquire() {
                Ok(()) => return Ok(()),
                Err(Error::OwnerDied { .. }) if self.shared.lock.recover() => return Ok(()),
                Err(Error::OwnerDied { .. }) => {}
                Err(error) => return Err(failure(error)),
            }
        }
    }

    /// Calls `f` while no other thread reads or changes anything. What `f` has changed
    /// becomes valid if it returns `Ok`.
    ///
    /// # Errors
    /// Those of `f`; `EIO` after the end of the program; `ENOSPC`.
    pub fn run<R>(
        &mut self,
        replica: &mut Replica,
        f: impl FnOnce(&mut Transaction) -> Result<R, Errno>,
    ) -> Result<R, Errno> {
        self.acquire()?;
        let result = self.run_locked(replica, f);
        let _ = self.shared.lock.release();
        result
    }

    /// [`Volume::run`] for a caller that has acquired the lock.
    pub fn run_locked<R>(
        &mut self,
        replica: &mut Replica,
        f: impl FnOnce(&mut Transaction) -> Result<R, Errno>,
    ) -> Result<R, Errno> {
        self.catch_up(replica)?;
        let mut transaction = Transaction {
            volume: self,
            replica,
            changes: Vec::new(),
        };
        let result = f(&mut transaction);
        let changes = transaction.changes;
        if changes.is_empty() {
            return result;
        }
        let result = result.and_then(|result| {
            self.add(replica, &changes)?;
            Ok(result)
        });
        if result.is_err() {
            // The copy has steps that are not in the log: it is made anew.
            *replica = Replica::default();
        }
        result
    }

    /// Takes the steps that others have added.
    fn catch_up(&mut self, replica: &mut Replica) -> Result<(), Errno> {
        if self.head.get(ENDED).map_err(failure)? != 0 {
            return Err(Errno::EIO);
        }
        let head = self.head.get(HEAD).map_err(failure)?;
        let (log, length) = ((head >> 32) as u32, head as u32);
        if replica.log != log {
            *replica = Replica {
                log,
                ..Replica::default()
            };
        }
        if replica.length < length {
            let mut bytes = vec![0; (length - replica.length) as usize];
            let from = replica.length as usize;
            self.log(log)?.read(from, &mut bytes).map_err(failure)?;
            let mut rest = &bytes[..];
            while let Some(change) = Change::decode(&mut rest) {
                replica.state.apply(change);
            }
            replica.length = length;
        }
        Ok(())
    }

    fn log(&mut self, number: u32) -> Result<&SharedMemory, Errno> {
        let known = self.log.take().filter(|(known, _)| *known == number);
        let memory = match known {
            Some((_, memory)) => memory,
            None => SharedMemory::attach(&self.log_name(number)).map_err(failure)?,
        };
        Ok(&self.log.insert((number, memory)).1)
    }

    /// Adds changes, which the copy has already, to the log.
    fn add(&mut self, replica: &mut Replica, changes: &[u8]) -> Result<(), Errno> {
        let length = replica.length as usize + changes.len();
        if replica.log == 0 || length > self.log(replica.log)?.size() {
            return self.replace_log(replica);
        }
        let at = replica.length as usize;
        self.log(replica.log)?.write(at, changes).map_err(failure)?;
        self.publish(replica, replica.log, length)
    }

    /// Makes a new log that leads to the state of the copy.
    fn replace_log(&mut self, replica: &mut Replica) -> Result<(), Errno> {
        // What only the dead had open is free.
        let holders: Vec<_> = replica.state.holders().collect();
        for (node, pid) in holders {
            if !manyhands::is_alive(pid) {
                let count = 0;
                replica.state.apply(Change::Hold { node, pid, count });
            }
        }
        let mut bytes = Vec::new();
        for change in replica.state.as_changes() {
            change.encode(&mut bytes);
        }
        let number = replica.log.wrapping_add(1).max(1);
        let name = self.log_name(number);
        if let Ok(unfinished) = SharedMemory::attach(&name) {
            // Somebody was killed while making it.
            let _ = unfinished.unlink();
        }
        let size = LOG.max(bytes.len().saturating_mul(LOG_FACTOR));
        let memory = SharedMemory::create(Some(&name), size).map_err(failure)?;
        memory.write(0, &bytes).map_err(failure)?;
        let old = self.log.replace((number, memory));
        self.publish(replica, number, bytes.len())?;
        if let Some((_, old)) = old {
            let _ = old.unlink();
        }
        Ok(())
    }

    fn publish(&self, replica: &mut Replica, log: u32, length: usize) -> Result<(), Errno> {
        let length = u32::try_from(length).map_err(|_| Errno::ENOSPC)?;
        let head = u64::from(log) << 32 | u64::from(length);
        self.head.set(HEAD, head).map_err(failure)?;
        (replica.log, replica.length) = (log, length);
        Ok(())
    }

    /// A segment, and where in it a block begins.
    fn segment_of(&mut self, block: u32) -> Result<(&SharedMemory, usize), Errno> {
        let number = block / SEGMENT_BLOCKS;
        while self.segments.len() as u32 <= number {
            let name = self.segment_name(self.segments.len() as u32);
            let segment = SharedMemory::attach(&name).map_err(failure)?;
            self.segments.push(segment);
        }
        let start = (block % SEGMENT_BLOCKS) as usize * BLOCK as usize;
        Ok((&self.segments[number as usize], start))
    }

    /// Frees everything, for a caller that has acquired the lock. Processes that are
    /// still alive get errors from now on.
    pub fn end(&mut self, replica: &Replica) {
        let _ = self.head.set(ENDED, 1);
        // Those that a process was killed while making, too.
        let logs = [replica.log, replica.log + 1].map(|log| self.log_name(log));
        let segments = (0..=replica.state.segments()).map(|number| self.segment_name(number));
        for name in logs.into_iter().chain(segments) {
            if let Ok(memory) = SharedMemory::attach(&name) {
                let _ = memory.unlink();
            }
        }
        let _ = self.shared.head.unlink();
    }
}

/// Reading and changing files while nobody else does.
pub struct Transaction<'a> {
    volume: &'a mut Volume,
    replica: &'a mut Replica,
    changes: Vec<u8>,
}

impl Transaction<'_> {
    /// The present state.
    pub fn state(&self) -> &State {
        &self.replica.state
    }

    /// Takes a step.
    pub fn change(&mut self, change: Change) {
        change.encode(&mut self.changes);
        self.replica.state.apply(change);
    }

    /// Gives a file so many more blocks.
    ///
    /// # Errors
    /// `ENOSPC`.
    pub fn extend(&mut self, node: NodeId, count: u64) -> Result<(), Errno> {
        let most = MAX_SEGMENTS * SEGMENT_BLOCKS;
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if count > most {
            return Err(Errno::ENOSPC);
        }
        let (mut runs, missing) = self.state().free_blocks(count);
        if missing > 0 {
            let segments = self.state().segments() + missing.div_ceil(SEGMENT_BLOCKS);
            if segments > MAX_SEGMENTS {
                return Err(Errno::ENOSPC);
            }
            for number in self.state().segments()..segments {
                let name = self.volume.segment_name(number);
                let size = SEGMENT_BLOCKS as usize * BLOCK as usize;
                match SharedMemory::create(Some(&name), size) {
                    // Somebody may have been killed after making it.
                    Ok(_) | Err(Error::FileExistsError(_)) => {}
                    Err(error) => return Err(failure(error)),
                }
                self.change(Change::Segments { count: number + 1 });
            }
            runs = self.state().free_blocks(count).0;
        }
        for (start, count) in runs {
            self.change(Change::Extend { node, start, count });
        }
        Ok(())
    }

    /// Calls `f` for each part of a file's range, with the segment, where the part begins
    /// there, and which part of the range it is. The file must have these blocks.
    fn for_parts(
        &mut self,
        node: NodeId,
        offset: u64,
        length: usize,
        mut f: impl FnMut(&SharedMemory, usize, std::ops::Range<usize>) -> Result<(), Error>,
    ) -> Result<(), Errno> {
        let Content::File { blocks, .. } = &self.replica.state.node(node)?.content else {
            return Err(Errno::EINVAL);
        };
        let mut done = 0;
        while done < length {
            let at = offset + done as u64;
            let index = (at / BLOCK) as usize;
            let first = *blocks.get(index).ok_or(Errno::EIO)?;
            // As many blocks as follow each other in one segment.
            let within = |(next, block): &(u32, &u32)| {
                next == *block && next / SEGMENT_BLOCKS == first / SEGMENT_BLOCKS
            };
            let run = (first..).zip(&blocks[index..]).take_while(within);
            let skipped = at % BLOCK;
            let wanted = (length - done).min(1 << 20);
            let run = run.take(wanted / BLOCK as usize + 2).count() as u64;
            let size = wanted.min((run * BLOCK - skipped) as usize);
            let (segment, start) = self.volume.segment_of(first)?;
            f(segment, start + skipped as usize, done..done + size).map_err(failure)?;
            done += size;
        }
        Ok(())
    }

    /// Reads from blocks that the file has.
    pub fn read_blocks(&mut self, node: NodeId, offset: u64, into: &mut [u8]) -> Result<(), Errno> {
        self.for_parts(node, offset, into.len(), |segment, start, part| {
            segment.read(start, &mut into[part])
        })
    }

    /// Writes to blocks that the file has.
    pub fn write_blocks(&mut self, node: NodeId, offset: u64, bytes: &[u8]) -> Result<(), Errno> {
        self.for_parts(node, offset, bytes.len(), |segment, start, part| {
            segment.write(start, &bytes[part])
        })
    }
}
