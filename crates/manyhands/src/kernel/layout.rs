//! Where everything is in the arena.
//!
//! All byte offsets are in this one place, because several instances of the module (and
//! perhaps clients that are not written in Rust) must agree on them. Each is a word of
//! 32 bits unless its comment says otherwise.
//!
//! This module imports nothing.

/// Identifies the arena as this library's, with this layout. The word never changes, so
/// a process that only waits for some time sleeps on it.
pub const MAGIC: u32 = 0;
/// The value of the word at [`MAGIC`]: the number of this layout.
pub const MAGIC_VALUE: u32 = 0x4d48_0003;
/// The pid that the next process will get.
pub const NEXT_PID: u32 = 4;
/// The sequence number of the next trace record, over all processes.
pub const SEQUENCE: u32 = 8;
/// The heap's lock.
pub const HEAP_LOCK: u32 = 12;
/// The address of the heap's present end.
pub const HEAP_END: u32 = 16;
/// 1 while the host sleeps and wants to be woken by the next trace record.
pub const HOST_SLEEPS: u32 = 20;
/// The largest number of processes that may live at once.
pub const SPAWN_LIMIT: u32 = 24;
/// How many warm workers to keep ready.
pub const WARM_TARGET: u32 = 28;
/// Which trace records are kept: 0 none, 1 life cycle and blocking, 2 all.
pub const TRACE_LEVEL: u32 = 32;
/// 1 when the JavaScript port is forced.
pub const FORCED_PORT: u32 = 36;
/// The zero of the trace's clock, in ms since the Unix epoch: a number of 64 bits.
pub const EPOCH: u32 = 40;
/// The generation of the next shared object.
pub const NEXT_TAG: u32 = 48;
/// The directory's lock.
pub const DIRECTORY_LOCK: u32 = 52;
/// The address of the directory's first entry; 0 for none.
pub const DIRECTORY: u32 = 56;
/// A count of changes. Whoever waits for any one of several words sleeps on it.
pub const ANY: u32 = 60;
/// How processes wait, as [`super::spin::Waiting`].
pub const WAITING: u32 = 176;
/// The size in bytes to which the arena may grow.
pub const ARENA_MAX: u32 = 180;
/// Why the last warm worker did not come up: 1 more than the number of the
/// [`crate::error::Reason`]; 0 while none has failed.
pub const WARM_FAILURE: u32 = 184;
/// How many µs a process looks before it sleeps, as [`super::settings::Settings::look_us`].
pub const LOOK_US: u32 = 188;
/// The heap blocks of the trace rings, one for each group of slots; 0 until a slot of the
/// group needs its ring. The first two groups have [`FIRST_GROUP`] slots each, and every
/// other one has as many as all groups before it.
pub const RING_GROUPS: u32 = 192;
/// The heap block of the preload data; 0 for none.
pub const PRELOAD_DATA: u32 = 228;
/// Their length in bytes.
pub const PRELOAD_LENGTH: u32 = 232;
/// How many groups there are.
pub const RING_GROUP_COUNT: u32 = SLOT_COUNT.div_ceil(FIRST_GROUP).ilog2() + 1;
/// How many slots the first group has.
pub const FIRST_GROUP: u32 = 4;
/// The first blocks of the lists of free heap blocks; each list is for a range of
/// sizes.
pub const BINS: u32 = 64;
/// How many such lists there are.
pub const BIN_COUNT: u32 = 28;

/// The process table.
pub const TABLE: u32 = 256;
/// How many slots the table has. The model checker, which tries every order of all
/// accesses, gets a small table.
pub const SLOT_COUNT: u32 = if cfg!(feature = "model") { 4 } else { 1024 };
/// The size of a slot in bytes.
pub const SLOT_SIZE: u32 = 64;

/// The address of the first heap block.
pub const HEAP: u32 = TABLE + SLOT_COUNT * SLOT_SIZE;

/// The address of a slot's field.
pub fn slot_field(slot: u32, field: u32) -> u32 {
    TABLE + slot * SLOT_SIZE + field
}

/// Fields of a slot, relative to its start.
pub mod slot {
    /// The state word: see `table.rs`.
    pub const STATE: u32 = 0;
    /// The pid of the process in the slot.
    pub const PID: u32 = 4;
    /// The pid of its parent.
    pub const PARENT: u32 = 8;
    /// The signals that are pending, and for which generation; 0 for none.
    pub const SIGNAL: u32 = 12;
    /// The address of the word that the process sleeps on, with two bits that
    /// `table.rs` describes; 0 while it is awake.
    pub const WAITS_ON: u32 = 16;
    /// The exit code, as an `i32`.
    pub const EXIT_CODE: u32 = 20;
    /// The reason for its end, as a number.
    pub const REASON: u32 = 24;
    /// The heap block of its outcome: a result, or a text.
    pub const OUTCOME: u32 = 28;
    /// The length of the outcome in bytes.
    pub const OUTCOME_LENGTH: u32 = 32;
    /// The heap block of the bytes that the process gets when it starts.
    pub const PAYLOAD: u32 = 36;
    /// The length of these bytes.
    pub const PAYLOAD_LENGTH: u32 = 40;
    /// The function-table index of the function that the process calls first.
    pub const ENTRY: u32 = 44;
    /// The heap block of the trace ring. It is kept for the slot's next process.
    pub const RING: u32 = 48;
    /// The first heap block of the list of objects that the process holds.
    pub const HELD: u32 = 52;
    /// For a thread, the pid of the process whose memory it shares; 0 for a process.
    pub const PROCESS: u32 = 56;
    /// Which signals the process catches and which it ignores.
    pub const DISPOSITIONS: u32 = 60;
}

/// The header of a shared object, relative to the start of its block.
pub mod object {
    use super::SLOT_COUNT;

    /// The object's tag: kind and generation.
    pub const TAG: u32 = 0;
    /// How many handles of the object are in flight.
    pub const IN_FLIGHT: u32 = 4;
    /// The length of the object's body in bytes.
    pub const LENGTH: u32 = 8;
    /// How many handles of the object have ever been sent.
    pub const DEPARTURES: u32 = 12;
    /// One bit for each slot: does the process in that slot hold the object?
    pub const HOLDERS: u32 = 16;
    /// How many words these bits occupy.
    pub const HOLDER_WORDS: u32 = SLOT_COUNT.div_ceil(32);
    /// Where the object's body begins.
    pub const BODY: u32 = HOLDERS + (4 * HOLDER_WORDS).next_multiple_of(16);
}
