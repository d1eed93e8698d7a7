//! The kernel: processes, and what they share.
//!
//! It handles bytes and numbers only. Its interface is a short list of system calls on
//! processes, words that are waited on, channels and segments, so that a client that is
//! not written in Rust could use it. It must not know anything of the modules above it,
//! in particular not the types of targets.
//!
//! # Layers
//!
//! The layers from the top down. Each module imports only modules from the lines below
//! its own, or further to the right on the same line. `PROTOCOL.md` defines the order
//! of their reads and writes.
//!
//! - `bench`, `diagnostics`: measurements and reports about the kernel.
//! - `boot`: what a process's worker does from its first call to its last.
//! - `preload_data`: bytes that every process can read before its target is known.
//! - `function`, `codec`, `contain` on `attachment` on `object_ref`: values as bytes,
//!   together with the objects and functions that travel with them, and calls of the
//!   program's code, whose panics interrupt these.
//! - `host` on `settings`, `dispatcher`: the page's side, its settings, and the worker
//!   that has all other workers created.
//! - `panic_hook` on `blocking` on `exit` on `record` on `process_held` on `current`:
//!   what this process does itself: it panics, waits, ends, writes its trace, holds
//!   objects, and knows which process it is.
//! - `table`, `directory` on `object` on `channel`: processes, names, shared objects
//!   and messages, as structures in the arena.
//! - `trace`: the records, the ring that a process writes, and how the host reads it.
//! - `envelope` on `handle`, `buffer`: objects as plain data, and bytes.
//! - `heap` on `lock`; `wait` on `spin`: the allocator, its lock, and how processes
//!   wait.
//! - `arena`: the shared memory, accessed through one of its ports.
//! - `layout`, `message`, `platform`, `engine_text`: the addresses in the arena, the
//!   messages to the dispatcher, the functions of the browser, and the error texts of
//!   its engines.

pub(crate) mod arena;
pub(crate) mod attachment;
pub mod bench;
pub(crate) mod blocking;
pub(crate) mod boot;
pub(crate) mod buffer;
pub(crate) mod channel;
pub(crate) mod codec;
pub(crate) mod contain;
pub(crate) mod current;
pub(crate) mod diagnostics;
pub(crate) mod directory;
pub(crate) mod dispatcher;
mod engine_text;
pub(crate) mod envelope;
pub(crate) mod exit;
pub(crate) mod function;
pub(crate) mod handle;
pub(crate) mod heap;
pub(crate) mod host;
pub(crate) mod layout;
pub(crate) mod lock;
pub(crate) mod message;
pub(crate) mod object;
pub(crate) mod object_ref;
pub(crate) mod panic_hook;
pub(crate) mod platform;
pub(crate) mod preload_data;
pub(crate) mod process_held;
pub(crate) mod record;
pub(crate) mod settings;
pub(crate) mod spin;
pub(crate) mod stack;
#[cfg(all(test, not(feature = "model"), not(target_arch = "wasm32")))]
mod stress;
pub(crate) mod table;
pub mod trace;
pub(crate) mod wait;
