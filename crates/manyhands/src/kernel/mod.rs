//! The kernel: arena, waiting, process table, worker boot, codec, trace.
//!
//! Bytes and numbers only: a short list of system calls on processes, words
//! that are waited on, channels and segments, so that a client not written in Rust
//! could stand on it. It must not know anything of the rooms above, least of all
//! the targets' types.

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
#[cfg(all(test, not(feature = "model"), not(target_arch = "wasm32")))]
mod stress;
pub(crate) mod table;
pub mod trace;
pub(crate) mod wait;
