//! What a trace is made of.
//!
//! This module imports nothing of the kernel.

use serde::{Deserialize, Serialize};

/// A process's number. The page has 1, each process gets the next number, and no number
/// is used twice.
pub type Pid = u32;

/// The pid of the page (or of whatever program loaded the module).
pub const HOST: Pid = 1;

/// Which events processes record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u32)]
pub enum Level {
    /// None; printed lines are still delivered.
    Off = 0,
    /// Life cycle, blocking, and the chunks of pools.
    #[default]
    Default = 1,
    /// The above, and every operation on pipes, queues, locks and shared memory.
    Everything = 2,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u32)]
pub enum Op {
    /// A process started a child: `object` is the child's pid. The first operand is 1
    /// if the child is a thread of this process.
    Start = 1,
    /// The process's own instance of the module runs.
    Ready = 2,
    /// The target was called.
    TargetBegin = 3,
    /// The target returned.
    TargetEnd = 4,
    /// The process ended: the first operand is its exit code, as an `i32`.
    Exit = 5,
    /// The process began to wait for an object: `object` is the address of the word
    /// that it waits on, the first operand is the pid of the object's holder, or 0, and the
    /// second one is the thread's note (see [`set_note`](crate::trace::set_note)).
    BlockBegin = 6,
    /// The wait is over.
    BlockEnd = 7,
    /// A pool's worker began a chunk: `object` is the chunk's number, and the operands
    /// are its first item and its number of items.
    TaskBegin = 8,
    /// The worker has completed the chunk.
    TaskEnd = 9,
    /// A pool's worker took items from another worker: `object` is the other worker's
    /// index in the pool, and the operands are the first item and the end.
    Steal = 10,
    /// A message was put into a pipe or a queue: `object` is the channel, the
    /// first operand its length in bytes.
    Put = 11,
    /// A message was taken from a pipe or a queue; as for [`Op::Put`].
    Get = 12,
    /// A lock or a permit was acquired: `object` is the lock or the semaphore.
    Acquire = 13,
    /// A lock or a permit was released.
    Release = 14,
    /// An event was set, or a condition notified.
    Notify = 15,
    /// Shared numbers or bytes were read: `object` is their address, the first operand
    /// their number of bytes.
    Load = 16,
    /// Shared numbers or bytes were written; as for [`Op::Load`].
    Store = 17,
    /// What a program says of the wait of this process that ended last: two operands of its
    /// own (see [`note_end`](crate::trace::note_end)).
    Note = 18,
}

impl Op {
    pub(crate) fn from_u32(number: u32) -> Option<Op> {
        Some(match number {
            1 => Op::Start,
            2 => Op::Ready,
            3 => Op::TargetBegin,
            4 => Op::TargetEnd,
            5 => Op::Exit,
            6 => Op::BlockBegin,
            7 => Op::BlockEnd,
            8 => Op::TaskBegin,
            9 => Op::TaskEnd,
            10 => Op::Steal,
            11 => Op::Put,
            12 => Op::Get,
            13 => Op::Acquire,
            14 => Op::Release,
            15 => Op::Notify,
            16 => Op::Load,
            17 => Op::Store,
            18 => Op::Note,
            _ => return None,
        })
    }
}

/// One thing that happened in one process.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Orders the events of all processes, where their times are equal.
    pub sequence: u32,
    /// Time in µs since the page's own time origin.
    pub time_us: f64,
    /// The process in which it happened.
    pub pid: Pid,
    /// What happened.
    pub op: Op,
    /// The object: a pid or an arena address, depending on `op`.
    pub object: u32,
    /// Two more numbers, depending on `op`; 0 if `op` does not use them.
    pub operands: [u32; 2],
}

impl Event {
    /// The processes that the event is about: the one in which it happened and, for a
    /// start, the child.
    pub fn pids(&self) -> impl Iterator<Item = Pid> + use<> {
        let child = (self.op == Op::Start).then_some(self.object);
        std::iter::once(self.pid).chain(child)
    }

    /// Is the event about a process's life cycle: its start, its beginning, its end?
    pub fn is_of_life(&self) -> bool {
        use Op::*;
        matches!(self.op, Start | Ready | TargetBegin | TargetEnd | Exit)
    }

    /// Is it the start of a thread?
    pub fn is_of_thread(&self) -> bool {
        self.op == Op::Start && self.operands[0] == 1
    }
}
