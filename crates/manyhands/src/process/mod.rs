//! `Process` and what belongs to it, as in Python's `process.py` and
//! `context.py`: targets, starting, exit codes, sentinels.
//!
//! This module must not import `thread`, `pool`, `futures` or `manager`. It uses the
//! arena only through the kernel's process table, object references and waits.

mod change;
mod child;
mod current;
mod exit;
mod handle;
mod sentinel;
pub mod signal;
mod start;
mod start_method;
mod target;
mod time;

pub(crate) use crate::kernel::{contain::contain, current::arena_max};
pub(crate) use change::Change;
pub(crate) use child::{ExitPriority, register_finaliser};
pub(crate) use current::own_pid;
pub use current::{
    __print, ProcessInfo, cpu_count, current_process, get_native_id, is_alive, is_main, may_block,
    parent_process, set_thread_name,
};
pub use exit::{ExitStatus, exit};
pub use handle::{Process, active_children};
pub use sentinel::Sentinel;
pub use start::{
    Builder, get_start_method, keep_warm, kill, kill_all, prewarm, run, set_start_method,
};
pub use start_method::StartMethod;
pub use target::{Call, Partial, Picklable, Target, partial};
pub(crate) use target::{CallResult, ChunkResult, KeepAll, ResultRule, StopAtErr, set_next_item};
pub use time::{Instant, sleep, sleep_async, within};
