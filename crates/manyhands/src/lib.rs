//! Python's `multiprocessing`, live in the browser: real processes on Web
//! Workers, with Python's names and rules.
//!
//! # In five minutes
//!
//! This crate runs a Rust program as several real processes in a browser, in
//! parallel, and gives it the tools that Python's `multiprocessing` has: pipes, queues,
//! locks, shared values, pools, executors and managers. The public items have Python's
//! names and follow Python's rules. Where a rule is different on purpose, the item's
//! documentation says so. The section "What differs from Python" below lists the main
//! differences and what Python does not have.
//!
//! A [`Process`] is a Web Worker that instantiates the page's own WebAssembly
//! module a second time, with a memory of its own. Give it a function and its
//! arguments:
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
//! The Web does not allow the page to block, so code on the page awaits. A
//! program can also run in a process of its own, where every call blocks as it
//! does in Python:
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
//! Processes send messages through a [`pipe()`] or a [`Queue`], synchronise with a
//! [`Lock`], a [`Semaphore`], an [`Event`], a [`Condition`] or a [`Barrier`], and
//! share numbers in a [`Value`], an [`Array`] or [`SharedMemory`]. A [`Pool`] or a
//! [`ProcessPoolExecutor`] distributes work over several processes. Pipes, queues,
//! locks and shared objects can be passed as arguments, and can be sent through
//! pipes and queues:
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
//! Every call that can block has a form for the page, whose name ends in `_async`
//! (`get_async`, `lock_async`, …). On the page, the blocking form returns
//! [`Error::BlockingOnPage`], which names the call to use instead. [`within`] sets a time
//! limit for any call that is awaited.
//!
//! A failure in one process does not touch the others. A panic ends its process
//! with exit code 1, and [`Process::join`] returns an [`Error::ProcessError`] with
//! the panic's text. (If the panic comes from the `Serialize` or `Deserialize` of a type that
//! is being sent or received, it is an [`Error::PicklingError`] that names the type.) A
//! process that has used up its own memory ends as by an abort, with exit code −6, and the
//! text says `MemoryError`. [`exit`] ends a process with a code by the rules of
//! `sys.exit`. [`Process::kill`] also ends a loop that never calls this crate. A
//! crash has a negative exit code, as a signal has in Python. A process that waits
//! for the result of a dead process, for a lock that it held, or for a message from
//! the pipe whose only sender it was, gets an error and does not wait for ever.
//!
//! [`prelude`] is for programs that import everything at once.
//!
//! Two rules to know:
//! - A target captures nothing. Pass values as arguments or bind them with
//!   [`partial`]. ([`Target`] says why; a closure that captures does not compile.)
//! - `main` runs again in every process. Guard it with [`is_main`], as Python
//!   programs do with `if __name__ == "__main__":`.
//!
//! # Instead of the standard library
//!
//! On this target, parts of the standard library panic or do nothing, and other parts
//! work only within one process. Use these instead:
//!
//! | instead of | take | because there |
//! |---|---|---|
//! | `std::thread::sleep` | [`sleep()`], on the page [`sleep_async`] | it panics |
//! | `std::time::Instant` | [`Instant`] | it panics; this one can also be sent |
//! | `std::time::SystemTime` | `js_sys::Date::now()` | it panics |
//! | `std::println!`, `eprintln!` | [`println!`], [`eprintln!`] | what is printed is lost |
//! | `std::process::exit` | [`exit`] | it is a crash (exit code −6) |
//! | `std::thread::spawn` | [`Process::spawn`]; `Thread::run` (feature `threads`) | it panics |
//! | `std::thread::available_parallelism` | [`cpu_count`] | it returns an error |
//! | `std::panic::catch_unwind` | a process of its own, and [`Process::join`] | a panic ends its process |
//! | `std::sync::mpsc` | [`Queue`], [`pipe()`] | it ends at the process's memory |
//! | `std::sync::Mutex`, atomics, statics | [`Lock`], [`Value`], [`Array`] | each process has its own |
//! | `std::env::args` | a target's arguments | there are none |
//!
//! # What may travel
//!
//! Arguments, results, messages, items of a queue and values in a manager are encoded
//! with serde by the sender and decoded by the receiver. The encoding states the kind of
//! every value. So a value can be received only as a type that fits it, as the table
//! shows. Every other type is an [`Error::PicklingError`] that names the type.
//!
//! | what is sent | may be received as |
//! |---|---|
//! | a number, `bool`, `char` | the same type (`usize` and `u64`, `isize` and `i64` are one) |
//! | `&str`, `String`, `Box<str>`, `Cow<str>` | each other |
//! | `&[T]`, `Vec<T>`, `Box<[T]>`, `VecDeque<T>`, a set | each other |
//! | `[T; N]`, a tuple, a tuple struct | each other, with as many fields of the same types |
//! | a map | any map with the same types of keys and values |
//! | `&T`, `Box<T>`, `Rc<T>`, a newtype struct of `T` | each other, and `T` |
//! | `Option<T>` | `Option<T>`, not `T` |
//! | a struct | the same struct, or one with the same names and types of fields |
//! | an enum | the same enum, or one that has the same variant |
//! | bytes (`serde_bytes`) | each other, and `Vec<u8>` |
//! | enums that are untagged, internally or adjacently tagged; `flatten`; `serde_json::Value` | themselves |
//! | a struct with fields left out (`skip_serializing_if`) | itself: such a field is missing, and gets its default |
//! | pipes, queues, locks, shared objects, proxies, [`Call`] | the same kind; only between processes of one page |
//! | [`Error`] | [`Error`] |
//!
//! - A type implements `Serialize` and `Deserialize` and owns its data ([`Picklable`]).
//!   Its two implementations must agree, as they do when both are derived.
//! - A value may be nested 128 levels deep. Each struct, tuple, sequence, map, enum
//!   variant with content, and `Some` that is inside another one is a level. A deeper
//!   value is an [`Error::RecursionError`] at the sender and at the receiver, because the
//!   stack of a process has 1 MiB. It is the same error if less than 128 KiB of the stack
//!   are left. In enums that are untagged or internally tagged, in flattened fields and
//!   in a `serde_json::Value` the receiver counts every level twice. Send long lists and
//!   deep trees in a flat form.
//! - A `Vec` of `u8`, `i8` … `u64`, `i64`, `f32` or `f64` is copied as a whole if it is
//!   the value itself, an element, a field of a struct or an enum, or the content of a
//!   `Some`. Other sequences are encoded element by element. [`Connection::send_bytes`]
//!   sends bytes without any encoding.
//! - An untagged enum arrives as the first of its variants that fits, as with any format:
//!   `"x"` as a `char` if that variant comes before one with a `String`. Name the variants
//!   where this matters (`#[serde(tag = "…")]`).
//! - 128-bit integers cannot be inside enums that are untagged or internally tagged, nor in
//!   flattened fields: serde does not support it.
//!
//! # What differs from Python
//!
//! - Starting is one step: [`Process::spawn`] makes the process and starts it, and
//!   [`Process::join`] returns the target's result.
//! - Errors are values of [`Error`], whose variants are named after Python's
//!   exceptions.
//! - There is no `fork`; see [`StartMethod`].
//! - A lock whose owner died is reported ([`Error::OwnerDied`]) and can be
//!   recovered; in Python the others wait for ever.
//! - A queue has no feeder thread: an item is in the queue when `put` returns.
//! - [`preload`] takes a function, which every process calls before its target. Python's
//!   `set_forkserver_preload` takes a list of modules. What every process reads can be
//!   given to all of them once ([`set_preload_data`]), and changed ([`update_preload_data`]).
//! - What Python does not have: [`prewarm`] and [`keep_warm`] (workers that are
//!   loaded ahead of time), [`Policy`] (how a pool distributes chunks), atomic
//!   steps such as [`Value::fetch_add`], [`one_way_pipe`]'s capacity, [`trace`],
//!   [`diagnostics`] and [`configure`].
//!
//! # What it needs
//!
//! Stable Rust, no special flags, `wasm-bindgen`'s `web` target, and a page
//! that is cross-origin isolated (headers `Cross-Origin-Opener-Policy:
//! same-origin` and `Cross-Origin-Embedder-Policy: require-corp`); without
//! isolation, starting a process and making a shared object return
//! [`Error::NotIsolated`]. On targets other than WebAssembly the crate compiles,
//! and these calls return [`Error::NotImplementedError`].
//!
//! # Layout
//!
//! The modules in reading order. Each may import only from those that come after
//! it in this list. A module that is private is described by the public items
//! that it provides.
//!
//! - [`prelude`]: the public items, to be imported together.
//! - `manager`: [`Manager`], a server process, and the proxies of its objects.
//! - [`futures`]: [`ProcessPoolExecutor`], `wait`, `as_completed`.
//! - `pool`: [`Pool`], how it distributes work ([`Policy`]), [`AsyncResult`].
//! - `thread` (feature `threads`): `Thread`, and rayon on threads.
//! - `process`: [`Process`], targets, start methods, exit codes, sentinels, [`signal`].
//! - `queue`: [`Queue`], [`SimpleQueue`], [`JoinableQueue`].
//! - [`connection`]: pipes, listeners, and waiting for several objects at once.
//! - `shared`: [`Value`], [`Array`], [`SharedMemory`], [`ShareableList`], [`SharedBuffer`].
//! - `sync`: [`Lock`], [`RLock`], [`Semaphore`], [`Event`], [`Condition`],
//!   [`Barrier`].
//! - `timeout`: time-outs as µs and as deadlines.
//! - [`trace`]: the public names of what the kernel records.
//! - `kernel`: everything that the others are built from. The arena (the memory
//!   that all processes share) and its ports, waiting, shared objects and
//!   channels, the process table, the dispatcher that starts workers, the start
//!   of a worker, the codec, and the recording of the trace.
//! - `error`: [`Error`], [`ProcessError`], [`Reason`], [`TaskError`].
//!
//! # What this crate must not import
//!
//! Nothing else of this repository: no page, no experiment, no workload and no
//! chart. It has few and small dependencies, so that a program that uses it
//! compiles no user interface, image decoder or big-integer crate.
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
mod observe;
mod pool;
pub mod prelude;
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
    boot::preload,
    codec::{dumps, loads},
    diagnostics::{Diagnostics, Port, diagnostics},
    host::configure,
    preload_data::{read_preload_data, set_preload_data, update_preload_data},
    settings::Settings,
    spin::Waiting,
};
pub use manager::{ArrayProxy, DictProxy, ListProxy, Manager, NamespaceProxy, ValueProxy};
pub use observe::{ConnectionIds, ObjectId, Unread};
pub use pool::{
    AsyncResult, AtWork, IMap, Policy, Pool, PoolBuilder, Progress, default_chunk_size,
};
#[doc(hidden)]
pub use process::__print;
pub use process::{
    Builder, Call, ExitStatus, Instant, Partial, Picklable, Process, ProcessInfo, Sentinel,
    StartMethod, Target, active_children, cpu_count, current_process, exit, get_native_id,
    get_start_method, is_alive, is_main, keep_warm, kill, kill_all, may_block, parent_process,
    partial, prewarm, run, set_start_method, set_thread_name, signal, sleep, sleep_async, within,
};
pub use queue::{JoinableQueue, Queue, QueueItems, SimpleQueue};
pub use shared::{
    Array, ArrayGuard, CChar, Element, Integer, Item, RawArray, RawValue, ShareableList,
    SharedBuffer, SharedMemory, TypeCode, Value, ValueGuard, WChar,
};
pub use sync::{
    Barrier, BoundedSemaphore, Condition, Event, Lock, LockGuard, RLock, RLockGuard, Semaphore,
};

#[cfg(feature = "threads")]
pub use futures::ThreadPoolExecutor;
#[cfg(feature = "threads")]
pub use pool::ThreadPool;
#[cfg(feature = "threads")]
pub use thread::{ProcessWide, Thread, ThreadBuilder, rayon_pool};
