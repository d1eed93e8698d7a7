//! The trace: what happened, in order, in every process, and what they printed.
//!
//! The kernel records it; this module only re-exports the public names.

#[cfg(feature = "threads")]
pub(crate) use crate::kernel::record::set_waiting_for_work;
pub(crate) use crate::kernel::record::{record, record_at, records_everything};
pub use crate::kernel::{
    host::{__set_level, flush, now_us},
    record::{note_end, set_note, wait_begins, wait_ends, waiting, working},
    trace::*,
};
