//! Python's `multiprocessing`, live in the browser.
#![deny(missing_docs)]

#[cfg(feature = "app")]
pub mod app;
mod error;
pub mod experiment;
mod kernel;
mod process;
pub mod workload;

pub use error::{Error, ProcessError, Reason};
pub use kernel::{
    diagnostics::{Diagnostics, Port, diagnostics},
    settings::{DispatcherPlace, Settings, configure},
    trace,
};
#[doc(hidden)]
pub use process::__print;
pub use process::{
    Builder, Call, ExitStatus, Partial, Process, ProcessInfo, Sentinel, StartMethod, Target,
    active_children, cpu_count, current_process, exit, get_start_method, is_main, keep_warm,
    kill_all, parent_process, partial, prewarm, run, set_start_method, sleep,
};
