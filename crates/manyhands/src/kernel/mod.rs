//! The kernel: processes, and what they share.
//!
//! Bytes and numbers only: a short list of system calls on processes, words that
//! are waited on, channels and segments, so that a client not written in Rust could
//! stand on it. It must not know anything of the rooms above it, least of all the
//! targets' types.
//!
//! # Layers
//!
//! From the top down; each room imports only from those below its own line, or
//! further left on its own. `PROTOCOL.md` says in which order they read and write.
//!
//! - `bench`, `diagnostics`: what can be measured and known from outside.
//! - `boot`: a process's worker, from its first call to its last.
//! - `function`, `codec` on `attachment`, on `object_ref`: values as bytes, with the
//!   objects and functions that travel beside them.
//! - `host` on `settings`, on `dispatcher`: the page's side, what it starts with, and
//!   the worker that creates workers.
//! - `blocking` on `exit`, on `record`, on `current`: what this process does for
//!   itself: it waits, ends, writes its trace, and knows who it is.
//! - `table`, `directory`, on `object`, on `channel`: processes, names, shared
//!   objects and messages, as structures of the arena.
//! - `trace`: the records, the ring that a process writes and the host reads.
//! - `envelope` on `handle`, `buffer`: objects as plain data, and bytes.
//! - `heap` on `lock`; `wait` on `spin`: the allocator, its lock, the one wait.
//! - `arena`: the shared memory, by one of its ports.
//! - `layout`, `message`, `platform`, `engine_text`: where things stand, and what is
//!   posted to the dispatcher, offered by the browser and said by its engine.

pub(crate) mod arena;
pub(crate) mod attachment;
pub mod bench;
pub(crate) mod blocking;
pub(crate) mod boot;
pub(crate) mod buffer;
pub(crate) mod channel;
pub(crate) mod codec;
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
pub(crate) mod platform;
pub(crate) mod record;
pub(crate) mod settings;
pub(crate) mod spin;
mod stack;
#[cfg(all(test, not(feature = "model"), not(target_arch = "wasm32")))]
mod stress;
pub(crate) mod table;
pub mod trace;
pub(crate) mod wait;
