//! The trace: what happened, in order, in every process, and what they printed.
//!
//! The kernel records it; this room only gives the names their public place.

#[cfg(feature = "threads")]
pub(crate) use crate::kernel::record::between;
pub(crate) use crate::kernel::record::{record, record_at, records_everything};
pub use crate::kernel::{
    host::{__set_level, flush, now_us},
    record::{waiting, working},
    trace::*,
};
