//! Everything of this crate except its printing macros, to be imported as a whole.
//!
//! `use manyhands::*` also imports the macros [`println!`](crate::println),
//! [`print!`](crate::print), [`eprintln!`](crate::eprintln) and [`eprint!`](crate::eprint),
//! and then the compiler cannot know which ones are meant: those of the standard library
//! have the same names (`error[E0659]: println is ambiguous`). Name the macros that you use:
//!
//! ```no_run
//! use manyhands::{prelude::*, println};
//!
//! fn main_program() -> Result<(), Error> {
//!     let pool = Pool::new(cpu_count())?;
//!     println!("{:?}", pool.map(|x: u64| x * x, 0..5)?);
//!     Ok(())
//! }
//! ```
//!
//! In a process, what the standard library's `println!` prints is lost.

#[doc(no_inline)]
pub use crate::{
    Array, ArrayGuard, ArrayProxy, AsyncResult, AtWork, Barrier, BoundedSemaphore, Builder, CChar,
    Call, Condition, Connection, ConnectionIds, DEFAULT_CAPACITY, Diagnostics, DictProxy, Element,
    Error, Event, ExitStatus, Future, IMap, Instant, Integer, Item, JoinableQueue, ListProxy, Lock,
    LockGuard, Manager, NamespaceProxy, ObjectId, Partial, Picklable, Policy, Pool, PoolBuilder,
    Port, Process, ProcessError, ProcessInfo, ProcessPoolExecutor, Progress, Queue, QueueItems,
    RLock, RLockGuard, RawArray, RawValue, Reason, Semaphore, Sentinel, Settings, ShareableList,
    SharedBuffer, SharedMemory, SimpleQueue, StartMethod, Target, TaskError, TypeCode, Unread,
    Value, ValueGuard, ValueProxy, WChar, Waiting, active_children, configure, connection,
    cpu_count, current_process, default_chunk_size, diagnostics, dumps, exit, futures,
    get_native_id, get_start_method, is_alive, is_main, keep_warm, kill, kill_all, loads,
    may_block, one_way_pipe, parent_process, partial, pipe, preload, prewarm, read_preload_data,
    run, set_preload_data, set_start_method, set_thread_name, signal, sleep, sleep_async, trace,
    within,
};
#[cfg(feature = "threads")]
#[doc(no_inline)]
pub use crate::{ProcessWide, Thread, ThreadBuilder, ThreadPool, ThreadPoolExecutor, rayon_pool};
