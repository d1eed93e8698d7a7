//! Python's `multiprocessing`, live in the browser: real processes on Web
//! Workers, with Python's names and rules.
//!
//! # In five minutes
//!
//! A [`Process`] is a worker that instantiates this very module with a memory
//! of its own. Give it a function and its arguments:
//!
//! ```no_run
//! use manyhands::{Error, Process};
//!
//! fn square(x: u64) -> u64 {
//!     x * x
//! }
//!
//! async fn on_the_page() -> Result<(), Error> {
//!     let process = Process::spawn(square, 12)?;
//!     assert_eq!(process.join_async().await?, 144);
//!     assert_eq!(process.exit_code()?, Some(0));
//!     Ok(())
//! }
//! ```
//!
//! The Web forbids the page to block, so there one awaits. A program may run in
//! a process of its own instead, where everything blocks as in Python:
//!
//! ```no_run
//! use manyhands::{Process, println, run};
//!
//! fn main_program() -> u64 {
//!     let children: Vec<Process<u64>> = (1..=4)
//!         .map(|n| Process::spawn(|n: u64| (1..=n).product(), n).unwrap())
//!         .collect();
//!     println!("{} children", children.len());
//!     children.iter().map(|child| child.join().unwrap()).sum()
//! }
//!
//! async fn on_the_page() {
//!     assert_eq!(run(main_program).await.unwrap(), 1 + 2 + 6 + 24);
//! }
//! ```
//!
//! Processes talk through a [`pipe()`] or a [`Queue`], agree by a [`Lock`] and its
//! kin, share numbers in a [`Value`], an [`Array`] or [`SharedMemory`], and a
//! [`Pool`] or [`ProcessPoolExecutor`] hands work to several. All of these can be
//! arguments, and travel through pipes and queues themselves:
//!
//! ```no_run
//! use manyhands::{Error, Pool, Process, Queue};
//!
//! fn produce(queue: Queue<String>) {
//!     queue.put(&"hello".to_string()).unwrap();
//! }
//!
//! fn main_program() -> Result<(), Error> {
//!     let queue = Queue::new(0)?;
//!     let process = Process::spawn(produce, queue.clone())?;
//!     assert_eq!(queue.get()?, "hello");
//!     process.join()?;
//!     let squares = Pool::new(4)?.map(|x: u64| x * x, 0..10)?;
//!     assert_eq!(squares[3], 9);
//!     Ok(())
//! }
//! ```
//!
//! On the page, every call that waits has an awaitable twin (`get_async`,
//! `lock_async`, …).
//!
//! What goes wrong in a process stays there: a panic is exit code 1 and an
//! [`Error::ProcessError`] with the panic's text, [`exit`] gives a code by
//! `sys.exit`'s rules, [`Process::kill`] ends even a loop that never looks up,
//! a crash is a negative code as of a signal. Nothing waits for ever on the
//! dead.
//!
//! Two rules to know:
//! - A target captures nothing; bind values with [`partial`] or pass them
//!   ([`Target`] says why, and the compiler insists).
//! - `main` runs again in every process: guard it with [`is_main`], as Python's
//!   `if __name__ == "__main__":` does.
//!
//! # What it needs
//!
//! Stable Rust, no special flags, `wasm-bindgen`'s `web` target, and a page
//! that is cross-origin isolated (headers `Cross-Origin-Opener-Policy:
//! same-origin` and `Cross-Origin-Embedder-Policy: require-corp`); without
//! isolation every start is [`Error::NotIsolated`]. On other targets the crate
//! compiles and says [`Error::NotImplementedError`].
//!
//! # Layout
//!
//! The rooms in reading order; each imports only from those after it.
//!
//! - [`futures`]: [`ProcessPoolExecutor`], `wait`, `as_completed`.
//! - `manager`: [`Manager`], a server process, and the proxies of its objects.
//! - `pool`: [`Pool`], how it hands out work ([`Policy`]), [`AsyncResult`].
//! - `thread` (feature `threads`): `Thread`, and rayon on threads.
//! - `process`: [`Process`], targets, start methods, exit codes, sentinels.
//! - [`connection`]: pipes, and waiting for several things at once.
//! - `queue`: [`Queue`], [`SimpleQueue`], [`JoinableQueue`].
//! - `sync`: [`Lock`], [`RLock`], [`Semaphore`], [`Event`], [`Condition`],
//!   [`Barrier`].
//! - `shared`: [`Value`], [`Array`], [`SharedMemory`], [`ShareableList`].
//! - `timeout`: how long to wait, in µs.
//! - [`trace`]: the public names of what the kernel records.
//! - `kernel`: the arena with its ports, the one wait, shared objects and
//!   channels, the process table, the dispatcher, worker boot, the codec.
//! - `error`: [`Error`] and its kin.
#![deny(missing_docs)]

#[cfg(all(
    feature = "threads",
    target_arch = "wasm32",
    not(target_feature = "atomics"),
    not(doc)
))]
compile_error!(
    "the feature `threads` needs shared memory: build with the flags in this repository's \
     .cargo/config.toml on its nightly toolchain, or leave the feature out"
);

pub mod connection;
mod error;
pub mod futures;
mod kernel;
mod manager;
mod pool;
mod process;
mod queue;
mod shared;
mod sync;
#[cfg(feature = "threads")]
mod thread;
mod timeout;
pub mod trace;

pub use connection::{Connection, DEFAULT_CAPACITY, one_way_pipe, pipe};
pub use error::{Error, ProcessError, Reason, TaskError};
pub use futures::{Future, ProcessPoolExecutor};
#[doc(hidden)]
pub use kernel::bench as __bench;
pub use kernel::{
    codec::{dumps, loads},
    diagnostics::{Diagnostics, Port, diagnostics},
    host::configure,
    settings::Settings,
    spin::Waiting,
};
pub use manager::{ArrayProxy, DictProxy, ListProxy, Manager, NamespaceProxy, ValueProxy};
pub use pool::{
    AsyncResult, AtWork, IMap, Policy, Pool, PoolBuilder, Progress, default_chunk_size,
};
#[doc(hidden)]
pub use process::__print;
pub use process::{
    Builder, Call, ExitStatus, Partial, Process, ProcessInfo, Sentinel, StartMethod, Target,
    active_children, cpu_count, current_process, exit, get_start_method, is_alive, is_main,
    keep_warm, kill, kill_all, may_block, parent_process, partial, prewarm, run, set_start_method,
    sleep,
};
pub use queue::{JoinableQueue, Queue, SimpleQueue};
pub use shared::{
    Array, ArrayGuard, CChar, Element, Integer, Item, RawArray, RawValue, ShareableList,
    SharedMemory, TypeCode, Value, ValueGuard, WChar,
};
pub use sync::{
    Barrier, BoundedSemaphore, Condition, Event, Lock, LockGuard, RLock, RLockGuard, Semaphore,
};

#[cfg(feature = "threads")]
pub use futures::ThreadPoolExecutor;
#[cfg(feature = "threads")]
pub use pool::ThreadPool;
#[cfg(feature = "threads")]
pub use thread::{Thread, ThreadBuilder, rayon_pool};
