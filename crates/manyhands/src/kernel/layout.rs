//! Where things stand in the arena.
//!
//! Byte offsets, all in one place, because several instances of the module
//! (and, one day, clients not written in Rust) must agree on them. Words
//! unless said otherwise.
//!
//! This room imports nothing.

/// Says that the arena is ours and laid out by this version.
pub const MAGIC: u32 = 0;
/// The number of the layout below, in the first word.
pub const MAGIC_VALUE: u32 = 0x4d48_0002;
/// The pid of the next process.
pub const NEXT_PID: u32 = 4;
/// Order of trace records over all processes.
pub const SEQUENCE: u32 = 8;
/// The heap's lock.
pub const HEAP_LOCK: u32 = 12;
/// Where the heap ends so far.
pub const HEAP_END: u32 = 16;
/// 1 while the host sleeps and wants to be woken by the next trace record.
pub const BELL: u32 = 20;
/// How many processes may live at once.
pub const SPAWN_LIMIT: u32 = 24;
/// How many warm workers to keep.
pub const WARM_TARGET: u32 = 28;
/// Which trace records are kept: 0 none, 1 life cycle and blocking, 2 all.
pub const TRACE_LEVEL: u32 = 32;
/// 1 when the JavaScript port is forced.
pub const FORCED_PORT: u32 = 36;
/// The zero of the trace's clock: ms since the Unix epoch, 64 bits.
pub const EPOCH: u32 = 40;
/// Generations of shared objects.
pub const NEXT_TAG: u32 = 48;
/// The directory's lock.
pub const DIRECTORY_LOCK: u32 = 52;
/// The first entry of the directory.
pub const DIRECTORY: u32 = 56;
/// What those sleep on who wait for any of several words: how often one of
/// them changed.
pub const ANY: u32 = 60;
/// How processes wait, as [`super::spin::Waiting`].
pub const WAITING: u32 = 176;
/// Why the last warm worker did not come up, as [`crate::error::Reason`] and 1; 0 while
/// none has failed.
pub const WARM_FAILURE: u32 = 180;
/// Bins of free heap blocks, by size.
pub const BINS: u32 = 64;
/// How many bins there are.
pub const BIN_COUNT: u32 = 28;

/// The process table.
pub const TABLE: u32 = 256;
/// How many slots it has. The model checker, which tries every order of every
/// access, gets a small table.
pub const SLOT_COUNT: u32 = if cfg!(feature = "model") { 4 } else { 1024 };
/// The size of a slot.
pub const SLOT_SIZE: u32 = 64;

/// The first heap block.
pub const HEAP: u32 = TABLE + SLOT_COUNT * SLOT_SIZE;

/// The address of a slot's field.
pub fn slot_field(slot: u32, field: u32) -> u32 {
    TABLE + slot * SLOT_SIZE + field
}

/// Fields of a slot, relative to its start.
pub mod slot {
    /// State and generation: see `table.rs`.
    pub const STATE: u32 = 0;
    /// The process in it.
    pub const PID: u32 = 4;
    /// The pid of its parent.
    pub const PARENT: u32 = 8;
    /// The signal it must die of, 0 for none.
    pub const SIGNAL: u32 = 12;
    /// The word it sleeps on, 0 when it is awake.
    pub const WAITS_ON: u32 = 16;
    /// The exit code, as an `i32`.
    pub const EXIT_CODE: u32 = 20;
    /// Why it ended.
    pub const REASON: u32 = 24;
    /// A heap block: what it leaves behind (a result, or a text).
    pub const OUTCOME: u32 = 28;
    /// Its length in bytes.
    pub const OUTCOME_LENGTH: u32 = 32;
    /// A heap block: what it is born with.
    pub const PAYLOAD: u32 = 36;
    /// Its length in bytes.
    pub const PAYLOAD_LENGTH: u32 = 40;
    /// The function-table index of its entry.
    pub const ENTRY: u32 = 44;
    /// A heap block: the trace ring, kept for the slot's next process.
    pub const RING: u32 = 48;
    /// A heap block: the first one of the list of objects that it holds.
    pub const LEDGER: u32 = 52;
    /// Of a thread: the process whose memory it shares; 0 for a process.
    pub const PROCESS: u32 = 56;
}

/// The head of a shared object, relative to its block.
pub mod object {
    use super::SLOT_COUNT;

    /// Its kind and generation.
    pub const TAG: u32 = 0;
    /// How many handles of it are on their way.
    pub const IN_FLIGHT: u32 = 4;
    /// The length of its body in bytes.
    pub const LENGTH: u32 = 8;
    /// How often a handle has set out.
    pub const DEPARTURES: u32 = 12;
    /// One bit for every slot: does the process there hold it?
    pub const HOLDERS: u32 = 16;
    /// How many words these bits take.
    pub const HOLDER_WORDS: u32 = SLOT_COUNT.div_ceil(32);
    /// Where the body begins.
    pub const BODY: u32 = HOLDERS + (4 * HOLDER_WORDS).next_multiple_of(16);
}
